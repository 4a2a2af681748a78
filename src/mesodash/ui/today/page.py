"""Today's list, open drafts, patients seen lately, and one field that finds a patient."""

from datetime import date

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import FOLLOW_UP_FROM, last_check
from mesodash.consult.first_actions import first_actions
from mesodash.language import _, format_day, format_moment, ngettext
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.id_search import recent_patients
from mesodash.records.patients.text_search import find_anyone, fold
from mesodash.records.treatment.drafts import Draft, drafts_of
from mesodash.records.treatment.sessions import DaySession, next_day, sessions_of_day
from mesodash.records.watch import late_watch, red_cards
from mesodash.settings import now
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

ASKED = "today_find"
RECENT = 8
TO_ASK = 6
"""How many of those to be followed up the page shows; the page Due has all."""


def ask() -> str:
    """Draw the search field and return its value."""
    return st.text_input(
        _("Find a patient"),
        key=ASKED,
        placeholder=_("Part of a code, name, birth date or telephone"),
        icon=":material/search:",
        width=420,
    )


def asks_to_add(asked: str) -> bool:
    """Whether the field was used to say "add a patient"."""
    said = fold(asked)
    ways = (fold(_("add a patient")), fold(_("new patient")), fold(_("add patient")))
    return len(said) >= 3 and any(way.startswith(said) for way in ways)


def show_found(asked: str, actor: Actor) -> None:
    """The patients found, each with a link to the patient's page."""
    if not asked.strip():
        return
    answer = find_anyone(context.db(), asked, actor)
    if not answer.found:
        markup.show(
            "empty",
            title=_("No such patient"),
            text=_("Nobody has {asked}, nor a name spelled nearly so; add a new patient.").format(
                asked=asked[:64]
            ),
        )
        return
    if answer.nearly:
        markup.show("note", text=_("Nobody has exactly that; spelled nearly so:"))
    with st.container(horizontal=True, key="today_found"):
        for one in answer.found:
            words = " · ".join(part for part in (one.patient_id, one.name, _born(one.born)) if part)
            link("patient", words, icon=":material/person:", patient=one.patient_id)
    if answer.more:
        markup.show("note", text=_("There are more; type more of it."))


def _born(born: str) -> str:
    return format_day(born) if len(born) == len("2026-01-31") else born


def show_days(catalogue: Catalogue, today: date, actor: Actor) -> None:
    """Today's sessions; if there are none, also those of the next day that has some."""
    _show_day(catalogue, today, actor)
    following = next_day(context.db(), today, actor)
    if following is not None and not sessions_of_day(context.db(), today, actor):
        _show_day(catalogue, following, actor)


def _show_day(catalogue: Catalogue, on: date, actor: Actor) -> None:
    """The sessions of a day by time, the planned ones with a link to record them."""
    sessions = sessions_of_day(context.db(), on, actor)
    planned = sum(one.state == "planned" for one in sessions)
    aside = ngettext("{n} to come", "{n} to come", planned).format(n=planned)
    with st.container(border=True, key=f"today_day_{on.isoformat()}"):
        day = format_day(on.isoformat(), "weekday")
        markup.show("section", title=day, aside=aside, text="")
        if not sessions:
            markup.show(
                "empty",
                title=_("No session today"),
                text=_("Plan one on the body map, or record one that was not planned."),
            )
        for one in sessions:
            _session(catalogue, one)


def _session(catalogue: Catalogue, one: DaySession) -> None:
    words = {
        "planned": _("planned"),
        "held": _("held"),
        "cancelled": _("cancelled"),
        "no_show": _("nobody came"),
    }
    at = one.held_at[11:16] or _("no time")
    protocol = catalogue.protocols.get(one.protocol or "")
    what = protocol.label if protocol else _("no protocol")
    if one.number and one.planned_sessions:
        # A session after the last of its course, such as a top-up, is not counted "of" them.
        within = one.number <= one.planned_sessions
        words_of = _("session {number} of {of}") if within else _("session {number}, after {of}")
        counted = words_of.format(number=one.number, of=one.planned_sessions)
        what += " · " + counted.replace(" ", "\N{NO-BREAK SPACE}")
    where = ", ".join(catalogue.label(*place) for place in one.areas)
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"today_session_{one.session_id}"
    ):
        markup.show(
            "day_session", at=at, what=what, where=where, state=one.state, words=words[one.state]
        )
        link("patient", one.patient_id, icon=":material/person:", patient=one.patient_id)
        if one.state == "planned":
            link(
                "record",
                _("Record"),
                icon=":material/edit_note:",
                patient=one.patient_id,
                session=one.session_id,
            )


def show_drafts(actor: Actor) -> None:
    """Forms that were begun but not finished."""
    drafts = drafts_of(context.db(), actor)
    if not drafts:
        return
    with st.container(border=True, key="today_drafts"):
        markup.show("section", title=_("Not finished"), aside="", text="")
        for draft in drafts:
            _draft(draft)


