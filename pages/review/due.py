"""Due: who should be called or booked on a day, and why; it names patients."""

import streamlit as st

from mesodash.ui import access, due_views, review

view = review.open_page("Due")
if not view.lists_people:
    review.show_hidden(view, "The list of who is due")
    st.stop()

on, reasons, within = due_views.choose(access.today())
everyone = view.reader.due(on, access.actor(), view.filters)
frame = due_views.narrowed(everyone, reasons, within)

if frame.empty:
    due_views.show_nobody(everyone, on)
    st.stop()

review.say(due_views.leading(frame, on))
review.show_measures(due_views.measures(frame))
due_views.show_list(view, frame, on)
