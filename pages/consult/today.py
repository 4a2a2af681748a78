"""Today: who comes, whose form is not finished, and one field that finds a patient."""

import streamlit as st

from mesodash.ui.shell import context
from mesodash.ui.today import new_patient, page

ACTOR = context.actor()

with st.container(horizontal=True, vertical_alignment="bottom", key="today_find_row"):
    ASKED = page.ask()
    new_patient.show_button()
WANTED = page.asks_to_add(ASKED)
new_patient.show(ACTOR, wanted=WANTED)
if not WANTED:
    page.show_found(ASKED, ACTOR)
page.show_examples(ACTOR)
page.show_red_cards(context.catalogue(), ACTOR)
day, beside = st.columns([3, 2], gap="medium")
with day:
    page.show_days(context.catalogue(), context.today(), ACTOR)
with beside:
    page.show_drafts(ACTOR)
    page.show_follow_ups(context.catalogue(), context.today(), ACTOR)
    page.show_recent(ACTOR)
    page.show_ways(ACTOR)
