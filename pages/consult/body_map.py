"""Body map: choose areas on the figure; what is indicated, allowed, done and planned there."""

import streamlit as st

from mesodash.ui.body_map import area_panel, overlay, patient_choice
from mesodash.ui.body_map.consultation import read_consultation
from mesodash.ui.parts import area_choice, waiting
from mesodash.ui.shell import context


@st.fragment
def show_body_map() -> None:
    """The page, run by itself at a click: the frame around it says what it said before."""
    clinic = context.clinic()
    actor = context.actor(clinic)
    if not actor.may("page.body_map"):  # the role was changed since: the frame says so
        st.rerun()
    figure, beside = st.columns([6, 7], gap="medium")
    panel = beside.container(key="area_panel")
    labels = area_choice.area_labels()
    with panel:
        field = st.container()
        # Once it is known what stands in the field, it can follow after what a click waits for.
        known = patient_choice.is_known()
        asked = patient_choice.now_asked() if known else patient_choice.ask(actor, field)
        patient = patient_choice.find(asked, actor)
    with figure:  # what an address got wrong is said here
        consultation = read_consultation(clinic, actor, patient, area_choice.now_chosen(labels))
    with panel:
        if consultation.chosen:
            area_panel.show_panel(consultation)
            waiting.let_the_browser_draw()
        else:
            area_panel.show_start(consultation)
    if known and patient_choice.ask(actor, field) != asked:
        st.rerun()
    with figure:
        # The switches stand below the figure and decide what it shows, so their place is held.
        above = st.container()
        drawn = overlay.choose(consultation)
        lists = st.container()
        with above:
            area_choice.choose_areas(labels, drawn, lists=lists, reports=consultation.reports)


show_body_map()
