"""The page Accounts: a table of them, a form for a new one, and changes, each confirmed."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import streamlit as st

from mesodash.access import passwords
from mesodash.access.second_factor import NEEDED_BY
from mesodash.language import N_, _, format_moment, format_number, ngettext
from mesodash.permissions import ROLES, NotAllowedError, role_label, role_name
from mesodash.records.accounts import accounts, sign_ins
from mesodash.records.accounts.accounts import Account
from mesodash.records.accounts.administration import AccountOverview, reset_second_factor
from mesodash.records.store.errors import RecordError
from mesodash.ui.admin import notices
from mesodash.ui.parts import markup, phrases
from mesodash.ui.shell import context

ROLE_DUTIES: Final[Mapping[str, str]] = {
    "administrator": N_(
        "Administrator: runs the installation and the accounts, and may do all that others may."
    ),
    "manager": N_("Manager: sees all figures; who a patient is only with the right to names."),
    "practitioner": N_("Practitioner: treats: patients, screenings, plans, the clinic's figures."),
    "trainer": N_(
        "Trainer: teaches from protocols and pseudonymised exports; never sees a patient."
    ),
    "auditor": N_(
        "Auditor: reads figures and the change log; changes nothing and sees no patient."
    ),
}
# Ways to sign in, by key.
GENERATED, TYPED, PROVIDER = "generated", "typed", "provider"
SIGN_IN_WAYS: Final[Mapping[str, str]] = {
    GENERATED: N_("A password made here, shown once"),
    TYPED: N_("A password I type"),
    PROVIDER: N_("An identity provider"),
}
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_CHANGE_ROUND, _NEW_ROUND = "account_change_round", "account_new_round"


@dataclass(frozen=True, slots=True)
class AccountChange:
    """A change to an account that waits for its confirmation.

    Attributes:
        consequence: what follows, as the sentence that is confirmed.
        button: the label of the button that makes it.
        apply: makes the change.
        password: a password to show once afterwards; None if there is none.
    """

    consequence: str
    button: str
    apply: Callable[[], object]
    password: str | None = None


# The table


def show_table(overviews: Sequence[AccountOverview], now: datetime) -> None:
    """Draw the accounts.

    Args:
        overviews: the accounts, as `account_overviews` gives them.
        now: decides who is locked.
    """
    able = sum(not one.account.disabled for one in overviews)
    count = ngettext("{n} account", "{n} accounts", len(overviews)).format(n=len(overviews))
    columns = (
        (_("Name"), "short"),
        (_("Role"), "wide"),
        (_("Signs in with"), "wide"),
        (_("Second factor"), "short"),
        (_("Last sign-in"), "short"),
        (_("Signed in now"), "short"),
        (_("State"), "wide"),
    )
    markup.show(
        "table",
        level=2,
        title=_("Accounts"),
        aside=_("{accounts}, {n} may sign in").format(accounts=count, n=able),
        caption=_("A lock after five wrong tries opens by itself after five minutes."),
        columns=[
            {"label": label, "number": False, "help": "", "kind": kind} for label, kind in columns
        ],
        rows=[_row(one, now) for one in overviews],
    )


def _row(one: AccountOverview, now: datetime) -> list[str]:
    account = one.account
    return [
        account.name,
        role_of(account),
        sign_in_way(account),
        second_factor(account),
        format_moment(one.last_sign_in) if one.last_sign_in else _("never"),
        format_number(one.standing) if one.standing else _("no"),
        state(account, now),
    ]


def role_of(account: Account) -> str:
    """The role, with the right to names where a manager has it."""
    if account.role == "manager" and account.sees_names:
        return _("{role}, sees names").format(role=role_name(account.role))
    return role_name(account.role)


def sign_in_way(account: Account) -> str:
    """A password, the owner's or one that was given, or an identity provider."""
    if account.issuer is not None:
        return _("identity provider {issuer}").format(issuer=account.issuer)
    return _("a given password") if account.must_change else _("password")


def second_factor(account: Account) -> str:
    """`yes`, or what its absence means."""
    if account.totp_secret:
        return _("yes")
    return _("set up at next sign-in") if account.role in NEEDED_BY else _("no")


