"""Outcomes: how well it worked, by protocol and scale, from the first to the last score."""

import streamlit as st

from mesodash.ui import access, labels, markup, outcome_views, review
from mesodash.ui.filters import period_words

filters = review.open_page("Outcomes")
catalogue = access.catalogue()
frame = access.reader().report("outcomes", filters, ("protocol", "scale"))

if frame.empty:
    review.show_empty(
        filters,
        "No outcome was measured",
        "An outcome appears here once a patient has a score before and after treatment.",
    )
    st.stop()

period = period_words(filters.period)
review.say(outcome_views.leading(frame))
scale = catalogue.scales[outcome_views.choose_scale(frame, catalogue)]
markup.show("note", text=outcome_views.scale_words(scale))

change, responders = st.columns(2, gap="medium")
with change:
    drawn = outcome_views.change_chart(frame, catalogue, scale, period)
    if drawn is None:
        markup.show(
            "empty",
            title="Too few patients to draw",
            text=f"No protocol has {outcome_views.ENOUGH} patients or more with a first and a last"
            f" score on {labels.value(catalogue, 'scale', scale.code)}.",
        )
    else:
        review.show_chart(drawn, key="outcomes_change")
with responders:
    drawn = outcome_views.responder_chart(frame, catalogue, scale, period)
    if drawn is None:
        markup.show(
            "empty",
            title="No responders to count",
            text="This scale has no published responder rule, or too few patients.",
        )
    else:
        review.show_chart(drawn, key="outcomes_responders")

outcome_views.show_table(frame, catalogue, period)
