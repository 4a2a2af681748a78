"""Choosing areas: the figure, the list beside it and the page's address, kept in step.

The choice lives in the session state; the figure and the list each write it in a callback, before
the script runs, and the address follows. An address that somebody else changed wins.
"""

from collections.abc import Collection, Iterable, Mapping

import streamlit as st

from mesodash.bodymap.choice import AreaSide, read_choice, write_choice
from mesodash.bodymap.component import Scale, body_figure
from mesodash.catalogue.types import Catalogue
from mesodash.records.patients import patient_ids
from mesodash.reports.filters import Filters
from mesodash.ui import access, markup, phrases
from mesodash.ui.filters import preset
from mesodash.ui.picture_download import offer_picture

CHOSEN = "body_chosen"
WRITTEN = "body_address"
FIGURE = "body_figure"
LIST = "body_list"
MEASURE = "body_measure"

MEASURES = {
    "sessions": "Sessions, last 12 months",
    "patients": "Patients, last 12 months",
    "none": "No colour",
}


def drawn_areas() -> tuple[AreaSide, ...]:
    """Every area and side the figure can show."""
    return tuple(AreaSide(area, side) for area, side in access.atlas().areas())


def label(catalogue: Catalogue, site: AreaSide) -> str:
    """An area's name with the patient's side: "Cheek, left"."""
    return catalogue.label(site.area, site.side)


def choose_areas() -> tuple[AreaSide, ...]:
    """Draw the figure and the list; return what is chosen now."""
    catalogue = access.catalogue()
    labels = {site: label(catalogue, site) for site in drawn_areas()}
    _follow_address(labels)
    measure = st.session_state.get(MEASURE) or "sessions"
    values = _values(measure, labels)
    noun = measure.removesuffix("s")
    state = body_figure(
        key=FIGURE,
        labels=labels,
        chosen=st.session_state[CHOSEN],
        values=values,
        value_text={site: phrases.count(value, noun) for site, value in (values or {}).items()},
        scale=None
        if values is None
        else Scale(MEASURES[measure], 0, max(values.values(), default=1)),
        several=True,
    )
    st.session_state[CHOSEN] = state.chosen
    st.session_state[LIST] = list(state.chosen)
    _write_address()
    st.multiselect(
        "Areas",
        list(labels),
        format_func=labels.__getitem__,
        key=LIST,
        on_change=_from_list,
        placeholder="Choose from the list, or click the figure",
    )
    st.selectbox(
        "Colour by",
        list(MEASURES),
        format_func=MEASURES.__getitem__,
        key=MEASURE,
        persist_state="session",
    )
    if values:
        offer_picture(values, labels, MEASURES[measure], figure=state.figure)
    return state.chosen


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


def _address() -> dict[str, tuple[str, ...]]:
    return {name: tuple(st.query_params.get_all(name)) for name in ("area", "side")}


def _follow_address(labels: Mapping[AreaSide, str]) -> None:
    """Take the choice from the address where it is not the one written last."""
    address = _address()
    if CHOSEN in st.session_state and address == st.session_state[WRITTEN]:
        return
    if CHOSEN in st.session_state and not any(address.values()):
        return  # a link of the navigation drops the parameters; the choice stays
    read = read_choice(address["area"], address["side"], tuple(labels))
    st.session_state[CHOSEN] = read.chosen
    for problem in read.problems:
        markup.show("empty", title="Part of the address was left out", text=problem)


def _write_address() -> None:
    """Let the address name the choice, so that it can be kept, sent and opened again."""
    wanted = write_choice(st.session_state[CHOSEN])
    for name in ("area", "side"):
        if wanted.get(name) is None:
            st.query_params.pop(name, None)
        elif st.query_params.get_all(name) != [wanted[name]]:
            st.query_params[name] = wanted[name]
    st.session_state[WRITTEN] = _address()


def _from_list() -> None:
    st.session_state[CHOSEN] = tuple(st.session_state[LIST])


def _values(measure: str, areas: Iterable[AreaSide]) -> dict[AreaSide, float] | None:
    """The number that colours each area; an area without rows has none.

    What was recorded on both sides counts on each of them, and whatever side an area was recorded
    with counts where the figure draws it whole.
    """
    if measure == "none":
        return None
    frame = access.reader().report(
        "volumes", Filters(period=preset("12_months", access.today())), ("area", "side")
    )
    drawn = set(areas)
    values: dict[AreaSide, float] = {}
    for row in frame.to_dict("records"):
        if row["area"] is None or row["side"] is None:
            continue
        for site in places(AreaSide(row["area"], row["side"]), drawn):
            values[site] = values.get(site, 0) + row[measure]
    return values


def places(recorded: AreaSide, drawn: Collection[AreaSide]) -> tuple[AreaSide, ...]:
    """Where the figure shows what was recorded: itself, both its sides, or its whole area."""
    whole = AreaSide(recorded.area, "midline")
    pair = tuple(AreaSide(recorded.area, side) for side in ("left", "right"))
    for sites in ((recorded,), pair if recorded.side == "both" else (), (whole,)):
        shown = tuple(site for site in sites if site in drawn)
        if shown:
            return shown
    return ()
