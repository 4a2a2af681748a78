"""Points of a session on the figure: placed by hand or spread, kept on the mesh, drawn again."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from mesodash.bodymap.atlas import most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.component import placed_now
from mesodash.bodymap.figure.layers import PointsLayer, placed_layers, points_layers
from mesodash.bodymap.figure.placed_points import MOST_PLACED, Placed, relative
from mesodash.bodymap.mesh_place import MeshPlace
from mesodash.catalogue.types import Catalogue
from mesodash.language import _, ngettext
from mesodash.records.treatment.entries import PointEntry
from mesodash.ui.parts import area_choice, markup, phrases
from mesodash.ui.record import state
from mesodash.ui.shell import context

ON = f"{state.PREFIX}placing_on"
VIEW = f"{state.PREFIX}placing_view"
"""The view requested last: requesting another one would turn the figure."""


def figure_of(sex: str) -> str:
    """The figure on which a patient's points are placed."""
    return "male" if sex == "male" else "female"


def ask_area(catalogue: Catalogue) -> AreaSide | None:
    """The area on which points are placed now: one of the treated ones that are drawn, or none."""
    drawn = area_choice.area_labels()
    sites = [site for site in state.areas() if site in drawn]
    if not sites:
        return None
    names = {site: catalogue.label(site.area, site.side) for site in sites}
    if st.session_state.get(ON) not in sites:
        st.session_state[ON] = None
    chosen: AreaSide | None = st.pills(
        _("Place points on"), sites, format_func=phrases.wording(names), key=ON
    )
    return chosen


def view_of(figure: str, site: AreaSide | None) -> str:
    """The view to turn to: the one that shows most of an area; without an area the last one."""
    if site is not None:
        for view, _shape in most_skin_first(context.atlas(), figure, site):
            st.session_state[VIEW] = view.name
            break
    asked: str = st.session_state.get(VIEW, "front")
    return asked


def take(figure_key: str, site: AreaSide) -> tuple[Placed, ...]:
    """The points on an area, with those that the browser placed since."""
    stood = state.placed().get(site, ())
    now = placed_now(figure_key, site, stood, context.atlas())
    if now != stood:
        keep(site, now)
    return now


def keep(site: AreaSide, points: tuple[Placed, ...]) -> None:
    """Keep the points of an area; their number goes into its field."""
    if not state.is_filled():
        return
    st.session_state[state.PLACED] = state.placed() | {site: points}
    st.session_state[state.area_key(site, "points")] = len(points) or None


def offer_spread(site: AreaSide, figure: str) -> None:
    """Spread as many points as the area's field says; take all away."""
    count = st.session_state.get(state.area_key(site, "points"))
    with st.container(horizontal=True, key="record_points"):
        st.button(
            _("Spread {n} evenly").format(n=count) if count else _("Spread evenly"),
            key="record_spread",
            icon=":material/grain:",
            disabled=not count or count > MOST_PLACED,
            help=_("As many as the field Points says, at most {most}.").format(most=MOST_PLACED),
            on_click=_spread,
            args=(site, figure, count),
        )
        st.button(
            _("Take all away"),
            key="record_unplace",
            icon=":material/backspace:",
            disabled=not state.placed().get(site),
            on_click=partial(keep, site, ()),
        )


def _spread(site: AreaSide, figure: str, count: int) -> None:
    keep(site, spread(figure, site, count))


def spread(figure: str, site: AreaSide, count: int) -> tuple[Placed, ...]:
    """A number of points spread over an area's skin, each on the view that shows most of it."""
    atlas = context.atlas()
    found: dict[int, Placed] = {}
    for layer in points_layers(atlas, figure, site, count=count):
        view = atlas.view(figure, layer.view)
        shape = view.shape(site.area, site.side)
        if shape is None:
            continue
        for number, (x, y) in zip(layer.numbers, layer.points, strict=True):
            u, v = relative(view, shape, x, y)
            found.setdefault(number, Placed(view.name, round(u, 4), round(v, 4)))
    return tuple(found[number] for number in sorted(found))[:MOST_PLACED]


def layers(figure: str, placed: Mapping[AreaSide, Sequence[Placed]]) -> list[PointsLayer]:
    """Points of several areas, to be drawn."""
    atlas = context.atlas()
    return [
        layer
        for site, points in placed.items()
        for layer in placed_layers(atlas, figure, site, points)
    ]


def on_figure(figure: str, points: Sequence[PointEntry]) -> dict[AreaSide, tuple[Placed, ...]]:
    """Recorded points as drawn on a figure; one that no view shows is left out."""
    atlas, mesh = context.atlas(), context.mesh_places()
    found: dict[AreaSide, tuple[Placed, ...]] = {}
    for point in points:
        site = AreaSide(point.area, point.side)
        at = mesh.placed(atlas, figure, site, MeshPlace(point.triangle, point.u, point.v))
        if at is not None:
            found[site] = (*found.get(site, ()), at)
    return found


def shown(sex: str, recorded: Sequence[PointEntry]) -> dict[AreaSide, tuple[Placed, ...]]:
    """Recorded points on the figure of a patient's sex."""
    return on_figure(figure_of(sex), recorded)


def on_mesh(
    figure: str,
    placed: Mapping[AreaSide, Sequence[Placed]],
    before: Sequence[PointEntry],
) -> tuple[PointEntry, ...]:
    """The points of the form on the mesh; an area whose points were left alone keeps its own.

    Args:
        figure: on which they were placed.
        placed: area by area.
        before: those recorded for this session so far, with details that only the record has.
    """
    atlas, mesh = context.atlas(), context.mesh_places()
    shown = on_figure(figure, before)
    found: list[PointEntry] = []
    for site, points in placed.items():
        if tuple(points) == shown.get(site):
            found += [one for one in before if (one.area, one.side) == (site.area, site.side)]
            continue
        places = (mesh.of_placed(atlas, figure, site, one) for one in points)
        found += [
            PointEntry(site.area, site.side, place.triangle, place.u, place.v)
            for place in places
            if place is not None
        ]
    return tuple(found)


def say(placed: Mapping[AreaSide, Sequence[Placed]]) -> None:
    """Show how many points are on the figure."""
    count = sum(len(points) for points in placed.values())
    if count:
        text = ngettext("{n} point placed", "{n} points placed", count)
        markup.show("note", text=text.format(n=phrases.number(count)))
