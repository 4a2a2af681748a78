"""Accounts: who may sign in and as what; adding, changing and shutting out."""

import streamlit as st

from mesodash.records.connection import utc_now
from mesodash.ui import access, markup
from mesodash.ui.manage import account_change, account_new, account_table, opening, told

markup.show(
    "heading",
    title="Accounts",
    text="Who may sign in to this clinic, and as what. Every change stands in the change log.",
)
if access.clinic().is_demo:
    opening.show_demo("A demo has no accounts", "Look with any role by choosing it at the top.")
    st.stop()

cared = opening.accounts()
told.show()
account_table.show(cared, utc_now())
left, right = st.columns(2, gap="small")
with left, st.container(border=True, key="manage_change"):
    account_change.show(cared)
with right, st.container(border=True, key="manage_new"):
    account_new.show()
