"""The trainer's body map: areas, what is indicated there, points; no patient, no clinic's figure.

Nothing here reads the record: what is shown comes from the catalogue and the atlas.
"""

from collections.abc import Sequence

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.layers import PointsLayer
from mesodash.catalogue.types import EVIDENCE_ORDER, Catalogue, Protocol
from mesodash.language import _, format_number, ngettext
from mesodash.teaching.points import LessonPoints, lesson_points
from mesodash.ui.parts import area_choice, markup, phrases
from mesodash.ui.parts.area_choice import Overlay
from mesodash.ui.protocols.protocol_card import protocol_card
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

SHOWN = "teaching_points_of"
FIGURES = ("female", "male")


@st.fragment
def show_map() -> None:
    """Draw the figure and, beside it, what is indicated in the chosen areas."""
    if not context.actor().may("page.teaching_map"):  # the role was changed since
        st.rerun()
    catalogue = context.catalogue()
    figure, beside = st.columns([6, 7], gap="medium")
    labels = area_choice.area_labels()
    with figure:  # faults of the address are shown here
        chosen = area_choice.now_chosen(labels)
    found = indicated(catalogue, chosen)
    points: tuple[PointsLayer, ...] = ()
    with beside.container(key="area_panel"):
        if not chosen:
            _show_start()
        else:
            title = " · ".join(catalogue.label(site.area, site.side) for site in chosen)
            markup.show("heading", title=title, text=_headline(found))
            shown = _choose_points(found)
            for protocol in found:
                if protocol.code == shown:
                    points = _show_points(catalogue, protocol, chosen)
                _show_card(catalogue, protocol, chosen)
    with figure:
        area_choice.choose_areas(labels, Overlay(points=points), coloured=False)


def indicated(catalogue: Catalogue, chosen: Sequence[AreaSide]) -> tuple[Protocol, ...]:
    """What is reported for any of the chosen areas, best evidence first, each once."""
    found = dict.fromkeys(p for site in chosen for p in catalogue.protocols_at(site.area))
    return tuple(sorted(found, key=lambda p: EVIDENCE_ORDER.index(p.evidence)))


def _show_start() -> None:
    markup.show(
        "heading",
        title=_("Choose an area"),
        text=_("Click the figure, use its arrow keys, or pick from the list."),
    )
    markup.show(
        "empty",
        title=_("Nothing chosen yet"),
        text=_(
            "An area opens the protocols that are reported for it, with their points and a lesson"
            " each. No patient and no figure of the clinic is shown here."
        ),
    )


def _headline(found: Sequence[Protocol]) -> str:
    if not found:
        return _("The catalogue has no protocol for this area.")
    return ngettext(
        "{n} protocol reported here, best evidence first",
        "{n} protocols reported here, best evidence first",
        len(found),
    ).format(n=format_number(len(found)))


def _choose_points(found: Sequence[Protocol]) -> str | None:
    if not found:
        return None
    names = {protocol.code: protocol.label for protocol in found}
    if st.session_state.get(SHOWN) not in names:
        st.session_state.pop(SHOWN, None)
    shown: str | None = st.selectbox(
        _("Points on the figure"),
        list(names),
        index=None,
        format_func=phrases.wording(names),
        key=SHOWN,
        placeholder=_("No points"),
    )
    return shown


def _show_points(
    catalogue: Catalogue, protocol: Protocol, chosen: Sequence[AreaSide]
) -> tuple[PointsLayer, ...]:
    """Show what the points of a protocol are based on; return them for both figures."""
    covered = catalogue.covered(protocol.areas)
    sites = [site for site in chosen if site.area in covered]
    laid = [
        lesson_points(catalogue, context.atlas(), protocol, site, figure=figure)
        for site in sites
        for figure in FIGURES
    ]
    if laid:
        markup.show("note", text=points_words(laid[0]))
    return tuple(layer for one in laid for layer in one.layers)


def points_words(points: LessonPoints) -> str:
    """What the drawn points are based on, in a sentence."""
    match points.basis:
        case "sites" | "side":
            text = _("As many points as the source counts on this side: {n}.")
        case "session":
            text = _("As many points as the source counts for a session: {n}.")
        case "spacing":
            text = _("Points at the source's own spacing.")
        case "usual":
            text = _(
                "Points at the spacing that is usual for the technique; no source counts them."
            )
        case "too_many":
            text = _("The points of this protocol lie too close together to be drawn.")
        case "not_drawn":
            text = _("The chosen areas are not on the figure, so no points are drawn.")
        case "none":
            text = _("No source gives the number or the spacing of the points, so none are drawn.")
    return text.format(n=points.counted)


def _show_card(catalogue: Catalogue, protocol: Protocol, chosen: Sequence[AreaSide]) -> None:
    with st.container(key=f"taught_{protocol.code}"):
        markup.show("protocol_card", p=protocol_card(protocol, catalogue, brief=True))
        covered = catalogue.covered(protocol.areas)
        site = next((site for site in chosen if site.area in covered), None)
        where = {"area": site.area, "side": site.side} if site else {}
        link(
            "lesson",
            _("Show as a lesson"),
            icon=":material/co_present:",
            lesson=protocol.code,
            **where,
        )
