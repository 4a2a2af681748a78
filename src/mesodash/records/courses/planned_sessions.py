"""Planned sessions: the parts of a plan, and reading sessions that are planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import RecordError

_LONGEST_REASON = 500


def not_held_reason(reason: str) -> str:
    """Why a planned session is not held, as it is kept.

    Raises:
        RecordError: nothing is said.
    """
    why = " ".join(reason.split())[:_LONGEST_REASON]
    if not why:
        raise RecordError(_("Say why it was not held; “not known” is an answer too."))
    return why


@dataclass(frozen=True, slots=True)
class PlannedArea:
    """What is planned in one area of a session; None is decided in the session itself.

    Attributes:
        technique: code; depth_mm: mm; points: injections; volume_ml: mL in this area.
    """

    area: str
    side: str
    technique: str | None = None
    depth_mm: float | None = None
    points: int | None = None
    volume_ml: float | None = None


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A course from `consult.planning.plan_course` that is not yet written.

    Attributes:
        areas: what every session treats.
        dates: of the sessions, in order; `at` is their time of day, if said.
        interval_days: as requested; a closed day can lengthen a single one. None for one session.
        version: the record's number of the adopted version followed, if any.
        reason: why it departs from what is published or advised; None if it does not.
    """

    protocol: str
    indication: str
    areas: tuple[PlannedArea, ...]
    dates: tuple[date, ...]
    at: time | None = None
    interval_days: int | None = None
    version: int | None = None
    reason: str | None = None

    def sessions(self, course_id: str) -> dict[str, str]:
        """The sessions it becomes as the course with that id: session_id -> held_at, in order."""
        at = "" if self.at is None else f"T{self.at.isoformat(timespec='minutes')}"
        return {
            f"{course_id}-{number}": f"{day.isoformat()}{at}"
            for number, day in enumerate(self.dates, 1)
        }


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session of a planned course, as the calendar shows it.

    Attributes:
        held_at: when, a date or a local date-time.
        state: planned, held, cancelled or no_show.
        number, planned_sessions: its place in the course, and how many that has.
        areas: what it is to treat.
        moves: how often it was moved to another day or time.
    """

    session_id: str
    course_id: str
    patient_id: str
    protocol: str
    held_at: str
    state: str
    number: int
    planned_sessions: int | None
    practitioner: str | None
    areas: tuple[PlannedArea, ...]
    moves: int = 0

    @property
    def on(self) -> date:
        """The day."""
        return date.fromisoformat(self.held_at[:10])

    @property
    def at(self) -> time | None:
        """The time of day, if one was said."""
        return time.fromisoformat(self.held_at[11:]) if len(self.held_at) > 10 else None


def planned_sessions(
    path: Path,
    actor: Actor,
    *,
    patient_id: str | None = None,
    course_id: str | None = None,
    start: date | None = None,
    end: date | None = None,
    clock: Clock = utc_now,
) -> tuple[PlannedSession, ...]:
    """Sessions of courses that were planned or begun here, in order of time; logged as a view.

    Args:
        path: the clinic's file.
        actor: who looks.
        patient_id: only this patient's sessions, in every state; without it only planned ones.
        course_id: only this course's, every state.
        start: only from this day on.
        end: only until this day, included.
        clock: gives the time of the look.

    Raises:
        RecordError: unknown patient or course.
    """
    require(path, actor, "sessions.view", clock=clock)
    where: list[str] = ["c.id = s.course"]
    values: list[str | int] = []
    number: int | None = None
    key = "planned"
    with reading(path) as db:
        if patient_id is not None:
            number, key = patient_number(db, patient_id), patient_id
            where.append("s.patient = ?")
            values.append(number)
        if course_id is not None:
            course, number = course_number(db, course_id)
            key = course_id
            where.append("s.course = ?")
            values.append(course)
        if patient_id is None and course_id is None:
            where.append("s.state = 'planned'")
        if start is not None:
            where.append("s.held_at >= ?")
            values.append(start.isoformat())
        if end is not None:
            where.append("s.held_at < ?")
            values.append(f"{end.isoformat()}~")  # '~' sorts after 'T'
        found = _sessions(db, " AND ".join(where), values)
    note_view(path, actor, table="sessions", key=key, patient=number, clock=clock)
    return found


def _sessions(db: Database, where: str, values: Sequence[str | int]) -> tuple[PlannedSession, ...]:
    rows = list(
        db.query(
            "SELECT s.id, s.session_id, c.course_id, p.patient_id,"
            " coalesce(s.protocol, c.protocol) AS protocol, s.held_at, s.state,"
            " (SELECT count(*) FROM sessions AS e WHERE e.course = s.course"
            "   AND (e.held_at, e.id) <= (s.held_at, s.id)) AS number,"
            " c.planned_sessions, d.name AS practitioner,"
            # Two months of one move are two entries of one change.
            " (SELECT count(DISTINCT l.revision) FROM change_log AS l WHERE l.patient = s.patient"
            "   AND l.table_name = 'sessions' AND l.action = 'update'"
            "   AND l.row_key = s.session_id) AS moves"
            " FROM sessions AS s JOIN courses AS c ON c.id = s.course"
            " JOIN patients AS p ON p.id = s.patient"
            " LEFT JOIN practitioners AS d ON d.id = s.practitioner"
            f" WHERE {where} ORDER BY s.held_at, s.id",
            list(values),
        )
    )
    areas: dict[int, list[PlannedArea]] = {row["id"]: [] for row in rows}
    for session, treated in areas.items():
        for area, side, technique, depth, points, volume in db.execute(
            "SELECT area, side, technique, depth_um, points, volume_ul FROM treated_areas"
            " WHERE session = ? ORDER BY id",
            [session],
        ):
            treated.append(
                PlannedArea(area, side, technique, _thousandth(depth), points, _thousandth(volume))
            )
    return tuple(PlannedSession(areas=tuple(areas[row.pop("id")]), **row) for row in rows)


def practitioners(
    path: Path, actor: Actor, *, clock: Clock = utc_now
) -> tuple[tuple[str, str], ...]:
    """Who may hold a planned session: (practitioner_id, name), by name."""
    require(path, actor, "sessions.plan", clock=clock)
    with reading(path) as db:
        rows = db.execute(
            "SELECT practitioner_id, name FROM practitioners ORDER BY name, practitioner_id"
        ).fetchall()
    return tuple((str(practitioner_id), str(name)) for practitioner_id, name in rows)


def patient_number(db: Database, patient_id: str) -> int:
    """The internal number of a patient; RecordError if nobody has that id."""
    row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
    if row is None:
        raise RecordError(
            _("No patient has the id {patient_id!r}; choose one from the list.").format(
                patient_id=patient_id[:64]
            )
        )
    return int(row[0])


def course_number(db: Database, course_id: str) -> tuple[int, int]:
    """The internal numbers of a course and its patient; RecordError if no course has that id."""
    row = db.execute("SELECT id, patient FROM courses WHERE course_id = ?", [course_id]).fetchone()
    if row is None:
        raise RecordError(
            _("No course has the id {course_id!r}; choose one from the list.").format(
                course_id=course_id[:64]
            )
        )
    return int(row[0]), int(row[1])


def _thousandth(whole: int | None) -> float | None:
    return None if whole is None else whole / 1000
