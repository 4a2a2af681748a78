"""Screenings in a real file: dated, carried, confirmed, never changed, and safe side by side."""

import multiprocessing
from datetime import UTC, date, datetime

import pytest
from sqlite_utils.utils import sqlite3
from tests.conftest import NOW

from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.courses.screenings import (
    Answer,
    Screening,
    ScreeningAnswers,
    confirm_screening,
    latest_screening,
    record_screening,
    screenings_of,
)
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError

MAY = date(2026, 5, 4)
JUNE = date(2026, 6, 1)
NURSE = Actor("nurse", "practitioner")


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert_all(
            [
                {"id": 1, "patient_id": "P1", "sex": "female"},
                {"id": 2, "patient_id": "P2", "sex": "male"},
            ]
        )
        change.log("create", "patients", rows=2)
    return empty_clinic


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


def behind_the_back(path, change_it):
    """Write without the functions under test, so that only the file's own rules apply."""
    with writing(path, DEMO) as change:
        change.log("update", "screenings")
        change_it(change.db)


def test_nothing_yet(clinic):
    assert latest_screening(clinic, "P1", DEMO) is None
    assert screenings_of(clinic, "P1", DEMO) == ()


def test_what_is_recorded_is_read_back(clinic):
    answers = {
        "pregnancy": Answer("no"),
        "infection_site": Answer("yes", areas=("face.cheek", "hip"), detail="cold sore"),
        "cancer": Answer("unknown"),
    }
    number = record_screening(clinic, "P1", answers, NURSE, MAY)

    assert latest_screening(clinic, "P1", DEMO) == Screening(
        screening_id=number,
        patient_id="P1",
        screened_on=MAY,
        screened_by="nurse",
        confirms=None,
        answers=ScreeningAnswers(
            {
                "pregnancy": Answer("no", answered_on=MAY),
                "infection_site": Answer("yes", ("face.cheek", "hip"), "cold sore", MAY),
                "cancer": Answer("unknown", answered_on=MAY),
            }
        ),
    )
    assert latest_screening(clinic, "P2", DEMO) is None, "answers are one patient's"


def test_a_question_not_asked_again_keeps_its_answer_and_its_day(clinic):
    record_screening(clinic, "P1", {"keloid": Answer("no"), "heart": Answer("no")}, DEMO, MAY)
    record_screening(clinic, "P1", {"heart": Answer("yes")}, DEMO, JUNE)

    assert latest_screening(clinic, "P1", DEMO).answers == ScreeningAnswers(
        {"keloid": Answer("no", answered_on=MAY), "heart": Answer("yes", answered_on=JUNE)}
    )


def test_without_carrying_only_what_was_asked_stands(clinic):
    record_screening(clinic, "P1", {"keloid": Answer("no")}, DEMO, MAY)
    record_screening(clinic, "P1", {"heart": Answer("no")}, DEMO, JUNE, carry=False)

    assert latest_screening(clinic, "P1", DEMO).answers == ScreeningAnswers(
        {"heart": Answer("no", answered_on=JUNE)}
    )


def test_still_true_is_a_new_dated_row_that_names_the_earlier(clinic):
    first = record_screening(clinic, "P1", {"heart": Answer("no", detail="asked")}, DEMO, MAY)
    second = confirm_screening(clinic, "P1", NURSE, JUNE)

    newest, oldest = screenings_of(clinic, "P1", DEMO)
    assert (newest.screening_id, newest.confirms, newest.screened_by) == (second, first, "nurse")
    assert newest.answers.get("heart") == Answer("no", detail="asked", answered_on=JUNE)
    assert (oldest.screening_id, oldest.confirms) == (first, None)
    assert oldest.answers.get("heart") == Answer("no", detail="asked", answered_on=MAY)


def test_the_history_of_one_day_is_newest_first(clinic):
    numbers = [
        record_screening(clinic, "P1", {"heart": Answer(said)}, DEMO, MAY)
        for said in ("no", "yes", "no")
    ]

    assert [s.screening_id for s in screenings_of(clinic, "P1", DEMO)] == numbers[::-1]
    assert [s.screening_id for s in screenings_of(clinic, "P1", DEMO, limit=2)] == numbers[:0:-1]


def test_confirming_what_somebody_has_replaced_is_refused(clinic):
    seen = record_screening(clinic, "P1", {"heart": Answer("no")}, DEMO, MAY)
    record_screening(clinic, "P1", {"heart": Answer("yes")}, NURSE, MAY)

    with pytest.raises(RecordError, match=r"^Newer answers were recorded meanwhile"):
        confirm_screening(clinic, "P1", DEMO, JUNE, screening_id=seen)
    assert len(screenings_of(clinic, "P1", DEMO)) == 2


def test_nothing_to_confirm(clinic):
    with pytest.raises(RecordError, match="ask the questions first"):
        confirm_screening(clinic, "P1", DEMO, MAY)


