"""Cells of the courses page's tables, as a manager reads them."""

import pytest

from mesodash.ui.review import course_cells as cells


@pytest.mark.parametrize(
    ("past", "words"),
    [(-34, "34 days early"), (0.0, "on time"), (1, "1 day late"), (float("nan"), "–")],
)
def test_days_past_what_was_meant(past, words):
    assert cells.off_by(past) == words


@pytest.mark.parametrize(("length", "words"), [(0.0, "none"), (7, "7 days"), (None, "–")])
def test_who_began_on_the_day_itself_did_not_wait(length, words):
    assert cells.wait(length) == words


def test_stopped_says_how_many_after_which_session():
    assert cells.stopped({"dropped_after": {1: 3, 4: 6}}) == ("3 after 1, 6 after 4", 9)
    assert cells.stopped({"dropped_after": {}}) == ("–", 0)


def test_a_shared_view_shows_no_few_who_stopped():
    assert cells.large({1: 3, 4: 6}) == {4: 6}
