"""The filters of the review pages: one row of widgets, kept in the address and across pages."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.reports.filters import Filters, Period
from mesodash.ui import labels, phrases

ALL_TIME = "All time"
PRESETS = {
    "12_months": "Last 12 months",
    "3_months": "Last 3 months",
    "30_days": "Last 30 days",
    "this_year": "This year",
    "all": ALL_TIME,
    "custom": "Other dates",
}


def preset(name: str, today: date) -> Period:
    """The days a preset means, today included; `custom` and `all` are open on both sides."""
    match name:
        case "30_days":
            return Period(today - timedelta(days=29), today)
        case "3_months":
            return Period(_months_back(today, 3), today)
        case "12_months":
            return Period(_months_back(today, 12), today)
        case "this_year":
            return Period(date(today.year, 1, 1), today)
        case _:
            return Period()


def previous(period: Period) -> Period | None:
    """As many days just before; None for a period that is open on a side."""
    if period.start is None or period.end is None:
        return None
    days = (period.end - period.start).days + 1
    return Period(period.start - timedelta(days=days), period.start - timedelta(days=1))


def _months_back(today: date, months: int) -> date:
    """The day after the same day `months` ago: that long a period ends today."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    last_day = (next_month - timedelta(days=1)).day
    return first.replace(day=min(today.day, last_day)) + timedelta(days=1)


def describe(filters: Filters, catalogue: Catalogue) -> str:
    """The filters as a sentence that starts with the period."""
    narrowed = [
        *(f"area {labels.area(catalogue, code)}" for code in filters.areas),
        *(f"protocol {labels.protocol(catalogue, code)}" for code in filters.protocols),
        *(f"practitioner {name}" for name in filters.practitioners),
        *(f"clinic {name}" for name in filters.clinics),
    ]
    return f"{period_words(filters.period)}, {', '.join(narrowed) or 'the whole clinic'}."


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


def review_filters(catalogue: Catalogue, practitioners: Sequence[str], today: date) -> Filters:
    """Draw the row of filters and return what is chosen.

    Args:
        catalogue: gives areas and protocols.
        practitioners: those to choose from.
        today: the last day of the presets.
    """
    with st.container(horizontal=True, gap="small", key="row_of_filters"):
        period = _choose_period(today)
        area = _choose_one(
            "Area", "filter_area", [a for a in catalogue.areas if catalogue.leaves(a)],
            lambda code: labels.area(catalogue, code), nothing="All areas", width=200,
        )  # fmt: skip
        protocol = _choose_one(
            "Protocol", "filter_protocol", list(catalogue.protocols),
            lambda code: labels.protocol(catalogue, code), nothing="All protocols", width=260,
        )  # fmt: skip
        practitioner = _choose_one(
            "Practitioner", "filter_practitioner", list(practitioners), str,
            nothing="All practitioners", width=190,
        )  # fmt: skip
    return Filters(period=period, areas=area, protocols=protocol, practitioners=practitioner)


def _choose_period(today: date) -> Period:
    name = st.selectbox(
        "Period",
        list(PRESETS),
        format_func=PRESETS.__getitem__,
        key="filter_period",
        bind="query-params",
        width=165,
    )
    if name != "custom":
        return preset(name, today)
    start = preset("12_months", today).start
    dates = st.date_input(
        "From and to",
        value=(start, today),
        key="filter_dates",
        bind="query-params",
        format="DD/MM/YYYY",
        width=230,
    )
    # While only the first of the two days is picked, the period is open to today.
    match dates:
        case (first, last):
            return Period(first, last)
        case (first,):
            return Period(first, today)
        case _:
            return preset("all", today)


def _choose_one(
    label: str,
    key: str,
    options: list[str],
    words: Callable[[str], str],
    *,
    nothing: str,
    width: int,
) -> tuple[str, ...]:
    """One or none of the options, as the tuple that Filters takes."""
    chosen = st.selectbox(
        label,
        options,
        index=None,
        format_func=words,
        key=key,
        bind="query-params",
        placeholder=nothing,
        width=width,
    )
    return () if chosen is None else (chosen,)
