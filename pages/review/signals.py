"""Signals: where an effect stands out, what was compared, and late nodules always."""

import streamlit as st

from mesodash.language import _
from mesodash.ui.review import page
from mesodash.ui.signals import funnel, late_effects, overview, rising

view = page.open_page(_("Signals"))
sessions = view.report("volumes", ())

if sessions.empty or not int(sessions["sessions"].iloc[0]):
    page.show_empty(
        view.filters,
        _("No session was held"),
        _("Signals are looked for as soon as sessions and side effects are recorded."),
    )
    st.stop()

view = overview.choose_window(view)
# Counts of groups, not of people, so whole in a shared view; what stands out is narrowed below.
looks = view.reader.report("looks", view.filters)
near = view.reader.report("signals", view.filters, ())
page.say(overview.leading(view, looks, near))
overview.show_standing_out(view, near)
overview.show_apart(view, near)
rising.show_rising(view)
late_effects.show_late(view)
late_effects.show_red_cards()
funnel.show_funnel(view)
overview.show_near(view, near)
overview.show_compared(view, looks)
