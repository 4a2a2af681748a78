"""Accounts that sign in elsewhere: whose they are, and that nobody else's they become."""

import pytest

from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError

FIRST, SECOND = "https://first.example.org", "https://second.example.org"


@pytest.fixture
def db(empty_clinic):
    accounts.add_account(empty_clinic, "Ada", "administrator", COMMAND_LINE, password_hash="x")
    accounts.add_account(
        empty_clinic, "Pia", "practitioner", COMMAND_LINE, issuer=FIRST, subject="p"
    )
    return empty_clinic


def named(db, issuer, subject):
    found = accounts.find_subject(db, issuer, subject)
    return found and found.name


def test_issuer_and_subject_are_one_key(db):
    assert named(db, FIRST, "p") == named(db, f"{FIRST}/", "p") == "Pia"
    assert [named(db, SECOND, "p"), named(db, FIRST, "P"), named(db, "", "")] == [None] * 3
    accounts.add_account(db, "Kim", "trainer", COMMAND_LINE, issuer=f"{SECOND}/", subject="p")
    assert named(db, SECOND, "p") == "Kim"


def test_linking_takes_the_password_away_and_ends_nothing_else(db):
    accounts.set_subject(db, "ada", SECOND, "a", COMMAND_LINE)
    ada = accounts.find_account(db, "Ada")
    assert (ada.issuer, ada.subject, ada.role) == (SECOND, "a", "administrator")
    assert (ada.password_hash, ada.totp_secret) == (None, None)
    with pytest.raises(RecordError, match="signs in elsewhere"):
        accounts.set_password(db, "Ada", "y", COMMAND_LINE)
    with reading(db) as opened:
        last = opened.execute("SELECT row_key FROM change_log ORDER BY seq DESC").fetchone()
    assert last == ("Ada: identity provider",)


def test_linking_the_same_again_changes_nothing_of_it(db):
    accounts.set_subject(db, "Pia", f"{FIRST}/", "p", COMMAND_LINE)
    assert named(db, FIRST, "p") == "Pia"


@pytest.mark.parametrize(
    ("name", "issuer", "subject", "sentence"),
    [
        ("Ada", FIRST, "p", "has an account already"),
        ("Ada", f"{FIRST}/", "p", "has an account already"),
        ("Zoe", FIRST, "z", "no account"),
        ("Ada", "first.example.org", "a", "https address"),
        ("Ada", "http://first.example.org", "a", "https address"),
        ("Ada", "http://127.0.0.1.evil.example", "a", "https address"),
        ("Ada", "", "a", "https address"),
        ("Ada", FIRST, "", "1 to 255 characters"),
        ("Ada", FIRST, "x" * 256, "1 to 255 characters"),
        ("Ada", FIRST, "a\nb", "1 to 255 characters"),
    ],
)
def test_what_cannot_be_linked(db, name, issuer, subject, sentence):
    before = accounts.accounts(db)
    with pytest.raises(RecordError, match=sentence):
        accounts.set_subject(db, name, issuer, subject, COMMAND_LINE)
    assert accounts.accounts(db) == before
    if name == "Ada":
        with pytest.raises(RecordError, match=sentence):
            accounts.add_account(db, "New", "trainer", COMMAND_LINE, issuer=issuer, subject=subject)


def test_a_provider_on_this_computer_may_speak_http(db):
    accounts.set_subject(db, "Ada", "http://127.0.0.1:9400", "a", COMMAND_LINE)
    assert named(db, "http://127.0.0.1:9400", "a") == "Ada"
