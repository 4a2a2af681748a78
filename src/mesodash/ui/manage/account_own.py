"""One's own account: another password, and the sign-ins that stand, of which the others can end."""

import streamlit as st

from mesodash.access import own_account, passwords, signing_in
from mesodash.access.gate import COOKIE
from mesodash.permissions import NotAllowedError
from mesodash.records.accounts import find_account
from mesodash.records.accounts_own import OwnSignIn, end_other_sign_ins, own_sign_ins
from mesodash.records.errors import RecordError
from mesodash.ui import access, markup, phrases
from mesodash.ui.manage import told
from mesodash.ui.manage.moments import moment

COLUMNS = ("Where", "Since", "Last used")
_ROUND = "account_own_round"


def show_password() -> None:
    """Draw the form for another password, and keep it when asked to."""
    markup.show(
        "section",
        title="Another password",
        aside="",
        text="Your other sign-ins end, this one stays. It stands in the change log, without the"
        " password.",
    )
    account = find_account(access.db(), access.actor().actor_id)
    if account is None or account.issuer is not None:
        markup.show("note", text="You sign in elsewhere; change your password there.")
        return
    # After a change the form is a new one: nothing typed is left in it.
    at = st.session_state.setdefault(_ROUND, 0)
    with st.form(f"own_password_{at}", border=False):
        old = _typed("Old password", f"own_old_{at}", "current-password")
        new = _typed("New password", f"own_new_{at}", "new-password")
        again = _typed("The same again", f"own_again_{at}", "new-password")
        asked = st.form_submit_button("Change the password", type="primary")
    if asked:
        _change(old, new, again)


def show_sign_ins() -> None:
    """Draw the sign-ins that stand, and end the others when asked to."""
    this = signing_in.hashed_token(st.context.cookies.get(COOKIE, ""))
    found = own_sign_ins(access.db(), access.actor(), this)
    others = len(found) - sum(one.this for one in found)
    markup.show(
        "table",
        title="Your sign-ins",
        aside=phrases.count(len(found), "sign-in"),
        caption="A sign-in ends after 15 minutes without use, and after 10 hours in any case."
        " One you do not know: end it, and change your password.",
        # Without a kind: on a phone the moments break into two lines, and nothing is cut off.
        columns=[{"label": label, "number": False, "help": ""} for label in COLUMNS],
        rows=[row(one) for one in found],
    )
    if others and st.button("End the others", key="own_end"):
        ended = end_other_sign_ins(access.db(), access.actor(), this)
        told.tell("Ended", f"{phrases.count(ended, 'other sign-in')} ended; this one stays.")
        st.rerun()


def row(one: OwnSignIn) -> list[str]:
    """A sign-in as a row of the table."""
    where = "this browser" if one.this else "another browser"
    return [where, moment(one.began), moment(one.last_used)]


def _typed(label: str, key: str, kind: str) -> str:
    return st.text_input(
        label, type="password", max_chars=passwords.LONGEST, key=key, autocomplete=kind
    )


def _change(old: str, new: str, again: str) -> None:
    if new != again:
        told.refused("Not changed", RecordError("The two are not the same; type them again."))
        return
    try:
        own_account.change_password(access.db(), st.context.cookies.get(COOKIE), old, new)
    except (RecordError, NotAllowedError, passwords.PasswordError) as error:
        told.refused("Not changed", error)
        return
    told.tell("Your password is changed", "Your other sign-ins have ended; this one stays.")
    st.session_state[_ROUND] += 1
    st.rerun()
