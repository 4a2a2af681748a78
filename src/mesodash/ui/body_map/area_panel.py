"""The panel beside the figure: who, what is indicated, the screening, the history, the plan.

Each indicated protocol is a card; those that may be offered come first.
"""

from contextlib import suppress
from functools import partial

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from mesodash.catalogue.types import Protocol
from mesodash.language import N_, _, ngettext
from mesodash.reports.core.filters import Filters
from mesodash.ui.body_map import doses, history, screening
from mesodash.ui.body_map.card import ClinicData, card
from mesodash.ui.body_map.consultation import CHOSEN_PROTOCOL, Consultation
from mesodash.ui.parts import markup, phrases, unavailable, waiting
from mesodash.ui.parts.page_script import page_script
from mesodash.ui.planning import plan_course, planned_sessions
from mesodash.ui.shell import context

TAB = "show"
FOLLOWED = "body_protocol_followed"
"""The protocol that was chosen when the panel was last drawn."""
OPENED = "body_part_opened"
"""The part last opened from elsewhere on the page, and how many were so far: (name, number)."""
TABS = {
    "indicated": N_("Indicated"),
    "screening": N_("Screening"),
    "history": N_("History"),
    "plan": N_("Plan"),
}


def show_start(consultation: Consultation) -> None:
    """Draw the panel before an area is chosen."""
    markup.show(
        "heading",
        title=_("Choose an area"),
        text=_("Click the figure, use its arrow keys, or pick from the list."),
    )
    markup.show(
        "empty",
        title=_("Nothing chosen yet"),
        text=_(
            "An area opens its indicated protocols, what argues against them, what was done there"
            " and how well it worked."
        ),
    )
    if consultation.patient_id:
        markup.show(
            "empty",
            title=_("Patient {patient}").format(patient=consultation.patient_id),
            text=_("Choose an area to see their history."),
        )


def show_panel(consultation: Consultation) -> None:
    """Draw the panel of the chosen areas; only the visible one of its four parts is computed."""
    title = " · ".join(
        consultation.catalogue.label(site.area, site.side) for site in consultation.chosen
    )
    markup.show("heading", title=title, text=screening.status(consultation))
    line = history.glance(consultation)
    if line:
        markup.show("note", text=line)
    screening.show_said()
    planned_sessions.show_said()
    screening.show_stops(consultation)
    _screening_row(consultation)
    _follow(consultation)
    parts = st.tabs([_(name) for name in TABS.values()], key=TAB, bind="query-params")
    show = {
        "indicated": show_indicated,
        "screening": screening.show_questionnaire,
        "history": history.show_history_here,
        "plan": plan_course.show_plan,
    }
    for name, part in zip(TABS, parts, strict=True):
        if part.open:
            with part:
                markup.show("part", anchor=f"part-{name}", title=_(TABS[name]))
                show[name](consultation)
    opened, times = st.session_state.get(OPENED, ("", 0))
    if opened:
        page_script(key="focus_on_part", focus=f"part-{opened}", times=times)


def open_part(name: str) -> None:
    """Open a part of the panel when it is next drawn, with the focus at its beginning.

    The button that was pressed is gone by then; without this, the focus would fall to the page.
    """
    st.session_state[TAB] = _(TABS[name])
    st.session_state[OPENED] = (name, st.session_state.get(OPENED, ("", 0))[1] + 1)


def _follow(consultation: Consultation) -> None:
    """Continue with the request: plan a protocol that was just chosen."""
    chosen = st.session_state.get(CHOSEN_PROTOCOL)
    if (
        FOLLOWED in st.session_state
        and chosen != st.session_state[FOLLOWED]
        and consultation.protocol
    ):
        open_part("plan")
    st.session_state[FOLLOWED] = chosen
    if st.session_state.pop(screening.KEPT, False):
        open_part("indicated")


def _screening_row(consultation: Consultation) -> None:
    """Offer to confirm earlier answers, or to ask what is still open."""
    missing = screening.still_open(consultation)
    if not missing:
        return
    with st.container(horizontal=True, gap="small", key="screening_row"):
        screening.still_true(consultation)
        if st.session_state.get(TAB) != _(TABS["screening"]):
            st.button(
                ngettext("Screen: {n} question open", "Screen: {n} questions open", missing).format(
                    n=phrases.number(missing)
                ),
                key="screen_now",
                icon=":material/fact_check:",
                on_click=open_part,
                args=("screening",),
            )


