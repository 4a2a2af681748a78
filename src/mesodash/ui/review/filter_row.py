"""The row of filters on every review page, kept in the address and so across pages."""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.reports.filters import Filters, Period
from mesodash.ui import labels, phrases
from mesodash.ui.filters import PRESETS, preset
from mesodash.ui.review import area_filter


def review_filters(
    catalogue: Catalogue,
    practitioners: Sequence[str],
    clinics: Sequence[str],
    today: date,
    *,
    by_period: bool = True,
) -> tuple[Filters, bool]:
    """Draw the row of filters and return what is chosen, and whether the view is a shared one.

    Args:
        catalogue: gives areas and protocols.
        practitioners: those to choose from.
        clinics: those to choose from.
        today: the last day of the presets.
        by_period: whether the page asks for a period; else it stands there for the other pages,
            and cannot be chosen.
    """
    with st.container(
        horizontal=True, gap="small", key="row_of_filters", vertical_alignment="bottom"
    ):
        period = _choose_period(today, by_period=by_period)
        area_filter.follow_figure()
        area = _choose_one(
            "Area", area_filter.KEY, area_filter.codes(catalogue),
            lambda code: labels.area(catalogue, code), nothing="All areas", width=190,
        )  # fmt: skip
        area_filter.offer_figure(catalogue)
        protocol = _choose_one(
            "Protocol", "filter_protocol", list(catalogue.protocols),
            lambda code: labels.protocol(catalogue, code), nothing="All protocols", width=230,
        )  # fmt: skip
        practitioner = _choose_one(
            "Practitioner", "filter_practitioner", list(practitioners), str,
            nothing="All practitioners", width=170,
        )  # fmt: skip
        clinic = _choose_one(
            "Clinic", "filter_clinic", list(clinics), str, nothing="All clinics", width=150,
        )  # fmt: skip
        shared = st.toggle(
            "Shared view",
            key="filter_shared",
            bind="query-params",
            help="For a screen that others see: leaves out groups of fewer than 5 and all lists of"
            " single patients, in downloads too.",
        )
    chosen = Filters(
        period=period,
        areas=area,
        protocols=protocol,
        practitioners=practitioner,
        clinics=clinic,
    )
    return chosen, shared


def _choose_period(today: date, *, by_period: bool) -> Period:
    name = st.selectbox(
        "Period",
        list(PRESETS),
        format_func=phrases.wording(PRESETS),
        key="filter_period",
        bind="query-params",
        width=165,
        disabled=not by_period,
        help=None if by_period else "This page is asked for a day, chosen below, not for a period.",
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
        disabled=not by_period,
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
