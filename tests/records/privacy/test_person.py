"""Everything about one person: every table that is a patient's, who looked, who changed what."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.consult_clinic import make_clinic
from tests.recorded import contents

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.screenings import Answer, record_screening
from mesodash.records.files.backup import backup_clinic
from mesodash.records.patients.patients import read_patient
from mesodash.records.privacy import processing
from mesodash.records.privacy.inventory import TABLES, Use
from mesodash.records.privacy.person import everything_about, patients_tables
from mesodash.records.store.connection import connect, reading
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.corrections import amend_session
from mesodash.records.treatment.sessions import read_session

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADA, MIA = Actor("ada", "administrator"), Actor("mia", "practitioner")


def clock():
    return NOON


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "clinic.db", kind="clinical")


def about(clinic, patient="HUGO", actor=ADA):
    return everything_about(clinic, patient, actor, clock=clock)


def test_every_table_with_a_patient_is_in_it(clinic, checks):
    """The schema's own columns say which tables those are, not the module's list."""
    with reading(clinic) as db:
        columns = {
            name: {column.name for column in db.table(name).columns} for name in db.table_names()
        }
        ways = {"patient", "session", "course", "screening"}
        of_patients = {
            name
            for name, names in columns.items()
            if names & ways or name == "patients"
        }  # fmt: skip
        tables = patients_tables()
        with checks("tables of a person", planned=2 * len(tables) + 1) as count:
            count.that(set(tables) | {"change_log", "row_versions"} == of_patients, "the tables")
            for table, whose in tables.items():
                statement = f"SELECT count({whose.format(row='t')}) FROM {table} AS t"
                (owned,) = db.execute(statement).fetchone()
                (rows,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
                count.that(owned == rows, f"{table}: {owned} of {rows} rows are somebody's")
                count.that(TABLES[table].whose.startswith("patients"), table)


def test_a_table_whose_patient_nobody_declares_is_told(clinic, monkeypatch):
    letters = Use("patients", "letters", {"technical": "id"})
    monkeypatch.setattr("mesodash.records.privacy.person.TABLES", {**TABLES, "letters": letters})

    with pytest.raises(RuntimeError, match="letters"):
        about(clinic)


def test_the_rows_of_all_persons_are_all_rows(clinic):
    record_screening(clinic, "MIA", {"pregnancy": Answer("no")}, ADA, NOON.date(), clock=clock)
    with reading(clinic) as db:
        people = [name for (name,) in db.execute("SELECT patient_id FROM patients")]
        rows = {
            table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in patients_tables()
        }
    told = [about(clinic, name) for name in people]

    assert {
        table: sum(len(one.rows_of(table)) for one in told) for table in rows
    } == rows  # nobody's row is missing, none is listed twice


def test_rows_are_told_with_outside_ids_and_without_what_is_secret(clinic):
    told = about(clinic)

    (who,) = told.rows_of("patients")
    assert (who["patient_id"], who["sex"]) == ("HUGO", "male")
    session = told.rows_of("sessions")[0]
    assert session["patient"] == "HUGO"
    areas = told.rows_of("treated_areas")
    assert {one["session"] for one in areas} <= {
        one["session_id"] for one in told.rows_of("sessions")
    }
    assert all(
        value is not None for one in told.tables for row in one.rows for value in row.values()
    )


def test_who_looked_and_who_changed_stand_in_it(clinic, tmp_path):
    read_patient(clinic, "HUGO", MIA, clock=clock)
    read_patient(clinic, "MIA", MIA, clock=clock)  # another's: not his to know
    seen = read_session(clinic, "S3", MIA, clock=clock)
    amend_session(clinic, replace(seen.entry, note="felt faint"), MIA, seen=seen, clock=clock)
    backup_clinic(clinic, tmp_path / "b", actor=ADA, clock=clock)

    told = about(clinic)

    by_mia = [(one.action, one.table) for one in told.looks if one.actor == "mia"]
    assert by_mia[:2] == [("view", "patients"), ("view", "sessions")]
    assert ("update", "sessions") in by_mia
    assert [(one.actor, one.action, one.table) for one in told.looks][-1] == (
        "ada", "export", "patients",
    )  # fmt: skip
    changed = [one for one in told.changes if one.table == "sessions" and one.action == "update"]
    assert [(one.actor, one.changed) for one in changed] == [("mia", ("note",))]
    assert [(one.actor, one.action) for one in told.copies] == [("ada", "export")]


@pytest.mark.parametrize("role", ["manager", "practitioner", "trainer", "auditor"])
def test_others_may_not_and_leave_a_note_without_the_id(clinic, role):
    before = contents(clinic, but=("change_log", "chain_head", "row_versions"))

    with pytest.raises(NotAllowedError, match="export patients' records"):
        about(clinic, actor=Actor("someone", role, sees_names=True))

    with reading(clinic) as db:
        last = db.execute(
            "SELECT action, table_name, row_key FROM change_log ORDER BY seq DESC LIMIT 1"
        ).fetchone()
    assert tuple(last) == ("refused", "permissions", "records.export")
    assert contents(clinic, but=("change_log", "chain_head", "row_versions")) == before


def test_nobody_has_the_id(clinic):
    with pytest.raises(RecordError, match="NOBODY"):
        about(clinic, "NOBODY")


def test_the_record_of_processing_does_not_name_who_asked(clinic):
    about(clinic)

    told = processing.record(clinic, ADA, clock=clock)

    assert [(one.actor, one.what, one.times) for one in told.recipients] == [
        ("ada", "one person, on request", 1)
    ]


def test_a_picture_comes_with_its_size_and_digest(clinic, monkeypatch):
    db = connect(clinic, read_only=False)
    db.execute("CREATE TABLE scans (id INTEGER PRIMARY KEY, patient INTEGER, picture BLOB)")
    db.execute("INSERT INTO scans (patient, picture) SELECT id, x'00ff' FROM patients")
    db.close()
    scans = Use("patients", "scans", {"health": "picture", "technical": "id patient"})
    monkeypatch.setattr("mesodash.records.privacy.person.TABLES", {**TABLES, "scans": scans})
    monkeypatch.setattr("mesodash.records.privacy.person._UNTRACKED", {
        "drafts": "{row}.patient", "scans": "{row}.patient",
    })  # fmt: skip

    (scan,) = about(clinic).rows_of("scans")

    assert scan["picture"] == {
        "bytes": 2,
        "sha256": "06eb7d6a69ee19e5fbdf749018d3d2abfa04bcbd1365db312eb86dc7169389b8",
        "base64": "AP8=",
    }
