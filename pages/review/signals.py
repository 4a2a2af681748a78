"""Signals: where an effect stands out, what was compared, and late nodules always."""

import streamlit as st

from mesodash.ui.review import page, signal_late, signal_views

view = page.open_page("Signals")
sessions = view.report("volumes", ())

if sessions.empty or not int(sessions["sessions"].iloc[0]):
    page.show_empty(
        view.filters,
        "No session was held",
        "Signals are looked for as soon as sessions and side effects are recorded.",
    )
    st.stop()

# Counts of groups, not of people, so whole in a shared view; what stands out is narrowed below.
looks = view.reader.report("looks", view.filters)
near = view.reader.report("signals", view.filters, ())
page.say(signal_views.leading(view, looks, near))
signal_views.show_standing_out(view, near)
signal_late.show_late(view)
signal_views.show_near(view, near)
signal_views.show_compared(view, looks)
