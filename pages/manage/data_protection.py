"""Data protection: what is processed and why, where it is, who is past keeping, and erasing."""

import streamlit as st

from mesodash.language import _
from mesodash.ui.admin import backups, disk, erasure, guards, notices, processing, retention
from mesodash.ui.parts import markup

markup.show(
    "note",
    text=_(
        "What this clinic's file holds and why, where it is kept and for how long, and how a"
        " person is erased."
    ),
)
record = guards.processing_record()
notices.show()
processing.show_figures(record)
left, right = st.columns(2, gap="small")
with left, st.container(border=True, key="manage_keeping"):
    retention.show()
with right, st.container(border=True, key="manage_erasing"):
    erasure.show()
backups.show()
disk.show()
processing.show_record(record)
