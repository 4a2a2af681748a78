"""The filters of the review pages in words and days: presets, periods, the sentence."""

from datetime import date, timedelta

from mesodash.catalogue.types import Catalogue
from mesodash.reports.filters import Filters, Period
from mesodash.ui import labels, phrases

ALL_TIME = "All time"
PRESETS = {
    "12_months": "Last 12 months",
    "3_months": "Last 3 months",
    "30_days": "Last 30 days",
    "this_month": "This month",
    "last_month": "Last month",
    "this_quarter": "This quarter",
    "last_quarter": "Last quarter",
    "this_year": "This year",
    "last_year": "Last year",
    "all": ALL_TIME,
    "custom": "Other dates",
}


def preset(name: str, today: date) -> Period:
    """The days a preset means, today included; `custom` and `all` are open on both sides."""
    first = today.replace(day=1)
    end_of_last = first - timedelta(days=1)
    quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    end_of_quarter = quarter - timedelta(days=1)
    meant = {
        "30_days": Period(today - timedelta(days=29), today),
        "3_months": Period(_months_back(today, 3), today),
        "12_months": Period(_months_back(today, 12), today),
        "this_month": Period(first, today),
        "last_month": Period(end_of_last.replace(day=1), end_of_last),
        "this_quarter": Period(quarter, today),
        "last_quarter": Period(
            end_of_quarter.replace(month=end_of_quarter.month - 2, day=1), end_of_quarter
        ),
        "this_year": Period(date(today.year, 1, 1), today),
        "last_year": Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }
    return meant.get(name, Period())


def _months_back(today: date, months: int) -> date:
    """The day after the same day `months` ago: that long a period ends today."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    last_day = (next_month - timedelta(days=1)).day
    return first.replace(day=min(today.day, last_day)) + timedelta(days=1)


def describe(filters: Filters, catalogue: Catalogue) -> str:
    """The filters as a sentence that begins with the period."""
    return f"{period_words(filters.period)}, {narrowing(filters, catalogue)}."


def narrowing(filters: Filters, catalogue: Catalogue) -> str:
    """What is chosen beside the period: `area Face: Cheek, practitioner D-01`."""
    narrowed = [
        *(f"area {labels.area(catalogue, code)}" for code in filters.areas),
        *(f"protocol {labels.protocol(catalogue, code)}" for code in filters.protocols),
        *(f"practitioner {name}" for name in filters.practitioners),
        *(f"clinic {name}" for name in filters.clinics),
    ]
    return ", ".join(narrowed) or "the whole clinic"


def period_words(period: Period) -> str:
    """The period in words: `From 1 Jan 2026 to 22 Nov 2026`."""
    match period.start, period.end:
        case None, None:
            return ALL_TIME
        case start, None:
            return f"From {phrases.day(start)} on"
        case None, end:
            return f"Until {phrases.day(end)}"
        case start, end:
            return f"From {phrases.day(start)} to {phrases.day(end)}"
