"""Due: who should be called or booked on a day, and why; counts for those who see no patients."""

import streamlit as st

from mesodash.language import _
from mesodash.ui.due import call_list, late_watch
from mesodash.ui.review import page
from mesodash.ui.shell import context

view = page.open_page(_("Due"), by_period=False)
choice = call_list.choose(context.today())

if not view.lists_people:
    call_list.show_counts(view, view.reader.due_counts(choice.on, view.filters), choice)
    late_watch.show(view, context.today())
    st.stop()

everyone = view.reader.due(choice.on, context.actor(), view.filters)
frame = call_list.narrowed(everyone, choice.reasons, choice.within)

if frame.empty:
    call_list.show_nobody(view.catalogue, everyone, choice.on)
    late_watch.show(view, context.today())
    st.stop()

page.say(call_list.leading(frame, choice.on))
page.show_measures(call_list.measures(frame), call_list.definitions(view.catalogue))
call_list.show_list(view, frame, choice)
late_watch.show(view, context.today())
