"""Finding a patient by the id, and those seen lately."""

import pytest

from mesodash.records.audit.actor import DEMO
from mesodash.records.patients.id_search import PatientMatches, find_patient, recent_patients
from mesodash.records.store.connection import reading, writing


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert_all(
            {"id": n, "patient_id": name, "sex": "unknown"}
            for n, name in enumerate(("A-1", "A-10", "A-2", "B-1", "c-1"), 1)
        )
        change.db["sessions"].insert_all(
            {"id": n, "session_id": f"S{n}", "patient": p, "held_at": on, "state": "held"}
            for n, (p, on) in enumerate(
                [(4, "2026-01-01"), (2, "2026-03-01"), (4, "2026-02-01")], 1
            )
        )
        change.log("create", "patients")
    return empty_clinic


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("A-1", PatientMatches("A-1")),
        (" a-1 ", PatientMatches("A-1")),
        ("C-1", PatientMatches("c-1")),
        ("A", PatientMatches(None, ("A-1", "A-10", "A-2"))),
        ("a-", PatientMatches(None, ("A-1", "A-10", "A-2"))),
        ("Z", PatientMatches(None)),
        ("%", PatientMatches(None)),
        ("", PatientMatches(None)),
    ],
)
def test_find_patient(clinic, asked, found):
    assert find_patient(clinic, asked, DEMO) == found


def test_more_than_were_read_is_said(clinic):
    assert find_patient(clinic, "A", DEMO, limit=2) == PatientMatches(
        None, ("A-1", "A-10"), more=True
    )


def test_those_seen_lately_come_first(clinic):
    assert recent_patients(clinic, DEMO) == ("A-10", "B-1", "A-1", "A-2", "c-1")
    assert recent_patients(clinic, DEMO, limit=2) == ("A-10", "B-1")


def test_the_look_at_the_list_is_noted(clinic):
    find_patient(clinic, "A", DEMO)

    with reading(clinic) as db:
        rows = db.execute(
            "SELECT table_name, row_key FROM change_log WHERE action = 'view'"
        ).fetchall()
    assert rows == [("patients", "list")]
