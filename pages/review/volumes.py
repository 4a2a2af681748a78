"""Volumes: what was done, for how many, where and by whom, against two earlier periods."""

import streamlit as st

from mesodash.ui.review import (
    drill,
    monthly_button,
    page,
    volume_body,
    volume_more,
    volume_views,
)
from mesodash.ui.review.volume_words import what_changed

view = page.open_page("Volumes")
total, earlier = volume_views.totals(view)

if total is None:
    page.show_hidden(view, "A choice of fewer than 5 patients")
    st.stop()
if not total["sessions"]:
    page.show_empty(
        view.filters,
        "No session was held",
        "Sessions appear here as soon as they are recorded or imported.",
    )
    st.stop()

page.say(f"{what_changed(total, earlier)} {volume_views.moved_most(view, earlier)}".strip())
page.show_measures(volume_views.measures(view, total, earlier), volume_views.definitions())

whole = volume_views.denominator(total)
measure, grain, split = volume_views.choose()
by_time = view.report("volumes", (grain, split) if split else (grain,))
left, right = st.columns([7, 5], gap="medium")
with left:
    volume_views.show_over_time(
        view, by_time, measure=measure, grain=grain, split=split, whole=whole
    )
    volume_more.show_hours(view)
with right:
    by_area = volume_body.show(view, measure, whole)

parts = view.report("volumes", (split,)) if split else by_time
drill.show(view, [
    *({grain: time} for time in by_time[grain]),
    *({key: row[key] for key in (grain, split) if key} for row in by_time.to_dict("records")),
    *({"area": area} for area in by_area["area"]),
])  # fmt: skip
volume_views.show_table(view, parts, split or grain, whole)
volume_more.show_attendance(view)
volume_more.show_products(view, whole)
monthly_button.offer(view)
