"""Points on the figure are recorded with the session, numbered, corrected and kept in versions."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.consult_clinic import make_clinic

from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.corrections import amend_session, former_rows
from mesodash.records.treatment.entries import AreaEntry, PointEntry, SessionEntry
from mesodash.records.treatment.recording import record_session
from mesodash.records.treatment.sessions import read_session

DOCTOR = Actor("dr-a", "practitioner")
LEFT = PointEntry("face.cheek", "left", 120, 0.25, 0.5, volume_ml=0.05, depth_mm=2.0)
RIGHT = PointEntry("face.cheek", "right", 121, 0.2, 0.1)
ENTRY = SessionEntry(
    "ANNA",
    "2026-11-21",
    (AreaEntry("face.cheek", "left"), AreaEntry("face.cheek", "right")),
    placed=(LEFT, replace(LEFT, u=0.1), RIGHT),
)


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


def record(path, entry=ENTRY):
    return record_session(path, entry, DOCTOR, nonce="n" * 8, clock=clock)


def rows(path):
    with reading(path) as db:
        return db.execute(
            "SELECT side, number, triangle, u, v, depth_um, volume_ul FROM injection_points"
            " ORDER BY side, number"
        ).fetchall()


def test_points_are_numbered_within_their_area_and_read_again(clinic):
    session_id = record(clinic)
    assert rows(clinic) == [
        ("left", 1, 120, 0.25, 0.5, 2000, 50),
        ("left", 2, 120, 0.1, 0.5, 2000, 50),
        ("right", 1, 121, 0.2, 0.1, None, None),
    ]
    assert read_session(clinic, session_id, DOCTOR, clock=clock).entry.placed == ENTRY.placed
    assert record(clinic) == session_id  # the same form sent again
    assert len(rows(clinic)) == 3


def test_a_correction_leaves_the_old_points_in_versions(clinic):
    session_id = record(clinic)
    seen = read_session(clinic, session_id, DOCTOR, clock=clock)
    amend_session(clinic, replace(seen.entry, placed=(RIGHT,)), DOCTOR, seen=seen, clock=clock)
    assert [row[:3] for row in rows(clinic)] == [("right", 1, 121)]
    former = [
        (one.before["side"], one.before["triangle"])
        for one in former_rows(clinic, session_id, DOCTOR, clock=clock)
        if one.table == "injection_points"
    ]
    assert sorted(former) == [("left", 120), ("left", 120), ("right", 121)]


@pytest.mark.parametrize(
    "point",
    [
        replace(LEFT, area="face.chin", side="midline"),
        replace(LEFT, u=0.6),
        replace(LEFT, u=-0.1),
        replace(LEFT, triangle=-1),
    ],
)
def test_a_point_that_cannot_be_is_refused_and_nothing_is_written(clinic, point):
    with pytest.raises(RecordError):
        record(clinic, replace(ENTRY, placed=(point,)))
    assert rows(clinic) == []
    with reading(clinic) as db:
        assert db.execute("SELECT count(*) FROM sessions").fetchone() == (4,)


def test_an_area_of_both_sides_may_have_points_on_each(clinic):
    record(clinic, replace(ENTRY, areas=(AreaEntry("face.cheek", "both"),)))
    assert len(rows(clinic)) == 3
