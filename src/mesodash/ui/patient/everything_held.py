"""Everything held about a patient, to be handed to them: two files, made on the click."""

from collections.abc import Callable

import streamlit as st

from mesodash.documents.person_record import JSON, PDF, person_json, person_pdf
from mesodash.exchange.importing.import_folder import clinic_zone
from mesodash.language import _, current, use_language
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.patients import Patient
from mesodash.records.privacy.person import ACTION, PersonRecord, everything_about
from mesodash.records.store.clinic import Clinic
from mesodash.ui.parts import markup
from mesodash.ui.shell import context


def offer(clinic: Clinic, actor: Actor, patient: Patient) -> None:
    """Draw the two downloads for those who may export patients; each press is noted in the log."""
    if not actor.may(ACTION):
        return
    with st.container(border=True, key="card_everything_held"):
        markup.show(
            "section",
            title=_("For a patient who asks"),
            aside="",
            text=_(
                "Everything held about this person, who looked at it and who changed it. That it"
                " was taken out stands in the change log."
            ),
        )
        db, catalogue = context.db(), context.catalogue()
        zone, language = clinic_zone(clinic), current().code

        def made(write: Callable[[PersonRecord], bytes]) -> Callable[[], bytes]:
            def make() -> bytes:  # on another thread, which has no language yet
                with use_language(language):
                    return write(everything_about(db, patient.patient_id, actor))

            return make

        with st.container(horizontal=True, key="everything_held_files"):
            for name, label, icon, mime, write in (
                (
                    PDF,
                    _("Everything held (PDF)"),
                    ":material/picture_as_pdf:",
                    "application/pdf",
                    lambda record: person_pdf(record, catalogue, zone=zone, language=language),
                ),
                (
                    JSON,
                    _("Everything held (JSON)"),
                    ":material/data_object:",
                    "application/json",
                    person_json,
                ),
            ):
                st.download_button(
                    label,
                    made(write),
                    file_name=name,
                    mime=mime,
                    key=name,
                    icon=icon,
                    on_click="ignore",
                )
