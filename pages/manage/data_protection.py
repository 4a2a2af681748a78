"""Data protection: what is processed and why, where it is, who is past keeping, and erasing."""

import streamlit as st

from mesodash.ui import markup
from mesodash.ui.manage import erasing, keeping, opening, processing_views, told

markup.show(
    "heading",
    title="Data protection",
    text="What this clinic's file holds and why, where it is kept and for how long, and how a"
    " person is erased.",
)
record = opening.processing()
told.show()
processing_views.show_figures(record)
left, right = st.columns(2, gap="small")
with left, st.container(border=True, key="manage_keeping"):
    keeping.show()
with right, st.container(border=True, key="manage_erasing"):
    erasing.show()
processing_views.show_record(record)
