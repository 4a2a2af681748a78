"""Accounts: how they are shown, what may be changed, and passwords made on the page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mesodash.access.passwords import hashed, matches
from mesodash.language import format_moment
from mesodash.permissions import ROLES
from mesodash.records.accounts.accounts import Account
from mesodash.ui.admin import accounts

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PIA = Account(1, "Pia", "practitioner", False, "hash", None, 0, None, None, False, 0, None)
OIA = Account(2, "Oia", "manager", False, None, "x", 0, "https://id", "1", True, 0, None)
MIA = Account(1, "Mia", "manager", False, "hash", None, 0, None, None, False, 0, None)


def test_every_role_has_words():
    assert tuple(accounts.ROLE_DUTIES) == ROLES


def test_the_right_to_names_shows_where_it_means_something():
    assert accounts.role_of(MIA) == "manager"
    assert accounts.role_of(replace(MIA, sees_names=True)) == "manager, sees names"
    assert accounts.role_of(replace(MIA, role="trainer", sees_names=True)) == "trainer"


def test_the_second_factor_says_what_its_absence_means():
    assert accounts.second_factor(MIA) == "set up at next sign-in"
    assert accounts.second_factor(replace(MIA, totp_secret="x")) == "yes"
    assert accounts.second_factor(replace(MIA, role="practitioner")) == "no"


def test_the_state_is_disabled_locked_or_neither():
    until = NOW + timedelta(minutes=5)
    assert accounts.state(MIA, NOW) == "may sign in"
    assert accounts.state(replace(MIA, locked_until=until), NOW) == (
        f"locked until {format_moment(until)}"
    )
    assert accounts.state(replace(MIA, locked_until=until), until) == "may sign in"
    assert accounts.state(replace(MIA, disabled=True, locked_until=until), NOW) == "disabled"


def test_only_what_makes_sense_is_offered():
    assert accounts.possible_changes(PIA) == {
        "role": "Role and right to names",
        "password": "New password",
        "sign_ins": "Sign-ins",
        "disabled": "Shut out",
    }
    assert accounts.possible_changes(OIA) == {
        "role": "Role and right to names",
        "second_factor": "Second factor",
        "sign_ins": "Sign-ins",
        "disabled": "Let in again",
    }


def test_a_made_password_passes_the_rule_and_is_new_each_time():
    made = {accounts.generate_password() for _try in range(200)}
    assert len(made) == 200
    assert {len(one) for one in made} == {27}
    one = made.pop()
    assert matches(one, hashed(one, name="x"))