def show_indicated(consultation: Consultation) -> None:
    """Draw the cards; excluded protocols stay, with the reason, behind the others."""
    if not consultation.protocols:
        markup.show(
            "empty",
            title=_("The catalogue has no protocol for this area"),
            text=_(
                "That does not mean that none was published. Sessions recorded here stand under"
                " History."
            ),
        )
        return
    offered = [p for p in consultation.protocols if not consultation.verdicts[p.code].blocked]
    blocked = [p for p in consultation.protocols if consultation.verdicts[p.code].blocked]
    sex = consultation.patient.sex if consultation.patient else None
    treated = dict.fromkeys(code for p in consultation.protocols for code in p.indications)
    indications = dict.fromkeys(
        indication.label
        for area in consultation.areas
        for indication in consultation.catalogue.indications_at(area, sex)
        if indication.code in treated
    )
    left = ngettext("{n} protocol", "{n} protocols", len(offered)).format(n=len(offered))
    if blocked:
        left += ", " + _("{n} not for this patient").format(n=len(blocked))
    markup.show(
        "section",
        title=_("Indicated here"),
        aside=_("{protocols}, best evidence first").format(protocols=left),
        text=" · ".join(indications),
    )
    known = known_here(consultation)
    above = st.container()
    # Cached results are in the cards at once; others follow after the cards are drawn without.
    places: dict[str, DeltaGenerator] = {}
    with st.container(key="protocol_cards", gap="small"):
        for protocol in offered:
            places[protocol.code] = _show(consultation, protocol, known)
        if blocked:
            markup.show(
                "section",
                title=_("Not to be planned"),
                aside=ngettext("{n} protocol", "{n} protocols", len(blocked)).format(
                    n=len(blocked)
                ),
                text=_("They stay in sight with the reason."),
            )
        for protocol in blocked:
            places[protocol.code] = _show(consultation, protocol, known)
    if known.outcomes is None or known.effects is None:
        with above:
            known = known_here(consultation, wait=True)
        for protocol in (*offered, *blocked):
            places[protocol.code].html(_text(consultation, protocol, known))


def known_here(consultation: Consultation, *, wait: bool = False) -> ClinicData:
    """The clinic's own results, side effects and versions for the chosen areas.

    Without `wait`, reports that are not cached are left out (None) rather than waited for. With
    it they are left out only if they cannot be read, which is then said here.
    """
    filters = Filters(areas=consultation.areas)
    ask = partial(waiting.rows, consultation.reports) if wait else consultation.reports.at_hand
    outcomes = effects = None
    with (
        unavailable.showing_failure(_("This clinic's own results"))
        if wait
        else suppress(*unavailable.UNREAD)
    ):
        outcomes = ask("outcomes", filters, ("protocol", "scale"))
        effects = ask("side_effects", filters, ("protocol", "effect"))
    return ClinicData(outcomes, effects, consultation.versions, followed=wait)


def _show(consultation: Consultation, protocol: Protocol, known: ClinicData) -> DeltaGenerator:
    """Draw a card and its button; return the card's place."""
    chosen = consultation.protocol is protocol
    blocked = consultation.verdicts[protocol.code].blocked
    look = "blocked" if blocked else "chosen" if chosen else "offered"
    with st.container(border=True, key=f"{look}_{protocol.code}", gap="small"):
        place = st.html(_text(consultation, protocol, known))
        if not blocked:
            st.button(
                _("Chosen: {label}").format(label=protocol.label)
                if chosen
                else _("Choose {label}").format(label=protocol.label),
                key=f"choose_{protocol.code}",
                type="primary" if chosen else "secondary",
                icon=":material/check:" if chosen else None,
                on_click=_choose,
                args=(None if chosen else protocol.code,),
                help=_("Click again to leave it.") if chosen else None,
            )
    return place


def _text(consultation: Consultation, protocol: Protocol, known: ClinicData) -> Markup:
    here = doses.chosen_dose(
        consultation.catalogue,
        protocol,
        consultation.spaced(protocol),
        consultation.chosen,
        context.atlas(),
        figure=consultation.figure,
    )
    return markup.render(
        "consult_card",
        p=card(
            protocol,
            consultation.catalogue,
            here=here,
            verdict=consultation.verdicts[protocol.code],
            known=known,
            sex=consultation.patient.sex if consultation.patient else None,
            several_areas=len(consultation.chosen) > 1,
        ),
    )


def _choose(code: str | None) -> None:
    st.session_state[CHOSEN_PROTOCOL] = code
