"""Courses: planned against held, intervals kept, where people stop, what is topped up."""

import streamlit as st

from mesodash.ui.review import course_views, page

view = page.open_page("Courses")
total = view.report("courses", ())

if total.empty or not int(total["courses"].iloc[0]):
    page.show_empty(
        view.filters,
        "No course was started",
        "Courses appear here once sessions are planned or recorded as part of one.",
    )
    st.stop()

whole = total.to_dict("records")[0]
ends = view.report("completion", ())
stops = view.report("stopping", ())
page.say(course_views.leading(whole, ends, stops))
page.show_measures(course_views.measures(whole, ends, view.report("first_session", ())))

key = course_views.choose_split()
left, right = st.columns(2, gap="medium")
with left:
    course_views.show_stopping(view, stops)
with right:
    course_views.show_completion(view, key)
course_views.show_planned(view)
course_views.show_intervals(view, key)
course_views.show_waiting(view)
course_views.show_top_ups(view)
