"""How well a row was read: what was found when it was held decides, else how its sources were."""

from dataclasses import replace

import pytest

from mesodash.catalogue.reading import best_read, is_second_hand, row_read


@pytest.mark.parametrize(
    ("part", "code", "read"),
    [
        ("skin_layers", "forehead_dermis_female", "text"),
        ("durations", "dc_swelling", "text"),
        ("durations", "clinic_bruise", "secondary"),
        ("durations", "ha_nodule", "not_read"),
        ("schedules", "face_ncha_bas", "not_read"),
        ("schedules", "hair_duta_abd", "abstract"),
        ("techniques", "papule", "secondary"),  # its endpoint is a choice, its depth a page's
        ("safety_notes", "calcitonin_limit", "label"),
        ("contraindications", "keloid", "secondary"),
        ("follow_ups", "day_1", "choice"),
    ],
)
def test_how_a_row_was_read(catalogue, part, code, read):
    assert row_read(catalogue, part, code) == read
    assert is_second_hand(catalogue, part, code) is (read in ("secondary", "not_read"))


def test_a_choice_says_nothing_beside_a_source(catalogue):
    assert best_read(catalogue, ("DEFAULT",)) == "choice"
    assert best_read(catalogue, ("DEFAULT", "BTP")) == "secondary"
    assert best_read(catalogue, ("BTP", "THO18")) == "text"
    assert best_read(catalogue, ()) is None


def test_negative_control_a_source_that_is_read_takes_the_mark_away(catalogue):
    assert is_second_hand(catalogue, "contraindications", "allergy_fish")
    found = [p for p in catalogue.passages.values() if p.finding != "not_in_source"]
    assert not any("allergy_fish" in p.rows for p in found)
    sources = dict(catalogue.sources)
    sources["LAB"] = replace(sources["LAB"], how_read="text")
    changed = replace(catalogue, sources=sources)
    assert not is_second_hand(changed, "contraindications", "allergy_fish")