def state(account: Account, now: datetime) -> str:
    """Whether the account may sign in now; if it is locked, until when."""
    if account.disabled:
        return _("disabled")
    if account.locked_until is not None and now < account.locked_until:
        return _("locked until {moment}").format(moment=format_moment(account.locked_until))
    return _("may sign in")


# Changing an account


def possible_changes(account: Account) -> dict[str, str]:
    """What may be changed about this account: key -> label."""
    found = [("role", _("Role and right to names"))]
    if account.issuer is None:
        found.append(("password", _("New password")))
    if account.totp_secret:
        found.append(("second_factor", _("Second factor")))
    found.append(("sign_ins", _("Sign-ins")))
    found.append(("disabled", _("Let in again") if account.disabled else _("Shut out")))
    return dict(found)


def show_change(overviews: Sequence[AccountOverview]) -> None:
    """Draw the choice of an account and a change, and make it when it is confirmed."""
    # After a change the form is a new one, so that a tick never confirms the next change as well.
    at = st.session_state.setdefault(_CHANGE_ROUND, 0)
    markup.show(
        "section",
        level=2,
        title=_("Change an account"),
        aside="",
        text=_("Every change ends the account's sign-ins at once and stands in the change log."),
    )
    known = {one.account.name: one for one in overviews}
    name = st.selectbox(
        _("Account"), list(known), index=None, key="account", placeholder=_("Choose an account")
    )
    if name is None:
        return
    account = known[name].account
    options = possible_changes(account)
    what = st.selectbox(
        _("What to change"),
        list(options),
        format_func=phrases.wording(options),
        key=f"what_{name}_{at}",
    )
    prefix = f"{what}_{name}_{at}"
    change = _change_of(what, account, prefix)
    if name == context.actor().actor_id:
        markup.show("note", text=_("This is your own account: you will have to sign in again."))
    # Its key holds what it confirms: another choice above unticks it.
    sure = st.checkbox(
        _("Yes: {consequence}").format(consequence=change.consequence),
        key=f"sure_{prefix}_{change.consequence}",
    )
    if st.button(change.button, type="primary", key=f"do_{prefix}"):
        _apply(change, name, sure=sure)


def _change_of(what: str, account: Account, prefix: str) -> AccountChange:
    db, actor, name = context.db(), context.actor(), account.name
    if what == "role":
        return _new_role(account, prefix)
    if what == "password":
        return _new_password(name, prefix)
    if what == "second_factor":
        return AccountChange(
            _("{name} sets up the second factor anew at the next sign-in.").format(name=name),
            _("Reset the second factor"),
            partial(reset_second_factor, db, name, actor),
        )
    if what == "sign_ins":
        return AccountChange(
            _("{name} is signed out on every computer.").format(name=name),
            _("End all sign-ins"),
            partial(sign_ins.end_all, db, actor, name=name),
        )
    if account.disabled:
        return AccountChange(
            _("{name} may sign in again as {role}.").format(
                name=name, role=role_name(account.role)
            ),
            _("Let in again"),
            partial(accounts.set_disabled, db, name, actor, disabled=False),
        )
    return AccountChange(
        _("{name} is signed out and may not sign in any more.").format(name=name),
        _("Shut out"),
        partial(accounts.set_disabled, db, name, actor),
    )


def _choose_role(role: str, key: str) -> str:
    chosen = st.selectbox(
        _("Role"), ROLES, index=ROLES.index(role), format_func=role_label, key=key
    )
    markup.show("note", text=_(ROLE_DUTIES[chosen]))
    return chosen


def _new_role(account: Account, prefix: str) -> AccountChange:
    role = _choose_role(account.role, f"role_{prefix}")
    names = role == "manager" and st.toggle(
        _("May see who a patient is"), value=account.sees_names, key=f"names_{prefix}"
    )
    sentence = (
        _("{name} is {role} and sees who patients are from the next sign-in on.")
        if names
        else _("{name} is {role} from the next sign-in on.")
    )
    return AccountChange(
        sentence.format(name=account.name, role=role_name(role)),
        _("Change the role"),
        partial(
            accounts.set_role, context.db(), account.name, role, context.actor(), sees_names=names
        ),
    )


