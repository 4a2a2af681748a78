"""Body map: choose areas on the figure; see what is indicated there and what happened there."""

import streamlit as st

from mesodash.ui import area_choice, area_panel

figure, panel = st.columns([6, 7], gap="medium")
with figure:
    chosen = area_choice.choose_areas()
    patient = area_choice.choose_patient()
with panel:
    if chosen:
        area_panel.show_panel(chosen, patient)
    else:
        area_panel.show_start(patient)
