"""What changed between periods, in words."""

from dataclasses import replace
from datetime import date

import pytest
from tests.sentences import numbers_in

from mesodash.reports.core.filters import Period
from mesodash.ui.volumes.changes import (
    Earlier,
    against,
    change,
    counted,
    earlier_periods,
    largest_change,
    overlaps,
    what_changed,
)

NOW = {"sessions": 121, "patients": 40, "new_patients": 7, "volume_ml": 80.0}
THEN = Earlier(Period(), "before", "the 30 days before, then")
YEAR = Earlier(Period(), "a year ago", "the same days last year")
DONE = "121 sessions for 40 patients, 7 of them new."


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        (121, 108, "13 more than 108 before (+12 %)"),
        (95, 108, "13 fewer than 108 before (−12 %)"),
        (108, 108, "as many before"),
        (12, 4, "8 more than 4 before"),  # no per cent from so small a base
        (12, 0, "none before"),
        (0, 0, "none before either"),
        (12, None, "nothing to compare with before"),
    ],
)
def test_change(now, then, words):
    assert change(now, then, "before") == words


def test_a_measure_has_a_line_for_each_earlier_period():
    earlier = (replace(THEN, total={"volume_ml": 100.0}), replace(YEAR, total={"volume_ml": 80.0}))

    before, a_year_ago = against(NOW, "volume_ml", earlier).split("\n")
    assert numbers_in(before) == [20, 100, -20]
    assert a_year_ago.startswith("as much")
    assert against(NOW, "sessions", ()).startswith("no earlier period")


@pytest.mark.parametrize(
    ("sessions", "words"),
    [
        (108, "13 more sessions (+12 %) than the 108 of the 30 days before, then."),
        (122, "1 fewer session (−1 %) than the 122 of the 30 days before, then."),
        (121, "As many sessions as in the 30 days before, then."),
        (0, "No session is recorded in the 30 days before, then."),
    ],
)
def test_what_changed(sessions, words):
    earlier = (replace(THEN, total={"sessions": sessions}),)

    assert what_changed(NOW, earlier) == f"{DONE} {words}"


def test_both_earlier_periods_are_in_the_sentence():
    earlier = (replace(THEN, total={"sessions": 121}), replace(YEAR, total={"sessions": 100}))

    said = what_changed(NOW, earlier).removeprefix(DONE)
    assert numbers_in(said) == [30, 21, 21, 100]  # days before: equal; 21 more than 100 a year ago


def test_what_a_shared_view_leaves_out_is_said_and_not_counted():
    said = what_changed(NOW | {"new_patients": float("nan")}, (THEN,))
    assert numbers_in(said) == [121, 40, 5, 30]  # fewer than 5 new; too few in the 30 days before


def test_without_an_earlier_period_nothing_is_compared():
    assert what_changed(NOW, ()) == DONE


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (
            date(2026, 11, 1),
            date(2026, 11, 23),
            ["the 23 days before, 9 Oct 2026 to 31 Oct 2026", "the same days last year"],
        ),
        (
            date(2026, 10, 1),
            date(2026, 10, 31),
            ["the month before, 1 Sep 2026 to 30 Sep 2026", "the same days last year"],
        ),
        (
            date(2025, 11, 24),
            date(2026, 11, 23),
            ["the 12 months before, 24 Nov 2024 to 23 Nov 2025 (the same days last year)"],
        ),
        (None, date(2026, 11, 23), []),
    ],
)
def test_earlier_periods(start, end, words):
    assert [e.words for e in earlier_periods(Period(start, end))] == words


def test_the_part_that_changed_most():
    said = largest_change([("A", 5, 4), ("B", 1, 19), ("C", 3, 3)])
    assert ("“B”" in said, numbers_in(said)) == (True, [1, 19])


@pytest.mark.parametrize(("now", "then"), [(3, 3), (4, 0), (9, 0), (60, 40)])
def test_a_change_that_chance_explains_is_not_named(now, then):
    """Of two counts of one rate, |difference| > 3 sqrt(sum) comes about once in 370 times."""
    assert largest_change([("C", now, then)]) == ""


@pytest.mark.parametrize(
    ("value", "measure", "words"),
    [
        (1, "areas_treated", "1 area treated"),
        (1297.0, "sessions", "1 297 sessions"),
        (309.9, "volume_ml", "310 mL"),
        (0.4, "volume_ml", "0.4 mL"),
    ],
)
def test_counted(value, measure, words):
    assert counted(value, measure) == words


@pytest.mark.parametrize(
    ("measure", "split", "answer"),
    [
        ("sessions", None, False),
        ("sessions", "protocol", False),
        ("sessions", "region", True),
        ("sessions", "side", True),  # a session may treat both cheeks
        ("volume_ml", "region", False),
        ("areas_treated", "region", False),
        ("patients", "practitioner", True),
    ],
)
def test_overlaps(measure, split, answer):
    assert overlaps(measure, split) is answer
