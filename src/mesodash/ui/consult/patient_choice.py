"""Choosing the patient: one of those seen lately, or anybody by the id; or nobody, a walk-in."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mesodash.records.actor import Actor
from mesodash.records.errors import RecordError
from mesodash.records.patient_search import Found, find_patient, recent_patients
from mesodash.records.patients import Patient, read_patient
from mesodash.ui import access, markup, phrases

KEY = "patient"
OFFERED = 50


def is_known() -> bool:
    """Whether the field was drawn before, so that what stands in it is known without drawing it."""
    return KEY in st.session_state


def now_asked() -> str | None:
    """What stands in the field, for what is drawn before it."""
    asked: str | None = st.session_state.get(KEY)
    return asked


def ask(actor: Actor, place: DeltaGenerator) -> str | None:
    """Draw the field in its place; return what stands in it.

    None is a walk-in, or the whole clinic. An id that nobody has stays in the field.
    """
    asked: str | None = place.selectbox(
        "Patient",
        recent_patients(access.db(), actor, limit=OFFERED),
        index=None,
        key=KEY,
        bind="query-params",
        accept_new_options=True,
        filter_mode="prefix",
        placeholder="No patient: type an id, or choose one seen lately",
    )
    return asked


def find(asked: str | None, actor: Actor) -> Patient | None:
    """The patient who was asked for; None, and a word on it, where nobody has that id."""
    if not asked:
        return None
    db = access.db()
    found = find_patient(db, asked, actor)
    if found.exact is None:
        _explain(asked, found)
        return None
    try:
        return read_patient(db, found.exact, actor)
    except RecordError as error:
        markup.show("empty", title="No such patient", text=str(error))
        return None


def _explain(asked: str, found: Found) -> None:
    """Say that nobody has this id, and offer those whose ids begin so."""
    if not found.others:
        markup.show(
            "empty",
            title="No such patient",
            text=f"No patient's id begins with {asked[:64]!r}; check it, or clear the field to go"
            " on without a patient.",
        )
        return
    more = " and more" if found.more else ""
    st.pills(
        f"Ids that begin with {asked[:64]}: {phrases.count(len(found.others), 'patient')}{more}",
        found.others,
        key="patient_which",
        on_change=_take,
    )


def _take() -> None:
    st.session_state[KEY] = st.session_state["patient_which"]


def describe(patient: Patient, *, year: int) -> str:
    """A patient in a line: id, sex, age or years it may be, skin type."""
    parts = [f"Patient {patient.patient_id}", patient.sex]
    if patient.birth_year:
        # Only the year of birth is known, so the age may be one year less.
        age = year - patient.birth_year
        parts.append(f"{age - 1} or {age}")
    if patient.phototype:
        parts.append(f"skin type {patient.phototype}")
    return " · ".join(parts)
