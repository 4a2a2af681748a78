"""The record page: the patient, the form, what is still missing, and saving."""

import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import streamlit as st

from mesodash.catalogue.types import Protocol
from mesodash.consult.consent_text import is_off_label
from mesodash.consult.session_rules import (
    Finding,
    findings,
    lot_findings,
    missing,
    needs_reason,
)
from mesodash.language import _, format_day, format_moment
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.patients import Patient
from mesodash.records.patients.practitioners import add_practitioner
from mesodash.records.stock.costs import known_currency
from mesodash.records.store.connection import utc_now
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.treatment.corrections import amend_session
from mesodash.records.treatment.drafts import drop_draft, keep_draft, read_draft
from mesodash.records.treatment.entries import SessionEntry
from mesodash.records.treatment.recording import close_planned_session, record_session
from mesodash.records.watch.consents import is_consented
from mesodash.settings import now
from mesodash.ui.body_map.patient_choice import describe
from mesodash.ui.parts import markup
from mesodash.ui.patient.red_cards import raise_told
from mesodash.ui.planning import not_held
from mesodash.ui.record import departing, form, mixture, points, state
from mesodash.ui.record.content import (
    FormContent,
    as_last_time,
    held_content,
    planned_content,
)
from mesodash.ui.record.encounter import (
    Encounter,
    ask_baseline,
    confirm_answers,
    look_for_changes,
    note_change,
)
from mesodash.ui.shell import context

OPEN = "record_open"
"""Which form is filled in: (patient, form)."""
NONCE = "record_nonce"
KEPT = "record_kept"
"""The content of the draft as it was last kept, and when."""
REASON = "record_reason"
STALE = "record_stale"
"""Whether somebody changed the session meanwhile, so that the whole page is to be read anew."""
DONE = "session_recorded"
"""What was just recorded: (patient, session, words)."""
_NOT_HELD = "record_not_held_reason"


def show(encounter: Encounter) -> None:
    """The page of one session: filled from the draft, else the plan, else empty."""
    _open(encounter)
    with st.container(key="record_page"):
        _fields(encounter)


@st.fragment
def _fields(encounter: Encounter) -> None:
    """The form, a fragment that reruns on its own while it is filled in."""
    context.actor()  # a fragment has to check the sign-in itself
    if not _is_open(encounter):
        # A callback saved or closed the form, or another one was opened in its place: the fields
        # are gone, and the whole page decides what comes next.
        st.rerun()
    if st.session_state.pop(STALE, False):
        st.rerun()
    _head(encounter)
    figure, fields = st.columns([5, 8], gap="medium")
    with figure:
        form.where(encounter)
    with fields:
        content = state.read()
        protocol = encounter.catalogue.protocols.get(content.protocol or "")
        found = _findings(encounter, content, protocol)
        with st.container(border=True, key="record_card_dose"):
            form.when_and_what(encounter)
            form.remarks(found, "held_at")
            form.doses(encounter, protocol, found)
            form.totals(encounter, protocol, found)
            departing.ask(encounter, protocol, lambda: _entry(encounter, state.read(), protocol))
        with st.container(border=True, key="record_card_products"):
            markup.show("section", title=_("Mixture"), aside="", text="")
            mixture.products(encounter, found)
        with st.container(border=True, key="record_card_after"):
            left, right = st.columns([2, 3], gap="medium")
            with left:
                form.visit_questions(encounter)
            with right:
                form.right_after(encounter)
            st.text_area(
                _("Note"),
                key=state.key("note"),
                max_chars=4000,
                height=80,
                placeholder=_("What was agreed, and why where it goes beyond what is published"),
            )
            form.price()
        _finish(encounter, state.read())


def _whose(encounter: Encounter) -> tuple[str, str]:
    return encounter.patient.patient_id, encounter.form


def _is_open(encounter: Encounter) -> bool:
    """Whether the fields in the session state are those of this form, and still there."""
    return st.session_state.get(OPEN) == _whose(encounter) and state.is_filled()


