"""Screenings travel by number: read in order, found again, inserted once, numbered as recorded."""

from datetime import date

import pytest

from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.screenings import (
    Answer,
    confirm_screening,
    record_screening,
    screenings_of,
)
from mesodash.records.store.connection import reading, writing
from mesodash.records.transfer.immutable import (
    ANSWER_COLUMNS,
    canonical,
    form_of,
    insert_answers,
    ordered_answers,
    screenings_now,
)

MAY, JUNE = date(2026, 5, 4), date(2026, 6, 1)
P2 = ("P2", 1, "2026-05-04", "demo", None, "pregnancy", "no", "[]", None, "2026-05-04")
P1 = ("P1", 1, "2026-05-04", "demo", None, "pregnancy", "yes", '["hip"]', "so", "2026-05-04")
CONFIRMED = ("P1", 2, "2026-06-01", "demo", 1, "pregnancy", "yes", '["hip"]', "so", "2026-06-01")


def with_patients(path):
    with writing(path, DEMO) as change:
        people = [{"patient_id": name, "sex": "female"} for name in ("P1", "P2")]
        change.db["patients"].insert_all(people)
        change.log("create", "patients", rows=2)
    return path


@pytest.fixture
def clinic(empty_clinic):
    """P2 is screened between the two screenings of P1, so numbers are not the file's own."""
    path = with_patients(empty_clinic)
    record_screening(path, "P1", {"pregnancy": Answer("yes", ("hip",), "so")}, DEMO, MAY)
    record_screening(path, "P2", {"pregnancy": Answer("no")}, DEMO, MAY)
    confirm_screening(path, "P1", DEMO, JUNE)
    return path


def insert(path, rows):
    with writing(path, DEMO) as change:
        columns = ("patient", *ANSWER_COLUMNS[1:])
        done = insert_answers(change.db, columns, rows, {"P1": 1, "P2": 2})
        change.log("import", "screenings")
    return done


def test_answers_in_the_order_of_patients_and_numbers(clinic):
    with reading(clinic) as db:
        assert list(ordered_answers(db)) == [P1, CONFIRMED, P2]


def test_what_the_clinic_has_of_a_patient(clinic):
    with reading(clinic) as db:
        found = screenings_now(db, ["P1", "nobody"])

    assert found == {
        "P1": {
            number: {"pregnancy": dict(zip(ANSWER_COLUMNS, row, strict=True))}
            for number, row in ((1, P1), (2, CONFIRMED))
        }
    }


def test_inserted_answers_are_read_back_as_screenings(clinic, tmp_path):
    newer = ("P2", 2, "2026-06-02", "bea", 1, "under_18", "no", None, None, "2026-06-02")

    assert insert(clinic, [P1, CONFIRMED, P2, newer]) == [2]
    assert insert(clinic, [P1, CONFIRMED, P2, newer]) == []

    latest, earlier = screenings_of(clinic, "P2", DEMO)
    assert latest.confirms == earlier.screening_id
    assert latest.answers.given == {"under_18": Answer("no", answered_on=date(2026, 6, 2))}


def test_one_spelling_of_json():
    assert canonical('{"b":1,"a":[ 2]}') == '{"a": [2], "b": 1}'


def test_a_form_is_its_courses_own():
    nonce, content = form_of("C1")

    assert form_of("C1") == (nonce, content) != form_of("C2")
    assert 8 <= len(nonce) <= 64
    assert len(content) == 64
