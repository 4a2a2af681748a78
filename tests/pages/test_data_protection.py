"""The page of data protection: the record of processing, the limit, and erasing with its care."""

import pytest
from tests.consult_clinic import make_clinic
from tests.pages.identities import IDENTITIES, add_accounts, entries_since, last_entry
from tests.pages.signed_in_page import as_who, named, opened, press, ran, text
from tests.sentences import numbers_in

from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.privacy import retention
from mesodash.records.store.connection import reading

ADA, REX = IDENTITIES[0], IDENTITIES[5]
PAGE = "manage/data_protection.py"


@pytest.fixture
def db(tmp_path, monkeypatch):
    path = make_clinic(tmp_path / "rooms.db", kind="clinical")
    add_accounts(path)
    as_who(monkeypatch, path, ADA)
    return path


def ids(db):
    with reading(db) as file:
        return [name for (name,) in file.execute("SELECT patient_id FROM patients ORDER BY id")]


def asked(page, patient_id):
    return ran(named(page.text_input, "Patient's id").set_value(patient_id))


def test_the_record_of_processing_is_made_from_the_file(db):
    words = text(opened(PAGE))
    assert "Records are kept no limit" in words
    assert numbers_in(words.partition("Sign-in is needed: ")[2])[:2] == [6, 0]  # second factors
    assert f"The clinic's file everything {db} yes" in words
    assert numbers_in(words.partition("Patients patients to treat ")[2])[0] == 3


def test_a_patient_is_erased_after_a_look_a_reason_and_the_id_typed_again(db):
    page = asked(opened(PAGE), "HUGO")
    assert "What would go, HUGO" in text(page)
    areas = text(page).partition("Treated areas areas and doses ")[2]
    assert areas.startswith("6 dose statistics")
    at = last_entry(db)

    ran(named(page.text_input, "Reason").set_value("asked for it"))
    page = press(page, "Erase for good")
    assert "Type HUGO into the last" in text(page)
    assert named(page.text_input, "Reason").value == "asked for it"
    assert "HUGO" in ids(db)

    ran(named(page.text_input, "Type HUGO again").set_value("HUGO"))
    page = press(page, "Erase for good")

    words = text(page)
    assert "The patient is erased" in words
    assert "Patients erased 1" in words
    assert named(page.text_input, "Patient's id").value == ""
    assert ids(db)[0] == "ANNA"
    assert "HUGO" not in ids(db)
    assert [row[:4] for row in entries_since(db, at)] == [
        ("Ada", "administrator", "erase", "patients")
    ]


def test_the_reason_may_not_name_the_patient(db):
    page = asked(opened(PAGE), "HUGO")
    ran(named(page.text_input, "Reason").set_value("HUGO asked"))
    ran(named(page.text_input, "Type HUGO again").set_value("HUGO"))
    page = press(page, "Erase for good")
    assert "The reason stays in the" in text(page)
    assert "HUGO" in ids(db)


def test_an_id_that_nobody_has_is_said(db):
    assert "No patient has the id" in text(asked(opened(PAGE), "NOBODY"))


def test_the_limit_is_set_and_who_is_past_it_is_listed(db):
    page = ran(named(opened(PAGE).number_input, "Years").set_value(1))
    page = press(page, "Set the limit")
    assert retention.years(db) == 1
    assert "Records are kept 1 year" in text(page)
    assert "Nobody's records are past the" in text(page)


def test_who_is_past_the_limit_is_listed(db, monkeypatch):
    retention.set_years(db, COMMAND_LINE, 1)
    monkeypatch.setenv("MESODASH_TODAY", "2028-01-01")
    words = text(opened(PAGE))
    assert "Past the limit 1 patient" in words
    assert numbers_in(words.partition("HUGO ")[2])[:2] == ["2026-11-27", "2027-11-27"]


def test_an_auditor_reads_and_changes_nothing(db, monkeypatch):
    retention.set_years(db, COMMAND_LINE, 1)
    as_who(monkeypatch, db, REX)
    at = last_entry(db)
    page = opened(PAGE)
    words = text(page)

    assert "Record of processing" in words
    assert "Only an administrator may erase;" in words
    assert "Only an administrator sets the" in words
    assert (len(page.button), len(page.text_input), len(page.number_input)) == (0, 0, 0)
    assert entries_since(db, at) == []


@pytest.mark.parametrize("who", IDENTITIES[1:5], ids=lambda who: who.actor_id)
def test_the_others_are_told_that_it_is_not_theirs(db, monkeypatch, who):
    as_who(monkeypatch, db, who)
    words = text(opened(PAGE))
    assert f"Your role, {who.role}, may not" in words
    assert "Record of processing" not in words