def test_a_day_before_the_latest_is_refused(clinic):
    record_screening(clinic, "P1", {"heart": Answer("no")}, DEMO, JUNE)
    with pytest.raises(RecordError, match=r"^Answers of 2026-06-01 are on file already"):
        record_screening(clinic, "P1", {"heart": Answer("no")}, DEMO, MAY)
    with pytest.raises(RecordError, match=r"^Answers of 2026-06-01 are on file already"):
        confirm_screening(clinic, "P1", DEMO, MAY)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "No question was answered; answer at least one."),
        (
            {"heart": Answer("maybe")},
            "'maybe' is not an answer to heart; say yes, no or unknown.",
        ),
        (
            {"heart": Answer("yes", detail="x" * 501)},
            "The note to heart must have 1 to 500 characters; shorten it.",
        ),
    ],
)
def test_answers_that_cannot_be_kept(clinic, answers, sentence):
    with pytest.raises(RecordError) as caught:
        record_screening(clinic, "P1", answers, DEMO, MAY)
    assert str(caught.value) == sentence
    assert rows(clinic, "SELECT count(*) FROM screenings") == [(0,)]


@pytest.mark.parametrize("ask", [latest_screening, screenings_of])
def test_nobody_there(clinic, ask):
    with pytest.raises(RecordError, match="No patient has the id 'P9'"):
        ask(clinic, "P9", DEMO)
    with pytest.raises(RecordError, match="No patient has the id 'P9'"):
        record_screening(clinic, "P9", {"heart": Answer("no")}, DEMO, MAY)
    with pytest.raises(RecordError, match="No patient has the id 'P9'"):
        confirm_screening(clinic, "P9", DEMO, MAY)


def test_recording_confirming_and_looking_stand_in_the_change_log(clinic):
    at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    record_screening(clinic, "P1", {"heart": Answer("no")}, NURSE, MAY, clock=lambda: at)
    confirm_screening(clinic, "P1", NURSE, MAY, clock=lambda: at)
    latest_screening(clinic, "P1", DEMO, clock=lambda: NOW)

    assert rows(
        clinic,
        "SELECT actor, action, row_key, patient, row_count FROM change_log"
        " WHERE table_name = 'screenings' ORDER BY seq",
    ) == [
        ("nurse", "create", "P1", 1, 1),
        ("nurse", "create", "P1", 1, 1),
        ("demo", "view", "P1", 1, 1),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE screenings SET screened_on = '2026-01-01'",
        "UPDATE screening_answers SET said = 'no'",
    ],
)
def test_a_screening_cannot_be_rewritten(clinic, statement):
    record_screening(clinic, "P1", {"heart": Answer("yes")}, DEMO, MAY)
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        behind_the_back(clinic, lambda db: db.execute(statement))
    assert latest_screening(clinic, "P1", DEMO).answers.get("heart").said == "yes"


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("screenings", {"screened_on": "2026-5-4"}),
        ("screenings", {"screened_on": "2026-05-04T10:00"}),
        ("screenings", {"screened_by": ""}),
        ("screenings", {"id": 9, "confirms": 9}),
        ("screening_answers", {"said": "maybe"}),
        ("screening_answers", {"areas": "cheek"}),
        ("screening_answers", {"areas": "{}"}),
        ("screening_answers", {"detail": ""}),
        ("screening_answers", {"question": ""}),
        ("screening_answers", {"answered_on": "soon"}),
    ],
)
def test_the_file_itself_refuses_what_is_no_screening(clinic, table, row):
    good = {
        "screenings": {"patient": 1, "screened_on": "2026-05-04", "screened_by": "d"},
        "screening_answers": {
            "screening": 1,
            "question": "heart",
            "said": "no",
            "areas": "[]",
            "answered_on": "2026-05-04",
        },
    }
    with writing(clinic, DEMO) as change:
        change.log("create", "screenings")
        change.db["screenings"].insert({"id": 1} | good["screenings"])
        change.db["screening_answers"].insert(good["screening_answers"] | {"question": "other"})
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        behind_the_back(clinic, lambda db: db[table].insert(good[table] | row))


def test_a_screening_cannot_confirm_another_patients(clinic):
    first = record_screening(clinic, "P1", {"heart": Answer("no")}, DEMO, MAY)
    other = {"patient": 2, "screened_on": "2026-05-04", "screened_by": "d", "confirms": first}
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        behind_the_back(clinic, lambda db: db["screenings"].insert(other))


def _ask(path, code):
    record_screening(path, "P1", {code: Answer("no")}, DEMO, MAY)


@pytest.mark.slow
def test_six_processes_that_record_at_once_lose_no_answer(clinic):
    """Each carries the others' answers, so the last one on file has all six."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_ask, args=(clinic, f"q{n}")) for n in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0] * 6
    assert set(latest_screening(clinic, "P1", DEMO).answers.given) == {f"q{n}" for n in range(6)}
    assert len(screenings_of(clinic, "P1", DEMO)) == 6
