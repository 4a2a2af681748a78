"""Planned courses: writing one with all its sessions at once, reading, moving on, cancelling."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mesodash.records.actor import Actor
from mesodash.records.audit import note_view
from mesodash.records.connection import Change, Clock, reading, utc_now, writing
from mesodash.records.errors import RecordError
from mesodash.records.plan_rows import CoursePlan, PlannedArea, PlannedSession

__all__ = [
    "CoursePlan",
    "PlannedArea",
    "PlannedSession",
    "cancel_plan",
    "planned_sessions",
    "save_plan",
]


def save_plan(
    path: Path,
    patient_id: str,
    plan: CoursePlan,
    practitioner: str | None,
    actor: Actor,
    *,
    nonce: str,
    clock: Clock = utc_now,
) -> str:
    """Write a planned course, its sessions and their areas: all of it or nothing.

    Args:
        path: the clinic's file.
        patient_id: whose.
        plan: what.
        practitioner: practitioner_id of who will treat, if known.
        actor: who plans.
        nonce: 8 to 64 characters made with the form (`secrets.token_hex(16)`): saving the same
            plan again under it finds the course already made, so a double click never doubles.
        clock: gives the time.

    Returns:
        The course's id; its sessions have the ids `<course_id>-1`, `<course_id>-2` ...

    Raises:
        RecordError: unknown patient or practitioner, no dates or areas, or a nonce that already
            made another plan.
    """
    actor.require("sessions.plan")
    if not plan.dates or not plan.areas:
        raise RecordError("A plan needs at least one date and one area; plan it again.")
    if not 8 <= len(nonce) <= 64:
        raise RecordError("The form is out of date; open it again.")
    content = _content(patient_id, plan, practitioner)
    with writing(path, actor, clock=clock) as change:
        made = change.db.execute(
            "SELECT c.course_id, p.content FROM plans AS p JOIN courses AS c ON c.id = p.course"
            " WHERE p.nonce = ?",
            [nonce],
        ).fetchone()
        if made is None:
            return _write(change, patient_id, plan, practitioner, nonce, content, clock)
    if made[1] != content:
        raise RecordError("This form has already made another plan; open it again.")
    return str(made[0])


def cancel_plan(
    path: Path, course_id: str, actor: Actor, *, reason: str, clock: Clock = utc_now
) -> int:
    """Cancel what is still planned of a course and stop it; held sessions stay as they are.

    Returns:
        How many sessions were cancelled; 0 if none was planned any more (then nothing changes).

    Raises:
        RecordError: unknown course, or no reason given.
    """
    actor.require("sessions.plan")
    reason = " ".join(reason.split())
    if not reason:
        raise RecordError("Write down why the plan is cancelled.")
    with writing(path, actor, clock=clock) as change:
        course, patient = _course(change.db, course_id)
        planned = change.db.execute(
            "SELECT id, substr(held_at, 1, 7) FROM sessions"
            " WHERE course = ? AND state = 'planned' ORDER BY held_at",
            [course],
        ).fetchall()
        if not planned:
            return 0
        change.db.execute(
            "UPDATE sessions SET state = 'cancelled' WHERE course = ? AND state = 'planned'",
            [course],
        )
        change.db.execute(
            "UPDATE courses SET state = 'stopped', stopped_reason = ? WHERE id = ?",
            [reason[:500], course],
        )
        change.log("update", "courses", key=course_id, patient=patient)
        for month, rows in sorted(Counter(month for _, month in planned).items()):
            change.log("update", "sessions", patient=patient, month=month, rows=rows)
    return len(planned)


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
    """Sessions of courses that were planned or begun here, in order of time; noted as a view.

    Args:
        path: the clinic's file.
        actor: who looks.
        patient_id: only this patient's, every state; without it only what is still planned.
        course_id: only this course's, every state.
        start: only from this day on.
        end: only until this day, included.
        clock: gives the time of the look.

    Raises:
        RecordError: unknown patient or course.
    """
    actor.require("sessions.view")
    where: list[str] = ["c.id = s.course"]
    values: list[str | int] = []
    number: int | None = None
    key = "planned"
    with reading(path) as db:
        if patient_id is not None:
            number, key = _patient(db, patient_id), patient_id
            where.append("s.patient = ?")
            values.append(number)
        if course_id is not None:
            course, number = _course(db, course_id)
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
            " c.planned_sessions, d.name AS practitioner"
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


def _write(
    change: Change,
    patient_id: str,
    plan: CoursePlan,
    practitioner: str | None,
    nonce: str,
    content: str,
    clock: Clock,
) -> str:
    db = change.db
    patient = _patient(db, patient_id)
    treating = None if practitioner is None else _practitioner(db, practitioner)
    course_id = f"plan-{sha256(nonce.encode()).hexdigest()[:16]}"
    course = _insert(
        db,
        "courses",
        {
            "course_id": course_id,
            "patient": patient,
            "indication": plan.indication,
            "protocol": plan.protocol,
            "planned_sessions": len(plan.dates),
            "interval_days": plan.interval_days,
            "started_on": plan.dates[0].isoformat(),
            "state": "planned",
        },
    )
    _insert(
        db,
        "plans",
        {
            "nonce": nonce,
            "course": course,
            "made_by": change.actor.actor_id,
            "made_at": clock().astimezone(UTC).isoformat(timespec="seconds"),
            "content": content,
            "reason": plan.reason,
        },
    )
    months: Counter[str] = Counter()
    for number, day in enumerate(plan.dates, 1):
        held_at = day.isoformat()
        if plan.at is not None:
            held_at += f"T{plan.at.isoformat(timespec='minutes')}"
        months[held_at[:7]] += 1
        session = _insert(
            db,
            "sessions",
            {
                "session_id": f"{course_id}-{number}",
                "patient": patient,
                "course": course,
                "practitioner": treating,
                "protocol": plan.protocol,
                "protocol_version": plan.version,
                "held_at": held_at,
                "state": "planned",
            },
        )
        for area in plan.areas:
            _insert(
                db,
                "treated_areas",
                {
                    "session": session,
                    "patient": patient,
                    "held_at": held_at,
                    "area": area.area,
                    "side": area.side,
                    "technique": area.technique,
                    "depth_um": _thousand(area.depth_mm),
                    "points": area.points,
                    "volume_ul": _thousand(area.volume_ml),
                },
            )
    change.log(
        "create", "courses", key=course_id, patient=patient, month=plan.dates[0].isoformat()[:7]
    )
    for month, rows in sorted(months.items()):
        change.log("create", "sessions", patient=patient, month=month, rows=rows)
        change.log(
            "create", "treated_areas", patient=patient, month=month, rows=rows * len(plan.areas)
        )
    return course_id


def _content(patient_id: str, plan: CoursePlan, practitioner: str | None) -> str:
    """What was planned, in short: the same form may not make two different plans."""
    told = json.dumps([patient_id, practitioner, asdict(plan)], default=str, sort_keys=True)
    return sha256(told.encode()).hexdigest()


def _insert(db: Database, table: str, row: dict[str, Any]) -> int:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id"
    return int(db.execute(sql, list(row.values())).fetchone()[0])


def _patient(db: Database, patient_id: str) -> int:
    row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
    if row is None:
        raise RecordError(f"No patient has the id {patient_id[:64]!r}; choose one from the list.")
    return int(row[0])


def _practitioner(db: Database, practitioner_id: str) -> int:
    row = db.execute(
        "SELECT id FROM practitioners WHERE practitioner_id = ?", [practitioner_id]
    ).fetchone()
    if row is None:
        raise RecordError(
            f"No practitioner has the id {practitioner_id[:64]!r}; choose one from the list."
        )
    return int(row[0])


def _course(db: Database, course_id: str) -> tuple[int, int]:
    row = db.execute("SELECT id, patient FROM courses WHERE course_id = ?", [course_id]).fetchone()
    if row is None:
        raise RecordError(f"No course has the id {course_id[:64]!r}; choose one from the list.")
    return int(row[0]), int(row[1])


def _thousand(value: float | None) -> int | None:
    return None if value is None else round(value * 1000)


def _thousandth(whole: int | None) -> float | None:
    return None if whole is None else whole / 1000
