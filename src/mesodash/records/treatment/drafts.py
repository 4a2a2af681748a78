"""Drafts: what was typed into a form but not saved yet, stored in the clinic's file.

A draft belongs to one account, one patient and one form, so that it is found again after a closed
tab, after a restart of the server, and on a second device. It is no fact of the clinic: it moves no
revision, enters no report or export, and is deleted when its form is saved or discarded. The text
may name a patient, so a draft stays in the file and is erased with the patient.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import patient_number
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError

ACTION = "sessions.record"
LONGEST = 20_000
"""In characters; a form of a session takes about 2,000."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that has not been saved yet.

    Attributes:
        patient_id: whose form it is.
        form: which form: `session:<session_id>` for a planned session, `session:new`, or
            `amend:<session_id>` for the correction of a held one.
        content: the fields by name.
        saved_at: when the draft was last stored, ISO 8601 in UTC.
    """

    patient_id: str
    form: str
    content: Mapping[str, Any]
    saved_at: str


def keep_draft(
    path: Path,
    patient_id: str,
    form: str,
    content: Mapping[str, Any],
    actor: Actor,
    *,
    clock: Clock = utc_now,
) -> str:
    """Store the content of a form, replacing its earlier draft.

    Returns:
        The time of storing, ISO 8601 in UTC.

    Raises:
        RecordError: nobody has this id, or the form holds more than a draft may.
    """
    require(path, actor, ACTION, clock=clock)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    if len(text) > LONGEST:
        raise RecordError(
            _("The form holds too much text to be kept as a draft; shorten the note.")
        )
    now = clock().astimezone(UTC).isoformat(timespec="seconds")
    with writing(path, actor, clock=clock, unlogged=True) as change:
        patient = patient_number(change.db, patient_id)
        change.db.execute(
            "INSERT INTO drafts (draft_id, form, patient, session, begun_by, saved_at, content)"
            " VALUES (?1, ?2, ?3, (SELECT id FROM sessions WHERE session_id = ?4), ?5, ?6, ?7)"
            " ON CONFLICT (draft_id) DO UPDATE SET saved_at = ?6, content = ?7",
            [
                _draft_id(actor, patient, form),
                form,
                patient,
                form.partition(":")[2],
                actor.actor_id,
                now,
                text,
            ],
        )
    return now


def read_draft(
    path: Path, patient_id: str, form: str, actor: Actor, *, clock: Clock = utc_now
) -> Draft | None:
    """The actor's own draft of a form, or None.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, ACTION, clock=clock)
    with reading(path) as db:
        row = db.execute(
            "SELECT content, saved_at FROM drafts WHERE draft_id = ?",
            [_draft_id(actor, patient_number(db, patient_id), form)],
        ).fetchone()
    return None if row is None else Draft(patient_id, form, json.loads(row[0]), row[1])


def drafts_of(path: Path, actor: Actor, *, clock: Clock = utc_now) -> tuple[Draft, ...]:
    """All drafts of the actor, newest first."""
    require(path, actor, ACTION, clock=clock)
    with reading(path) as db:
        rows = db.execute(
            "SELECT p.patient_id, d.form, d.content, d.saved_at FROM drafts AS d"
            " JOIN patients AS p ON p.id = d.patient WHERE d.begun_by = ?"
            " ORDER BY d.saved_at DESC, p.patient_id, d.form",
            [actor.actor_id],
        ).fetchall()
    return tuple(Draft(who, form, json.loads(text), at) for who, form, text, at in rows)


def drop_draft(
    path: Path, patient_id: str, form: str, actor: Actor, *, clock: Clock = utc_now
) -> None:
    """Delete a draft, if there is one."""
    require(path, actor, ACTION, clock=clock)
    with writing(path, actor, clock=clock, unlogged=True) as change:
        patient = patient_number(change.db, patient_id)
        change.db.execute(
            "DELETE FROM drafts WHERE draft_id = ?", [_draft_id(actor, patient, form)]
        )


def _draft_id(actor: Actor, patient: int, form: str) -> str:
    """One id per account, patient and form, so that two devices of one person share a draft."""
    return sha256(f"{actor.actor_id}|{patient}|{form}".encode()).hexdigest()
