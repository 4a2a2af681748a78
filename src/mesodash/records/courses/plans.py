"""Planned courses: saving one with all its sessions, moving a session, cancelling."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, time
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from mesodash.language import N_, _, format_moment
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import (
    CoursePlan,
    course_number,
    not_held_reason,
    patient_number,
)
from mesodash.records.store.connection import Change, Clock, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.store.form_ids import form_id

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
        raise RecordError(_("A plan needs at least one date and one area; plan it again."))
    form_id("plan", nonce)  # refuses a nonce of no form before anything is looked up
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
        raise RecordError(_("This form has already made another plan; open it again."))
    return str(made[0])


def cancel_plan(
    path: Path,
    course_id: str,
    actor: Actor,
    *,
    seen: Mapping[str, str],
    reason: str,
    clock: Clock = utc_now,
) -> int:
    """Cancel the sessions of a course that are still planned, and stop it; held sessions stay.

    `seen` is an optimistic lock, as in `move_session`: what somebody moved, held or cancelled in
    the meantime is not cancelled unnoticed.

    Args:
        path: the clinic's file.
        course_id: which.
        actor: who cancels.
        seen: the sessions still planned as the person saw them: session_id -> held_at.
        reason: why, at most 500 characters; one of `vocabulary.NOT_HELD`, words, or both. It stands
            at the course and at each session.
        clock: gives the time for the change log.

    Returns:
        How many sessions were cancelled; 0 if none was still planned (then nothing changes).

    Raises:
        ChangedMeanwhileError: other sessions are planned than were seen, or on other days; the
            sentence says how each stands.
        RecordError: unknown course, or no reason is given.
    """
    require(path, actor, "sessions.plan", clock=clock)
    reason = not_held_reason(reason)
    with writing(path, actor, clock=clock) as change:
        course, patient = course_number(change.db, course_id)
        sessions = change.db.execute(
            "SELECT session_id, held_at, state FROM sessions WHERE course = ? ORDER BY held_at",
            [course],
        ).fetchall()
        planned = {name: held_at for name, held_at, state in sessions if state == "planned"}
        if planned != seen:
            raise ChangedMeanwhileError(
                _(
                    "This plan is not as you saw it: {differences}. Nothing was cancelled; look at"
                    " it again, then cancel it."
                ).format(differences=_differences(seen, sessions))
            )
        if not planned:
            return 0
        change.db.execute(
            "UPDATE sessions SET state = 'cancelled', reason = ?"
            " WHERE course = ? AND state = 'planned'",
            [reason, course],
        )
        change.db.execute(
            "UPDATE courses SET state = 'stopped', stopped_reason = ? WHERE id = ?",
            [reason, course],
        )
        change.log("update", "courses", key=course_id, patient=patient)
        for month, rows in sorted(Counter(on[:7] for on in planned.values()).items()):
            change.log("update", "sessions", patient=patient, month=month, rows=rows)
    return len(planned)


_DIFFERENT: Final = {
    "planned": N_("the session of {day} is planned on {now}"),
    "held": N_("the session of {day} is held"),
    "cancelled": N_("the session of {day} is cancelled"),
    "no_show": N_("the session of {day} was missed"),
    "void": N_("the session of {day} was recorded by mistake"),
    "gone": N_("the session of {day} is no longer part of it"),
}
_STANDS: Final = {
    "planned": N_("planned on {day}"),
    "held": N_("held ({day})"),
    "cancelled": N_("cancelled ({day})"),
    "no_show": N_("missed ({day})"),
    "void": N_("recorded by mistake ({day})"),
}
"""How a session is now, by its state; what was seen of it was planned."""


def _differences(seen: Mapping[str, str], sessions: Sequence[tuple[str, str, str]]) -> str:
    """How the sessions of a course differ from what was seen; the first five differences."""
    now = {name: (held_at, state) for name, held_at, state in sessions}
    told = []
    for name, on in seen.items():
        held_at, state = now.get(name, ("", "gone"))
        if (state, held_at) != ("planned", on):
            words = _(_DIFFERENT[state])
            told.append(words.format(day=format_moment(on[:20]), now=format_moment(held_at or on)))
    told += [
        _("one more is planned on {day}").format(day=format_moment(held_at))
        for name, held_at, state in sessions
        if state == "planned" and name not in seen
    ]
    more = len(told) - _TOLD
    said = "; ".join(told[:_TOLD])
    return _("{some}; and {n} more").format(some=said, n=more) if more > 0 else said


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
    _refuse_twice(db, patient, [(one.area, one.side) for one in plan.areas], plan.dates)
    course_id = form_id("plan", nonce)
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
    """A digest of what was planned: the same form may not make two different plans."""
    told = json.dumps([patient_id, practitioner, asdict(plan)], default=str, sort_keys=True)
    return sha256(told.encode()).hexdigest()


def _insert(db: Database, table: str, row: dict[str, Any]) -> int:
    made = db.table(table).insert(row).last_pk
    return int(str(made))


def _practitioner(db: Database, practitioner_id: str) -> int:
    row = db.execute(
        "SELECT id FROM practitioners WHERE practitioner_id = ?", [practitioner_id]
    ).fetchone()
    if row is None:
        raise RecordError(
            _("No practitioner has the id {practitioner_id!r}; choose one from the list.").format(
                practitioner_id=practitioner_id[:64]
            )
        )
    return int(row[0])


def _thousand(value: float | None) -> int | None:
    return None if value is None else round(value * 1000)


def move_session(
    path: Path,
    session_id: str,
    actor: Actor,
    *,
    seen: str,
    to: date,
    at: time | None = None,
    clock: Clock = utc_now,
) -> str:
    """Move a planned session, with its areas, to another day or time.

    `seen` is an optimistic lock: of two people who look at the same session and both move it, the
    second no longer finds it where it was, and fails. The course keeps the day on which it was
    planned to start.

    Args:
        path: the clinic's file.
        session_id: which.
        actor: who moves it.
        seen: its `held_at` as the person saw it.
        to: the new day.
        at: the time of day, local to the clinic, if said.
        clock: gives the time for the change log.

    Returns:
        The new `held_at`.

    Raises:
        ChangedMeanwhileError: it is on another day than `seen`, or is no longer planned; the
            sentence says on which day it is and what was requested.
        RecordError: no planned session has this id.
    """
    require(path, actor, "sessions.plan", clock=clock)
    wanted = to.isoformat() + ("" if at is None else f"T{at.isoformat(timespec='minutes')}")
    with writing(path, actor, clock=clock) as change:
        row = change.db.execute(
            "SELECT id, patient, held_at, state FROM sessions WHERE session_id = ?", [session_id]
        ).fetchone()
        if row is None:
            raise RecordError(
                _("No session has the id {session_id!r}; choose one from the list.").format(
                    session_id=session_id[:64]
                )
            )
        number, patient, held_at, state = row
        if (held_at, state) != (seen, "planned"):
            now = _(_STANDS[state]).format(day=format_moment(held_at))
            raise ChangedMeanwhileError(
                _(
                    "This session stood on {seen} when you looked and is {now} by now, so it"
                    " was not moved to {wanted}; look at it again, then move it."
                ).format(seen=format_moment(seen[:20]), now=now, wanted=format_moment(wanted))
            )
        if wanted == held_at:
            return wanted
        places = change.db.execute(
            "SELECT area, side FROM treated_areas WHERE session = ?", [number]
        ).fetchall()
        _refuse_twice(change.db, patient, places, [to], besides=number)
        change.db.execute("UPDATE sessions SET held_at = ? WHERE id = ?", [wanted, number])
        # The day that its areas repeat follows by their foreign key (ON UPDATE CASCADE).
        (areas,) = change.db.execute(
            "SELECT count(*) FROM treated_areas WHERE session = ?", [number]
        ).fetchone()
        for month in sorted({held_at[:7], wanted[:7]}):
            change.log("update", "sessions", key=session_id, patient=patient, month=month)
            if areas:
                change.log("update", "treated_areas", patient=patient, month=month, rows=areas)
    return wanted


def _refuse_twice(
    db: Database,
    patient: int,
    places: Sequence[tuple[str, str]],
    days: Sequence[date],
    *,
    besides: int = 0,
) -> None:
    """Refuse to plan an area twice on a day, or on a day on which it was treated.

    Args:
        db: the open file.
        patient: whose.
        places: (area, side) to be planned.
        days: when.
        besides: the number of the session being moved, which is not in its own way.
    """
    for day in days:
        for area, side in db.execute(
            "SELECT t.area, t.side FROM treated_areas AS t JOIN sessions AS s ON s.id = t.session"
            " WHERE s.patient = ? AND s.state IN ('planned', 'held')"
            " AND substr(s.held_at, 1, 10) = ? AND s.id <> ?",
            [patient, day.isoformat(), besides],
        ):
            if any(where == area and ("both" in (on, side) or on == side) for where, on in places):
                sentence = _(
                    "An area of this plan has a session on {day} already; choose another day, or"
                    " move or cancel that session first."
                )
                raise RecordError(sentence.format(day=day.isoformat()))
