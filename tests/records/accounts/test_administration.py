"""Looking after accounts: what is seen of their sign-ins, and a second factor set back."""

from datetime import UTC, datetime, timedelta

import pytest

from mesodash.access import second_factor, signing_in
from mesodash.permissions import NotAllowedError
from mesodash.records.accounts import accounts, sign_ins
from mesodash.records.accounts.administration import account_overviews, reset_second_factor
from mesodash.records.audit.actor import COMMAND_LINE, Actor
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def db(empty_clinic):
    for name, role in (("Ada", "administrator"), ("Pia", "practitioner")):
        accounts.add_account(empty_clinic, name, role, COMMAND_LINE, password_hash="x")
    return empty_clinic


def begin(db, name, at, stage="full"):
    token = signing_in.hashed_token(f"{name} {at} {stage}")
    sign_ins.begin(db, accounts.find_account(db, name), token, stage, clock=lambda: at)


def seen(db, at):
    return [
        (one.account.name, one.last_sign_in, one.standing)
        for one in account_overviews(db, COMMAND_LINE, clock=lambda: at)
    ]


def test_the_last_sign_in_and_those_that_stand(db):
    begin(db, "Pia", NOW - timedelta(days=2))
    begin(db, "Pia", NOW)
    begin(db, "Pia", NOW + timedelta(seconds=1))
    begin(db, "Ada", NOW, stage="code")

    assert seen(db, NOW) == [("Ada", None, 0), ("Pia", NOW + timedelta(seconds=1), 2)]
    assert seen(db, NOW + sign_ins.IDLE)[1][2] == 1
    sign_ins.end_all(db, COMMAND_LINE, name="Pia")
    assert seen(db, NOW)[1][2] == 0


def test_a_second_factor_set_back_is_set_up_anew_and_ends_the_sign_ins(db):
    ada = accounts.find_account(db, "Ada")
    sign_ins.keep_second_factor(db, ada, second_factor.new_secret(), 7, clock=lambda: NOW)
    begin(db, "Ada", NOW)

    reset_second_factor(db, "ada", COMMAND_LINE, clock=lambda: NOW)

    ada = accounts.find_account(db, "Ada")
    assert (ada.totp_secret, ada.totp_step) == (None, 7)
    assert seen(db, NOW)[0][2] == 0
    with reading(db) as file:
        last = file.execute(
            "SELECT action, table_name, row_key FROM change_log ORDER BY seq DESC LIMIT 1"
        ).fetchone()
    assert tuple(last) == ("update", "accounts", "Ada: second factor")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("Pia", '"Pia" has no second factor; there is nothing to reset'), ("Zoe", "no account")],
)
def test_what_cannot_be_set_back_is_said(db, name, sentence):
    with pytest.raises(RecordError, match=sentence):
        reset_second_factor(db, name, COMMAND_LINE)


def test_only_who_manages_accounts_sees_them(db):
    for role in ("manager", "practitioner", "trainer", "auditor"):
        with pytest.raises(NotAllowedError):
            account_overviews(db, Actor("x", role))
