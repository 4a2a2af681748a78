"""The accounts of the clinic as a table, and what a role is for."""

from collections.abc import Sequence
from datetime import datetime

from mesodash.access.second_factor import NEEDED_BY
from mesodash.records.account_care import Cared
from mesodash.records.accounts import Account
from mesodash.ui import markup, phrases
from mesodash.ui.manage.moments import moment

ROLE_WORDS = {
    "administrator": "runs the installation and the accounts, and may do all that others may",
    "manager": "sees all figures; who a patient is only with the extra right to names",
    "practitioner": "treats: patients, screenings, plans, and the clinic's figures",
    "trainer": "teaches from protocols and pseudonymised exports; never sees a patient",
    "auditor": "reads figures and the change log; changes nothing and sees no patient",
}
COLUMNS = (
    ("Name", "short"),
    ("Role", "wide"),
    ("Signs in with", "wide"),
    ("Second factor", "short"),
    ("Last sign-in", "short"),
    ("Signed in now", "short"),
    ("State", "wide"),
)


def show(cared: Sequence[Cared], now: datetime) -> None:
    """Draw the table; `now` decides who is locked."""
    able = sum(not one.account.disabled for one in cared)
    markup.show(
        "table",
        title="Accounts",
        aside=f"{phrases.count(len(cared), 'account')}, {able} may sign in",
        caption="A lock after five wrong tries opens by itself after five minutes.",
        columns=[
            {"label": label, "number": False, "help": "", "kind": kind} for label, kind in COLUMNS
        ],
        rows=[_row(one, now) for one in cared],
    )


def _row(one: Cared, now: datetime) -> list[str]:
    account = one.account
    return [
        account.name,
        role(account),
        signs_in_with(account),
        second_factor(account),
        moment(one.last_sign_in) if one.last_sign_in else "never",
        phrases.number(one.standing) if one.standing else "no",
        state(account, now),
    ]


def role(account: Account) -> str:
    """The role, with the right to names where a manager has it."""
    sees = account.role == "manager" and account.sees_names
    return f"{account.role}, sees names" if sees else account.role


def signs_in_with(account: Account) -> str:
    """A password, the owner's or one that was given, or an identity provider."""
    if account.issuer is not None:
        return f"identity provider {account.issuer}"
    return "a given password" if account.must_change else "password"


def second_factor(account: Account) -> str:
    """`yes`, or what its absence means."""
    if account.totp_secret:
        return "yes"
    return "set up at next sign-in" if account.role in NEEDED_BY else "no"


def state(account: Account, now: datetime) -> str:
    """Whether one may sign in now, and until when not."""
    if account.disabled:
        return "disabled"
    if account.locked_until is not None and now < account.locked_until:
        return f"locked until {moment(account.locked_until)}"
    return "may sign in"
