"""The filters of the review pages: presets as days, and filters and periods in words."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.language import N_, _, available, use_language
from mesodash.reports.core.filters import Filters, Period
from mesodash.ui.parts import labels, phrases

PRESETS = {
    "12_months": N_("Last 12 months"),
    "3_months": N_("Last 3 months"),
    "30_days": N_("Last 30 days"),
    "this_month": N_("This month"),
    "last_month": N_("Last month"),
    "this_quarter": N_("This quarter"),
    "last_quarter": N_("Last quarter"),
    "this_year": N_("This year"),
    "last_year": N_("Last year"),
    "all": N_("All time"),
    "custom": N_("Other dates"),
}


def preset(name: str, today: date) -> Period:
    """The days that a preset means, today included; `custom` and `all` have no ends."""
    first = today.replace(day=1)
    end_of_last = first - timedelta(days=1)
    quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    end_of_quarter = quarter - timedelta(days=1)
    periods = {
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
    return periods.get(name, Period())


def _months_back(today: date, months: int) -> date:
    """The day after the same day `months` ago, so that a period of that length ends today."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    last_day = (next_month - timedelta(days=1)).day
    return first.replace(day=min(today.day, last_day)) + timedelta(days=1)


def follow_address(key: str, options: Sequence[str], words: Callable[[str], str]) -> None:
    """Choose what an address means by a code, or by its word in another language.

    Streamlit's binding writes and reads the words that are shown, in the language in use: a link
    made in French would lose its filters in English without a word. Called before the widget is
    drawn for the first time.

    Args:
        key: of the widget, which is the parameter's name too.
        options: the codes that may be chosen.
        words: what is shown for a code.
    """
    asked = st.query_params.get(key)
    if asked is None or key in st.session_state or asked in map(words, options):
        return
    meant = {code: code for code in options}
    for language in available():
        with use_language(language):
            meant |= {words(code): code for code in options}
    if asked in meant:
        st.session_state[key] = meant[asked]


def describe(filters: Filters, catalogue: Catalogue) -> str:
    """The filters as a sentence: the period, then what narrows it."""
    return _("{period}, {narrowed_to}.").format(
        period=period_words(filters.period), narrowed_to=narrowing(filters, catalogue)
    )


def narrowing(filters: Filters, catalogue: Catalogue) -> str:
    """What is chosen besides the period: `area Face: Cheek, practitioner D-01`."""
    parts = [
        *(_("area {name}").format(name=labels.area(catalogue, code)) for code in filters.areas),
        *(
            _("protocol {name}").format(name=labels.protocol(catalogue, code))
            for code in filters.protocols
        ),
        *(_("practitioner {name}").format(name=name) for name in filters.practitioners),
        *(_("clinic {name}").format(name=name) for name in filters.clinics),
    ]
    return ", ".join(parts) or _("the whole clinic")


def period_words(period: Period) -> str:
    """The period as the beginning of a sentence: `From 1 Jan 2026 to 22 Nov 2026`."""
    match period.start, period.end:
        case None, None:
            return _("All time")
        case start, None:
            return _("From {start} on").format(start=phrases.day(start))
        case None, end:
            return _("Until {end}").format(end=phrases.day(end))
        case start, end:
            return _("From {start} to {end}").format(start=phrases.day(start), end=phrases.day(end))


def span_words(period: Period) -> str:
    """The period within a sentence: `1 Jan 2026 to 22 Nov 2026`, `all time`."""
    match period.start, period.end:
        case None, None:
            return _("all time")
        case start, None:
            return _("{start} on").format(start=phrases.day(start))
        case None, end:
            return _("the beginning to {end}").format(end=phrases.day(end))
        case start, end:
            return _("{start} to {end}").format(start=phrases.day(start), end=phrases.day(end))
