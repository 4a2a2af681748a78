"""Patient: who it is, what was done, what followed, what is planned."""

import streamlit as st

from mesodash.language import _
from mesodash.ui.body_map import patient_choice
from mesodash.ui.parts import markup
from mesodash.ui.patient import (
    consents,
    diary,
    effect_correction,
    everything_held,
    follow_up,
    page,
    photographs,
    red_cards,
    scores,
)
from mesodash.ui.shell import context

CLINIC = context.clinic()
ACTOR = context.actor(CLINIC)
PATIENT = patient_choice.find(patient_choice.ask(ACTOR, st.container()), ACTOR)

if PATIENT is None:
    markup.show(
        "empty", title=_("Which patient?"), text=_("Choose one above, or find one on Today.")
    )
    st.stop()

CONSULTATION, ROWS = page.read(CLINIC, ACTOR, PATIENT)
page.show_head(CONSULTATION, ROWS)
red_cards.show_open(CONSULTATION.catalogue, ACTOR, PATIENT)
figure, beside = st.columns([4, 9], gap="medium")
with figure:
    page.show_figure(CONSULTATION, ROWS)
with beside:
    page.show_timeline(CONSULTATION, ROWS)
    contact, written, score, consent, pictures, card = st.tabs(
        [
            _("Follow up"),
            _("Diary"),
            _("Scores"),
            _("Consents"),
            _("Photographs"),
            _("Red card"),
        ],
        key="patient_enter",
    )
    with contact:
        follow_up.show(CONSULTATION.catalogue, PATIENT, ROWS)
        effect_correction.show(CONSULTATION.catalogue, ACTOR, PATIENT)
    with written, st.container(border=True, key="card_diary"):
        diary.show(CONSULTATION.catalogue, ACTOR, PATIENT, ROWS)
    with score, st.container(border=True, key="card_scores"):
        scores.show(
            CONSULTATION.catalogue,
            ACTOR,
            PATIENT,
            CONSULTATION.overview.scores if CONSULTATION.overview else (),
        )
    with consent, st.container(border=True, key="card_consents"):
        consents.show(CONSULTATION.catalogue, ACTOR, PATIENT, CONSULTATION.country)
    with pictures, st.container(border=True, key="card_photographs"):
        photographs.show(CONSULTATION.catalogue, ACTOR, PATIENT, ROWS)
    with card, st.container(border=True, key="card_red_card"):
        red_cards.show_form(CONSULTATION.catalogue, ACTOR, PATIENT, ROWS)
    page.show_planned(CONSULTATION)
    page.show_sessions(CONSULTATION)
    page.show_table(CONSULTATION, ROWS)
    everything_held.offer(CLINIC, ACTOR, PATIENT)
