"""What the figure shows over its areas: the chosen protocol's points, and the rest map."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.layers import Category, PointsLayer, points_layers
from mesodash.bodymap.picture.svg import VIEW_WORDS
from mesodash.catalogue.types import Protocol
from mesodash.consult.intervals import RestState, rested
from mesodash.language import N_, _
from mesodash.ui.body_map import doses
from mesodash.ui.body_map.consultation import Consultation
from mesodash.ui.body_map.doses import MOST_DRAWN, Spaced, surface
from mesodash.ui.parts import area_choice, markup, phrases
from mesodash.ui.parts.area_choice import Overlay
from mesodash.ui.shell import context

POINTS = "show_points"
REST = "rest_map"
FIGURES = ("female", "male")
MOST_SPREAD = 100
MOST_VIEWS = 4

CATEGORIES: Mapping[str, Category] = {
    "too_early": Category("too_early", N_("Too early"), "wait"),
    "overdue": Category("overdue", N_("Overdue"), "late"),
    "free": Category("free", N_("Free"), "calm"),
    "no_interval": Category("no_interval", N_("Treated, no interval published"), "calm"),
    "never": Category("never", N_("Never treated"), "none"),
}


def choose(consultation: Consultation) -> Overlay:
    """Draw the switches that apply now; return what the figure is to show.

    The rest map is one patient's, and points are those of a chosen protocol, so without them the
    switches are not there.
    """
    protocol = consultation.protocol if consultation.chosen else None
    points = rest = False
    if protocol or consultation.patient:
        with st.container(horizontal=True, key="figure_switches"):
            if protocol:
                points = st.toggle(
                    _("Show points"), value=True, key=POINTS, persist_state="session"
                )
            if consultation.patient:
                rest = st.toggle(_("Rest map"), key=REST, persist_state="session")
    layers: tuple[PointsLayer, ...] = ()
    if protocol and points:
        sites = doses.covered(consultation.catalogue, protocol, consultation.chosen)
        figures = consultation.spaced(protocol)
        layers = protocol_points(sites, figures)
        if layers:
            _say_seen(consultation, protocol, figures, layers)
        else:
            _why_none(sites, figures, too_many=too_many(sites, figures))
    if not rest:
        return Overlay(points=layers, figure=consultation.figure, tone=consultation.tone)
    states = rested(
        consultation.catalogue,
        consultation.last_treated,
        consultation.versions,
        consultation.overview.under_way if consultation.overview else (),
        area_choice.drawn_areas(),
        consultation.today,
        protocol=protocol.code if protocol else None,
    )
    text = (
        _("Rest map of {patient}, by the interval of {protocol}.")
        if protocol
        else _(
            "Rest map of {patient}, by the interval of the protocol that treated each area last."
        )
    )
    markup.show(
        "note",
        text=text.format(
            patient=consultation.patient_id, protocol=protocol.label if protocol else None
        ),
    )
    return Overlay(
        points=layers,
        states=categories(states),
        state_text=sentences(states),
        figure=consultation.figure,
        tone=consultation.tone,
    )


def _say_seen(
    consultation: Consultation, protocol: Protocol, figures: Spaced, layers: Sequence[PointsLayer]
) -> None:
    """Show how many of the counted points each view has, unless every view has all."""
    counted = doses.chosen_dose(
        consultation.catalogue,
        protocol,
        figures,
        consultation.chosen,
        context.atlas(),
        figure=consultation.figure,
    ).points
    if counted is not None:
        text = seen_words(layers, counted[0], consultation.figure)
        if text:
            markup.show("note", text=text)


def seen_words(layers: Sequence[PointsLayer], counted: int, figure: str) -> str:
    """How many of the counted points are seen from each side; nothing where all views show all.

    Args:
        layers: the points as drawn, of every view.
        counted: how many there are on the skin, as the card says.
        figure: female or male: whose views are named.
    """
    seen: dict[str, int] = {}
    for layer in layers:
        if layer.figure == figure:
            seen[layer.view] = seen.get(layer.view, 0) + len(layer.points)
    told = sorted(seen.items(), key=lambda item: -item[1])
    whole = [_(VIEW_WORDS.get(view, view)) for view, n in told if n >= counted]
    told = told[len(whole) :]
    if not told:
        return ""
    views = [
        _("{n} of {of} points seen from here ({view})").format(
            n=phrases.number(n), of=phrases.number(counted), view=_(VIEW_WORDS.get(view, view))
        )
        for view, n in told[:MOST_VIEWS]
    ]
    if whole:
        return _("All {of} points are seen from: {whole}. {views}.").format(
            of=phrases.number(counted), whole=", ".join(whole), views="; ".join(views)
        )
    return _("No view shows all of them: {views}.").format(views="; ".join(views))


def _why_none(sites: Sequence[AreaSide], figures: Spaced, *, too_many: bool) -> None:
    if figures.sites and any(one.area == site.area for one in figures.sites for site in sites):
        text = _(
            "The source counts these points for both sides together: choose both sides to see them"
            " drawn."
        )
    elif too_many:
        text = _("The points of this protocol lie too close together to be drawn.")
    elif figures.spacing_cm is None and figures.points is None:
        text = _("Neither spacing nor points are published for this protocol, so none are drawn.")
    else:
        text = _("The chosen areas are not on the figure, so no points are drawn.")
    markup.show("note", text=text)


def protocol_points(sites: Sequence[AreaSide], figures: Spaced) -> tuple[PointsLayer, ...]:
    """The points of a protocol on both figures, at the wider spacing or spread by their number.

    Nothing where neither is known, or where there would be too many to distinguish.
    """
    found: list[PointsLayer] = []
    spacing = figures.spacing_cm[1] if figures.spacing_cm and not figures.sites else None
    for site in sites:
        for figure in FIGURES:
            count = figures.points_at(site, sites)
            found += _of_one(figure, site.area, site.side, spacing, count)
    return tuple(found)


def too_many(sites: Sequence[AreaSide], figures: Spaced) -> bool:
    """Whether the points are too close together to be drawn."""
    if figures.spacing_cm is None:
        return figures.points is not None and figures.points > MOST_SPREAD
    skin = max((surface(context.atlas(), site) or 0.0 for site in sites), default=0.0)
    return skin / figures.spacing_cm[1] ** 2 > MOST_DRAWN


# Pure geometry of the atlas, nothing of a patient: one answer serves every session.
@st.cache_data(max_entries=2000, show_spinner=False)
def _of_one(
    figure: str, area: str, side: str, spacing: float | None, points: int | None
) -> tuple[PointsLayer, ...]:
    site = AreaSide(area, side)
    skin = surface(context.atlas(), site, figure)
    if skin is None:
        return ()
    if spacing is not None:
        if skin / spacing**2 > MOST_DRAWN:
            return ()
        return points_layers(context.atlas(), figure, site, spacing_cm=spacing, pattern="square")
    if points is None or points > MOST_SPREAD:
        return ()
    return points_layers(context.atlas(), figure, site, count=points)


def categories(states: Mapping[AreaSide, RestState]) -> dict[AreaSide, Category]:
    """The category of each area on the figure; those that need care come first in the legend."""
    order = list(CATEGORIES)
    ranked = sorted(states.items(), key=lambda item: order.index(item[1].state))
    shown = {code: replace(one, label=_(one.label)) for code, one in CATEGORIES.items()}
    return {site: shown[state.state] for site, state in ranked}


def sentences(states: Mapping[AreaSide, RestState]) -> dict[AreaSide, str]:
    """A sentence for each area that was ever treated."""
    return {site: state.sentence for site, state in states.items() if state.last_on is not None}
