"""Your account: another password, and where one is signed in."""

import streamlit as st

from mesodash.language import _
from mesodash.ui.admin import guards, notices, own_account
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

markup.show(
    "note",
    text=_("Your own password, and where you are signed in."),
)
if context.clinic().is_demo:
    guards.show_demo(_("Nobody signs in to it."))
    st.stop()

notices.show()
left, right = st.columns(2, gap="small")
with left, st.container(border=True, key="manage_own_password"):
    own_account.show_password()
with right:
    own_account.show_sign_ins()
    own_account.show_language()
