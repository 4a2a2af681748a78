"""How an account's role, second factor and state are told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mesodash.permissions import ROLES
from mesodash.records.accounts import Account
from mesodash.ui.manage import account_table
from mesodash.ui.manage.moments import moment

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MIA = Account(1, "Mia", "manager", False, "hash", None, 0, None, None, False, 0, None)


def test_every_role_has_words():
    assert tuple(account_table.ROLE_WORDS) == ROLES


def test_the_right_to_names_shows_where_it_means_something():
    assert account_table.role(MIA) == "manager"
    assert account_table.role(replace(MIA, sees_names=True)) == "manager, sees names"
    assert account_table.role(replace(MIA, role="trainer", sees_names=True)) == "trainer"


def test_the_second_factor_says_what_its_absence_means():
    assert account_table.second_factor(MIA) == "set up at next sign-in"
    assert account_table.second_factor(replace(MIA, totp_secret="x")) == "yes"
    assert account_table.second_factor(replace(MIA, role="practitioner")) == "no"


def test_the_state_is_disabled_locked_or_neither():
    until = NOW + timedelta(minutes=5)
    assert account_table.state(MIA, NOW) == "may sign in"
    assert account_table.state(replace(MIA, locked_until=until), NOW) == (
        f"locked until {moment(until)}"
    )
    assert account_table.state(replace(MIA, locked_until=until), until) == "may sign in"
    assert account_table.state(replace(MIA, disabled=True, locked_until=until), NOW) == "disabled"
