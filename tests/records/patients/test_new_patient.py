"""A new patient: under a free id, with values that can be, or not at all."""

from datetime import UTC, date, datetime

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.new_patient import Identity, add_patient, next_patient_id
from mesodash.records.patients.patients import Patient, read_patient
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError

DOCTOR = Actor("dr-a", "practitioner")


def clock():
    return datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def add(path, patient_id="P-0129", **values):
    return add_patient(
        path, patient_id, DOCTOR, clock=clock, **({"sex": "female", "birth_year": 1985} | values)
    )


def test_it_is_read_back_and_in_the_change_log(empty_clinic):
    assert add(empty_clinic, "  P-0129 ", phototype="III", note=" needle fear ") == "P-0129"

    found = read_patient(empty_clinic, "P-0129", DOCTOR)
    assert found == Patient("P-0129", "female", 1985, "III", note="needle fear")
    with reading(empty_clinic) as db:
        assert db.execute("SELECT note FROM patients").fetchall() == [("needle fear",)]
        entry = db.execute(
            "SELECT action, table_name, row_key FROM change_log WHERE action = 'create'"
            " AND table_name = 'patients'"
        ).fetchall()
    assert entry == [("create", "patients", "P-0129")]


def test_the_next_id_is_free_and_keeps_its_form(empty_clinic):
    assert next_patient_id(empty_clinic, DOCTOR) == "P-0001"
    add(empty_clinic, "P-0130")
    add(empty_clinic, "P-0129")
    assert next_patient_id(empty_clinic, DOCTOR) == "P-0131"
    add(empty_clinic, "anna")
    assert next_patient_id(empty_clinic, DOCTOR) == "P-0001"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"patient_id": " "}, "1 to 64"),
        ({"patient_id": "x" * 65}, "1 to 64"),
        ({"patient_id": "p-0128"}, "'P-0128' already"),
        ({"sex": "f"}, "Choose the sex"),
        ({"birth_year": 1879}, "between 1880 and 2026"),
        ({"birth_year": 2027}, "between 1880 and 2026"),
        ({"phototype": "VII"}, "I to VI"),
    ],
)
def test_what_cannot_be_is_refused(empty_clinic, wrong, sentence):
    add(empty_clinic, "P-0128")

    with pytest.raises(RecordError, match=sentence):
        add(empty_clinic, **wrong)
    with reading(empty_clinic) as db:
        assert db.execute("SELECT count(*) FROM patients").fetchone() == (1,)


def test_only_who_may_add_does(empty_clinic):
    with pytest.raises(NotAllowedError):
        add_patient(empty_clinic, "P1", Actor("mia", "manager"), sex="female")


def test_who_it_is_is_kept_and_a_double_is_asked_about(empty_clinic):
    who = Identity("Anna", "Meier", date(1984, 3, 5), " +44  20 ", "a@example.org", 61.5)
    add_patient(empty_clinic, "P-1", DOCTOR, sex="female", identity=who)

    found = read_patient(empty_clinic, "P-1", DOCTOR)
    assert (found.name, found.birth_date, found.birth_year) == ("Anna Meier", "1984-03-05", 1984)
    assert (found.phone, found.email, found.weight_kg) == ("+44 20", "a@example.org", 61.5)
    same = Identity("anna", "MEIER", date(1984, 3, 5))
    with pytest.raises(RecordError, match="P-1 has the same name"):
        add_patient(empty_clinic, "P-2", DOCTOR, sex="female", identity=same)
    add_patient(empty_clinic, "P-2", DOCTOR, sex="female", identity=same, note="a cousin")


def test_a_birth_date_to_come_is_refused(empty_clinic):
    with pytest.raises(RecordError, match="between 1880 and today"):
        add_patient(
            empty_clinic, "P-1", DOCTOR, sex="male", identity=Identity(birth_date=date(2999, 1, 1))
        )
