"""The page of the change log: its verdict, its choices, its pages, and who sees which patient."""

from contextlib import closing

import pytest
from pysqlite3 import dbapi2 as sqlite3
from tests.consult_clinic import make_clinic
from tests.pages.identities import IDENTITIES, START, add_accounts
from tests.pages.signed_in_page import as_who, named, opened, press, ran, text

from mesodash.records.audit.actor import COMMAND_LINE, Actor
from mesodash.records.patients.patients import read_patient
from mesodash.records.store.connection import writing

ADA, REX = IDENTITIES[0], IDENTITIES[5]
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
PAGE = "manage/change_log.py"


@pytest.fixture
def db(tmp_path):
    path = make_clinic(tmp_path / "rooms.db", kind="clinical")
    add_accounts(path)
    read_patient(path, "HUGO", Actor("Pia", "practitioner"), clock=lambda: START)
    return path


def entries(page):
    """The cells of the table, a row each."""
    body = next(b.proto.body for b in page.get("html") if 'aria-label="Entries"' in b.proto.body)
    return [row.split("</td>") for row in body.split("<tr>")[2:]]


def test_who_did_what_newest_first_with_the_verdict_on_top(db, monkeypatch):
    as_who(monkeypatch, db, ADA)
    words = text(opened(PAGE))

    assert "entries" in words
    assert words.index("Pia practitioner looked at") < words.index("recorded account Rex")
    assert "looked at patients HUGO" in words


def test_an_auditor_reads_the_log_and_not_who_a_patient_is(db, monkeypatch):
    as_who(monkeypatch, db, REX)
    words = text(opened(PAGE))

    assert "Pia practitioner looked at patients" in words
    assert "patient no. 2" in words
    assert "HUGO" not in words
    assert "Patients stand by their number" in words


def test_the_choices_narrow_it(db, monkeypatch):
    as_who(monkeypatch, db, ADA)
    page = ran(named(opened(PAGE).multiselect, "Who").set_value(["Pia"]))
    assert len(entries(page)) == 1

    page = ran(named(page.multiselect, "Did what").set_value(["create"]))
    assert "Nothing stands in the change" in text(page)


def test_older_entries_are_on_the_next_page_and_back_again(db, monkeypatch):
    with writing(db, COMMAND_LINE, clock=lambda: START) as change:
        for number in range(250):
            change.log("view", "patients", key=f"look {number}")
    as_who(monkeypatch, db, ADA)
    page = opened(PAGE)
    assert len(entries(page)) == 200

    page = press(page, "Older than entry")
    words = text(page)
    assert "look 249 " not in words
    assert "look 0 " in words
    page = press(page, "Back to the newest")
    assert "look 249 " in text(page)


def test_a_changed_entry_shows_as_soon_as_it_is_checked_again(db, monkeypatch):
    as_who(monkeypatch, db, ADA)
    page = opened(PAGE)
    assert "The change log was changed" not in text(page)
    with closing(sqlite3.connect(db)) as file:
        for (name,) in file.execute(TRIGGERS).fetchall():
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute("UPDATE change_log SET actor = 'Tom' WHERE actor = 'Pia'")
        file.commit()

    page = press(page, "Check again")

    assert "The change log was changed:" in text(page)


def test_a_practitioner_is_told_that_it_is_not_theirs(db, monkeypatch):
    as_who(monkeypatch, db, IDENTITIES[3])
    page = opened(PAGE)
    assert "Your role, practitioner, may not" in text(page)
    assert list(page.multiselect) == []
