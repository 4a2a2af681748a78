"""Your account: another password, and where one is signed in."""

import streamlit as st

from mesodash.ui import access, markup
from mesodash.ui.manage import account_own, opening, told

markup.show(
    "heading",
    title="Your account",
    text="Your own password, and where you are signed in.",
)
if access.clinic().is_demo:
    opening.show_demo("A demo has no accounts", "Nobody signs in to it.")
    st.stop()

told.show()
left, right = st.columns(2, gap="small")
with left, st.container(border=True, key="manage_own_password"):
    account_own.show_password()
with right:
    account_own.show_sign_ins()
