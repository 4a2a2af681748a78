"""Record: a session entered with the patient in the room, planned or not."""

import streamlit as st

from mesodash.language import _
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.sessions import read_session
from mesodash.ui.body_map import patient_choice
from mesodash.ui.parts import markup
from mesodash.ui.record import held, page
from mesodash.ui.record.encounter import encounter_of
from mesodash.ui.shell import context


def record() -> None:
    """Find the patient and the planned session that the address names, and show the form."""
    clinic = context.clinic()
    actor = context.actor(clinic)
    patient = patient_choice.find(patient_choice.ask(actor, st.container()), actor)
    if patient is None:
        markup.show(
            "empty",
            title=_("Whose session?"),
            text=_("Choose a patient above, or open one from Today."),
        )
        return
    page.show_done(patient)
    planned = None
    asked = st.query_params.get("session")
    if asked:
        try:
            planned = read_session(context.db(), asked, actor)
        except RecordError as error:
            markup.show("empty", title=_("No such session"), text=str(error))
            return
        if planned.entry.patient_id != patient.patient_id:
            planned = None  # the address is an old one; a session of its own is recorded
        elif planned.state != "planned" and not held.is_correcting(planned):
            held.show(context.catalogue(), actor, planned)
            return
    page.show(encounter_of(clinic, actor, patient, planned))
    if planned is not None:
        held.show_meanwhile(context.catalogue(), planned)


record()
