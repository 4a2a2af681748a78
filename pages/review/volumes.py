"""Volumes: what was done, for how many, where and by whom, against two earlier periods."""

import streamlit as st

from mesodash.language import _
from mesodash.ui.review import drilldown, monthly_report, page
from mesodash.ui.volumes import body, details, overview
from mesodash.ui.volumes.changes import what_changed

view = page.open_page(_("Volumes"))
total, earlier = overview.totals(view)

if total is None:
    page.show_hidden(view, _("A choice of fewer than 5 patients"))
    st.stop()
if not total["sessions"]:
    page.show_empty(
        view.filters,
        _("No session was held"),
        _("Sessions appear here as soon as they are recorded or imported."),
    )
    st.stop()

page.say(f"{what_changed(total, earlier)} {overview.moved_most(view, earlier)}".strip())
page.show_measures(overview.measures(view, total, earlier), overview.definitions())

whole = overview.denominator(total)
measure, grain, split = overview.choose()
by_time = view.report("volumes", (grain, split) if split else (grain,))
left, right = st.columns([7, 5], gap="medium")
with left:
    overview.show_over_time(view, by_time, measure=measure, grain=grain, split=split, whole=whole)
    details.show_hours(view)
with right:
    by_area = body.show(view, measure, whole)

parts = view.report("volumes", (split,)) if split else by_time
drilldown.show(view, [
    *({grain: time} for time in by_time[grain]),
    *({key: row[key] for key in (grain, split) if key} for row in by_time.to_dict("records")),
    *({"area": area} for area in by_area["area"]),
])  # fmt: skip
overview.show_table(view, parts, split or grain, whole)
details.show_attendance(view)
details.show_products(view, whole)
monthly_report.offer(view)
