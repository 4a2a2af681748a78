"""Finding a patient by any part of what is known, with typing errors."""

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.text_search import SearchAnswer, find_anyone
from mesodash.records.store.connection import reading, writing

DOCTOR = Actor("dr-a", "practitioner")
PEOPLE = [
    ("P-0012", "Anna", "Meier", "1984-03-05", "+44 20 7946 0958"),
    ("P-0129", "Zoë", "Müller-Schmidt", "1990-12-31", "0151 23456789"),
    ("P-1290", "Hugo", "Schmidt", "1975-01-02", None),
    ("P-0500", None, None, None, None),
]


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, DOCTOR) as change:
        change.db["patients"].insert_all(
            {
                "patient_id": code,
                "sex": "unknown",
                "given_name": given,
                "family_name": family,
                "birth_date": born,
                "phone": phone,
            }
            for code, given, family, born, phone in PEOPLE
        )
        change.log("create", "patients")
    return empty_clinic


def ids(clinic, asked):
    answer = find_anyone(clinic, asked, DOCTOR)
    return [one.patient_id for one in answer.found], answer.nearly


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("129", ["P-0129", "P-1290"]),
        ("p129", ["P-0129", "P-1290"]),
        ("P-0129", ["P-0129"]),
        ("mei", ["P-0012"]),
        ("zoe muller", ["P-0129"]),
        ("Schmidt Hugo", ["P-1290"]),
        ("05/03/1984", ["P-0012"]),
        ("1984-03", ["P-0012"]),
        ("31.12.1990", ["P-0129"]),
        ("0151 2345", ["P-0129"]),
        ("20 7946", ["P-0012"]),
        ("Meier Hugo", []),
        ("", []),
        ("%", []),
        ('"', []),
    ],
)
def test_any_part_finds(clinic, asked, found):
    assert ids(clinic, asked) == (found, False)


@pytest.mark.parametrize(
    ("asked", "found"),
    [("Schmitd", ["P-1290"]), ("Anna Meyer", ["P-0012"]), ("mueller", ["P-0129"])],
)
def test_a_typing_error_is_forgiven_and_said(clinic, asked, found):
    wanted, nearly = ids(clinic, asked)

    assert set(found) <= set(wanted)
    assert nearly


def test_nobody_is_like_that(clinic):
    assert find_anyone(clinic, "Xaverius", DOCTOR) == SearchAnswer()


def test_who_may_not_list_patients_finds_nobody(clinic):
    with pytest.raises(NotAllowedError):
        find_anyone(clinic, "129", Actor("t", "trainer"))


def test_the_look_is_noted_without_what_was_typed(clinic):
    find_anyone(clinic, "Meier", DOCTOR)

    with reading(clinic) as db:
        rows = db.execute(
            "SELECT table_name, row_key FROM change_log WHERE action = 'view'"
        ).fetchall()
    assert rows == [("patients", "list")]


@pytest.mark.slow
def test_one_is_found_among_ten_thousand(clinic):
    with writing(clinic, DOCTOR) as change:
        change.db["patients"].insert_all(
            {"patient_id": f"Q-{n:05}", "sex": "unknown", "family_name": f"Name{n % 977}"}
            for n in range(10_000)
        )
        change.log("create", "patients")
    assert ids(clinic, "Meiir")[0] == ["P-0012"]