def _open(encounter: Encounter) -> None:
    """Fill the fields once for each patient and form."""
    if _is_open(encounter):
        return
    whose = _whose(encounter)
    draft = read_draft(context.db(), *whose, encounter.actor)
    look_for_changes(encounter, draft)
    if draft is not None:
        content = FormContent.of_data(draft.content)
    elif encounter.planned is not None and encounter.corrects:
        content = replace(
            held_content(encounter.planned),
            placed=points.shown(encounter.patient.sex, encounter.planned.entry.placed),
        )
    elif encounter.planned is not None:
        content = planned_content(encounter.planned, encounter.today, _now())
    else:
        content = FormContent(held_on=encounter.today.isoformat(), held_time=_now())
    if draft is None and not content.currency:
        content = replace(content, currency=known_currency(context.db(), encounter.actor) or "")
    state.fill(content)
    st.session_state[OPEN] = whose
    st.session_state[NONCE] = secrets.token_hex(16)
    st.session_state[KEPT] = (content, None if draft is None else draft.saved_at)


def _now() -> str:
    """The time of day to the last five minutes, HH:MM."""
    moment = now()
    return (moment - timedelta(minutes=moment.minute % 5)).strftime("%H:%M")


def _head(encounter: Encounter) -> None:
    """The patient, the place in the course, and the button to fill in the last session's doses."""
    planned = encounter.planned
    if planned is None:
        title = _("A session")
    elif encounter.corrects:
        title = _("Correct the session of {day}").format(day=format_day(planned.entry.held_at))
    elif planned.planned_sessions and (planned.number or 0) <= planned.planned_sessions:
        title = _("Session {number} of {of}").format(
            number=planned.number, of=planned.planned_sessions
        )
    else:
        title = _("Session {number}").format(number=planned.number or 1)
    who = describe(encounter.patient, year=encounter.today.year)
    with st.container(horizontal=True, vertical_alignment="center", key="record_head"):
        markup.show("heading", title=title, text=f"{who} · {form.last_words(encounter)}")
        if encounter.last is not None and not encounter.corrects:
            st.button(
                _("As last time"),
                key="record_as_last",
                icon=":material/history:",
                on_click=_take_last,
                args=(encounter,),
                help=_("Areas, doses and products of the last session; never lots or reactions."),
            )
    if encounter.clinic.is_demo:
        markup.show("note", text=_("Synthetic patient of a demo clinic."))


def _take_last(encounter: Encounter) -> None:
    if not _is_open(encounter):  # a second click, after the first has closed the form
        return
    if encounter.last is not None:
        placed = points.shown(encounter.patient.sex, encounter.last.entry.placed)
        state.fill(as_last_time(state.read(), encounter.last, placed))


def _findings(
    encounter: Encounter, content: FormContent, protocol: Protocol | None
) -> tuple[Finding, ...]:
    if not content.held_on:
        return (Finding("held_at", "refused", _("Say on which day the session was held.")),)
    entry = _entry(encounter, content, protocol)
    on = date.fromisoformat(entry.held_at[:10])
    found = findings(
        entry,
        encounter.catalogue,
        version=encounter.version(protocol),
        last_treated=encounter.last_treated,
        today=encounter.today,
        others=encounter.given_on(on),
        weight_kg=encounter.patient.weight_kg,
    )
    # What was used before its recall stays as it was recorded.
    known = encounter.planned.entry.products if encounter.planned and encounter.corrects else ()
    return found + lot_findings(entry, encounter.stock, on, known=known)


