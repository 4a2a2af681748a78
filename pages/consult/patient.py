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

SCENE, ROWS = page.read(CLINIC, ACTOR, PATIENT)
page.show_head(SCENE, ROWS)
red_cards.show_open(SCENE.catalogue, ACTOR, PATIENT)
figure, beside = st.columns([4, 9], gap="medium")
with figure:
    page.show_figure(SCENE, ROWS)
with beside:
    page.show_timeline(SCENE, ROWS)
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
        follow_up.show(SCENE.catalogue, PATIENT, ROWS)
        effect_correction.show(SCENE.catalogue, ACTOR, PATIENT)
    with written, st.container(border=True, key="card_diary"):
        diary.show(SCENE.catalogue, ACTOR, PATIENT, ROWS)
    with score, st.container(border=True, key="card_scores"):
        scores.show(
            SCENE.catalogue, ACTOR, PATIENT, SCENE.standing.scores if SCENE.standing else ()
        )
    with consent, st.container(border=True, key="card_consents"):
        consents.show(SCENE.catalogue, ACTOR, PATIENT, SCENE.country)
    with pictures, st.container(border=True, key="card_photographs"):
        photographs.show(SCENE.catalogue, ACTOR, PATIENT, ROWS)
    with card, st.container(border=True, key="card_red_card"):
        red_cards.show_form(SCENE.catalogue, ACTOR, PATIENT, ROWS)
    page.show_planned(SCENE)
    page.show_sessions(SCENE)
    page.show_table(SCENE, ROWS)
    everything_held.offer(CLINIC, ACTOR, PATIENT)
