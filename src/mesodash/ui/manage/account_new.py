"""Adding an account: name, role, and how its person signs in."""

import secrets

import streamlit as st

from mesodash.access import passwords
from mesodash.permissions import ROLES, NotAllowedError
from mesodash.records.accounts import add_account
from mesodash.records.errors import RecordError
from mesodash.ui import access, markup
from mesodash.ui.manage import told
from mesodash.ui.manage.account_table import ROLE_WORDS

MADE = "A password made here, shown once"
TYPED = "A password I type"
ELSEWHERE = "An identity provider"
_ROUND = "account_new_round"


def new_password() -> str:
    """A password of 120 random bits, in four groups that can be read out."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(4))


def show() -> None:
    """Draw the form and add the account when asked to."""
    # After an account was added the form is a new one: nothing typed is left in it.
    at = st.session_state.setdefault(_ROUND, 0)
    markup.show(
        "section",
        title="Add an account",
        aside="",
        text="One person, one account: the change log names people by it.",
    )
    name = st.text_input("Name", max_chars=64, key=f"new_name_{at}", autocomplete="off")
    role = st.selectbox(
        "Role",
        ROLES,
        index=ROLES.index("practitioner"),
        format_func=str.capitalize,
        key=f"new_role_{at}",
    )
    markup.show("note", text=f"{role.capitalize()}: {ROLE_WORDS[role]}.")
    names = role == "manager" and st.toggle("May see who a patient is", key=f"new_names_{at}")
    how = st.radio("Signs in with", (MADE, TYPED, ELSEWHERE), key=f"new_how_{at}")
    password = issuer = subject = None
    if how == TYPED:
        password = st.text_input(
            "Password",
            type="password",
            max_chars=passwords.LONGEST,
            key=f"new_password_{at}",
            help=f"{passwords.SHORTEST} characters or more.",
            autocomplete="new-password",
        )
    elif how == ELSEWHERE:
        issuer = st.text_input("Issuer (its https address)", max_chars=255, key=f"new_issuer_{at}")
        subject = st.text_input("Subject (who this is to it)", key=f"new_subject_{at}")
    else:
        password = new_password()
    if st.button("Add the account", type="primary", key="new_save"):
        _add(name, role, names, password, issuer, subject, shown=how == MADE)


def _add(
    name: str,
    role: str,
    names: bool,
    password: str | None,
    issuer: str | None,
    subject: str | None,
    *,
    shown: bool,
) -> None:
    try:
        made = add_account(
            access.db(),
            name,
            role,
            access.actor(),
            password_hash=None if password is None else passwords.hashed(password, name=name),
            issuer=issuer,
            subject=subject,
            sees_names=names,
            given=True,
        )
    except (RecordError, NotAllowedError, passwords.PasswordError) as error:
        told.refused("Not added", error)
        return
    text = f"{made.name} may sign in as {made.role}."
    if made.must_change:
        text += " They choose their own password at the first sign-in."
    told.tell(
        f"{made.name} has an account",
        f"{text} Hand over this password; it is not shown again." if shown else text,
        secret=password if shown else None,
    )
    st.session_state[_ROUND] += 1
    st.rerun()
