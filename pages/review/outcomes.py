"""Outcomes: how well it worked, by protocol, area and session number, and who is missing."""

import streamlit as st

from mesodash.ui import markup
from mesodash.ui.review import (
    outcome_course,
    outcome_missing,
    outcome_scales,
    outcome_views,
    page,
)

view = page.open_page("Outcomes")
frame = view.report("outcomes", ("protocol", "scale"))

if frame.empty:
    page.show_empty(
        view.filters,
        "No outcome was measured",
        "An outcome appears here once a patient has a score before and after treatment.",
    )
    st.stop()

page.say(outcome_scales.leading(frame))
code, key = outcome_scales.choose(view, frame)
scale = view.catalogue.scales[code]
markup.show("note", text=outcome_scales.scale_words(scale))

rows = frame if key == "protocol" else view.report("outcomes", (key, "scale"))
change, responders = st.columns(2, gap="medium")
with change:
    outcome_views.show_change(view, rows, scale, key)
with responders:
    outcome_views.show_responders(view, rows, scale, key)

outcome_course.show(view, scale)
outcome_views.show_table(view, rows, key)
outcome_missing.show(view)
