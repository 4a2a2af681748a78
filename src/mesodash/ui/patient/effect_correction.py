"""The form that corrects or removes a recorded side effect."""

from dataclasses import replace
from datetime import date

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.language import N_, _
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.patients import Patient
from mesodash.records.store import vocabulary
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.effect_corrections import (
    ACTION,
    RecordedEffect,
    correct_effect,
    effects_of,
    remove_effect,
)
from mesodash.ui.body_map.treated_sessions import SIDES
from mesodash.ui.parts import markup, phrases
from mesodash.ui.shell import context

PARAMETER = "effect"
"""In the address: the side effect whose form is to be open."""
SAID, REASON = "effect_said", "effect_reason"
OUTCOMES = {
    "resolved": N_("gone"),
    "resolved_with_sequelae": N_("gone, something remains"),
    "recovering": N_("getting better"),
    "ongoing": N_("still there"),
    "fatal": N_("died of it"),
    "unknown": N_("not known"),
}


def show(catalogue: Catalogue, actor: Actor, patient: Patient) -> None:
    """All side effects to choose from, and the form of the one chosen; else nothing."""
    said = st.session_state.pop(SAID, None)
    if said:
        markup.show("finding", level=said[0], text=said[1])
    if not actor.may(ACTION):
        return
    found = {one.side_effect_id: one for one in effects_of(context.db(), patient.patient_id, actor)}
    if not found:
        return
    asked = st.query_params.get(PARAMETER)
    names = phrases.distinct({code: _words(catalogue, one) for code, one in found.items()})
    order = list(names)
    with st.expander(
        _("Correct a side effect"),
        icon=":material/edit:",
        key="effect_correction",
        expanded=asked in found,
    ):
        which = st.selectbox(
            _("Side effect"),
            order,
            index=order.index(asked) if asked in found else 0,
            format_func=phrases.wording(names),
            key=f"effect_which_{asked if asked in found else ''}",
        )
        if which is not None:
            _form(catalogue, found[which])


def _words(catalogue: Catalogue, one: RecordedEffect) -> str:
    known = catalogue.side_effects.get(one.effect)
    what = one.term or (known.label if known else one.effect)
    return _("{effect}, since {day}").format(effect=what, day=phrases.day(one.onset_at))


def _form(catalogue: Catalogue, seen: RecordedEffect) -> None:
    key = f"effect_form_{seen.side_effect_id}_{hash(seen)}"
    areas = {code: area.label for code, area in catalogue.areas.items()}
    if seen.area is not None:
        areas.setdefault(seen.area, seen.area)
    sides = {code: _(words) for code, words in SIDES.items()}
    outcomes = {code: _(OUTCOMES[code]) for code in vocabulary.EFFECT_OUTCOMES}
    markup.show("note", text=_("After the session of {day}.").format(day=phrases.day(seen.held_at)))
    with st.container(horizontal=True, key=f"{key}_where"):
        area = st.selectbox(
            _("Where"),
            list(areas),
            index=list(areas).index(seen.area) if seen.area else None,
            format_func=phrases.wording(areas),
            placeholder=_("not said"),
            key=f"{key}_area",
            width=260,
        )
        side = st.selectbox(
            _("Side"),
            list(sides),
            index=list(sides).index(seen.side) if seen.side else None,
            format_func=phrases.wording(sides),
            placeholder=_("not said"),
            key=f"{key}_side",
            width=140,
        )
        severity = st.segmented_control(
            _("Severity"), [1, 2, 3, 4, 5], default=seen.severity, key=f"{key}_severity"
        )
    times = {}
    with st.container(horizontal=True, key=f"{key}_when"):
        for name, words in (
            ("onset_at", _("Began")),
            ("last_seen_at", _("Last seen")),
            ("gone_by_at", _("First found gone")),
            ("resolved_at", _("Gone since")),
        ):
            times[name] = st.text_input(
                words,
                value=getattr(seen, name) or "",
                max_chars=19,
                placeholder=_("2026-11-22"),
                key=f"{key}_{name}",
                width=160,
            ).strip()
    outcome = st.selectbox(
        _("What became of it"),
        list(outcomes),
        index=list(outcomes).index(seen.outcome) if seen.outcome else None,
        format_func=phrases.wording(outcomes),
        placeholder=_("not said"),
        key=f"{key}_outcome",
        width=260,
    )
    corrected = replace(
        seen,
        area=area,
        side=side,
        severity=severity,
        outcome=outcome,
        onset_at=times["onset_at"],
        last_seen_at=times["last_seen_at"] or None,
        gone_by_at=times["gone_by_at"] or None,
        resolved_at=times["resolved_at"] or None,
    )
    st.text_input(_("Why"), key=REASON, max_chars=500)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_acts"):
        st.button(
            _("Keep the correction"),
            type="primary",
            key="effect_keep",
            disabled=corrected == seen,
            on_click=_keep,
            args=(corrected, seen, context.today()),
        )
        st.button(
            _("Recorded by mistake: take it out"),
            key="effect_remove",
            type="tertiary",
            on_click=_remove,
            args=(seen,),
        )


def _keep(corrected: RecordedEffect, seen: RecordedEffect, today: date) -> None:
    reason = st.session_state.get(REASON, "")
    try:
        correct_effect(
            context.db(), corrected, context.actor(), seen=seen, today=today, reason=reason
        )
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("refused", str(error))
        return
    _done()


def _remove(seen: RecordedEffect) -> None:
    reason = st.session_state.get(REASON, "")
    try:
        remove_effect(context.db(), context.actor(), seen=seen, reason=reason)
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("refused", str(error))
        return
    _done()


def _done() -> None:
    st.session_state.pop(REASON, None)
    st.session_state[SAID] = ("note", _("Corrected; the earlier version stays readable."))