def _entry(encounter: Encounter, content: FormContent, protocol: Protocol | None) -> SessionEntry:
    version = encounter.version(protocol)
    before = encounter.planned
    if encounter.corrects and before is not None and before.entry.protocol == content.protocol:
        # What was followed on that day stays; a newer version was not there yet.
        kept = before.entry.protocol_version
    else:
        kept = None if version is None else version.version
    return content.entry(
        encounter.patient.patient_id,
        session_id=encounter.session_id,
        course_id=encounter.course_id,
        protocol_version=kept,
        severities=None
        if encounter.planned is None
        else {one.effect: one.severity for one in encounter.planned.entry.reactions},
        points=points.on_mesh(
            points.figure_of(encounter.patient.sex),
            content.placed,
            () if encounter.planned is None else encounter.planned.entry.placed,
        ),
    )


def _finish(encounter: Encounter, content: FormContent) -> None:
    """What is missing, the draft, and the buttons."""
    protocol = encounter.catalogue.protocols.get(content.protocol or "")
    found = _findings(encounter, content, protocol)
    refused = [one.sentence for one in found if one.level == "refused"]
    entry = _entry(encounter, content, protocol)
    if not encounter.corrects:
        _ticks(encounter, content, entry)
    if encounter.last is not None and content.areas and not encounter.corrects:
        form.unlike_last_time(encounter, content)
    reason = needs_reason(found, entry)
    if reason:
        markup.show(
            "finding", level="reason", text=_("Say in the note why, then finish the session.")
        )
    said = st.session_state.pop("record_said", None)
    if said:
        markup.show("finding", level="refused", text=said)
    if encounter.corrects:
        st.text_input(
            _("Reason of the correction"),
            key=REASON,
            max_chars=500,
            placeholder=_("needed once the session is finalised"),
        )
    with st.container(horizontal=True, vertical_alignment="center", key="record_buttons"):
        st.button(
            _("Keep the correction") if encounter.corrects else _("Finish session"),
            type="primary",
            key="record_finish",
            disabled=bool(refused) or reason,
            on_click=_save,
            args=(encounter,),
        )
        if encounter.planned is not None and not encounter.corrects:
            _not_held(encounter, encounter.planned.entry.held_at)
        _draft(encounter, content)


def _ticks(encounter: Encounter, content: FormContent, entry: SessionEntry) -> None:
    """What the record of this session has and lacks, as ticks beside the button."""
    on = date.fromisoformat(entry.held_at[:10]) if entry.held_at else encounter.today
    lacks = set(
        missing(
            entry,
            consent=is_consented(encounter.consents, "treatment", entry.protocol, on),
            screened=encounter.screening is not None and encounter.all_asked(content.asked),
            baseline=not encounter.lacks_baseline,
        )
    )
    words = {
        "products": _("products"),
        **({"lots": _("lots")} if entry.products else {}),
        "dose": _("dose"),
        "screening": _("asked today"),
        "consent": _("consent"),
    }
    if is_off_label(encounter.catalogue, entry.protocol):
        words["off_label"] = _("consent to use beyond the label")
        if not is_consented(encounter.consents, "off_label", entry.protocol, on):
            lacks.add("off_label")
    words |= {} if encounter.course_id is None else {"baseline": _("baseline")}
    markup.show(
        "ticks",
        title=_("Completeness of this session"),
        yes=_("recorded"),
        no=_("missing"),
        ticks=[(name not in lacks, word) for name, word in words.items()],
    )
    ask_baseline(encounter)


def _draft(encounter: Encounter, content: FormContent) -> None:
    """Keep what was typed since the last run, and say when it was kept."""
    before, at = st.session_state.get(KEPT, (None, None))
    if content != before:
        try:
            at = keep_draft(
                context.db(),
                encounter.patient.patient_id,
                encounter.form,
                content.as_data(),
                context.actor(),
                clock=utc_now,
            )
        except RecordError as error:
            markup.show("finding", level="refused", text=str(error))
            return
        st.session_state[KEPT] = (content, at)
    if at is not None:
        local = datetime.fromisoformat(at).astimezone().isoformat(timespec="minutes")
        markup.show("note", text=_("Draft kept {moment}").format(moment=format_moment(local[:16])))
        st.button(
            _("Throw the draft away"),
            key="record_drop",
            type="tertiary",
            on_click=_drop,
            args=(encounter,),
        )


