"""The late watch: twelve weeks, who was last in touch, and who may see the list."""

from datetime import date

import pytest
from tests.consult_clinic import make_clinic

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import reading, writing
from mesodash.records.treatment.follow_up import record_contact
from mesodash.records.watch.late_watch import (
    count_under_watch,
    follow_ups_due,
    sessions_under_watch,
)

DOCTOR, MANAGER = Actor("dr-a", "practitioner"), Actor("mia", "manager")
TRAINER = Actor("tess", "trainer")


@pytest.fixture
def rooms(tmp_path):
    """HUGO was treated on 2026-11-06, -13 and -20; his swelling (of S3) is open."""
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


def found(path, on):
    return [
        (one.session_id, one.days_left(date.fromisoformat(on)), one.last_contact, one.open_effects)
        for one in sessions_under_watch(path, DOCTOR, date.fromisoformat(on))
    ]


def test_twelve_weeks_the_first_to_end_on_top(rooms):
    assert found(rooms, "2027-01-29") == [
        ("S1", 0, "2026-11-20", 0),
        ("S2", 7, "2026-11-20", 0),
        ("S3", 14, "2026-11-21", 1),
    ]
    assert [one[0] for one in found(rooms, "2027-01-30")] == ["S2", "S3"]
    assert found(rooms, "2027-02-13") == []


def test_a_contact_is_the_last_one_of_its_session(rooms):
    record_contact(rooms, "HUGO", DOCTOR, contacted_at="2026-12-20", channel="phone")

    assert [(one[0], one[2]) for one in found(rooms, "2027-01-01")] == [
        ("S1", "2026-11-20"),
        ("S2", "2026-11-20"),
        ("S3", "2026-12-20"),
    ]
    assert found(rooms, "2026-12-19")[-1][2] == "2026-11-21"  # not yet


def test_who_left_is_not_watched(rooms):
    with writing(rooms, DOCTOR) as change:
        change.db.execute("UPDATE patients SET left_on = '2026-12-01' WHERE patient_id = 'HUGO'")
        change.log("update", "patients")

    assert len(found(rooms, "2026-11-30")) == 3
    assert found(rooms, "2026-12-01") == []


def test_managers_see_a_count_and_trainers_nothing(rooms):
    assert count_under_watch(rooms, MANAGER, date(2027, 1, 30)) == 2
    with pytest.raises(NotAllowedError):
        sessions_under_watch(rooms, MANAGER, date(2027, 1, 30))
    with pytest.raises(NotAllowedError):
        count_under_watch(rooms, TRAINER, date(2027, 1, 30))


def test_the_look_at_the_list_is_noted(rooms):
    sessions_under_watch(rooms, DOCTOR, date(2027, 1, 30))

    with reading(rooms) as db:
        assert db.execute(
            "SELECT actor FROM change_log WHERE action = 'view' AND row_key = 'late watch'"
        ).fetchall() == [("dr-a",)]


def unasked(path, on):
    due = follow_ups_due(path, DOCTOR, date.fromisoformat(on), days=(7, 28))
    return [(one.session_id, one.patient_id, one.protocol) for one in due]


def test_nobody_was_in_touch_since_the_last_session(rooms):
    due = [("S3", "HUGO", "hair_duta")]
    assert unasked(rooms, "2026-11-26") == []
    assert unasked(rooms, "2026-11-27") == due
    assert unasked(rooms, "2026-12-18") == due
    assert unasked(rooms, "2026-12-19") == []

    record_contact(rooms, "HUGO", DOCTOR, contacted_at="2026-12-01", channel="phone")

    assert unasked(rooms, "2026-11-30") == due  # not yet
    assert unasked(rooms, "2026-12-01") == []


def test_the_look_at_whom_to_ask_is_noted_and_not_for_managers(rooms):
    with pytest.raises(NotAllowedError):
        follow_ups_due(rooms, MANAGER, date(2026, 11, 27), days=(7, 28))
    follow_ups_due(rooms, DOCTOR, date(2026, 11, 27), days=(7, 28))

    with reading(rooms) as db:
        assert db.execute(
            "SELECT actor FROM change_log WHERE action = 'view' AND row_key = 'follow-ups due'"
        ).fetchall() == [("dr-a",)]
