"""A contact with the patient: each open side effect still there or gone, and what is new."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.language import N_, _, format_day
from mesodash.records.patients.patients import Patient
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.follow_up import (
    EffectAnswer,
    NewEffect,
    OpenEffect,
    open_effects,
    record_contact,
)
from mesodash.records.treatment.history import TreatedSession
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.patient.red_cards import raise_told
from mesodash.ui.shell import context

KEPT = "follow_up_kept"
ALL = "follow_up_all"
TOLD_BY = {"patient": N_("Patient"), "practitioner": N_("Practitioner"), "other": N_("Other")}
RELATED = {
    "none": N_("no"),
    "unlikely": N_("unlikely"),
    "possible": N_("possible"),
    "probable": N_("probable"),
    "definite": N_("certain"),
}
YES_NO = {"yes": N_("Yes"), "no": N_("No")}
STATES = {"still_there": N_("Still there"), "gone": N_("Gone")}


def show(catalogue: Catalogue, patient: Patient, rows: Sequence[TreatedSession]) -> None:
    """The form of one contact; one call closes several effects."""
    if not rows:
        markup.show(
            "empty",
            title=_("Nothing to follow up yet"),
            text=_("From the first session on, contacts with the patient are recorded here."),
        )
        return
    still = open_effects(context.db(), patient.patient_id, context.actor())
    kept = st.session_state.pop(KEPT, None)
    if kept == patient.patient_id:
        markup.show("done", title=_("The contact was kept"), text="")
    with st.container(border=True, key="card_follow_up"):
        markup.show(
            "section",
            title=_("Follow up"),
            aside=_("{n} open").format(n=len(still)),
            text=_("Ask about each; give the day it was gone only where somebody knows it."),
        )
        _form(catalogue, patient, still, rows)


@st.fragment
def _form(
    catalogue: Catalogue,
    patient: Patient,
    still: Sequence[OpenEffect],
    rows: Sequence[TreatedSession],
) -> None:
    """The form, a fragment; what was entered stays if it is refused."""
    context.actor()  # a fragment has to check the sign-in itself
    today = context.today()
    with st.container(horizontal=True, key="follow_up_when"):
        on = st.date_input(
            _("Day of the contact"),
            value=today,
            max_value=today,
            format="DD/MM/YYYY",
            key="follow_up_on",
            width=170,
        )
        words = {code: _(text) for code, text in labels.CHANNELS.items()}
        channel = st.segmented_control(
            _("How"),
            list(words),
            format_func=phrases.wording(words),
            default="phone",
            key="follow_up_channel",
        )
        tellers = {code: _(text) for code, text in TOLD_BY.items()}
        told_by = st.segmented_control(
            _("Reported by"),
            list(tellers),
            format_func=phrases.wording(tellers),
            default="patient",
            key="follow_up_told_by",
        )
    if len(still) > 1:
        _ask_all(still)
    answers = [one for effect in still if (one := _ask(catalogue, effect, today)) is not None]
    new = _ask_new(catalogue, rows, today)
    if st.button(_("Keep the contact"), type="primary", key="follow_up_keep"):
        try:
            record_contact(
                context.db(),
                patient.patient_id,
                context.actor(),
                contacted_at=(on or today).isoformat(),
                channel=channel or "",
                answers=answers,
                new=new,
                told_by=told_by or "patient",
            )
            raise_told(patient.patient_id, on=on or today)
        except RecordError as error:
            markup.show("finding", level="refused", text=str(error))
            return
        st.session_state[KEPT] = patient.patient_id
        for name in [n for n in st.session_state if str(n).startswith("follow_up_effect_")]:
            del st.session_state[name]
        for name in ("follow_up_new", ALL):
            st.session_state.pop(name, None)
        st.rerun()


def _ask_all(still: Sequence[OpenEffect]) -> None:
    """One answer for all open effects; each may still be given another one."""
    states = {code: _(text) for code, text in STATES.items()}
    st.segmented_control(
        _("All of them"),
        list(states),
        format_func=phrases.wording(states),
        default=None,
        key=ALL,
        on_change=_answer_all,
        args=(tuple(_key(effect) for effect in still),),
    )


def _answer_all(keys: Sequence[str]) -> None:
    for key in keys:
        st.session_state[key] = st.session_state.get(ALL)


def _key(effect: OpenEffect) -> str:
    return f"follow_up_effect_{effect.side_effect_id}"


def _ask(catalogue: Catalogue, effect: OpenEffect, today: date) -> EffectAnswer | None:
    """One open effect; None where nothing was answered."""
    known = catalogue.side_effects.get(effect.effect)
    what = effect.term or (known.label if known else effect.effect)
    where = f", {catalogue.label(effect.area, effect.side)}" if effect.area else ""
    since = _("{effect}{where}, since {day}").format(
        effect=what, where=where, day=format_day(effect.onset_at)
    )
    key = _key(effect)
    states = {code: _(text) for code, text in STATES.items()}
    with st.container(horizontal=True, key=f"{key}_row"):
        state = st.segmented_control(
            since, list(states), format_func=phrases.wording(states), default=None, key=key
        )
        gone_on = None
        if state == "gone":
            gone_on = st.date_input(
                _("Gone on, if known"),
                value=None,
                max_value=today,
                format="DD/MM/YYYY",
                key=f"{key}_on",
                width=170,
            )
    if state is None:
        return None
    answer = EffectAnswer(
        effect.side_effect_id,
        "gone" if state == "gone" else "still_there",
        None if gone_on is None else gone_on.isoformat(),
    )
    return _more(answer, effect, key)


def _more(answer: EffectAnswer, effect: OpenEffect, key: str) -> EffectAnswer:
    """How severe it was, whether it was serious and related, and what was done about it."""
    related = {code: _(text) for code, text in RELATED.items()}
    yes_no = {code: _(text) for code, text in YES_NO.items()}
    with st.expander(_("More about it"), key=f"{key}_more"):
        with st.container(horizontal=True, key=f"{key}_grades"):
            severity = st.segmented_control(
                _("Worst severity"), [1, 2, 3, 4, 5], default=effect.severity, key=f"{key}_severity"
            )
            serious = st.segmented_control(
                _("Serious"),
                list(yes_no),
                format_func=phrases.wording(yes_no),
                default=None,
                key=f"{key}_serious",
            )
        link = st.segmented_control(
            _("Related to the treatment"),
            list(related),
            format_func=phrases.wording(related),
            default=None,
            key=f"{key}_related",
        )
        sequelae = answer.state == "gone" and st.checkbox(
            _("Something remains of it"), key=f"{key}_sequelae"
        )
        given = st.text_input(_("Treatment given"), max_chars=4000, key=f"{key}_given")
    return replace(
        answer,
        severity=severity,
        serious=serious,
        related=link,
        sequelae=bool(sequelae),
        treatment_given=given,
    )


def _ask_new(catalogue: Catalogue, rows: Sequence[TreatedSession], today: date) -> list[NewEffect]:
    """An effect that the contact brought to light, if there is one."""
    effects = {code: one.label for code, one in catalogue.side_effects.items()}
    sessions = {row.session_id: format_day(row.held_at) for row in rows}
    code = st.selectbox(
        _("Something new"),
        list(effects),
        index=None,
        format_func=phrases.wording(effects),
        placeholder=_("nothing new"),
        key="follow_up_new",
    )
    if code is None:
        return []
    with st.container(horizontal=True, key="follow_up_new_row"):
        session = st.selectbox(
            _("After the session of"),
            list(sessions),
            format_func=phrases.wording(phrases.distinct(sessions)),
            key="follow_up_new_session",
            width=200,
        )
        onset = st.date_input(
            _("Began on"),
            value=today,
            max_value=today,
            format="DD/MM/YYYY",
            key="follow_up_new_onset",
            width=170,
        )
        severity = st.segmented_control(
            _("Severity"), [1, 2, 3, 4, 5], default=None, key="follow_up_new_severity"
        )
    term = st.text_input(_("In the patient's words"), max_chars=200, key="follow_up_new_term")
    return [NewEffect(session or "", code, (onset or today).isoformat(), term, severity)]