def _drop(encounter: Encounter) -> None:
    if not _is_open(encounter):  # a second click, after the first has closed the form
        return
    drop_draft(context.db(), encounter.patient.patient_id, encounter.form, context.actor())
    close()


def close() -> None:
    """Forget the form, so that the next run fills it anew."""
    state.clear()
    st.session_state.pop(state.CORRECTING, None)


def _save(encounter: Encounter) -> None:
    """In a callback: the fields are those of the click, and the next run shows the result."""
    if not _is_open(encounter):  # a second click, after the first has closed the form
        return
    actor, content = context.actor(), state.read()
    protocol = encounter.catalogue.protocols.get(content.protocol or "")
    try:
        entry = _entry(encounter, _with_practitioner(encounter, content, actor), protocol)
        if encounter.corrects and encounter.planned is not None:
            session_id = str(encounter.session_id)
            reason = st.session_state.get(REASON, "")
            amend_session(context.db(), entry, actor, seen=encounter.planned, reason=reason)
        else:
            session_id = record_session(
                context.db(),
                entry,
                actor,
                nonce=st.session_state[NONCE],
                seen=None if encounter.planned is None else encounter.planned.entry.held_at,
            )
            confirm_answers(encounter, content.asked, actor)
        raise_told(encounter.patient.patient_id, on=encounter.today)
    except ChangedMeanwhileError as error:
        st.session_state["record_said"] = str(error)
        st.session_state[STALE] = True
        note_change(encounter)
        return
    except RecordError as error:
        st.session_state["record_said"] = str(error)
        return
    drop_draft(context.db(), encounter.patient.patient_id, encounter.form, actor)
    names = [encounter.catalogue.label(site.area, site.side) for site in content.areas]
    close()
    st.session_state[DONE] = (encounter.patient.patient_id, session_id, ", ".join(names))


def _with_practitioner(encounter: Encounter, content: FormContent, actor: Actor) -> FormContent:
    """The content with somebody who was typed, and is not in the list yet, added to it."""
    who = content.practitioner_id
    if who is None or who in encounter.practitioners:
        return content
    return replace(content, practitioner_id=add_practitioner(context.db(), who, actor))


def _not_held(encounter: Encounter, seen: str) -> None:
    """Buttons for a planned session that was not held."""
    with st.popover(_("Not held"), icon=":material/event_busy:"):
        not_held.ask(_NOT_HELD)
        for label, name in ((_("Cancelled"), "cancelled"), (_("Nobody came"), "no_show")):
            st.button(label, key=f"record_{name}", on_click=_close, args=(encounter, seen, name))


def _close(encounter: Encounter, seen: str, name: Any) -> None:
    if not _is_open(encounter):  # a second click, after the first has closed the form
        return
    try:
        close_planned_session(
            context.db(),
            str(encounter.session_id),
            context.actor(),
            seen=seen,
            state=name,
            reason=not_held.given(_NOT_HELD),
        )
    except RecordError as error:
        st.session_state["record_said"] = str(error)
        return
    drop_draft(context.db(), encounter.patient.patient_id, encounter.form, context.actor())
    close()
    st.session_state[DONE] = (encounter.patient.patient_id, encounter.session_id, "")


def show_done(patient: Patient) -> None:
    """Show what was just recorded, and links to continue."""
    done = st.session_state.get(DONE)
    if not done or done[0] != patient.patient_id:
        return
    del st.session_state[DONE]
    title = _("Recorded") if done[2] else _("Noted")
    text = (
        _("{areas}; it stands in the history, the volumes and the day's list.").format(
            areas=done[2]
        )
        if done[2]
        else _("The planned session was not held; the day's list and the history say so.")
    )
    markup.show("done", title=title, text=text)
