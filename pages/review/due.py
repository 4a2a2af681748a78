"""Due: who should be called or booked on a day, and why; it names patients."""

import streamlit as st

from mesodash.ui import access
from mesodash.ui.review import due_views, page

view = page.open_page("Due", by_period=False)
if not view.lists_people:
    page.show_hidden(view, "The list of who is due")
    st.stop()

choice = due_views.choose(access.today())
everyone = view.reader.due(choice.on, access.actor(), view.filters)
frame = due_views.narrowed(everyone, choice.reasons, choice.within)

if frame.empty:
    due_views.show_nobody(everyone, choice.on)
    st.stop()

page.say(due_views.leading(frame, choice.on))
page.show_measures(due_views.measures(frame), due_views.definitions())
due_views.show_list(view, frame, choice)
