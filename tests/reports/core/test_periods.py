"""The period before and the same one a year ago."""

from datetime import date

import pytest

from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.periods import before, compared, whole_months, year_before, year_to
from mesodash.reports.volumes.volumes import COLUMNS


def days(*texts):
    return Period(*(date.fromisoformat(text) for text in texts))


@pytest.mark.parametrize(
    ("period", "just_before", "a_year_ago"),
    [
        (days("2026-03-01", "2026-03-31"), days("2026-02-01", "2026-02-28"),
         days("2025-03-01", "2025-03-31")),
        (days("2026-01-01", "2026-03-31"), days("2025-10-01", "2025-12-31"),
         days("2025-01-01", "2025-03-31")),
        (days("2025-01-01", "2025-12-31"), days("2024-01-01", "2024-12-31"),
         days("2024-01-01", "2024-12-31")),
        (days("2026-03-10", "2026-03-16"), days("2026-03-03", "2026-03-09"),
         days("2025-03-10", "2025-03-16")),
        (days("2024-02-01", "2024-02-29"), days("2024-01-01", "2024-01-31"),
         days("2023-02-01", "2023-02-28")),
        (days("2025-02-01", "2025-02-28"), days("2025-01-01", "2025-01-31"),
         days("2024-02-01", "2024-02-29")),
        (days("2023-11-24", "2024-11-23"), days("2022-11-24", "2023-11-23"),
         days("2022-11-24", "2023-11-23")),
        (days("2026-08-24", "2026-11-23"), days("2026-05-24", "2026-08-23"),
         days("2025-08-24", "2025-11-23")),
        (days("2024-02-29", "2024-03-01"), days("2024-02-27", "2024-02-28"),
         days("2023-02-28", "2023-03-01")),
    ],
    ids=str,
)  # fmt: skip
def test_other_times(period, just_before, a_year_ago):
    assert before(period) == just_before
    assert year_before(period) == a_year_ago


@pytest.mark.parametrize(
    ("period", "months"),
    [
        (days("2026-03-01", "2026-03-31"), 1),
        (days("2025-11-24", "2026-11-23"), 12),
        (days("2026-11-01", "2026-11-23"), 0),
        (Period(end=date(2026, 1, 1)), 0),
    ],
    ids=str,
)
def test_whole_months(period, months):
    assert whole_months(period) == months


def test_an_open_period_has_none():
    for period in (Period(), Period(start=date(2024, 1, 1)), Period(end=date(2024, 1, 1))):
        assert before(period) is None
        assert year_before(period) is None


@pytest.mark.parametrize("by", [(), ("region",)], ids=str)
def test_compared_is_three_volumes(reader, by):
    period = days("2025-04-01", "2025-06-30")
    frame = compared(reader, Filters(period), by)
    for suffix, other in (
        ("", period),
        ("_before", days("2025-01-01", "2025-03-31")),
        ("_year_before", days("2024-04-01", "2024-06-30")),
    ):
        then = reader.volumes(Filters(other), by)
        for name in COLUMNS:
            assert frame[f"{name}{suffix}"].sum() == pytest.approx(then[name].sum()), name + suffix
    if by:
        assert frame["region"].is_unique


def test_without_an_end_only_now_is_told(reader):
    frame = compared(reader, Filters())
    assert frame.loc[0, "sessions"] == reader.volumes(by=()).loc[0, "sessions"]
    assert frame.filter(like="_before").isna().all(axis=None)


def test_a_year_to_a_month_end_is_twelve_whole_months():
    assert year_to(date(2026, 10, 31)) == Period(date(2025, 11, 1), date(2026, 10, 31))
    assert year_to(date(2028, 2, 29)) == Period(date(2027, 3, 1), date(2028, 2, 29))
