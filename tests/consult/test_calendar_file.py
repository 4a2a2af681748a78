"""Calendar files: what goes in is read back, stable, and names no patient."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from icalendar import Calendar

from mesodash.consult.calendar_file import Event, assessment_events, calendar, session_events
from mesodash.records.courses.planned_sessions import PlannedSession

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SESSION = PlannedSession(
    session_id="plan-12ab-1",
    course_id="plan-12ab",
    patient_id="Doe-Jane",
    protocol="cellulite_mix",
    held_at="2026-11-24T10:30",
    state="planned",
    number=1,
    planned_sessions=8,
    practitioner="Doctor A",
    areas=(),
)


def read(content):
    return [dict(event.items()) for event in Calendar.from_ical(content).walk("VEVENT")]


def test_a_timed_event_is_read_back_in_the_clinics_own_time():
    event = Event("a", date(2026, 11, 24), "Session 1 of 8", "Bring it", time(10, 30), 45, "Clinic")

    (found,) = read(calendar([event], "Clinic", NOW))

    assert found["DTSTART"].dt == datetime(2026, 11, 24, 10, 30)  # noqa: DTZ001 - floating
    assert found["DTEND"].dt == datetime(2026, 11, 24, 11, 15)  # noqa: DTZ001 - floating
    assert found["DTSTAMP"].dt == NOW
    assert (found["SUMMARY"], found["DESCRIPTION"]) == ("Session 1 of 8", "Bring it")
    assert (found["LOCATION"], found["STATUS"]) == ("Clinic", "CONFIRMED")


def test_a_day_without_a_time_is_the_whole_day():
    (found,) = read(calendar([Event("a", date(2026, 12, 31), "x")], "Clinic", NOW))

    assert found["DTSTART"].dt == date(2026, 12, 31)
    assert found["DTEND"].dt == date(2027, 1, 1)
    assert "DESCRIPTION" not in found


def test_the_same_input_gives_the_same_bytes():
    events = [Event("b", date(2026, 12, 1), "x"), Event("a", date(2026, 11, 1), "y")]

    assert calendar(events, "Clinic", NOW) == calendar(events, "Clinic", NOW)
    assert [event["SUMMARY"] for event in read(calendar(events, "Clinic", NOW))] == ["x", "y"]


def test_a_uid_is_stable_plain_and_never_shared():
    events = [Event(uid, date(2026, 11, 24), "x") for uid in ("a b", "a-b", "a/b", "ä")]

    uids = [event["UID"] for event in read(calendar(events, "Clinic", NOW))]

    assert uids == [f"{uid}@mesodash.invalid" for uid in ("a%20b", "a-b", "a%2Fb", "%C3%A4")]
    with pytest.raises(ValueError, match="share the UID 'a-b'"):
        calendar([events[1], events[1]], "Clinic", NOW)


def test_text_cannot_add_lines_of_its_own():
    hostile = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:stolen; a, b \\n \x00"

    content = calendar([Event("a", date(2026, 11, 24), hostile, hostile)], hostile, NOW)

    (found,) = read(content)
    assert found["SUMMARY"] == hostile.replace("\r", "").replace("\x00", "")
    assert content.count(b"\r\nBEGIN:VEVENT\r\n") == 1
    assert b"\x00" not in content


@pytest.mark.parametrize(
    ("moves", "state", "sequence"), [(0, "planned", 0), (2, "planned", 2), (2, "cancelled", 3)]
)
def test_a_change_has_a_higher_sequence_than_what_it_replaces(moves, state, sequence):
    """Otherwise a calendar that has the event already may keep the earlier day."""
    session = replace(SESSION, moves=moves, state=state)

    (event,) = session_events([session], clinic="Clinic", title="x")

    (found,) = read(calendar([event], "Clinic", NOW))
    assert found["SEQUENCE"] == sequence


def test_a_clock_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        calendar([], "Clinic", datetime(2026, 11, 22))  # noqa: DTZ001 - that is the point


def test_sessions_become_events_and_name_nobody():
    sessions = [
        SESSION,
        replace(SESSION, session_id="plan-12ab-2", number=2, held_at="2026-12-01"),
        replace(SESSION, session_id="plan-12ab-3", number=3, state="cancelled"),
        replace(SESSION, session_id="plan-12ab-4", number=4, state="held"),
        replace(SESSION, session_id="plan-12ab-5", number=5, state="no_show"),
    ]

    events = session_events(
        sessions, clinic="Clinic", title="Session {number} of {of}", text="{session_id}"
    )
    content = calendar(events, "Clinic", NOW)

    assert [(e["UID"], e["SUMMARY"], e["STATUS"], e["SEQUENCE"]) for e in read(content)] == [
        ("session-plan-12ab-1@mesodash.invalid", "Session 1 of 8", "CONFIRMED", 0),
        ("session-plan-12ab-2@mesodash.invalid", "Session 2 of 8", "CONFIRMED", 0),
        ("session-plan-12ab-3@mesodash.invalid", "Session 3 of 8", "CANCELLED", 1),
    ]
    assert read(content)[1]["DTSTART"].dt == date(2026, 12, 1)
    for private in (b"Doe", b"Doctor", b"cellulite"):
        assert private not in content


def test_the_calendar_has_a_name_and_a_version():
    content = calendar([], "Clinique É, A; B", NOW)

    assert b"X-WR-CALNAME:Clinique \xc3\x89\\, A\\; B\r\n" in content
    assert Calendar.from_ical(content)["VERSION"] == "2.0"


def course_of(protocol, *days, state="planned"):
    return [
        replace(SESSION, protocol=protocol, held_at=day, state=state, number=n, session_id=f"s{n}")
        for n, day in enumerate(days, 1)
    ]


def test_the_score_is_in_the_calendar_by_the_time_its_protocol_was_judged(catalogue):
    sessions = course_of("knee_oa", "2026-11-24T10:30", "2026-12-04")
    (event,) = assessment_events(sessions, catalogue, clinic="Clinic", title="Score the result")

    assert (event.uid, event.on, event.at) == ("assessment-plan-12ab", date(2026, 12, 18), None)
    (found,) = read(calendar([event], "Clinic", NOW))
    assert (found["SUMMARY"], found["DTSTART"].dt) == ("Score the result", date(2026, 12, 18))
    assert b"Doe" not in calendar([event], "Clinic", NOW)

    moved = [sessions[0], replace(sessions[1], held_at="2026-12-11", moves=1)]
    (later,) = assessment_events(moved, catalogue, clinic="Clinic", title="Score the result")
    assert (later.uid, later.on, later.sequence) == (event.uid, date(2026, 12, 25), 1)


def test_no_source_or_no_session_left_gives_no_day(catalogue):
    said = {"clinic": "Clinic", "title": "x"}
    assert assessment_events([], catalogue, **said) == ()
    assert assessment_events([SESSION], catalogue, **said) == ()  # nobody says when for cellulite
    called_off = course_of("knee_oa", "2026-11-24", state="cancelled")
    assert assessment_events(called_off, catalogue, **said) == ()
