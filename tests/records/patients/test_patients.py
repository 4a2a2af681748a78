"""Finding patients, and that each look is noted."""

from datetime import timedelta

import pytest
from tests.conftest import NOW

from mesodash.records.audit.actor import DEMO
from mesodash.records.patients.patients import (
    Patient,
    ids_of_patients_and_courses,
    patient_ids,
    read_patient,
)
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert_all(
            [
                {"patient_id": "P2", "sex": "male", "birth_year": 1980, "phototype": "III"},
                {"patient_id": "P1", "sex": "unknown", "birth_year": None, "phototype": None},
            ]
        )
        change.log("create", "patients", rows=2)
    return empty_clinic


def views(path):
    with reading(path) as db:
        return [
            tuple(row)
            for row in db.execute(
                "SELECT row_key, patient FROM change_log WHERE action = 'view' ORDER BY seq"
            )
        ]


def test_ids_in_order(clinic):
    assert patient_ids(clinic, DEMO) == ("P1", "P2")
    assert views(clinic) == [("list", None)]


def test_a_patient_as_recorded(clinic):
    assert read_patient(clinic, "P2", DEMO) == Patient("P2", "male", 1980, "III")
    assert read_patient(clinic, "P1", DEMO) == Patient("P1", "unknown", None, None)


def test_views_are_noted_again_after_a_quarter_of_an_hour(clinic):
    for minutes in (0, 5, 14, 16):
        read_patient(clinic, "P2", DEMO, clock=lambda m=minutes: NOW + timedelta(minutes=m))

    assert views(clinic) == [("P2", 1), ("P2", 1)]


def test_nobody_there(clinic):
    with pytest.raises(RecordError, match="choose one from the list"):
        read_patient(clinic, "P1' OR 1=1", DEMO)


def test_ids_behind_the_numbers_are_noted_with_their_reason(clinic):
    assert ids_of_patients_and_courses(clinic, DEMO, reason="due") == ({1: "P2", 2: "P1"}, {})
    assert views(clinic) == [("due", None)]
