"""A session recorded in the app: whole or not at all, once however often it is sent."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea
from mesodash.records.courses.plans import move_session, save_plan
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.treatment.entries import AreaEntry, ProductEntry, ReactionEntry, SessionEntry
from mesodash.records.treatment.recording import close_planned_session, record_session
from mesodash.records.treatment.sessions import last_session, read_session, sessions_of_day

DOCTOR = Actor("dr-a", "practitioner")
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
NONCE = "fedcba9876543210"
PLAN = CoursePlan(
    protocol="cellulite_mix",
    indication="cellulite",
    areas=(PlannedArea("leg.thigh.posterior", "left", "nappage", 3.0, 40, 1.6),),
    dates=(date(2026, 11, 24), date(2026, 12, 1)),
    interval_days=7,
)
ENTRY = SessionEntry(
    patient_id="P1",
    held_at="2026-11-24T10:15",
    areas=(
        AreaEntry("leg.thigh.posterior", "left", "nappage", 2.0, 42, 1.7),
        AreaEntry("leg.thigh.posterior", "right", "nappage", None, 40, 1.6),
    ),
    protocol="cellulite_mix",
    practitioner_id="D1",
    products=(ProductEntry("Caffeine 50 mg/mL", "CF2291", "2027-03", 3.3),),
    reactions=(ReactionEntry("erythema", 1),),
    note="went well",
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


@pytest.fixture
def course(clinic):
    return save_plan(clinic, "P1", PLAN, "D1", DOCTOR, nonce="0123456789abcdef", clock=clock)


def record(path, entry=ENTRY, nonce=NONCE, seen=None):
    return record_session(path, entry, DOCTOR, nonce=nonce, seen=seen, clock=clock)


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


def counts(path):
    return {
        table: rows(path, f"SELECT count(*) FROM {table}")[0][0]
        for table in ("sessions", "treated_areas", "products_used", "side_effects")
    }


def test_all_that_was_done_stands_in_the_record(clinic):
    session_id = record(clinic)

    assert rows(clinic, "SELECT session_id, held_at, state, note FROM sessions") == [
        (session_id, "2026-11-24T10:15", "held", "went well")
    ]
    assert rows(
        clinic,
        "SELECT area, side, technique, depth_um, points, volume_ul, held_at FROM treated_areas"
        " ORDER BY id",
    ) == [
        ("leg.thigh.posterior", "left", "nappage", 2000, 42, 1700, "2026-11-24T10:15"),
        ("leg.thigh.posterior", "right", "nappage", None, 40, 1600, "2026-11-24T10:15"),
    ]
    assert rows(clinic, "SELECT product, lot, expires_on, volume_ul FROM products_used") == [
        ("Caffeine 50 mg/mL", "CF2291", "2027-03", 3300)
    ]
    assert rows(clinic, "SELECT effect, onset_at, last_seen_at, severity FROM side_effects") == [
        ("erythema", "2026-11-24T10:15", "2026-11-24T10:15", 1)
    ]
    found = read_session(clinic, session_id, DOCTOR, clock=clock)
    assert found.entry == replace(ENTRY, session_id=session_id)
    assert (found.state, found.number) == ("held", None)


def test_sent_twice_it_stands_once(clinic):
    first, second = record(clinic), record(clinic)

    assert first == second
    assert counts(clinic) == {
        "sessions": 1,
        "treated_areas": 2,
        "products_used": 1,
        "side_effects": 1,
    }


def test_a_form_records_one_session_only(clinic):
    record(clinic)

    with pytest.raises(RecordError, match="already recorded another session"):
        record(clinic, replace(ENTRY, note="another"))
    assert counts(clinic)["sessions"] == 1


def test_a_planned_session_becomes_held_and_its_course_goes_on(clinic, course):
    planned = f"{course}-1"
    entry = replace(ENTRY, session_id=planned, course_id=course)

    assert record(clinic, entry, seen="2026-11-24") == planned
    assert rows(clinic, "SELECT session_id, held_at, state FROM sessions ORDER BY session_id") == [
        (planned, "2026-11-24T10:15", "held"),
        (f"{course}-2", "2026-12-01", "planned"),
    ]
    assert rows(clinic, "SELECT state FROM courses") == [("active",)]
    assert rows(
        clinic,
        "SELECT s.session_id, t.side, t.points FROM treated_areas AS t JOIN sessions AS s"
        " ON s.id = t.session ORDER BY t.held_at, t.side",
    ) == [(planned, "left", 42), (planned, "right", 40), (f"{course}-2", "left", 40)]
    found = read_session(clinic, planned, DOCTOR, clock=clock)
    assert (found.number, found.planned_sessions) == (1, 2)
    assert read_session(clinic, f"{course}-2", DOCTOR, clock=clock).number == 2


def test_the_last_planned_session_completes_the_course(clinic, course):
    for n, seen in ((1, "2026-11-24"), (2, "2026-12-01")):
        entry = replace(ENTRY, session_id=f"{course}-{n}", course_id=course, held_at=seen)
        record(clinic, entry, nonce=f"{NONCE}{n}", seen=seen)

    assert rows(clinic, "SELECT state FROM courses") == [("completed",)]


@pytest.mark.parametrize("state", ["cancelled", "no_show"])
def test_what_was_closed_meanwhile_is_not_recorded(clinic, course, state):
    planned = f"{course}-1"
    close = partial(
        close_planned_session, clinic, planned, DOCTOR, seen="2026-11-24", state=state, clock=clock
    )
    with pytest.raises(RecordError, match="Say why"):
        close(reason=" ")
    close(reason=" ill  today ")
    before = counts(clinic)

    with pytest.raises(ChangedMeanwhileError, match=f"is {state}"):
        record(clinic, replace(ENTRY, session_id=planned, course_id=course), seen="2026-11-24")
    assert counts(clinic) == before
    assert rows(clinic, f"SELECT state, reason FROM sessions WHERE session_id = '{planned}'") == [
        (state, "ill today")
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"areas": ()}, "at least one treated area"),
        ({"areas": (ENTRY.areas[0], ENTRY.areas[0])}, "stands twice"),
        ({"products": ENTRY.products * 2}, "stands twice"),
        ({"patient_id": "P9"}, "No patient"),
        ({"practitioner_id": "D9"}, "No practitioner"),
        ({"course_id": "C9"}, "no course"),
        ({"protocol_version": 3}, "no version 3"),
        ({"session_id": "S9"}, "No session"),
    ],
)
def test_what_cannot_be_is_refused_whole(clinic, wrong, sentence):
    with pytest.raises(RecordError, match=sentence):
        record(clinic, replace(ENTRY, **wrong), seen="2026-11-24")

    assert set(counts(clinic).values()) == {0}


def test_a_planned_session_of_another_patient_is_refused(clinic, course):
    entry = replace(ENTRY, patient_id="P2", session_id=f"{course}-1")

    with pytest.raises(RecordError, match="another patient"):
        record(clinic, entry, seen="2026-11-24")
    assert rows(clinic, "SELECT count(*) FROM treated_areas") == [(2,)]


def test_only_who_may_record_does(clinic):
    trainer = Actor("tess", "trainer")

    with pytest.raises(NotAllowedError):
        record_session(clinic, ENTRY, trainer, nonce=NONCE, clock=clock)
    assert set(counts(clinic).values()) == {0}
    assert rows(clinic, "SELECT action, row_key FROM change_log ORDER BY seq DESC LIMIT 1") == [
        ("refused", "sessions.record")
    ]


def test_every_row_of_it_is_in_the_change_log(clinic):
    session_id = record(clinic)

    assert rows(
        clinic,
        "SELECT action, table_name, month, row_count FROM change_log"
        f" WHERE row_key = '{session_id}' ORDER BY seq",
    ) == [
        ("create", "sessions", "2026-11", 1),
        ("create", "treated_areas", "2026-11", 2),
        ("create", "products_used", "2026-11", 1),
        ("create", "side_effects", "2026-11", 1),
    ]


def test_the_last_session_is_that_of_the_protocol_asked_for(clinic):
    earlier = record(clinic)
    record(clinic, replace(ENTRY, held_at="2026-11-25", protocol="fat_pcdc"), nonce=f"{NONCE}x")

    assert last_session(clinic, "P2", DOCTOR, clock=clock) is None
    assert last_session(clinic, "P1", DOCTOR, clock=clock).entry.protocol == "fat_pcdc"
    same = last_session(clinic, "P1", DOCTOR, protocol="cellulite_mix", clock=clock)
    assert same.entry.session_id == earlier


def test_a_day_lists_its_sessions_by_time(clinic, course):
    record(clinic, replace(ENTRY, patient_id="P2"))

    found = sessions_of_day(clinic, date(2026, 11, 24), DOCTOR, clock=clock)

    assert [(one.patient_id, one.state, one.number, one.areas) for one in found] == [
        ("P1", "planned", 1, (("leg.thigh.posterior", "left"),)),
        (
            "P2",
            "held",
            None,
            (("leg.thigh.posterior", "left"), ("leg.thigh.posterior", "right")),
        ),
    ]
    assert sessions_of_day(clinic, date(2026, 11, 23), DOCTOR, clock=clock) == ()


def test_needle_angle_and_inserted_length_stand_in_the_record(clinic):
    area = AreaEntry("leg.thigh.posterior", "left", "nappage", 1.4, 40, 1.6, "30G 4 mm", 45, 2.0)
    session_id = record(clinic, replace(ENTRY, areas=(area,)))

    assert rows(clinic, "SELECT needle, angle_deg, inserted_um FROM treated_areas") == [
        ("30G 4 mm", 45, 2000)
    ]
    assert read_session(clinic, session_id, DOCTOR).entry.areas == (area,)
    assert area.tip_mm == 1.41


def test_an_area_is_not_planned_twice_on_a_day(clinic, course):
    later = replace(PLAN, dates=(date(2026, 12, 1), date(2026, 12, 8)))
    with pytest.raises(RecordError, match="2026-12-01"):
        save_plan(clinic, "P1", later, "D1", DOCTOR, nonce="another0123456789", clock=clock)
    other = replace(later, areas=(PlannedArea("leg.thigh.posterior", "right"),))
    save_plan(clinic, "P1", other, "D1", DOCTOR, nonce="another0123456789", clock=clock)
    save_plan(clinic, "P2", later, "D1", DOCTOR, nonce="yetanother0123456", clock=clock)
    with pytest.raises(RecordError, match="2026-12-01"):
        move_session(
            clinic, f"{course}-1", DOCTOR, seen="2026-11-24", to=date(2026, 12, 1), clock=clock
        )
