"""Side effects: how often, how long with the open ones counted, how severe, which are open."""

import streamlit as st

from mesodash.language import _
from mesodash.ui.review import page
from mesodash.ui.side_effects import durations, ends, incidence, onset, overview

view = page.open_page(_("Side effects"))
frame = view.report("side_effects", ("effect",))

if frame.empty:
    page.show_empty(
        view.filters,
        _("No side effect is recorded"),
        _("Side effects appear here as soon as they are recorded after a session or imported."),
    )
    st.stop()

page.say(overview.leading(frame, view.curves(), view.catalogue))
page.show_measures(overview.measures(frame, int(frame["sessions"].iloc[0])), overview.definitions())
PARTS = {
    _("How long"): durations.show_long,
    _("How often"): incidence.show,
    _("How the ends became known"): ends.show,
    _("Onset and severity"): onset.show,
    _("Still open"): overview.show_open,
    _("For publication"): incidence.show_reactions,
}
PARTS[overview.choose_part(list(PARTS))](view, frame)
