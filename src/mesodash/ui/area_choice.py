"""Choosing areas: the figure, the list beside it and the page's address, kept in step.

The choice lives in the session state; the figure and the list each write it in a callback, before
the script runs, and the address follows. An address that somebody else changed wins.
"""

from datetime import date, timedelta

import streamlit as st

from mesodash.bodymap.choice import AreaSide, format_choice, parse_choice
from mesodash.bodymap.component import body_figure
from mesodash.catalogue.types import Catalogue
from mesodash.records.patients import patient_ids
from mesodash.reports.filters import Filters, Period
from mesodash.ui import access, html, phrases

CHOSEN = "body_chosen"
WRITTEN = "body_address"
FIGURE = "body_figure"
LIST = "body_list"

MEASURES = {
    "sessions": "Sessions, last 12 months",
    "patients": "Patients, last 12 months",
    "none": "No colour",
}


def drawn_areas() -> tuple[AreaSide, ...]:
    """Every area and side the figure can show, head to foot."""
    view_order = ("front", "back", "face", "face_right", "face_left", "scalp", "right", "left")
    views = access.atlas().figures["female"]
    return tuple(
        dict.fromkeys(
            AreaSide(shape.area, shape.side)
            for name in view_order
            if name in views
            for shape in views[name].areas
        )
    )


def label(catalogue: Catalogue, site: AreaSide) -> str:
    """An area's name with the patient's side: "Cheek, left"."""
    return catalogue.label(site.area, site.side)


def choose_areas() -> tuple[AreaSide, ...]:
    """Draw the figure and the list; return what is chosen now."""
    catalogue = access.catalogue()
    areas = drawn_areas()
    _follow_address(areas)
    measure = st.session_state.get("body_measure") or "sessions"
    values, texts = _values(measure, areas)
    labels = {site: label(catalogue, site) for site in areas}
    body_figure(
        key=FIGURE,
        labels=labels,
        chosen=st.session_state[CHOSEN],
        values=values,
        value_text=texts,
        scale_label=MEASURES[measure] if values is not None else "",
        on_choose=_from_figure,
    )
    st.session_state[LIST] = list(st.session_state[CHOSEN])
    st.multiselect(
        "Areas",
        areas,
        format_func=lambda site: labels[site],
        key=LIST,
        on_change=_from_list,
        placeholder="Choose from the list, or click the figure",
    )
    st.selectbox(
        "Colour by",
        list(MEASURES),
        format_func=MEASURES.__getitem__,
        key="body_measure",
        persist_state="session",
    )
    return st.session_state[CHOSEN]


def choose_patient() -> str | None:
    """Offer one patient, or the whole clinic."""
    return st.selectbox(
        "Patient",
        patient_ids(access.db(), access.actor()),
        index=None,
        key="patient",
        bind="query-params",
        placeholder="All patients of the clinic",
    )


def _follow_address(areas: tuple[AreaSide, ...]) -> None:
    """Take the choice from the address if it is not the one written last; then write ours."""
    address = {name: tuple(st.query_params.get_all(name)) for name in ("area", "side")}
    if CHOSEN not in st.session_state or address != st.session_state.get(WRITTEN):
        arrived_new = any(address.values()) or CHOSEN not in st.session_state
        if arrived_new:
            parsed = parse_choice(address["area"], address["side"], known=areas)
            st.session_state[CHOSEN] = parsed.chosen
            if parsed.ignored:
                html.show("empty", title="Part of the address is unknown", text=parsed.ignored)
    _write_address()


def _write_address() -> None:
    wanted = format_choice(st.session_state[CHOSEN])
    for name in ("area", "side"):
        if tuple(st.query_params.get_all(name)) != tuple(wanted.get(name, ())):
            if wanted.get(name):
                st.query_params[name] = list(wanted[name])
            else:
                st.query_params.pop(name, None)
    st.session_state[WRITTEN] = {name: tuple(wanted.get(name, ())) for name in ("area", "side")}


def _from_figure(chosen: tuple[AreaSide, ...]) -> None:
    st.session_state[CHOSEN] = chosen
    _write_address()


def _from_list() -> None:
    st.session_state[CHOSEN] = tuple(st.session_state[LIST])
    _write_address()


def last_year(today: date) -> Period:
    """The twelve months that end today."""
    return Period(today - timedelta(days=365), today)


def _values(
    measure: str, areas: tuple[AreaSide, ...]
) -> tuple[dict[AreaSide, float] | None, dict[AreaSide, str]]:
    """The number that colours each area, with its words; an area without rows has none.

    What was recorded on both sides counts on each of them.
    """
    if measure == "none":
        return None, {}
    frame = access.reader().report(
        "volumes", Filters(period=last_year(access.today())), ("area", "side")
    )
    values: dict[AreaSide, float] = {}
    for row in frame.to_dict("records"):
        for side in ("left", "right") if row["side"] == "both" else (row["side"],):
            site = AreaSide(row["area"], side)
            values[site] = values.get(site, 0) + row[measure]
    values = {site: values[site] for site in areas if site in values}
    noun = measure.removesuffix("s")
    return values, {site: phrases.count(value, noun) for site, value in values.items()}
