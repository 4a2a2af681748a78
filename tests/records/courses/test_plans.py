"""Planned courses: written whole or not at all, once however often the button is pressed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea, planned_sessions
from mesodash.records.courses.plans import cancel_plan, save_plan
from mesodash.records.courses.protocol_versions import Parameters, add_version
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader

DOCTOR = Actor("dr-a", "practitioner")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NONCE = "0123456789abcdef"
PLAN = CoursePlan(
    protocol="cellulite_mix",
    indication="cellulite",
    areas=(
        PlannedArea("leg.thigh.posterior", "left", "nappage", 3.0, 40, 1.6),
        PlannedArea("leg.thigh.posterior", "right"),
    ),
    dates=(date(2026, 11, 24), date(2026, 12, 1)),
    at=time(10, 30),
    interval_days=7,
    reason="agreed with the patient",
)


def clock():
    return NOW


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, DOCTOR) as change:
        for n in (1, 2):
            change.db["patients"].insert({"id": n, "patient_id": f"P{n}", "sex": "female"})
        change.db["practitioners"].insert({"id": 1, "practitioner_id": "D1", "name": "Doctor A"})
        change.log("create", "patients", rows=2)
    return empty_clinic


def save(path, plan=PLAN, patient="P1", practitioner="D1", nonce=NONCE):
    return save_plan(path, patient, plan, practitioner, DOCTOR, nonce=nonce, clock=clock)


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


def test_a_plan_becomes_a_course_its_sessions_and_their_areas(clinic):
    version = add_version(clinic, "cellulite_mix", Parameters(sessions=2), DOCTOR, on=NOW.date())
    course_id = save(clinic, replace(PLAN, version=version.key))

    assert rows(clinic, "SELECT course_id, patient, indication, protocol, planned_sessions,"
                " interval_days, started_on, state FROM courses") == [
        (course_id, 1, "cellulite", "cellulite_mix", 2, 7, "2026-11-24", "planned")
    ]  # fmt: skip
    assert rows(clinic, "SELECT session_id, practitioner, protocol, protocol_version, held_at,"
                " state FROM sessions") == [
        (f"{course_id}-1", 1, "cellulite_mix", version.key, "2026-11-24T10:30", "planned"),
        (f"{course_id}-2", 1, "cellulite_mix", version.key, "2026-12-01T10:30", "planned"),
    ]  # fmt: skip
    assert rows(clinic, "SELECT session, area, side, technique, depth_um, points, volume_ul"
                " FROM treated_areas") == [
        (n, "leg.thigh.posterior", *what)
        for n in (1, 2)
        for what in (("left", "nappage", 3000, 40, 1600), ("right", None, None, None, None))
    ]  # fmt: skip
    assert rows(clinic, "SELECT nonce, made_by, made_at, reason FROM plans") == [
        (NONCE, "dr-a", "2026-11-22T09:30:00+00:00", "agreed with the patient")
    ]


def test_a_double_click_finds_the_course_already_made(clinic):
    first = save(clinic)
    revision = rows(clinic, "SELECT revision FROM clinic")

    assert save(clinic) == first
    assert rows(clinic, "SELECT count(*) FROM sessions") == [(2,)]
    assert rows(clinic, "SELECT revision FROM clinic") == revision


def test_another_form_makes_another_course(clinic):
    later = replace(PLAN, dates=tuple(day + timedelta(days=1) for day in PLAN.dates))
    assert save(clinic) != save(clinic, nonce="fedcba9876543210", plan=later)
    assert rows(clinic, "SELECT count(*) FROM courses") == [(2,)]


@pytest.mark.parametrize(
    "changed", [{"patient": "P2"}, {"practitioner": None}, {"plan": replace(PLAN, at=None)}]
)
def test_one_form_does_not_make_two_different_plans(clinic, changed):
    save(clinic)

    with pytest.raises(RecordError, match="already made another plan"):
        save(clinic, **changed)
    assert rows(clinic, "SELECT count(*) FROM courses") == [(1,)]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"patient": "P9"}, "No patient"),
        ({"practitioner": "D9"}, "No practitioner"),
        ({"plan": replace(PLAN, dates=())}, "at least one date"),
        ({"plan": replace(PLAN, areas=())}, "at least one date and one area"),
        ({"nonce": "short"}, "out of date"),
    ],
)
def test_what_cannot_be_written_leaves_nothing(clinic, changed, sentence):
    with pytest.raises(RecordError, match=sentence):
        save(clinic, **changed)

    for table in ("courses", "sessions", "treated_areas", "plans"):
        assert rows(clinic, f"SELECT count(*) FROM {table}") == [(0,)], table


def test_a_fault_half_way_leaves_nothing(clinic):
    twice = replace(PLAN, areas=(PLAN.areas[0], PLAN.areas[0]))  # refused by the schema

    with pytest.raises(Exception, match="UNIQUE"):
        save(clinic, twice)

    assert rows(clinic, "SELECT count(*) FROM courses") == [(0,)]


def test_planned_sessions_are_read_with_their_place_in_the_course(clinic):
    course_id = save(clinic)

    found = planned_sessions(clinic, DOCTOR, course_id=course_id)

    assert [(s.session_id, s.number, s.planned_sessions, s.on, s.at) for s in found] == [
        (f"{course_id}-1", 1, 2, date(2026, 11, 24), time(10, 30)),
        (f"{course_id}-2", 2, 2, date(2026, 12, 1), time(10, 30)),
    ]
    assert found[0].areas == PLAN.areas
    assert (found[0].patient_id, found[0].practitioner) == ("P1", "Doctor A")
    december = planned_sessions(clinic, DOCTOR, start=date(2026, 12, 1), end=date(2026, 12, 1))
    assert [s.number for s in december] == [2]
    assert planned_sessions(clinic, DOCTOR, patient_id="P2") == ()
    assert rows(clinic, "SELECT row_key, patient FROM change_log WHERE action = 'view'") == [
        (course_id, 1), ("planned", None), ("P2", 2)
    ]  # fmt: skip


def test_cancelling_stops_the_course_and_leaves_held_sessions(clinic):
    course_id = save(clinic)
    with writing(clinic, DOCTOR) as change:
        change.db.execute("UPDATE sessions SET state = 'held' WHERE id = 1")
        change.log("update", "sessions", month="2026-11", patient=1)

    second = {f"{course_id}-2": "2026-12-01T10:30"}
    assert cancel_plan(clinic, course_id, DOCTOR, seen=second, reason=" moved  away ") == 1

    assert rows(clinic, "SELECT state, reason FROM sessions ORDER BY id") == [
        ("held", None),
        ("cancelled", "moved away"),
    ]
    assert rows(clinic, "SELECT state, stopped_reason FROM courses") == [("stopped", "moved away")]
    assert cancel_plan(clinic, course_id, DOCTOR, seen={}, reason="again") == 0
    assert planned_sessions(clinic, DOCTOR) == ()


def test_cancelling_needs_a_course_and_a_reason(clinic):
    course_id = save(clinic)

    with pytest.raises(RecordError, match="No course"):
        cancel_plan(clinic, "nobody", DOCTOR, seen={}, reason="x")
    assert rows(clinic, "SELECT DISTINCT state FROM sessions") == [("planned",)]

    with pytest.raises(RecordError, match="Say why"):
        cancel_plan(clinic, course_id, DOCTOR, seen=PLAN.sessions(course_id), reason="  ")
    assert rows(clinic, "SELECT DISTINCT state FROM sessions") == [("planned",)]

    why = "patient_ill: flu"
    assert cancel_plan(clinic, course_id, DOCTOR, seen=PLAN.sessions(course_id), reason=why) == 2
    assert rows(clinic, "SELECT state, stopped_reason FROM courses") == [("stopped", why)]
    assert rows(clinic, "SELECT DISTINCT state, reason FROM sessions") == [("cancelled", why)]


@pytest.mark.parametrize(
    ("change_to", "told"),
    [
        ("held_at = '2026-11-26'", "the session of 24 Nov 2026, 10:30 is planned on 26 Nov 2026"),
        ("state = 'held'", "the session of 24 Nov 2026, 10:30 is held"),
        ("course = NULL", "the session of 24 Nov 2026, 10:30 is no longer part of it"),
    ],
)
def test_what_changed_meanwhile_is_not_cancelled_unseen(clinic, change_to, told):
    course_id = save(clinic)
    seen = {s.session_id: s.held_at for s in planned_sessions(clinic, DOCTOR, course_id=course_id)}
    with writing(clinic, DOCTOR) as change:
        change.db.execute(f"UPDATE sessions SET {change_to} WHERE id = 1")
        change.log("update", "sessions", month="2026-11", patient=1)
    before = rows(clinic, "SELECT id, held_at, state, course FROM sessions")

    with pytest.raises(ChangedMeanwhileError) as caught:
        cancel_plan(clinic, course_id, DOCTOR, seen=seen, reason="x")

    assert f": {told}. " in str(caught.value)
    assert rows(clinic, "SELECT id, held_at, state, course FROM sessions") == before
    assert rows(clinic, "SELECT state, stopped_reason FROM courses") == [("planned", None)]


def test_a_session_planned_meanwhile_and_many_changes_are_told_in_short(clinic):
    course_id = save(clinic)
    seen = {f"gone-{n}": f"2026-11-0{n}" for n in range(1, 7)}

    with pytest.raises(ChangedMeanwhileError) as caught:
        cancel_plan(clinic, course_id, DOCTOR, seen=PLAN.sessions(course_id) | seen, reason="x")
    assert str(caught.value).count("no longer part of it") == 5
    assert "; and 1 more." in str(caught.value)

    one = {f"{course_id}-1": "2026-11-24T10:30"}
    with pytest.raises(ChangedMeanwhileError, match="one more is planned on 1 Dec 2026, 10:30"):
        cancel_plan(clinic, course_id, DOCTOR, seen=one, reason="x")


@pytest.mark.slow
def test_planned_sessions_do_not_count_as_held_but_reach_the_lake(clinic, catalogue):
    with writing(clinic, DOCTOR) as change:
        change.db["sessions"].insert(
            {"id": 90, "session_id": "S90", "patient": 1, "protocol": "cellulite_mix",
             "held_at": "2026-10-01", "state": "held"}
        )  # fmt: skip
        change.db["treated_areas"].insert(
            {"session": 90, "patient": 1, "held_at": "2026-10-01", "area": "buttock",
             "side": "left", "volume_ul": 500}
        )  # fmt: skip
        change.log("create", "sessions", month="2026-10", patient=1)
        change.log("create", "treated_areas", month="2026-10", patient=1)
    reader = Reader(clinic, catalogue)
    before = reader.volumes(Filters(), ("area",)).to_dict("records")

    save(clinic)

    assert reader.volumes(Filters(), ("area",)).to_dict("records") == before
    (course,) = reader.courses(Filters(), ("protocol",)).to_dict("records")
    assert (course["courses"], course["sessions_planned"], course["sessions_held"]) == (1, 2, 0)
    booked = reader.due(date(2026, 11, 25), DOCTOR)
    assert "next_session" not in set(booked["reason"])  # its next session is booked
    assert [row[0] for row in rows(clinic, "SELECT state FROM sessions WHERE id <> 90")] == [
        "planned", "planned"
    ]  # fmt: skip
