"""Whose records are past the clinic's own limit: listed, never erased."""

from datetime import UTC, date, datetime

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.privacy.erasure import erase
from mesodash.records.privacy.retention import (
    LogSpan,
    Past,
    later,
    log_span,
    past,
    set_years,
    years,
)
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANN = Actor("ann", "administrator")
SEEN = {"OLD": "2014-03-01", "EDGE": "2016-11-22T09:30", "NEW": "2024-02-29"}


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, ANN, clock=lambda: NOON) as change:
        for n, (name, day) in enumerate(SEEN.items(), start=1):
            change.db.execute(
                "INSERT INTO patients (id, patient_id, sex) VALUES (?, ?, 'other')", [n, name]
            )
            change.db.execute(
                "INSERT INTO sessions (id, session_id, patient, held_at, state)"
                " VALUES (?, ?, ?, ?, 'held')",
                [n, f"S-{name}", n, day],
            )
        change.db.execute(
            "INSERT INTO patients (id, patient_id, sex) VALUES (9, 'UNDATED', 'other')"
        )
        change.log("create", "patients", rows=4)
    return empty_clinic


def test_no_limit_names_nobody(clinic):
    assert years(clinic) is None
    assert past(clinic, ANN, date(2099, 1, 1)) == ()


def test_who_is_past_the_limit_on_its_day(clinic):
    set_years(clinic, ANN, 10)

    assert years(clinic) == 10
    assert past(clinic, ANN, date(2026, 11, 21)) == (
        Past("OLD", date(2014, 3, 1), date(2024, 3, 1)),
    )
    assert past(clinic, ANN, date(2026, 11, 22)) == (
        Past("OLD", date(2014, 3, 1), date(2024, 3, 1)),
        Past("EDGE", date(2016, 11, 22), date(2026, 11, 22)),
    )


def test_a_later_contact_of_any_kind_counts(clinic):
    set_years(clinic, ANN, 10)
    with writing(clinic, ANN) as change:
        change.db.execute("INSERT INTO follow_ups (session, contacted_at) VALUES (1, '2020-01-01')")
        change.log("create", "follow_ups")

    assert [one.patient_id for one in past(clinic, ANN, date(2026, 11, 22))] == ["EDGE"]


def test_a_later_photograph_counts_as_well(clinic):
    set_years(clinic, ANN, 10)
    with writing(clinic, ANN) as change:
        change.db.execute(
            "INSERT INTO photographs (photograph_id, patient, area, side, view, moment, taken_on,"
            " taken_by, intimate, width, height, sha256, picture) VALUES ('PH', 1, 'face.cheek',"
            " 'left', 'front', 'before', '2020-01-01', 'ann', 0, 300, 400, ?, zeroblob(200))",
            ["0" * 64],
        )
        change.log("create", "photographs")

    assert [one.patient_id for one in past(clinic, ANN, date(2026, 11, 22))] == ["EDGE"]


def test_who_was_erased_is_not_listed(clinic):
    set_years(clinic, ANN, 10)
    erase(clinic, "OLD", ANN, reason="past the limit")

    assert [one.patient_id for one in past(clinic, ANN, date(2026, 11, 22))] == ["EDGE"]


def test_listing_is_noted_and_changes_nothing(clinic):
    set_years(clinic, ANN, 1, clock=lambda: NOON)
    past(clinic, ANN, date(2026, 11, 22), clock=lambda: NOON)

    with reading(clinic) as db:
        last = db.execute(
            "SELECT action, table_name, row_key FROM change_log ORDER BY seq DESC LIMIT 2"
        ).fetchall()
        (patients,) = db.execute("SELECT count(*) FROM patients").fetchone()
    assert last == [
        ("view", "patients", "retention"),
        ("update", "clinic", "keep records: 1"),
    ]
    assert patients == 4


def test_only_an_administrator_lists_and_sets(clinic):
    someone = Actor("someone", "auditor")
    with pytest.raises(NotAllowedError):
        past(clinic, someone, date(2026, 11, 22))
    with pytest.raises(NotAllowedError):
        set_years(clinic, someone, 10)


@pytest.mark.parametrize("kept", [0, -1, 201])
def test_a_senseless_limit_is_refused(clinic, kept):
    with pytest.raises(RecordError, match="1 to 200 years"):
        set_years(clinic, ANN, kept)


def test_the_limit_can_be_taken_away(clinic):
    set_years(clinic, ANN, 10)
    set_years(clinic, ANN, None)

    assert years(clinic) is None


def test_how_far_back_the_log_goes(clinic):
    assert log_span(clinic) == LogSpan(2, date(2026, 11, 22))


def test_a_leap_day_is_later_on_the_first_of_march():
    assert later(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert later(date(2024, 2, 29), 4) == date(2028, 2, 29)
