"""Side effects: how often, how long with the open ones counted, how severe, which are open."""

import streamlit as st

from mesodash.ui.review import effect_parts, effect_views, page

view = page.open_page("Side effects")
frame = view.report("side_effects", ("effect",))

if frame.empty:
    page.show_empty(
        view.filters,
        "No side effect is recorded",
        "Side effects appear here as soon as they are recorded after a session or imported.",
    )
    st.stop()

page.say(effect_views.leading(frame, view.catalogue))
page.show_measures(effect_views.measures(frame, int(frame["sessions"].iloc[0])), effect_views.MEANT)
effect_parts.PARTS[effect_parts.choose()](view, frame)
