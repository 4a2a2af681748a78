"""The ids behind the lake's numbers, in any amount, and the hours of sessions."""

from datetime import UTC, date, datetime

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.store.connection import reading, writing
from mesodash.records.transfer.drilldown import hours_of_sessions, ids_behind


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def many(empty_clinic):
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert_all(
            {"id": n, "patient_id": f"P{n}", "sex": "female"} for n in (1, 2)
        )
        change.db["sessions"].insert_all(
            {
                "id": n,
                "session_id": f"S{n}",
                "patient": 1 + n % 2,
                "held_at": f"2024-01-{1 + n % 28:02}" + ("T14:05" if n % 3 else ""),
                "state": "held",
            }
            for n in range(1, 1201)
        )
        change.db["side_effects"].insert(
            {"id": 7, "side_effect_id": "E7", "session": 3, "effect": "itch", "onset_at": "2024"}
        )
        change.log("import", "sessions")
    return empty_clinic


def test_more_ids_than_one_query_takes(many):
    ids = ids_behind(many, DEMO, reason="r", sessions=range(1, 1201), side_effects=[7], clock=clock)
    assert ids.sessions == {n: f"S{n}" for n in range(1, 1201)}
    assert ids.patients == {1: "P1", 2: "P2"}
    assert ids.side_effects == {7: "E7"}
    assert ids.held_at[3] == "2024-01-04"


@pytest.mark.parametrize(
    ("actor", "patients"),
    [
        (Actor("x", "administrator"), {2: "P2"}),
        (Actor("x", "practitioner"), {2: "P2"}),
        (Actor("x", "manager", sees_names=True), {2: "P2"}),
    ],
)
def test_who_sees_a_patients_id(many, actor, patients):
    ids = ids_behind(many, actor, reason="r", sessions=[1], clock=clock)
    assert ids.patients == patients
    assert ids.sessions == {1: "S1"}


@pytest.mark.parametrize("role", ["manager", "trainer", "auditor"])
def test_who_does_not_see_single_sessions(many, role):
    with pytest.raises(NotAllowedError, match="may not look at single sessions"):
        ids_behind(many, Actor("x", role), reason="r", sessions=[1], clock=clock)


def test_the_look_is_noted_once(many):
    for _ in range(3):
        ids_behind(many, DEMO, reason="behind month=2024-01", sessions=[1], clock=clock)
    with reading(many) as db:
        rows = db.execute(
            "SELECT table_name, row_key FROM change_log WHERE action = 'view'"
        ).fetchall()
    assert rows == [("sessions", "behind month=2024-01")]


def test_hours_of_a_period(many):
    hours = hours_of_sessions(many, date(2024, 1, 2), date(2024, 1, 3))
    expected = {n: 14 if n % 3 else None for n in range(1, 1201) if 1 + n % 28 in (2, 3)}
    assert hours == expected
    assert len(hours_of_sessions(many)) == 1200
