"""Choosing areas by the figure, by the list beside it or by the page's address, kept in step.

The choice is in the session state. The figure and the list write it in callbacks, before the script
runs, and the address follows. If the address has changed from outside, it wins.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mesodash.bodymap.choice import AreaSide, read_choice, write_choice
from mesodash.bodymap.colours import ColourScale
from mesodash.bodymap.figure.component import body_figure, chosen_now
from mesodash.bodymap.figure.layers import Category, PointsLayer
from mesodash.catalogue.types import Catalogue
from mesodash.language import N_, _
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.snapshot import Look, Rows
from mesodash.ui.parts import markup, phrases, unavailable, waiting
from mesodash.ui.parts.filters import preset
from mesodash.ui.parts.picture_download import offer_picture
from mesodash.ui.shell import context

CHOSEN = "body_chosen"
WRITTEN = "body_address"
FIGURE = "body_figure"
LIST = "body_list"
LISTED = "body_listed"
"""The areas that the list shows, and the list's number: (areas, number)."""
MEASURE = "body_measure"

MEASURES = {
    "sessions": N_("Sessions, last 12 months"),
    "patients": N_("Patients, last 12 months"),
    "none": N_("No colour"),
}


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a page draws over the areas; by default nothing.

    Attributes:
        points: injection points.
        states: the state of each area, such as rested; areas are then not coloured by number.
        state_text: a sentence on an area in a state.
        figure: female or male, shown at first.
        tone: of the skin, shown at first.
    """

    points: tuple[PointsLayer, ...] = ()
    states: Mapping[AreaSide, Category] = field(default_factory=dict)
    state_text: Mapping[AreaSide, str] = field(default_factory=dict)
    figure: str = "female"
    tone: str = "II"


NOTHING = Overlay()


PANEL = ".st-key-area_panel"
"""Where a page draws what a choice opens."""


def groups(
    catalogue: Catalogue, drawn: Collection[AreaSide]
) -> list[tuple[str, tuple[AreaSide, ...]]]:
    """The catalogue's groups of areas with what of them is drawn, the smallest first."""
    found = []
    for code, area in catalogue.areas.items():
        below = set(catalogue.leaves(code)) | {code}
        sites = tuple(site for site in drawn if site.area in below)
        if len({site.area for site in sites}) > 1:
            found.append((_("{area}: all").format(area=area.label), sites))
    return sorted(found, key=lambda group: len(group[1]))


def drawn_areas() -> tuple[AreaSide, ...]:
    """Every area and side the figure can show."""
    return tuple(AreaSide(area, side) for area, side in context.atlas().areas())


def label(catalogue: Catalogue, site: AreaSide) -> str:
    """An area's name with the patient's side: "Cheek, left"."""
    return catalogue.label(site.area, site.side)


def area_labels() -> dict[AreaSide, str]:
    """The name of every area and side the figure can show."""
    catalogue = context.catalogue()
    return {site: label(catalogue, site) for site in drawn_areas()}


def now_chosen(labels: Mapping[AreaSide, str]) -> tuple[AreaSide, ...]:
    """What `choose_areas` will return, for what is drawn before the figure."""
    _follow_address(labels)
    return _keep_choice(labels)


