"""Scores by hand: on their scale, once a day, and corrected only as seen."""

from datetime import UTC, date, datetime

import pytest
from tests.consult_clinic import make_clinic

from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.watch.scores import baseline_of, courses_of, record_score

DOCTOR = Actor("dr-a", "practitioner")
TODAY = date(2026, 11, 22)


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


@pytest.fixture
def score(clinic, catalogue):
    def keep(scale="sinclair", value=3.0, **values):
        what = {"measured_on": TODAY, "timing": "follow_up", "course_id": "C1"}
        record_score(
            clinic,
            "HUGO",
            catalogue.scales[scale],
            value,
            DOCTOR,
            today=TODAY,
            clock=clock,
            **(what | values),
        )

    return keep


def rows(path):
    with reading(path) as db:
        return db.execute(
            "SELECT value, timing FROM outcomes WHERE scale = 'sinclair' ORDER BY id"
        ).fetchall()


def test_a_score_is_kept_once_and_corrected_as_seen(clinic, score):
    score()
    score()
    assert rows(clinic) == [(3.0, "follow_up")]
    with pytest.raises(ChangedMeanwhileError, match="stands at 3 already"):
        score(value=4.0)
    score(value=4.0, seen=3.0)

    assert rows(clinic) == [(4.0, "follow_up")]


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"value": 8.0}, "runs from 1 to 5"),
        ({"value": 2.5}, "whole grades"),
        ({"timing": "later"}, "baseline or a later"),
        ({"scale": "gais", "timing": "baseline"}, "tells change"),
        ({"measured_on": date(2026, 11, 23)}, "day to come"),
    ],
)
def test_what_is_refused(clinic, score, what, sentence):
    with pytest.raises(RecordError, match=sentence):
        score(**what)
    assert rows(clinic) == []


def test_a_course_of_somebody_else_is_refused(clinic, catalogue):
    with pytest.raises(RecordError, match="another patient"):
        record_score(
            clinic,
            "ANNA",
            catalogue.scales["sinclair"],
            3,
            DOCTOR,
            measured_on=TODAY,
            timing="follow_up",
            today=TODAY,
            course_id="C1",
        )


def test_the_courses_of_a_patient(clinic):
    assert [one.course_id for one in courses_of(clinic, "HUGO", DOCTOR, clock=clock)] == ["C1"]


@pytest.mark.parametrize(
    ("on", "have"), [(date(2026, 11, 5), set()), (date(2026, 11, 6), {"norwood"})]
)
def test_the_baseline_of_a_course_by_a_day(clinic, on, have):
    assert baseline_of(clinic, "C1", DOCTOR, on, clock=clock) == ("hair_aga_m", have)
    with pytest.raises(RecordError):
        baseline_of(clinic, "C9", DOCTOR, on, clock=clock)
