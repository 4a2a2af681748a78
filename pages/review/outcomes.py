"""Outcomes: how well it worked, by protocol, area and session number, and who is missing."""

import streamlit as st

from mesodash.language import _
from mesodash.ui.outcomes import overview, scales, trajectory
from mesodash.ui.parts import markup
from mesodash.ui.review import page

view = page.open_page(_("Outcomes"))
frame = view.report("outcomes", ("protocol", "scale"))

if frame.empty:
    page.show_empty(
        view.filters,
        _("No outcome was measured"),
        _("An outcome appears here once a patient has a score before and after treatment."),
    )
    st.stop()

page.say(scales.leading(frame))
code, key = scales.choose(view, frame)
scale = view.catalogue.scales[code]
markup.show("note", text=scales.scale_words(scale))

rows = frame if key == "protocol" else view.report("outcomes", (key, "scale"))
change, responders = st.columns(2, gap="medium")
with change:
    overview.show_change(view, rows, scale, key)
with responders:
    overview.show_responders(view, rows, scale, key)

trajectory.show(view, scale)
overview.show_table(view, rows, key)
overview.show_missing(view)
