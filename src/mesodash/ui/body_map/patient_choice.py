"""Choosing the patient: a recent one, anybody by id, or nobody (a walk-in)."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mesodash.language import N_, _, ngettext
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.id_search import PatientMatches, find_patient, recent_patients
from mesodash.records.patients.patients import Patient, read_patient
from mesodash.records.store.errors import RecordError
from mesodash.ui.parts import markup, phrases
from mesodash.ui.shell import context

KEY = "patient"
PARAMETER = "patient"
SEEN = "patient_seen"
"""The patient in the address when it was last read or written."""
LAST = "patient_last"
"""Who was last chosen, for a page that is opened without a patient in its address."""
OFFERED = 50
SEXES = {
    "female": N_("female"),
    "male": N_("male"),
    "other": N_("other"),
    "unknown": N_("unknown"),
}


def is_known() -> bool:
    """Whether the field was drawn before, so that its value is known without drawing it."""
    known = KEY in st.session_state
    _follow_address()
    return known


def now_asked() -> str | None:
    """The field's value, for what is drawn before it."""
    asked: str | None = st.session_state.get(KEY)
    return asked


def ask(actor: Actor, place: DeltaGenerator) -> str | None:
    """Draw the field; return its value.

    None is a walk-in, or the whole clinic. An id that nobody has stays in the field.
    """
    _follow_address()
    asked: str | None = place.selectbox(
        _("Patient"),
        recent_patients(context.db(), actor, limit=OFFERED),
        index=None,
        key=KEY,
        accept_new_options=True,
        filter_mode="prefix",
        placeholder=_("No patient: type an id, or choose one seen lately"),
    )
    _write_address(asked)
    return asked


def _follow_address() -> None:
    """Take the patient from the address if the address has changed.

    Streamlit's own binding of a field to the address takes the parameter away on the way from one
    page with such a field to another, and with it the patient whom the link named. So the page
    itself keeps the two in step.
    """
    told = st.query_params.get(PARAMETER)
    state = st.session_state
    if KEY not in state:
        state[KEY] = told or state.get(LAST)
    else:
        # Set again even where nothing changed: the field of another page is another field to
        # Streamlit, and would begin empty.
        state[KEY] = state[KEY] if told == state.get(SEEN) else told
    state[SEEN] = told


def _write_address(asked: str | None) -> None:
    st.session_state[LAST] = asked
    if asked == st.session_state.get(SEEN):
        return
    if asked:
        st.query_params[PARAMETER] = asked
    else:
        st.query_params.pop(PARAMETER, None)
    st.session_state[SEEN] = asked


def find(asked: str | None, actor: Actor) -> Patient | None:
    """The requested patient; None, with an explanation, if nobody has that id."""
    if not asked:
        return None
    db = context.db()
    found = find_patient(db, asked, actor)
    if found.exact is None:
        _explain(asked, found)
        return None
    try:
        return read_patient(db, found.exact, actor)
    except RecordError as error:
        markup.show("empty", title=_("No such patient"), text=str(error))
        return None


def _explain(asked: str, found: PatientMatches) -> None:
    """Explain that nobody has this id, and offer ids that begin with it."""
    if not found.others:
        markup.show(
            "empty",
            title=_("No such patient"),
            text=_(
                "No patient's id begins with “{text}”; check it, or clear the field to go on"
                " without a patient."
            ).format(text=asked[:64]),
        )
        return
    n = len(found.others)
    text = (
        _("Ids that begin with {text}: {n} patients and more")
        if found.more
        else ngettext(
            "Ids that begin with {text}: {n} patient", "Ids that begin with {text}: {n} patients", n
        )
    )
    st.pills(
        text.format(text=asked[:64], n=phrases.number(n)),
        found.others,
        key="patient_which",
        on_change=_take,
    )


def _take() -> None:
    st.session_state[KEY] = st.session_state["patient_which"]


def describe(patient: Patient, *, year: int) -> str:
    """A patient in a line: id, sex, age or possible ages, skin type."""
    parts = [
        _("Patient {patient}").format(patient=patient.patient_id),
        *((patient.name,) if patient.name else ()),
        _(SEXES.get(patient.sex, patient.sex)),
    ]
    if patient.birth_year:
        # Only the year of birth is known, so the age may be one year less.
        age = year - patient.birth_year
        parts.append(_("{younger} or {older}").format(younger=age - 1, older=age))
    if patient.phototype:
        parts.append(_("skin type {phototype}").format(phototype=patient.phototype))
    return " · ".join(parts)
