"""Changing an account: role, access, password, second factor, sign-ins; each said and confirmed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import streamlit as st

from mesodash.access import passwords
from mesodash.permissions import ROLES, NotAllowedError
from mesodash.records import accounts, sign_ins
from mesodash.records.account_care import Cared, reset_second_factor
from mesodash.records.accounts import Account
from mesodash.records.errors import RecordError
from mesodash.ui import access, markup, phrases
from mesodash.ui.manage import account_new, told
from mesodash.ui.manage.account_table import ROLE_WORDS

_ROUND = "account_change_round"


class _Change(NamedTuple):
    """What a change would do.

    Attributes:
        words: what follows, as the sentence that is confirmed.
        button: what the button says.
        do: makes the change.
        secret: a password to show once afterwards.
    """

    words: str
    button: str
    do: Callable[[], object]
    secret: str | None = None


def changes(account: Account) -> dict[str, str]:
    """What may be changed about this account: key -> words."""
    found = [("role", "Role and right to names")]
    if account.issuer is None:
        found.append(("password", "New password"))
    if account.totp_secret:
        found.append(("second_factor", "Second factor"))
    found.append(("sign_ins", "Sign-ins"))
    found.append(("disabled", "Let in again" if account.disabled else "Shut out"))
    return dict(found)


def show(cared: Sequence[Cared]) -> None:
    """Draw the choice of an account and a change, and make it when it is confirmed."""
    # After a change the form is a new one, so that a tick never confirms the next change as well.
    at = st.session_state.setdefault(_ROUND, 0)
    markup.show(
        "section",
        title="Change an account",
        aside="",
        text="Every change ends the account's sign-ins at once and stands in the change log.",
    )
    known = {one.account.name: one for one in cared}
    name = st.selectbox(
        "Account", list(known), index=None, key="account", placeholder="Choose an account"
    )
    if name is None:
        return
    one = known[name]
    options = changes(one.account)
    what = st.selectbox(
        "What to change",
        list(options),
        format_func=phrases.wording(options),
        key=f"what_{name}_{at}",
    )
    prefix = f"{what}_{name}_{at}"
    change = _asked(what, one, prefix)
    if name == access.actor().actor_id:
        markup.show("note", text="This is your own account: you will have to sign in again.")
    # Its key holds what it confirms: another choice above unticks it.
    sure = st.checkbox(f"Yes: {change.words}", key=f"sure_{prefix}_{change.words}")
    if st.button(change.button, type="primary", key=f"do_{prefix}"):
        _make(change, name, sure=sure)


def _asked(what: str, one: Cared, prefix: str) -> _Change:
    db, actor, account = access.db(), access.actor(), one.account
    name = account.name
    if what == "role":
        return _role(account, prefix)
    if what == "password":
        return _password(name, prefix)
    if what == "second_factor":
        return _Change(
            f"{name} sets up the second factor anew at the next sign-in.",
            "Reset the second factor",
            partial(reset_second_factor, db, name, actor),
        )
    if what == "sign_ins":
        return _Change(
            f"{name} is signed out on every computer.",
            "End all sign-ins",
            partial(sign_ins.end_all, db, actor, name=name),
        )
    if account.disabled:
        return _Change(
            f"{name} may sign in again as {account.role}.",
            "Let in again",
            partial(accounts.set_disabled, db, name, actor, disabled=False),
        )
    return _Change(
        f"{name} is signed out and may not sign in any more.",
        "Shut out",
        partial(accounts.set_disabled, db, name, actor),
    )


def _role(account: Account, prefix: str) -> _Change:
    role = st.selectbox(
        "Role",
        ROLES,
        index=ROLES.index(account.role),
        format_func=str.capitalize,
        key=f"role_{prefix}",
    )
    markup.show("note", text=f"{role.capitalize()}: {ROLE_WORDS[role]}.")
    names = role == "manager" and st.toggle(
        "May see who a patient is", value=account.sees_names, key=f"names_{prefix}"
    )
    sees = " and sees who patients are" if names else ""
    return _Change(
        f"{account.name} is {role}{sees} from the next sign-in on.",
        "Change the role",
        partial(
            accounts.set_role, access.db(), account.name, role, access.actor(), sees_names=names
        ),
    )


def _password(name: str, prefix: str) -> _Change:
    how = st.radio("New password", (account_new.MADE, account_new.TYPED), key=f"how_{prefix}")
    made = how == account_new.MADE
    password = (
        account_new.new_password()
        if made
        else st.text_input(
            "Password",
            type="password",
            max_chars=passwords.LONGEST,
            key=f"password_{prefix}",
            help=f"{passwords.SHORTEST} characters or more.",
            autocomplete="new-password",
        )
    )

    own = name == access.actor().actor_id

    def do() -> None:
        kept = passwords.hashed(password, name=name)
        accounts.set_password(access.db(), name, kept, access.actor(), given=not own)

    after = "" if own else " Whoever it is chooses their own at the next sign-in."
    return _Change(
        f"{name} has another password and sets up the second factor anew.{after}",
        "Change the password",
        do,
        password if made else None,
    )


def _make(change: _Change, name: str, *, sure: bool) -> None:
    if not sure:
        told.refused(
            "Not changed", RecordError('Tick "Yes" above to confirm; nothing typed is lost.')
        )
        return
    try:
        change.do()
    except (RecordError, NotAllowedError, passwords.PasswordError) as error:
        told.refused("Not changed", error)
        return
    told.tell(
        f"{name} is changed",
        f"{change.words} Hand over this password; it is not shown again."
        if change.secret
        else change.words,
        secret=change.secret,
    )
    st.session_state[_ROUND] += 1
    st.rerun()
