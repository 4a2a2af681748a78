"""Accounts: who may sign in and as what; adding, changing and shutting out."""

import streamlit as st

from mesodash.language import _
from mesodash.records.store.connection import utc_now
from mesodash.ui.admin import accounts, guards, notices
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

markup.show(
    "note",
    text=_("Who may sign in to this clinic, and as what. Every change stands in the change log."),
)
if context.clinic().is_demo:
    guards.show_demo(_("Look with any role by choosing it at the top."))
    st.stop()

overviews = guards.managed_accounts()
notices.show()
accounts.show_table(overviews, utc_now())
left, right = st.columns(2, gap="small")
with left, st.container(border=True, key="manage_change"):
    accounts.show_change(overviews)
with right, st.container(border=True, key="manage_new"):
    accounts.show_new()
