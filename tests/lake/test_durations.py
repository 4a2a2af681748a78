"""The contract's rule for durations, case by case."""

import pytest

from mesodash.lake.durations import Counted, count, minutes_between, until_treated_again

DAY = 1440
MIXED = ("interval", 150, 2 * DAY)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        # onset, resolved, last seen, gone by, last contact
        (("2024-03-01", "2024-03-04", None, None, None), ("resolved", 3 * DAY, 3 * DAY)),
        (("2024-03-01", "2024-03-01", None, None, None), ("resolved", 0, 0)),
        (("2024-03-01T10:00", "2024-03-01T10:20", None, None, None), ("resolved", 20, 20)),
        (("2024-03-01T23:00", "2024-03-02", None, None, None), ("resolved", DAY, DAY)),
        (("2024-02-28", "2024-03-01", None, None, "2024-04-01"), ("resolved", 2 * DAY, 2 * DAY)),
        (("2024-03-01", None, "2024-03-02", "2024-03-05", None), ("interval", DAY, 4 * DAY)),
        (("2024-03-01", None, None, "2024-03-05", "2024-03-09"), ("interval", 0, 4 * DAY)),
        (("2024-03-01T10", None, "2024-03-02", "2024-03-03", None), ("interval", DAY, 2 * DAY)),
        (("2024-03-01T10:00", None, "2024-03-01T12:30", "2024-03-03", None), MIXED),
        (("2024-03-01", None, "2024-03-08", None, None), ("ongoing", 7 * DAY, None)),
        (("2024-03-01", None, None, None, "2024-03-15"), ("ongoing", 14 * DAY, None)),
        (("2024-03-01", None, "2024-03-20", None, "2024-03-15"), ("ongoing", 19 * DAY, None)),
        (("2024-03-01", None, "2024-03-01", None, None), ("no_follow_up", 0, None)),
        (("2024-03-10", None, None, None, "2024-03-05"), ("no_follow_up", 0, None)),
        (("2024-03-01", None, None, None, None), ("no_follow_up", 0, None)),
        (("2024-03", None, None, None, "2024-05-01"), ("imprecise", None, None)),
        (("2024", "2024-03-05", None, None, None), ("imprecise", None, None)),
        (("2024-03-01", "2024-04", None, None, None), ("imprecise", None, None)),
    ],
)
def test_count(case, expected):
    assert count(*case) == Counted(*expected)


def test_seconds_and_offsets():
    assert minutes_between("2024-03-01T10:00:30", "2024-03-01T10:02:00") == 1
    assert minutes_between("2024-03-31T00:00+01:00", "2024-03-31T12:00+02:00") == 11 * 60
    assert minutes_between("2024-03-01T10:00", "2024-03-01T11:00+01:00") == 60


@pytest.mark.parametrize(
    ("onset", "end", "treated", "expected"),
    [
        ("2024-03-01", None, "2024-03-15T10:00", 14 * DAY),
        ("2024-03-01", "2024-03-20", "2024-03-15T10:00", 14 * DAY),
        ("2024-03-01", "2024-03-10", "2024-03-15T10:00", None),
        ("2024-03-01", "2024-03-15", "2024-03-15T10:00", None),
        ("2024-03-01", None, None, None),
        ("2024-03", None, "2024-04-15", None),
    ],
)
def test_until_treated_again(onset, end, treated, expected):
    counted = count(onset, end, None, None, treated)
    assert until_treated_again(counted, onset, treated) == expected
    between = count(onset, None, onset, end, treated) if end else counted
    assert until_treated_again(between, onset, treated) == expected
