"""Days in the lists of side effects are read by people and sorted by the calendar."""

from datetime import date

from mesodash.ui.review.effect_lists import day_cell


def test_a_day_is_read_and_sorted():
    early, late = day_cell("2025-12-31"), day_cell("2026-01-02")

    assert (early.text, late.text) == ("31 Dec 2025", "2 Jan 2026")
    assert late.value - early.value == 2
    assert early.value == date(2025, 12, 31).toordinal()


def test_a_day_that_is_not_known_is_missing():
    assert day_cell(None).text == "–"
    assert day_cell(None).value is None
