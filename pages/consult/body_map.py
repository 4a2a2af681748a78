"""Body map: choose areas on the figure; what is indicated, allowed, done and planned there."""

import streamlit as st

from mesodash.ui import area_choice, area_panel
from mesodash.ui.consult import overlay, patient_choice
from mesodash.ui.consult.scene import read_scene

figure, panel = st.columns([6, 7], gap="medium")
labels = area_choice.area_labels()
with panel:
    patient = patient_choice.choose_patient()
with figure:  # what an address got wrong is said here
    scene = read_scene(patient, area_choice.now_chosen(labels))
# The panel is what a click waits for, so it is sent first.
with panel:
    if scene.chosen:
        area_panel.show_panel(scene)
    else:
        area_panel.show_start(scene)
with figure:
    # The switches stand below the figure and decide what it shows, so their place is held.
    above = st.container()
    drawn = overlay.choose(scene)
    lists = st.container()
    with above:
        area_choice.choose_areas(labels, drawn, lists=lists)
