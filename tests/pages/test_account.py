"""The page of one's own account: another password, and one's other sign-ins; on a real file."""

import pytest
from tests.pages.identities import IDENTITIES, PASSWORD, add_accounts, entries_since, last_entry
from tests.pages.identities import signed_in as begin
from tests.pages.signed_in_page import as_who, named, opened, press, ran, text

from mesodash.access import passwords, signing_in
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic

NEW = "mond über dem flachen feld"


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="C", kind="clinical", actor=COMMAND_LINE)
    add_accounts(path)
    return path


def filled(page, old, new, again=None):
    for label, value in (
        ("Old password", old),
        ("New password", new),
        ("The same again", new if again is None else again),
    ):
        named(page.text_input, label).set_value(value)
    return press(page, "Change the password")


@pytest.mark.parametrize("who", IDENTITIES, ids=lambda who: who.actor_id)
def test_everybody_changes_their_own_password_there(db, monkeypatch, who):
    as_who(monkeypatch, db, who)
    other, at = begin(db, who), None
    page = opened("manage/account.py")
    assert "Your sign-ins 2 sign-ins" in text(page)
    at = last_entry(db)
    page = filled(page, PASSWORD, NEW)

    assert "Your password is changed" in text(page)
    assert "Your sign-ins 1 sign-in" in text(page)
    assert signing_in.signed_in(db, other) is None
    assert passwords.matches(NEW, accounts.find_account(db, who.actor_id).password_hash)
    row = (who.actor_id, who.role, "update", "accounts", "own password")
    assert entries_since(db, at) == [row]
    assert [one.value for one in page.text_input] == ["", "", ""], "nothing typed is left"


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("wrong password!", NEW, NEW, "The old password is not right; nothing was changed."),
        (PASSWORD, NEW, f"{NEW}!", "The two are not the same; type them again."),
        (PASSWORD, "Password123456!", "Password123456!", "This password is easy to guess"),
        (PASSWORD, PASSWORD, PASSWORD, "Choose another password than the one you have."),
    ],
)
def test_what_will_not_do_is_said(db, monkeypatch, old, new, again, sentence):
    pia = IDENTITIES[3]
    as_who(monkeypatch, db, pia)
    before = accounts.find_account(db, "Pia").password_hash
    page = filled(opened("manage/account.py"), old, new, again)
    assert sentence in text(page)
    assert accounts.find_account(db, "Pia").password_hash == before


def test_the_other_sign_ins_end_at_a_click(db, monkeypatch):
    pia = IDENTITIES[3]
    as_who(monkeypatch, db, pia)
    others, of_tom = [begin(db, pia) for _ in range(2)], begin(db, IDENTITIES[4])
    page = opened("manage/account.py")
    assert "Your sign-ins 3 sign-ins" in text(page)
    at = last_entry(db)
    page = press(page, "End the others")
    assert "2 other sign-ins ended" in text(page)
    assert entries_since(db, at) == [
        ("Pia", "practitioner", "sign_out", "accounts", "own, all others")
    ]
    assert [signing_in.signed_in(db, one) for one in others] == [None, None]
    assert signing_in.signed_in(db, of_tom).name == "Tom"
    page = ran(page)
    assert [one.label for one in page.button] == ["Change the password"], "none is left to end"


def test_who_signs_in_elsewhere_has_no_password_here(db, monkeypatch):
    accounts.set_subject(db, "Pia", "https://id.example", "7", COMMAND_LINE)
    as_who(monkeypatch, db, IDENTITIES[3])
    page = opened("manage/account.py")
    assert "You sign in elsewhere; change" in text(page)
    assert list(page.text_input) == []


def test_a_demo_says_that_it_has_no_accounts(empty_clinic, monkeypatch):
    monkeypatch.setenv("MESODASH_DB", str(empty_clinic))
    page = opened("manage/account.py")
    assert "A demo has no accounts" in text(page)
    assert list(page.button) == []
