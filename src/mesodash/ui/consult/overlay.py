"""What the figure shows over its areas: the chosen protocol's points, and the rest map."""

from typing import TYPE_CHECKING

import streamlit as st

from mesodash.ui import area_choice, markup
from mesodash.ui.area_choice import Overlay
from mesodash.ui.consult import doses, drawn
from mesodash.ui.consult.rested import categories, rested, sentences
from mesodash.ui.consult.scene import Scene

if TYPE_CHECKING:
    from mesodash.bodymap.layers import PointsLayer

POINTS = "show_points"
REST = "rest_map"


def choose(scene: Scene) -> Overlay:
    """Draw the switches that apply now; return what the figure is to show.

    The rest map is one patient's, and points are those of a chosen protocol, so without them the
    switches are not there.
    """
    protocol = scene.protocol if scene.chosen else None
    points = rest = False
    if protocol or scene.patient:
        with st.container(horizontal=True, key="figure_switches"):
            if protocol:
                points = st.toggle("Show points", value=True, key=POINTS, persist_state="session")
            if scene.patient:
                rest = st.toggle("Rest map", key=REST, persist_state="session")
    layers: tuple[PointsLayer, ...] = ()
    if protocol and points:
        sites = doses.covered(scene.catalogue, protocol, scene.chosen)
        figures = scene.spaced(protocol)
        layers = drawn.layers(sites, figures)
        if not layers:
            _why_none(figures, too_many=drawn.too_many(sites, figures))
    if not rest:
        return Overlay(points=layers, figure=scene.figure)
    states = rested(
        scene.catalogue,
        scene.last_treated,
        scene.versions,
        scene.standing.under_way if scene.standing else (),
        area_choice.drawn_areas(),
        scene.today,
        protocol=protocol.code if protocol else None,
    )
    by = protocol.label if protocol else "the protocol that treated each area last"
    markup.show(
        "note",
        text=f"Rest map of {scene.patient_id}, by the interval of {by}.",
    )
    return Overlay(
        points=layers,
        states=categories(states),
        state_text=sentences(states),
        figure=scene.figure,
    )


def _why_none(figures: doses.Spaced, *, too_many: bool) -> None:
    if too_many:
        text = "The points of this protocol lie too close together to be drawn."
    elif figures.spacing_cm is None and figures.points is None:
        text = "Neither spacing nor points are published for this protocol, so none are drawn."
    else:
        text = "The chosen areas are not on the figure, so no points are drawn."
    markup.show("note", text=text)
