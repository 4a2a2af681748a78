"""Courses: planned against held, intervals kept, where people stop, what is topped up."""

import streamlit as st

from mesodash.language import _
from mesodash.ui.courses import overview
from mesodash.ui.review import page

view = page.open_page(_("Courses"))
total = view.report("courses", ())

if total.empty or not int(total["courses"].iloc[0]):
    page.show_empty(
        view.filters,
        _("No course was started"),
        _("Courses appear here once sessions are planned or recorded as part of one."),
    )
    st.stop()

whole = total.to_dict("records")[0]
ends = view.report("completion", ())
stops = view.report("stopping", ())
page.say(overview.leading(whole, ends, stops))
page.show_measures(overview.measures(whole, ends, view.report("first_session", ())))

key = overview.choose_split()
left, right = st.columns(2, gap="medium")
with left:
    overview.show_stopping(view, stops)
with right:
    overview.show_completion(view, key)
overview.show_planned(view)
overview.show_intervals(view, key)
overview.show_waiting(view)
overview.show_top_ups(view)