def _keep_choice(labels: Mapping[AreaSide, str]) -> tuple[AreaSide, ...]:
    """Store what was clicked before the figure is drawn again.

    Drawing marks the click as handled, and a newer run may end this one right after that.
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
    coloured: bool = True,
) -> tuple[AreaSide, ...]:
    """Draw the figure, and the lists below it or in `lists`; return the areas chosen now.

    `reports` is this run's snapshot, if it has one already. Without `coloured` nothing of the
    clinic is counted or shown.
    """
    if labels is None:
        labels = area_labels()
        _follow_address(labels)
    chosen = _keep_choice(labels)
    # A browser may have sent a value that the list does not offer.
    asked = st.session_state.get(MEASURE)
    measure = asked if asked in MEASURES else "sessions"
    if overlay.states or not coloured:
        measure = "none"
    values = _values(measure, labels, reports)
    counted = phrases.patients if measure == "patients" else phrases.sessions
    state = body_figure(
        key=FIGURE,
        labels=labels,
        chosen=chosen,
        figure=overlay.figure,
        tone=overlay.tone,
        values=values,
        value_text={
            **{site: counted(value) for site, value in (values or {}).items()},
            **overlay.state_text,
        },
        scale=None
        if values is None
        else ColourScale(_(MEASURES[measure]), 0, max(values.values(), default=1)),
        several=True,
        groups=groups(context.catalogue(), labels),
        panel=PANEL,
        states=overlay.states,
        points=overlay.points,
    )
    _write_address()
    with lists or st.container():
        _lists(labels, chosen, coloured=coloured and not overlay.states)
        if values:
            offer_picture(values, labels, _(MEASURES[measure]), figure=state.figure)
    return chosen


def _lists(labels: Mapping[AreaSide, str], chosen: tuple[AreaSide, ...], *, coloured: bool) -> None:
    """The list beside the figure, and the choice of its colours where it shows no states."""
    listed, number = st.session_state.get(LISTED, (None, 0))
    if listed != chosen:
        # A new widget: the browser's next message may still carry the old list's value.
        number += 1
        st.session_state[LISTED] = (chosen, number)
    key = f"{LIST}_{number}"
    st.session_state[key] = list(chosen)  # set each time: a run may end before the browser gets it
    st.multiselect(
        _("Areas"),
        list(labels),
        format_func=phrases.wording(labels),
        key=key,
        on_change=_from_list,
        args=(number,),
        placeholder=_("Choose from the list, or click the figure"),
    )
    if coloured:
        st.selectbox(
            _("Colour by"),
            list(MEASURES),
            format_func=phrases.wording(MEASURES),
            key=MEASURE,
            persist_state="session",
        )


def _address() -> dict[str, tuple[str, ...]]:
    return {name: tuple(st.query_params.get_all(name)) for name in ("area", "side")}


def _follow_address(labels: Mapping[AreaSide, str]) -> None:
    """Take the choice from the address if it is not the one written last."""
    address = _address()
    # A run ended by a newer one may have stored the choice and not yet written the address.
    if CHOSEN in st.session_state and address == st.session_state.get(WRITTEN):
        return
    # Links of the navigation have no parameters: the choice stays. With the figure drawn in the run
    # before, nobody came from another page: it was the browser's Back, to before the first choice.
    came_here = FIGURE not in st.session_state
    if CHOSEN in st.session_state and not any(address.values()) and came_here:
        return
    read = read_choice(address["area"], address["side"], tuple(labels))
    st.session_state[CHOSEN] = read.chosen
    for problem in read.problems:
        markup.show("empty", title=_("Part of the address was left out"), text=problem)


def _write_address() -> None:
    """Put the choice into the address, so that it can be kept, sent and opened again.

    Both parameters are written, or taken away, at once: each write is an entry in the browser's
    history.
    """
    wanted = {
        name: value for name, value in write_choice(st.session_state[CHOSEN]).items() if value
    }
    shown = {name: st.query_params.get_all(name) for name in ("area", "side")}
    if shown != {name: [wanted[name]] if name in wanted else [] for name in shown}:
        if wanted:
            st.query_params.update(wanted)
        else:
            kept = {
                name: st.query_params.get_all(name) for name in st.query_params if name not in shown
            }
            st.query_params.from_dict(kept)
    st.session_state[WRITTEN] = _address()


def _from_list(number: int) -> None:
    # Streamlit passes on values that the list does not offer as text.
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
    with unavailable.showing_failure(_("No colours: the sessions cannot be counted")):
        rows = waiting.rows(
            reports or context.reader().look(),
            "volumes",
            Filters(period=preset("12_months", context.today())),
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
