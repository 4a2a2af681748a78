"""Correcting a held session: amending it, finalising it, and voiding what was recorded by mistake.

Nothing is lost: each change keeps the former rows as versions (`audit.row_history`), with who, when
and why. What the person saw is an optimistic lock: if somebody has changed the session since,
nothing is written and the message says so, so that both can be compared.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import patient_number
from mesodash.records.store.connection import Change, Clock, reading, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.treatment.entries import ReactionEntry, SessionEntry
from mesodash.records.treatment.recording import (
    course_of,
    departure_columns,
    insert_parts,
    move_course,
    practitioner_number,
    price_columns,
    time_columns,
    version_of,
)
from mesodash.records.treatment.sessions import RecordedSession, no_session, session_by_number

ACTION = "sessions.correct"
"""The row of the permission matrix that all functions here ask."""
LONGEST_REASON = 500


def amend_session(
    path: Path,
    entry: SessionEntry,
    actor: Actor,
    *,
    seen: RecordedSession,
    reason: str = "",
    clock: Clock = utc_now,
) -> None:
    """Replace the recorded content of a held session by a corrected entry.

    Args:
        path: the clinic's file.
        entry: the complete corrected session; its session, patient and course are those seen.
        actor: who corrects.
        seen: the session as the person saw it (`read_session`).
        reason: why; required once the session is finalised.
        clock: gives the time for the change log.

    Raises:
        ChangedMeanwhileError: the session is not as it was seen.
        RecordError: it is not held, is finalised and no reason is given, belongs to somebody else,
            or a reaction that was followed up since would be removed.
    """
    require(path, actor, ACTION, clock=clock)
    if not entry.areas:
        raise RecordError(_("A session needs at least one treated area; choose it on the figure."))
    if (entry.patient_id, entry.session_id, entry.course_id) != (
        seen.entry.patient_id,
        seen.entry.session_id,
        seen.entry.course_id,
    ):
        raise RecordError(_("A correction stays with its patient and course; void it instead."))
    why = _why(reason, needed=seen.finalised_at is not None)
    with writing(path, actor, clock=clock) as change:
        change.reason = why
        session, patient = _as_seen(change.db, seen)
        if entry != seen.entry:
            _rewrite(change, session, patient, seen, entry)


def finalise_session(
    path: Path,
    actor: Actor,
    *,
    seen: RecordedSession,
    off_label: bool = False,
    reason: str = "",
    clock: Clock = utc_now,
) -> None:
    """Close a held session: any later change is an amendment with a reason.

    Args:
        path: the clinic's file.
        actor: who closes it.
        seen: the session as the person saw it (`read_session`).
        off_label: whether its protocol uses a product beyond its label
            (`consult.consent_text.is_off_label`); a consent to that must then stand on its day.
        reason: why it is closed without such a consent; kept with the version.
        clock: gives the time for the change log.

    Raises:
        ChangedMeanwhileError: the session is not as it was seen.
        RecordError: it is not held, or the consent is missing and no reason is given.
    """
    require(path, actor, ACTION, clock=clock)
    with writing(path, actor, clock=clock) as change:
        session, patient = _as_seen(change.db, seen)
        if seen.finalised_at is not None:
            return
        if off_label and not _is_consented(change.db, patient, seen):
            change.reason = " ".join(reason.split())[:LONGEST_REASON] or None
            if change.reason is None:
                raise RecordError(
                    _(
                        "No consent to use beyond the label covers this session; record it, or say"
                        " why there is none."
                    )
                )
        now = clock().astimezone(UTC).isoformat(timespec="seconds")
        change.db.table("sessions").update(
            session, {"finalised_at": now, "finalised_by": actor.actor_id}
        )
        _log(change, "update", "sessions", seen, patient)


def _is_consented(db: Database, patient: int, seen: RecordedSession) -> bool:
    """Whether a consent to use beyond the label stands on the session's day."""
    found = db.execute(
        "SELECT 1 FROM consents WHERE patient = ?1 AND purpose = 'off_label'"
        " AND (protocol IS NULL OR protocol = ?2) AND substr(given_on, 1, 10) <= ?3"
        " AND (withdrawn_on IS NULL OR ?3 < substr(withdrawn_on, 1, 10))",
        [patient, seen.entry.protocol, seen.entry.held_at[:10]],
    ).fetchone()
    return found is not None