def _draft(draft: Draft) -> None:
    parameters = {"patient": draft.patient_id}
    kind, _colon, session = draft.form.partition(":")
    if session != "new":
        parameters["session"] = session
    when = format_moment(draft.saved_at[:16])
    words = (
        _("{patient}, correction kept {moment}")
        if kind == "amend"
        else _("{patient}, kept {moment}")
    )
    link(
        "record",
        words.format(patient=draft.patient_id, moment=when),
        icon=":material/edit_note:",
        **parameters,
    )


def show_follow_ups(catalogue: Catalogue, today: date, actor: Actor) -> None:
    """Whom nobody has asked since their session, the one to be asked first on top."""
    if not actor.may("sessions.view") or not actor.may("page.due"):
        return
    days = FOLLOW_UP_FROM, last_check(catalogue)
    due = late_watch.follow_ups_due(context.db(), actor, today, days=days)
    with st.container(border=True, key="today_follow_ups"):
        text = _("Nobody was in touch since the session; from day {first} to day {last}.").format(
            first=days[0], last=days[1]
        )
        title = _("Follow-ups due")
        markup.show("section", title=title, aside=phrases.number(len(due)), text=text)
        for one in due[:TO_ASK]:
            with st.container(
                horizontal=True, vertical_alignment="center", key=f"today_ask_{one.session_id}"
            ):
                link("patient", one.patient_id, icon=":material/person:", patient=one.patient_id)
                protocol = labels.protocol(catalogue, one.protocol) if one.protocol else ""
                words = (format_day(one.held_at[:10]), protocol)
                markup.show("note", text=" · ".join(part for part in words if part))
        link("due", _("All who are due"), icon=":material/event_upcoming:")


def show_recent(actor: Actor) -> None:
    """The patients of the newest sessions."""
    recent = recent_patients(context.db(), actor, limit=RECENT)
    if not recent:
        return
    with st.container(border=True, key="today_recent"):
        markup.show("section", title=_("Lately"), aside="", text="")
        with st.container(horizontal=True, key="today_recent_row"):
            for patient_id in recent:
                link("patient", patient_id, icon=":material/person:", patient=patient_id)


def show_red_cards(catalogue: Catalogue, actor: Actor) -> None:
    """All open red cards, whoever owns them; late ones are escalated now."""
    if not actor.may(red_cards.ACTION):
        return
    at = now()
    red_cards.escalate_red_cards(context.db(), catalogue.red_flags, actor, at=at)
    cards = red_cards.open_red_cards(context.db(), actor)
    flags = catalogue.red_flags
    standings = [red_cards.standing(card, flags.get(card.flag), at) for card in cards]
    if cards:
        markup.show("note", text=phrases.red_cards(len(cards), standings.count("escalated")))
    for card, standing in zip(cards, standings, strict=True):
        flag = flags.get(card.flag)
        late = standing == "escalated"
        owner = _("owner {owner}").format(owner=card.owner or _("nobody"))
        opened = _("opened {at}").format(at=format_moment(card.opened_at))
        words = [opened, owner]
        if late:
            words.append(_("escalated: nobody acknowledged it in time"))
        elif card.acknowledged_at is None:
            words.append(_("nobody has acknowledged it yet"))
        with st.container(key=f"today_red_card_{card.red_card_id}"):
            markup.show(
                "stop",
                title=_("Red card: {sign}").format(sign=flag.label if flag else card.flag),
                sentences=[" · ".join(words)],
                action=" ".join(first_actions(catalogue, flag, card.protocol).do) if flag else "",
            )
            link("patient", card.patient_id, icon=":material/person:", patient=card.patient_id)


def show_examples(actor: Actor) -> None:
    """On a demo, three links that show at once what the app is for."""
    if not context.clinic().is_demo or not actor.may("page.body_map"):
        return
    newest = recent_patients(context.db(), actor, limit=1)
    with st.container(border=True, key="today_examples"):
        markup.show(
            "section",
            title=_("Three things to try"),
            aside="",
            text=_("This clinic and its patients are synthetic: nothing here can be broken."),
        )
        with st.container(horizontal=True):
            link(
                "body_map",
                _("What is done at the lower abdomen"),
                icon=":material/accessibility_new:",
                area="abdomen.lower",
                side="midline",
            )
            for patient_id in newest:
                link(
                    "patient",
                    _("One patient's history"),
                    icon=":material/person:",
                    patient=patient_id,
                )
            link(
                "side_effects",
                _("How long side effects last"),
                icon=":material/timelapse:",
            )


def show_ways(actor: Actor) -> None:
    """Links to the pages that are not about today."""
    if actor.may("page.data_quality"):
        link("data_quality", _("Data to correct"), icon=":material/rule:")
