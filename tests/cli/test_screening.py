"""Whom the lookup commands ask the rules for."""

from datetime import date

import pytest

from mesodash.cli.common import Failure
from mesodash.cli.lookup import ScreeningSubject, read_subject, screened_protocols, verdicts_for
from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.screenings import (
    NO_ANSWERS,
    Answer,
    ScreeningAnswers,
    record_screening,
)
from mesodash.records.patients.patients import Patient
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import writing

MAY = date(2026, 5, 4)


@pytest.fixture
def clinic(tmp_path):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="C", kind="clinical", country="FR", actor=DEMO)
    with writing(path, DEMO) as change:
        change.db["patients"].insert({"patient_id": "P1", "sex": "male", "birth_year": 1970})
        change.log("create", "patients")
    return path


def test_without_a_file_nothing_is_known(tmp_path):
    assert read_subject(tmp_path / "none.db", None) == ScreeningSubject(
        None, NO_ANSWERS, None, None
    )


def test_without_a_patient_only_the_country_counts(clinic):
    assert read_subject(clinic, None) == ScreeningSubject(None, NO_ANSWERS, "FR", None)


def test_a_patient_brings_the_latest_screening(clinic):
    patient = Patient("P1", "male", 1970, None)
    assert read_subject(clinic, "P1") == ScreeningSubject(patient, NO_ANSWERS, "FR", None)

    record_screening(clinic, "P1", {"heart": Answer("yes")}, DEMO, MAY)

    answers = ScreeningAnswers({"heart": Answer("yes", answered_on=MAY)})
    assert read_subject(clinic, "P1") == ScreeningSubject(patient, answers, "FR", MAY)


def test_a_patient_of_a_file_that_is_not_there_is_a_plain_failure(tmp_path):
    with pytest.raises(Failure, match="is not a mesodash clinic"):
        read_subject(tmp_path / "none.db", "P1")
    assert not (tmp_path / "none.db").exists()


def test_the_strictest_verdict_over_the_areas(catalogue):
    subject = ScreeningSubject(
        Patient("P1", "male", 1970, "II"),
        ScreeningAnswers({"infection_site": Answer("yes", ("back.lower",), answered_on=MAY)}),
        "GB",
        MAY,
    )
    found = verdicts_for(catalogue, ["neck_spine_chronic"], ["neck", "back"], subject)

    assert (found["neck_spine_chronic"].area, found["neck_spine_chronic"].level) == (
        "back",
        "excluded",
    )


def test_the_protocols_of_an_area_for_nobody_and_for_somebody(catalogue):
    nobody = ScreeningSubject(None, NO_ANSWERS, "FR", None)
    somebody = ScreeningSubject(Patient("P1", "male", 1970, "II"), NO_ANSWERS, "GB", None)

    assert [
        (p["protocol"], p["excluded"]) for p in screened_protocols(catalogue, "hip", nobody)
    ] == [
        ("fat_pcdc", True),
        ("cellulite_mix", False),
    ]
    assert [
        (p["protocol"], p["level"]) for p in screened_protocols(catalogue, "hip", somebody)
    ] == [
        ("fat_pcdc", "unknown"),
        ("cellulite_mix", "unknown"),
    ]
