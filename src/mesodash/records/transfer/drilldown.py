"""What lies behind a figure of the reports: the record's ids for the lake's numbers, and hours.

The lake holds days and numbers only. The ids of single patients are read here, and the view is
logged under the reader's name.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now

_MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Ids:
    """The record's ids for the lake's numbers.

    Attributes:
        sessions: number -> session_id.
        held_at: number of the session -> when it was held, as recorded.
        patients: number -> patient_id; empty for a role that may not see them.
        side_effects: number -> side_effect_id.
    """

    sessions: dict[int, str]
    held_at: dict[int, str]
    patients: dict[int, str]
    side_effects: dict[int, str]


def ids_behind(
    path: Path,
    actor: Actor,
    *,
    reason: str,
    sessions: Collection[int] = (),
    side_effects: Collection[int] = (),
    clock: Clock = utc_now,
) -> Ids:
    """The ids of these sessions, their patients and these side effects; logged as a view.

    Args:
        path: the clinic's file.
        actor: who will read them.
        reason: what they are for; recorded in the change log.
        sessions: the lake's numbers of sessions.
        side_effects: and of side effects.
        clock: gives the time of the look.
    """
    require(path, actor, "sessions.view", clock=clock)
    note_view(path, actor, table="sessions", key=reason[:200], clock=clock)
    with reading(path) as db:
        rows = list(
            _rows(db, "SELECT id, session_id, held_at, patient FROM sessions", sorted(sessions))
        )
        patients: dict[int, str] = {}
        if actor.may("patients.view"):
            numbers = sorted({row[3] for row in rows})
            patients = dict(_rows(db, "SELECT id, patient_id FROM patients", numbers))
        effects: dict[int, str] = dict(
            _rows(db, "SELECT id, side_effect_id FROM side_effects", sorted(side_effects))
        )
    return Ids(
        sessions={row[0]: row[1] for row in rows},
        held_at={row[0]: row[2] for row in rows},
        patients=patients,
        side_effects=effects,
    )


def notes_behind(
    path: Path,
    actor: Actor,
    sessions: Collection[int],
    *,
    reason: str,
    clock: Clock = utc_now,
) -> dict[int, tuple[str, str]]:
    """The ids of these sessions and the words of their notes; logged as a view.

    Args:
        path: the clinic's file.
        actor: who will read them.
        sessions: the lake's numbers of sessions; one without a note is left out.
        reason: what they are for; recorded in the change log.
        clock: gives the time of the look.

    Returns:
        number -> session_id and note.
    """
    require(path, actor, "sessions.view", clock=clock)
    note_view(path, actor, table="sessions", key=reason[:200], clock=clock)
    select = "SELECT id, session_id, trim(note) FROM sessions"
    with reading(path) as db:
        rows = list(_rows(db, select, sorted(set(sessions))))
    return {number: (session_id, note) for number, session_id, note in rows if note}


def _rows(db: Database, select: str, numbers: list[int]) -> Iterator[tuple[Any, ...]]:
    """The rows with these numbers, some hundreds per query: SQLite limits its parameters."""
    for start in range(0, len(numbers), _MOST_AT_ONCE):
        some = numbers[start : start + _MOST_AT_ONCE]
        yield from db.execute(f"{select} WHERE id IN ({', '.join('?' * len(some))})", some)


def hours_of_sessions(
    path: Path, start: date | None = None, end: date | None = None
) -> dict[int, int | None]:
    """The hour of the day (0-23, local to the clinic) at which each session of the days from
    `start` to `end` began, by the session's number; None where only the day was recorded.
    """  # noqa: D205
    conditions, values = [], []
    if start:
        conditions.append("held_at >= ?")
        values.append(start.isoformat())
    if end:
        conditions.append("substr(held_at, 1, 10) <= ?")
        values.append(end.isoformat())
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    with reading(path) as db:
        rows = db.execute(f"SELECT id, substr(held_at, 12, 2) FROM sessions{where}", values)
        return {number: int(hour) if hour else None for number, hour in rows}
