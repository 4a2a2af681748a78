"""Choosing areas: the figure, the list beside it and the page's address, kept in step.

The choice lives in the session state; the figure and the list each write it in a callback, before
the script runs, and the address follows. An address that somebody else changed wins.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mesodash.bodymap.choice import AreaSide, read_choice, write_choice
from mesodash.bodymap.component import Scale, body_figure, chosen_now
from mesodash.bodymap.layers import Category, PointsLayer
from mesodash.catalogue.types import Catalogue
from mesodash.reports.filters import Filters
from mesodash.reports.look import Look, Rows
from mesodash.ui import access, markup, phrases, unread, waiting
from mesodash.ui.filters import preset
from mesodash.ui.picture_download import offer_picture

CHOSEN = "body_chosen"
WRITTEN = "body_address"
FIGURE = "body_figure"
LIST = "body_list"
LISTED = "body_listed"
"""What the list names, and how many lists there were: (areas, number)."""
MEASURE = "body_measure"

MEASURES = {
    "sessions": "Sessions, last 12 months",
    "patients": "Patients, last 12 months",
    "none": "No colour",
}


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a page draws over the areas; nothing unless it says so.

    Attributes:
        points: injection points.
        states: how each area stands, such as rested; the colours by number are then left out.
        state_text: what to say of an area in a state, in a sentence.
        figure: female or male, to begin with.
    """

    points: tuple[PointsLayer, ...] = ()
    states: Mapping[AreaSide, Category] = field(default_factory=dict)
    state_text: Mapping[AreaSide, str] = field(default_factory=dict)
    figure: str = "female"


NOTHING = Overlay()


def drawn_areas() -> tuple[AreaSide, ...]:
    """Every area and side the figure can show."""
    return tuple(AreaSide(area, side) for area, side in access.atlas().areas())


def label(catalogue: Catalogue, site: AreaSide) -> str:
    """An area's name with the patient's side: "Cheek, left"."""
    return catalogue.label(site.area, site.side)


def area_labels() -> dict[AreaSide, str]:
    """The name of every area and side the figure can show."""
    catalogue = access.catalogue()
    return {site: label(catalogue, site) for site in drawn_areas()}


def now_chosen(labels: Mapping[AreaSide, str]) -> tuple[AreaSide, ...]:
    """What `choose_areas` will return, for what is drawn before the figure."""
    _follow_address(labels)
    return _keep_choice(labels)


def _keep_choice(labels: Mapping[AreaSide, str]) -> tuple[AreaSide, ...]:
    """Keep what was clicked before the figure is drawn again.

    Drawing it counts the click as handled, and a run may be overtaken right after that.
    """
    chosen = chosen_now(FIGURE, labels, st.session_state[CHOSEN])
    st.session_state[CHOSEN] = chosen
    return chosen


def choose_areas(
    labels: Mapping[AreaSide, str] | None = None,
    overlay: Overlay = NOTHING,
    *,
    lists: DeltaGenerator | None = None,
    reports: Look | None = None,
) -> tuple[AreaSide, ...]:
    """Draw the figure, and the lists below it or in `lists`; return what is chosen now.

    `reports` are those of this run, if it has looked at them already.
    """
    if labels is None:
        labels = area_labels()
        _follow_address(labels)
    chosen = _keep_choice(labels)
    # Its list looks at it later only: a browser may have sent what no list of ours offers.
    asked = st.session_state.get(MEASURE)
    measure = "none" if overlay.states else asked if asked in MEASURES else "sessions"
    values = _values(measure, labels, reports)
    noun = measure.removesuffix("s")
    state = body_figure(
        key=FIGURE,
        labels=labels,
        chosen=chosen,
        figure=overlay.figure,
        values=values,
        value_text={
            **{site: phrases.count(value, noun) for site, value in (values or {}).items()},
            **overlay.state_text,
        },
        scale=None
        if values is None
        else Scale(MEASURES[measure], 0, max(values.values(), default=1)),
        several=True,
        states=overlay.states,
        points=overlay.points,
    )
    _write_address()
    with lists or st.container():
        _lists(labels, chosen, coloured=not overlay.states)
        if values:
            offer_picture(values, labels, MEASURES[measure], figure=state.figure)
    return chosen


def _lists(labels: Mapping[AreaSide, str], chosen: tuple[AreaSide, ...], *, coloured: bool) -> None:
    """The list beside the figure, and what colours it; states have looks of their own."""
    listed, number = st.session_state.get(LISTED, (None, 0))
    if listed != chosen:
        # A new list: the browser may still tell, with its next word, what stood in the old one.
        number += 1
        st.session_state[LISTED] = (chosen, number)
    key = f"{LIST}_{number}"
    st.session_state[key] = list(chosen)  # each time: a run may end before the browser hears it
    st.multiselect(
        "Areas",
        list(labels),
        format_func=phrases.wording(labels),
        key=key,
        on_change=_from_list,
        args=(number,),
        placeholder="Choose from the list, or click the figure",
    )
    if coloured:
        st.selectbox(
            "Colour by",
            list(MEASURES),
            format_func=phrases.wording(MEASURES),
            key=MEASURE,
            persist_state="session",
        )


def _address() -> dict[str, tuple[str, ...]]:
    return {name: tuple(st.query_params.get_all(name)) for name in ("area", "side")}


def _follow_address(labels: Mapping[AreaSide, str]) -> None:
    """Take the choice from the address where it is not the one written last."""
    address = _address()
    # A run that a newer one overtook may have kept the choice and not yet written the address.
    if CHOSEN in st.session_state and address == st.session_state.get(WRITTEN):
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


def _from_list(number: int) -> None:
    # A message made by hand may name what the list does not offer: Streamlit hands that on as text.
    told = st.session_state[f"{LIST}_{number}"]
    listed = tuple(one for one in told if isinstance(one, AreaSide))
    if number == st.session_state[LISTED][1]:
        st.session_state[CHOSEN] = listed
        st.session_state[LISTED] = (listed, number)


def _values(
    measure: str, areas: Iterable[AreaSide], reports: Look | None
) -> dict[AreaSide, float] | None:
    """The number that colours each area; an area without rows has none.

    What was recorded on both sides counts on each of them, and whatever side an area was recorded
    with counts where the figure draws it whole.
    """
    if measure == "none":
        return None
    rows: Rows = ()
    with unread.told("No colours: the sessions cannot be counted"):
        rows = waiting.rows(
            reports or access.reader().look(),
            "volumes",
            Filters(period=preset("12_months", access.today())),
            ("area", "side"),
        )
    drawn = set(areas)
    values: dict[AreaSide, float] = {}
    for row in rows:
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