def _new_password(name: str, prefix: str) -> AccountChange:
    how = st.radio(
        _("New password"),
        (GENERATED, TYPED),
        format_func=_sign_in_label,
        key=f"how_{prefix}",
    )
    generated = how == GENERATED
    password = generate_password() if generated else _typed_password(f"password_{prefix}")
    own = name == context.actor().actor_id

    def set_password() -> None:
        kept = passwords.hashed(password, name=name)
        accounts.set_password(context.db(), name, kept, context.actor(), given=not own)

    sentence = (
        _("{name} has another password and sets up the second factor anew.")
        if own
        else _(
            "{name} has another password, sets up the second factor anew, and chooses a password"
            " of their own at the next sign-in."
        )
    )
    return AccountChange(
        sentence.format(name=name),
        _("Change the password"),
        set_password,
        password if generated else None,
    )


def _apply(change: AccountChange, name: str, *, sure: bool) -> None:
    if not sure:
        notices.show_refusal(
            _("Not changed"), RecordError(_('Tick "Yes" above to confirm; nothing typed is lost.'))
        )
        return
    try:
        change.apply()
    except (RecordError, NotAllowedError, passwords.PasswordError) as error:
        notices.show_refusal(_("Not changed"), error)
        return
    notices.keep(
        _("{name} is changed").format(name=name),
        _hand_over(change.consequence) if change.password else change.consequence,
        secret=change.password,
    )
    st.session_state[_CHANGE_ROUND] += 1
    st.rerun()


# Adding an account


def generate_password() -> str:
    """A password of 118 random bits, in four groups that can be read out."""
    groups = ("".join(secrets.choice(_LETTERS) for _letter in range(6)) for _g in range(4))
    return "-".join(groups)


def show_new() -> None:
    """Draw the form for another account, and add it when asked to."""
    # After an account was added the form is a new one: nothing typed is left in it.
    at = st.session_state.setdefault(_NEW_ROUND, 0)
    markup.show(
        "section",
        level=2,
        title=_("Add an account"),
        aside="",
        text=_("One person, one account: the change log names people by it."),
    )
    name = st.text_input(_("Name"), max_chars=64, key=f"new_name_{at}", autocomplete="off")
    role = _choose_role("practitioner", f"new_role_{at}")
    names = role == "manager" and st.toggle(_("May see who a patient is"), key=f"new_names_{at}")
    how = st.radio(
        _("Signs in with"), tuple(SIGN_IN_WAYS), format_func=_sign_in_label, key=f"new_how_{at}"
    )
    password = issuer = subject = None
    if how == TYPED:
        password = _typed_password(f"new_password_{at}")
    elif how == PROVIDER:
        issuer = st.text_input(
            _("Issuer (its https address)"), max_chars=255, key=f"new_issuer_{at}"
        )
        subject = st.text_input(_("Subject (who this is to it)"), key=f"new_subject_{at}")
    else:
        password = generate_password()
    if st.button(_("Add the account"), type="primary", key="new_save"):
        _add(name, role, names, password, issuer, subject, shown=how == GENERATED)


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
        made = accounts.add_account(
            context.db(),
            name,
            role,
            context.actor(),
            password_hash=None if password is None else passwords.hashed(password, name=name),
            issuer=issuer,
            subject=subject,
            sees_names=names,
            given=True,
        )
    except (RecordError, NotAllowedError, passwords.PasswordError) as error:
        notices.show_refusal(_("Not added"), error)
        return
    text = _("{name} may sign in as {role}.").format(name=made.name, role=role_name(made.role))
    if made.must_change:
        text = " ".join([text, _("They choose their own password at the first sign-in.")])
    notices.keep(
        _("{name} has an account").format(name=made.name),
        _hand_over(text) if shown else text,
        secret=password if shown else None,
    )
    st.session_state[_NEW_ROUND] += 1
    st.rerun()


def _sign_in_label(way: str) -> str:
    return _(SIGN_IN_WAYS[way]) if way in SIGN_IN_WAYS else way


def _typed_password(key: str) -> str:
    return st.text_input(
        _("Password"),
        type="password",
        max_chars=passwords.LONGEST,
        key=key,
        help=_("{n} characters or more.").format(n=passwords.SHORTEST),
        autocomplete="new-password",
    )


def _hand_over(text: str) -> str:
    return " ".join([text, _("Hand over this password; it is not shown again.")])
