"""A diary that a patient brought: fourteen figures a line, entered all at once."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.consult.handout.contents import effects_mentioned
from mesodash.consult.handout.diary import WORDS
from mesodash.language import _, format_day, ngettext
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.patients import Patient
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.follow_up import ACTION
from mesodash.records.treatment.history import TreatedSession
from mesodash.records.watch.diary import DAYS, DiaryLine, read_days, record_diary, spells
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.patient.red_cards import raise_told
from mesodash.ui.shell import context

SAID = "diary_said"
SESSION, CHANNEL, MORE, TERM = "diary_session", "diary_channel", "diary_more", "diary_term"
_LINE = "diary_line_"


def show(
    catalogue: Catalogue, actor: Actor, patient: Patient, rows: Sequence[TreatedSession]
) -> None:
    """The form: a field of fourteen figures for each side effect the handout names."""
    said = st.session_state.pop(SAID, None)
    if said:
        markup.show("finding", level=said[0], text=said[1])
    if not rows or not actor.may(ACTION):
        markup.show(
            "empty",
            title=_("No session yet"),
            text=_("A diary follows a session; record the session first."),
        )
        return
    _form(catalogue, patient, rows)


@st.fragment
def _form(catalogue: Catalogue, patient: Patient, rows: Sequence[TreatedSession]) -> None:
    context.actor()  # a fragment has to check the sign-in itself
    days = {row.session_id: row.held_at for row in rows}
    sessions = {one: format_day(held_at) for one, held_at in days.items()}
    channels = {code: _(text) for code, text in labels.CHANNELS.items()}
    with st.container(horizontal=True, key="diary_what"):
        session = st.selectbox(
            _("After the session of"),
            list(sessions),
            format_func=phrases.wording(phrases.distinct(sessions)),
            key=SESSION,
            width=240,
        )
        channel = st.segmented_control(
            _("How it came"),
            list(channels),
            format_func=phrases.wording(channels),
            default="visit",
            key=CHANNEL,
        )
    words = ", ".join(f"{figure} {_(word)}" for figure, word in enumerate(WORDS))
    markup.show(
        "note",
        text=_(
            "Type the figures of a line one after the other, from day 1, the day of the session:"
            " {words}; a hyphen for a day left blank. Leave out a line that was not filled in."
        ).format(words=words),
    )
    effects = {code: one.label for code, one in catalogue.side_effects.items()}
    told = [code for code in _handout_effects(catalogue, rows, session) if code in effects]
    more = st.multiselect(
        _("More lines"),
        [code for code in effects if code not in told],
        format_func=phrases.wording(effects),
        placeholder=_("what the patient wrote below"),
        key=MORE,
    )
    lines = []
    with st.container(horizontal=True, key="diary_lines"):
        for code in (*told, *more):
            with st.container(width=285, key=f"diary_of_{code}"):
                line = _line(code, effects[code], session or "", days.get(session or "", ""))
            if line is not None:
                lines.append(line)
    if st.button(_("Keep the diary"), type="primary", key="diary_keep"):
        _keep(patient, session, lines, channel)


def _handout_effects(
    catalogue: Catalogue, rows: Sequence[TreatedSession], session: str | None
) -> tuple[str, ...]:
    """The side effects that the handout of the session's protocol names."""
    code = next((row.protocol for row in rows if row.session_id == session), None)
    protocol = catalogue.protocols.get(code or "")
    if protocol is None:
        return tuple(e.code for e in catalogue.side_effects.values() if e.promised_days is not None)
    return effects_mentioned(catalogue, protocol, {})


def _line(code: str, label: str, session: str, held_at: str) -> tuple[str, str, str] | None:
    """One line: its field, and below it the same as dates; None where nothing was typed."""
    text = st.text_input(
        label, key=f"{_LINE}{session}_{code}", max_chars=DAYS, placeholder="-" * DAYS
    )
    term = ""
    if code == "other":
        term = st.text_input(_("In the patient's words"), key=TERM, max_chars=200)
    if not text.strip():
        return None
    try:
        found = spells(read_days(text))
    except RecordError as error:
        markup.show("finding", level="refused", text=str(error))
        return code, text, term
    held = date.fromisoformat(held_at[:10])

    def on(day: int) -> str:
        return format_day((held + timedelta(days=day - 1)).isoformat())

    for one in found:
        first, last, worst = on(one.first), on(one.last), _(WORDS[one.worst])
        if one.gone_by is None:
            says = _("{first} to {last}, at worst {worst}, still there when last written")
            markup.show("note", text=says.format(first=first, last=last, worst=worst))
        else:
            says = _("{first} to {last}, at worst {worst}, gone by {gone}")
            markup.show(
                "note",
                text=says.format(first=first, last=last, worst=worst, gone=on(one.gone_by)),
            )
    if not found:
        markup.show("note", text=_("not there on any day written"))
    return code, text, term


def _keep(
    patient: Patient,
    session: str | None,
    typed: Sequence[tuple[str, str, str]],
    channel: str | None,
) -> None:
    try:
        lines = [DiaryLine(code, read_days(text), term) for code, text, term in typed]
        kept = record_diary(
            context.db(),
            patient.patient_id,
            session or "",
            lines,
            context.actor(),
            channel=channel or "",
            today=context.today(),
        )
        raise_told(patient.patient_id, on=context.today())
    except (RecordError, NotAllowedError) as error:
        markup.show("finding", level="refused", text=str(error))
        return
    words = ngettext(
        "The diary was kept: {n} side effect added or completed.",
        "The diary was kept: {n} side effects added or completed.",
        kept,
    )
    st.session_state[SAID] = ("note", words.format(n=kept))
    for name in [one for one in st.session_state if str(one).startswith(_LINE)]:
        del st.session_state[name]
    for name in (TERM, MORE):
        st.session_state.pop(name, None)
    st.rerun()
