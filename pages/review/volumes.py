"""Volumes: what was done, for how many, where and by whom, against the period before."""

from dataclasses import replace

import streamlit as st

from mesodash.ui import access, labels, review, volume_views
from mesodash.ui.filters import previous
from mesodash.ui.volume_words import what_changed

filters = review.open_page("Volumes")
catalogue, reader = access.catalogue(), access.reader()
total = reader.report("volumes", filters, ()).to_dict("records")[0]

if not total["sessions"]:
    review.show_empty(
        filters,
        "No session was held",
        "Sessions appear here as soon as they are recorded or imported.",
    )
    st.stop()

earlier = previous(filters.period)
before = None
if earlier is not None:
    before = reader.report("volumes", replace(filters, period=earlier), ()).to_dict("records")[0]
days = None if earlier is None else (earlier.end - earlier.start).days + 1

review.say(what_changed(total, before, days))
review.show_measures(volume_views.measures(total, before))

with st.container(horizontal=True, gap="small"):
    measure = st.selectbox(
        "Count",
        list(volume_views.LABELS),
        format_func=volume_views.LABELS.__getitem__,
        key="volumes_count",
        bind="query-params",
        width=165,
    )
    split = st.segmented_control(
        "Split by",
        volume_views.SPLITS,
        format_func=labels.KEY_WORDS.__getitem__,
        key="volumes_split",
        bind="query-params",
        wrap=True,
    )

by_month = reader.report("volumes", filters, ("month", split) if split else ("month",))
review.show_chart(
    volume_views.chart(by_month, catalogue, filters, measure, split), key="volumes_by_month"
)
volume_views.show_table(
    reader.report("volumes", filters, (split,)) if split else by_month,
    catalogue,
    split or "month",
    total,
    filters.period,
)
