"""Planned courses: writing one with all its sessions at once, and cancelling it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mesodash.records.actor import Actor
from mesodash.records.connection import Change, Clock, utc_now, writing
from mesodash.records.errors import ChangedMeanwhileError, RecordError
from mesodash.records.plan_reading import (
    course_number,
    patient_number,
    planned_sessions,
    practitioners,
)
from mesodash.records.plan_rows import CoursePlan, PlannedArea, PlannedSession
from mesodash.records.refusals import require

__all__ = [
    "CoursePlan",
    "PlannedArea",
    "PlannedSession",
    "cancel_plan",
    "planned_sessions",
    "practitioners",
    "save_plan",
]

_TOLD = 5
"""How many differences a sentence names, before it counts the rest."""


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
    require(path, actor, "sessions.plan", clock=clock)
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
    path: Path,
    course_id: str,
    actor: Actor,
    *,
    seen: Mapping[str, str],
    reason: str = "",
    clock: Clock = utc_now,
) -> int:
    """Cancel what is still planned of a course and stop it; held sessions stay as they are.

    What was seen is the lock, as in `moving.move_session`: what somebody moved, held or cancelled
    since is not cancelled unseen.

    Args:
        path: the clinic's file.
        course_id: which.
        actor: who cancels.
        seen: the sessions still planned as the person saw them: session_id -> held_at.
        reason: why, if it is to be kept.
        clock: gives the time for the change log.

    Returns:
        How many sessions were cancelled; 0 if none was planned any more (then nothing changes).

    Raises:
        ChangedMeanwhileError: other sessions are planned than were seen, or on other days; the
            sentence says how each stands.
        RecordError: unknown course.
    """
    require(path, actor, "sessions.plan", clock=clock)
    reason = " ".join(reason.split())
    with writing(path, actor, clock=clock) as change:
        course, patient = course_number(change.db, course_id)
        sessions = change.db.execute(
            "SELECT session_id, held_at, state FROM sessions WHERE course = ? ORDER BY held_at",
            [course],
        ).fetchall()
        planned = {name: held_at for name, held_at, state in sessions if state == "planned"}
        if planned != seen:
            raise ChangedMeanwhileError(
                f"This plan is not as you saw it: {_differences(seen, sessions)}. Nothing was"
                " cancelled; look at it again, then cancel it."
            )
        if not planned:
            return 0
        change.db.execute(
            "UPDATE sessions SET state = 'cancelled' WHERE course = ? AND state = 'planned'",
            [course],
        )
        change.db.execute(
            "UPDATE courses SET state = 'stopped', stopped_reason = ? WHERE id = ?",
            [reason[:500] or None, course],
        )
        change.log("update", "courses", key=course_id, patient=patient)
        for month, rows in sorted(Counter(on[:7] for on in planned.values()).items()):
            change.log("update", "sessions", patient=patient, month=month, rows=rows)
    return len(planned)


def _differences(seen: Mapping[str, str], sessions: Sequence[tuple[str, str, str]]) -> str:
    """How the sessions of a course stand otherwise than they were seen, the first five of them."""
    now = {name: (held_at, state) for name, held_at, state in sessions}
    told = []
    for name, on in seen.items():
        held_at, state = now.get(name, ("", "no session of it any more"))
        if state != "planned":
            told.append(f"the session of {on[:20]} is {state}")
        elif held_at != on:
            told.append(f"the session of {on[:20]} is planned on {held_at}")
    told += [
        f"one more is planned on {held_at}"
        for name, held_at, state in sessions
        if state == "planned" and name not in seen
    ]
    more = len(told) - _TOLD
    return "; ".join(told[:_TOLD]) + (f"; and {more} more" if more > 0 else "")


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
    patient = patient_number(db, patient_id)
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
    for session_id, held_at in plan.sessions(course_id).items():
        months[held_at[:7]] += 1
        session = _insert(
            db,
            "sessions",
            {
                "session_id": session_id,
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


def _practitioner(db: Database, practitioner_id: str) -> int:
    row = db.execute(
        "SELECT id FROM practitioners WHERE practitioner_id = ?", [practitioner_id]
    ).fetchone()
    if row is None:
        raise RecordError(
            f"No practitioner has the id {practitioner_id[:64]!r}; choose one from the list."
        )
    return int(row[0])


def _thousand(value: float | None) -> int | None:
    return None if value is None else round(value * 1000)
