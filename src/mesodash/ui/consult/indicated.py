"""What is indicated in the chosen areas: a card a protocol, offered ones first, and a choice."""

from contextlib import suppress
from functools import partial

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from mesodash.catalogue.types import Protocol
from mesodash.reports.filters import Filters
from mesodash.ui import access, markup, phrases, unread, waiting
from mesodash.ui.consult import doses
from mesodash.ui.consult.card import Known, card
from mesodash.ui.consult.scene import CHOSEN_PROTOCOL, Scene


def show_indicated(scene: Scene) -> None:
    """Draw the cards; excluded protocols stay, with the reason, behind the others."""
    if not scene.protocols:
        markup.show(
            "empty",
            title="No protocol is published for this area",
            text="The catalogue knows no source that treats it; sessions recorded here stand under"
            " History.",
        )
        return
    offered = [p for p in scene.protocols if not scene.verdicts[p.code].blocked]
    blocked = [p for p in scene.protocols if scene.verdicts[p.code].blocked]
    indications = dict.fromkeys(
        indication.label
        for area in scene.areas
        for indication in scene.catalogue.indications_at(area)
    )
    markup.show(
        "section",
        title="Indicated here",
        aside=f"{phrases.count(len(scene.protocols), 'protocol')}, best evidence first",
        text=" · ".join(indications),
    )
    known = known_here(scene)
    above = st.container()
    # What is remembered stands in the cards at once; else they come without, and it follows.
    places: dict[str, DeltaGenerator] = {}
    with st.container(key="protocol_cards", gap="small"):
        for protocol in offered:
            places[protocol.code] = _show(scene, protocol, known)
        if blocked:
            markup.show(
                "section",
                title="Not to be planned",
                aside=phrases.count(len(blocked), "protocol"),
                text="They stay in sight with the reason.",
            )
        for protocol in blocked:
            places[protocol.code] = _show(scene, protocol, known)
    if known.outcomes is None or known.effects is None:
        with above:
            known = known_here(scene, wait=True)
        for protocol in (*offered, *blocked):
            places[protocol.code].html(_text(scene, protocol, known))


def known_here(scene: Scene, *, wait: bool = False) -> Known:
    """The clinic's own results, side effects and versions for the chosen areas.

    Without `wait`, reports that are not remembered are left out (None) rather than waited for.
    With it they are left out only where they cannot be had, which is then said here.
    """
    filters = Filters(areas=scene.areas)
    ask = partial(waiting.rows, scene.reports) if wait else scene.reports.at_hand
    outcomes = effects = None
    with unread.told("This clinic's own results") if wait else suppress(*unread.UNREAD):
        outcomes = ask("outcomes", filters, ("protocol", "scale"))
        effects = ask("side_effects", filters, ("protocol", "effect"))
    return Known(outcomes, effects, scene.versions, followed=wait)


def _show(scene: Scene, protocol: Protocol, known: Known) -> DeltaGenerator:
    """Draw a card and its button; return the card's place."""
    chosen = scene.protocol is protocol
    blocked = scene.verdicts[protocol.code].blocked
    look = "blocked" if blocked else "chosen" if chosen else "offered"
    with st.container(border=True, key=f"{look}_{protocol.code}", gap="small"):
        place = st.html(_text(scene, protocol, known))
        if not blocked:
            st.button(
                f"Chosen: {protocol.label}" if chosen else f"Choose {protocol.label}",
                key=f"choose_{protocol.code}",
                type="primary" if chosen else "secondary",
                icon=":material/check:" if chosen else None,
                on_click=_choose,
                args=(None if chosen else protocol.code,),
                help="Click again to leave it." if chosen else None,
            )
    return place


def _text(scene: Scene, protocol: Protocol, known: Known) -> Markup:
    here = doses.here(
        scene.catalogue,
        protocol,
        scene.spaced(protocol),
        scene.chosen,
        access.atlas(),
        figure=scene.figure,
    )
    return markup.render(
        "consult_card",
        p=card(
            protocol,
            scene.catalogue,
            here=here,
            verdict=scene.verdicts[protocol.code],
            known=known,
            several_areas=len(scene.chosen) > 1,
        ),
    )


def _choose(code: str | None) -> None:
    st.session_state[CHOSEN_PROTOCOL] = code
