"""Marks that ask for care: what nobody read, and an interval that rests on few."""

from tests.sentences import numbers_in

from mesodash.ui.parts.caution_marks import UNSURE_MARK, has_mark, marked, unsure, unsure_meaning


def test_only_what_nobody_read_is_marked(catalogue):
    assert marked(catalogue, "durations", "ha_nodule", "bumps") == "bumps †"
    assert marked(catalogue, "durations", "dc_swelling", "weeks") == "weeks"


def test_a_mark_is_found_wherever_it_stands_in_a_templates_values():
    assert has_mark({"facts": [("Course", "weekly †")]})
    assert not has_mark({"facts": [("Course", "weekly")], "n": 3, "none": None})
    assert has_mark([["a", f"1 to 2 {UNSURE_MARK}"]], UNSURE_MARK)


def test_an_interval_of_few_patients_is_marked():
    assert unsure("1 to 2 days", reliable=True) == "1 to 2 days"
    assert unsure("1 to 2 days", reliable=False) == "1 to 2 days ≈"
    assert numbers_in(unsure_meaning()) == [30, 20]  # patients, those still followed
