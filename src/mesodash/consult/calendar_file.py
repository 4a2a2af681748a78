"""Calendar files (.ics): planned sessions and call lists, without anything that names a patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import quote

from icalendar import Calendar, vText
from icalendar import Event as CalendarEvent

from mesodash.catalogue.assessing import assessment_of, counted_from, due_from
from mesodash.catalogue.types import Catalogue
from mesodash.records.courses.planned_sessions import PlannedSession

PRODUCT: Final = "-//mesodash//calendar//EN"
DOMAIN: Final = "mesodash.invalid"
"""RFC 2606 reserves .invalid, so an event's UID names nobody's machine."""
_MINUTES: Final = 30


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a calendar.

    Attributes:
        uid: stable and unique in the clinic (`session-plan-12ab-1`): importing the same event again
            replaces the earlier one.
        on: the day; `at`: the time of day, local to the clinic; None makes it an all-day entry.
        minutes: how long, where a time is given.
        title, text: shown; `place`: where, such as the clinic's name.
        cancelled: shown as cancelled.
        sequence: increases with every change of the same event (RFC 5545, 3.8.7.4).
    """

    uid: str
    on: date
    title: str
    text: str = ""
    at: time | None = None
    minutes: int = _MINUTES
    place: str = ""
    cancelled: bool = False
    sequence: int = 0


def calendar(events: Iterable[Event], name: str, now: datetime) -> bytes:
    """A calendar file of the events, in the order given (RFC 5545); the same input, the same bytes.

    Args:
        events: its entries.
        name: of the calendar, such as the clinic's.
        now: when the file is made; with its time zone.

    Raises:
        ValueError: `now` has no time zone, or two events share a UID.
    """
    if now.tzinfo is None:
        raise ValueError("made_at has no time zone")
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", vText(" ".join(_clean(name).split())))
    stamp = now.astimezone(UTC).replace(microsecond=0)
    seen: set[str] = set()
    for event in events:
        uid = f"{_uid(event.uid)}@{DOMAIN}"
        if uid in seen:
            raise ValueError(f"two events share the UID {event.uid!r}")
        seen.add(uid)
        made.add_component(_component(event, uid, stamp))
    return bytes(made.to_ical())


def session_events(
    sessions: Iterable[PlannedSession],
    *,
    clinic: str,
    title: str,
    text: str = "",
    minutes: int = _MINUTES,
) -> tuple[Event, ...]:
    """Planned sessions as events; held ones and no-shows are left out, cancelled ones marked.

    Args:
        sessions: as from `records.plans.planned_sessions`.
        clinic: the clinic's name, shown as the place.
        title: with {number} and {of}, as in "Session {number} of {of}"; the session's own id is
            the only other detail, so that no patient's name leaves with the file.
        text: below it, with the same two and {session_id}.
        minutes: how long, where a session has a time.
    """
    events = []
    for session in sessions:
        if session.state not in ("planned", "cancelled"):
            continue
        said = {
            "number": session.number,
            "of": session.planned_sessions or session.number,
            "session_id": session.session_id,
        }
        events.append(
            Event(
                uid=f"session-{session.session_id}",
                on=session.on,
                at=session.at,
                minutes=minutes,
                title=title.format_map(said),
                text=text.format_map(said),
                place=clinic,
                cancelled=session.state == "cancelled",
                sequence=session.moves + int(session.state == "cancelled"),
            )
        )
    return tuple(events)


def assessment_events(
    sessions: Iterable[PlannedSession], catalogue: Catalogue, *, clinic: str, title: str
) -> tuple[Event, ...]:
    """The day from which a course's result is to be scored, if its sessions are held as planned.

    Args:
        sessions: all of one course, as from `records.plans.planned_sessions`.
        catalogue: its assessments say when a protocol was judged.
        clinic: the clinic's name: where.
        title: what to do, without anything that names the patient.

    Returns:
        One event, or none where no source says when, or every session was called off.
    """
    ours = tuple(sessions)
    days = [one.on for one in ours if one.state in ("planned", "held")]
    judged = assessment_of(catalogue, ours[0].protocol) if ours else None
    start = counted_from(judged, days, over=True) if judged else None
    if judged is None or start is None:
        return ()
    return (
        Event(
            uid=f"assessment-{ours[0].course_id}",
            on=due_from(judged, start),
            title=title,
            place=clinic,
            sequence=sum(one.moves + int(one.state == "cancelled") for one in ours),
        ),
    )


def _component(event: Event, uid: str, stamp: datetime) -> CalendarEvent:
    made = CalendarEvent()
    made.add("uid", uid)
    made.add("dtstamp", stamp)
    if event.at is None:
        made.add("dtstart", event.on)
        made.add("dtend", event.on + timedelta(days=1))
        made.add("transp", "TRANSPARENT")
    else:  # floating: the clinic's own clock, wherever the file is opened
        start = datetime.combine(event.on, event.at.replace(tzinfo=None))
        made.add("dtstart", start)
        made.add("dtend", start + timedelta(minutes=event.minutes))
    made.add("summary", _clean(event.title))
    if event.text:
        made.add("description", _clean(event.text))
    if event.place:
        made.add("location", _clean(event.place))
    made.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    made.add("sequence", event.sequence)
    return made


def _uid(text: str) -> str:
    """A UID of plain characters, different for every text."""
    return quote(text, safe="")


def _clean(text: str) -> str:
    """The text without control characters; line breaks stay, the library escapes them."""
    return "".join(c for c in text if c in "\n\t" or c.isprintable())