def void_session(
    path: Path, actor: Actor, *, seen: RecordedSession, reason: str, clock: Clock = utc_now
) -> None:
    """Mark a held session as recorded by mistake: it stays readable but is not counted.

    Raises:
        ChangedMeanwhileError: the session is not as it was seen.
        RecordError: it is not held, or no reason is given.
    """
    require(path, actor, ACTION, clock=clock)
    why = _why(reason, needed=True)
    with writing(path, actor, clock=clock) as change:
        change.reason = why
        session, patient = _as_seen(change.db, seen)
        change.db.table("sessions").update(session, {"state": "void", "reason": why})
        _log(change, "void", "sessions", seen, patient)
        course = course_of(change.db, seen.entry, patient)
        if course is not None:
            move_course(change, course, str(seen.entry.course_id), patient)


@dataclass(frozen=True, slots=True)
class FormerRow:
    """A row of a session as it was before somebody changed or removed it.

    Attributes:
        at: when it was changed, ISO 8601 in UTC.
        actor: who changed it.
        why: the reason given, or None.
        table: the row's table.
        before: its columns, without empty ones.
    """

    at: str
    actor: str
    why: str | None
    table: str
    before: Mapping[str, Any]


def former_rows(
    path: Path, session_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[FormerRow, ...]:
    """The former rows of a session, latest change first; logged as a view.

    Raises:
        RecordError: no session has this id.
    """
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        row = db.execute(
            "SELECT id, patient FROM sessions WHERE session_id = ?", [session_id]
        ).fetchone()
        if row is None:
            raise RecordError(no_session(session_id))
        found = db.execute(
            "SELECT l.at, l.actor, v.reason, v.table_name, v.before FROM row_versions AS v"
            " JOIN change_log AS l ON l.seq = v.entry"
            " WHERE v.patient = ?1 AND v.before IS NOT NULL"
            " AND ((v.table_name = 'sessions' AND v.row = ?2)"
            " OR (v.table_name IN ('treated_areas', 'products_used', 'side_effects',"
            "     'injection_points')"
            "     AND json_extract(v.before, '$.session') = ?2))"
            # The number may have been another session's, which an undone import took with it.
            " AND v.seq >= (SELECT max(m.seq) FROM row_versions AS m WHERE m.row = ?2"
            "  AND m.table_name = 'sessions' AND m.action IN ('insert', 'found'))"
            " ORDER BY v.seq DESC",
            [row[1], row[0]],
        ).fetchall()
    note_view(path, actor, table="row_versions", key=session_id, patient=row[1], clock=clock)
    return tuple(
        FormerRow(at, who, why, table, json.loads(before)) for at, who, why, table, before in found
    )


def _why(reason: str, *, needed: bool) -> str | None:
    why = " ".join(reason.split())[:LONGEST_REASON]
    if needed and not why:
        raise RecordError(_("Say why; the reason stands beside the old version."))
    return why or None


def _as_seen(db: Database, seen: RecordedSession) -> tuple[int, int]:
    """The numbers of a held session and its patient, if it is still as it was seen."""
    session_id = str(seen.entry.session_id)
    row = db.execute("SELECT id FROM sessions WHERE session_id = ?", [session_id]).fetchone()
    if row is None:
        raise RecordError(no_session(session_id))
    now = session_by_number(db, row[0])
    # Its place in the course moves with the other sessions; the session itself is as it was.
    if replace(now, number=seen.number, planned_sessions=seen.planned_sessions) != seen:
        raise ChangedMeanwhileError(
            _(
                "Somebody has changed this session since you opened it, so nothing was written;"
                " compare both, then correct it again."
            )
        )
    if seen.state != "held":
        raise RecordError(_("Only a held session is corrected; this one is not."))
    return int(row[0]), patient_number(db, seen.entry.patient_id)


def _rewrite(
    change: Change, session: int, patient: int, seen: RecordedSession, entry: SessionEntry
) -> None:
    db, session_id = change.db, str(entry.session_id)
    new = _reactions(db, session, seen.entry, entry)
    removed = {}
    for table in ("treated_areas", "products_used", "injection_points"):
        removed[table] = db.execute(f"DELETE FROM {table} WHERE session = ?", [session]).rowcount
    db.table("sessions").update(
        session,
        {
            "held_at": entry.held_at,
            "protocol": entry.protocol,
            "protocol_version": version_of(db, entry),
            "practitioner": None
            if entry.practitioner_id is None
            else practitioner_number(db, entry.practitioner_id),
            "note": entry.note,
            **departure_columns(entry),
            **price_columns(entry),
            **time_columns(entry),
        },
    )
    db.execute(
        "UPDATE side_effects SET onset_at = ?1, last_seen_at = max(coalesce(last_seen_at, ?1), ?1)"
        " WHERE session = ?2 AND onset_at = ?3",
        [entry.held_at, session, seen.entry.held_at],
    )
    _refuse_earlier_effects(db, session, seen.entry.held_at, entry.held_at)
    written = insert_parts(db, session, patient, session_id, replace(entry, reactions=new))
    months = sorted({seen.entry.held_at[:7], entry.held_at[:7]})
    for month in months:
        change.log("update", "sessions", key=session_id, patient=patient, month=month)
        for table, count in written.items():
            rows = max(count, removed.get(table, 0))
            if rows or table == "side_effects":
                change.log(
                    "update", table, key=session_id, patient=patient, month=month, rows=max(rows, 1)
                )


def _refuse_earlier_effects(db: Database, session: int, was: str, now: str) -> None:
    """Refuse a later day than that on which a side effect of the session began or ended."""
    if now[:10] <= was[:10]:
        return
    row = db.execute(
        "SELECT min(at) FROM (SELECT min(onset_at, coalesce(resolved_at, gone_by_at, onset_at))"
        " AS at FROM side_effects WHERE session = ?1)"
        " WHERE substr(at, 1, 10) < substr(?2, 1, min(length(at), 10))",
        [session, now],
    ).fetchone()
    if row[0] is not None:
        sentence = _(
            "A side effect of this session began or ended on {day}, before the new day; correct"
            " that one first."
        )
        raise RecordError(sentence.format(day=row[0][:10]))


def _reactions(
    db: Database, session: int, before: SessionEntry, entry: SessionEntry
) -> tuple[ReactionEntry, ...]:
    """Remove and change reactions as the entry says; return those still to be written."""
    had = {one.effect: one for one in before.reactions}
    want = {one.effect: one for one in entry.reactions}
    for effect in had.keys() - want.keys():
        gone = db.execute(
            "DELETE FROM side_effects WHERE session = ? AND effect = ? AND onset_at = ?"
            " AND resolved_at IS NULL AND gone_by_at IS NULL"
            " AND coalesce(last_seen_at, onset_at) = onset_at"
            " AND id NOT IN (SELECT side_effect FROM red_cards WHERE side_effect IS NOT NULL)",
            [session, effect, before.held_at],
        ).rowcount
        if not gone:
            raise RecordError(
                _("A reaction that was followed up since stays; note there that it is gone.")
            )
    for effect in had.keys() & want.keys():
        if had[effect] != want[effect]:
            db.execute(
                "UPDATE side_effects SET severity = ? WHERE session = ? AND effect = ?"
                " AND onset_at = ?",
                [want[effect].severity, session, effect, before.held_at],
            )
    return tuple(want[effect] for effect in want if effect not in had)


def _log(change: Change, action: str, table: str, seen: RecordedSession, patient: int) -> None:
    change.log(
        action, table, key=seen.entry.session_id, patient=patient, month=seen.entry.held_at[:7]
    )
