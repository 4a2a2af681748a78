"""The page of accounts: adding, changing, shutting out; on a real file, with real passwords."""

import re

import pytest
from tests.pages.identities import IDENTITIES, PASSWORD, add_accounts, entries_since, last_entry
from tests.pages.identities import signed_in as begin
from tests.pages.signed_in_page import as_who, named, opened, press, ran, text

from mesodash.access import passwords
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic

ADA = IDENTITIES[0]


@pytest.fixture
def db(tmp_path, monkeypatch):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="C", kind="clinical", actor=COMMAND_LINE)
    add_accounts(path)
    as_who(monkeypatch, path, ADA)
    return path


@pytest.fixture
def page(db):
    return opened("manage/accounts.py")


def choose(page, account, what=None):
    page = ran(named(page.selectbox, "Account").set_value(account))
    return ran(named(page.selectbox, "What to change").set_value(what)) if what else page


def confirmed(page):
    return ran(named(page.checkbox, "Yes: ").check())


def test_the_accounts_are_listed(page):
    words = text(page)
    assert re.search(r"6 accounts, 6 may", words)
    assert "Mia manager password set up" in words
    assert "Nia manager, sees names" in words


def test_an_account_is_added_and_its_password_shown_once(page, db):
    at = last_entry(db)
    page = ran(named(page.text_input, "Name").set_value("Zoe"))
    page = press(page, "Add the account")

    (shown,) = page.code
    zoe = accounts.find_account(db, "Zoe")
    assert passwords.matches(shown.value, zoe.password_hash)
    assert zoe.must_change, "an administrator knows it"
    assert entries_since(db, at) == [("Ada", "administrator", "create", "accounts", "Zoe")]
    assert "Zoe has an account" in text(page)
    page = ran(page)
    assert list(page.code) == [], "shown once"
    assert named(page.text_input, "Name").value == ""


def test_a_bad_password_is_said_and_nothing_typed_is_lost(page, db):
    page = ran(named(page.radio, "Signs in with").set_value("A password I type"))
    ran(named(page.text_input, "Name").set_value("Zoe"))
    ran(named(page.text_input, "Password").set_value("short"))
    page = press(page, "Add the account")

    assert "12 characters or more" in text(page)
    assert [one.value for one in page.text_input] == ["Zoe", "short"]
    assert accounts.find_account(db, "Zoe") is None


def test_a_name_that_is_taken_is_said(page):
    page = ran(named(page.text_input, "Name").set_value("pia"))
    page = press(page, "Add the account")
    assert 'an account "pia" already' in text(page)


def test_the_right_to_names_is_granted_on_the_page(page, db):
    page = choose(page, "Mia", "role")
    page = ran(named(page.toggle, "May see who a patient is").set_value(True))
    page = press(confirmed(page), "Change the role")

    assert accounts.find_account(db, "Mia").sees_names is True
    assert accounts.find_account(db, "Mia").actor.may("patients.view")
    assert "Mia is manager and sees" in text(page)


def test_nothing_changes_without_the_tick_and_another_choice_unticks_it(page, db):
    page = choose(page, "Tom", "role")
    page = press(page, "Change the role")
    assert 'Tick "Yes" above to confirm' in text(page)

    page = confirmed(page)
    role = next(one for one in page.selectbox if one.label == "Role")
    page = ran(role.set_value("auditor"))
    assert named(page.checkbox, "Yes: Tom is auditor").value is False
    page = press(page, "Change the role")
    assert accounts.find_account(db, "Tom").role == "trainer"
    page = press(confirmed(page), "Change the role")
    assert accounts.find_account(db, "Tom").role == "auditor"


@pytest.mark.parametrize(
    ("what", "button", "key", "after"),
    [
        ("disabled", "Shut out", "Pia: off", "Pia is signed out and may not sign in any more."),
        ("sign_ins", "End all sign-ins", "Pia", "Pia is signed out on every computer."),
        ("password", "Change the password", "Pia: password", "Pia has another password"),
    ],
)
def test_each_change_is_confirmed_made_and_noted(page, db, what, button, key, after):
    begin(db, IDENTITIES[3])
    at = last_entry(db)
    page = press(confirmed(choose(page, "Pia", what)), button)

    assert after in text(page)
    assert [(row[0], row[4]) for row in entries_since(db, at)] == [("Ada", key)]
    words = "a given password" if what == "password" else "password"
    state = "disabled" if what == "disabled" else "may sign in"
    row = text(page).partition("Pia practitioner ")[2]
    assert re.match(rf"{words} no \d+ \w+ \d+, [\d:]+ no {state}", row)
    if what == "password":
        kept = accounts.find_account(db, "Pia").password_hash
        assert passwords.matches(page.code[0].value, kept)
        assert not passwords.matches(PASSWORD, kept)


@pytest.mark.parametrize(
    ("what", "button"), [("disabled", "Shut out"), ("role", "Change the role")]
)
def test_the_last_administrator_stays(page, db, what, button):
    page = choose(page, "Ada", what)
    if what == "role":
        role = next(one for one in page.selectbox if one.label == "Role")
        page = ran(role.set_value("manager"))
    assert "This is your own account" in text(page)
    page = press(confirmed(page), button)

    assert "The clinic needs one administrator;" in text(page)
    ada = accounts.find_account(db, "Ada")
    assert (ada.role, ada.disabled) == ("administrator", False)


def test_a_demo_says_that_it_has_no_accounts(empty_clinic, monkeypatch):
    monkeypatch.setenv("MESODASH_DB", str(empty_clinic))
    page = opened("manage/accounts.py")
    assert "A demo has no accounts" in text(page)
    assert list(page.button) == []
