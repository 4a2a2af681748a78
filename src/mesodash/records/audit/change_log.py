"""Reading the change log: who looked at or changed what, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the change log.

    Attributes:
        seq: its number; the log has no gaps.
        at: UTC.
        actor, role: who, in which role.
        action: view, create, update, void, import, undo, export, init, adopt, erase, sign_in,
            sign_out or refused.
        table: what.
        key: which one, by its outside id; a pseudonym (`~` and 32 digits) after an erasure.
        patient: the patient's key inside the file, if it concerns one patient.
        month: YYYY-MM of the facts touched.
        rows: how many rows.
    """

    seq: int
    at: datetime
    actor: str
    role: str
    action: str
    table: str
    key: str | None
    patient: int | None
    month: str | None
    rows: int


def entries(
    path: Path,
    actor: Actor,
    *,
    actors: Sequence[str] = (),
    actions: Sequence[str] = (),
    start: date | None = None,
    end: date | None = None,
    before_seq: int | None = None,
    limit: int = 200,
    clock: Clock = utc_now,
) -> tuple[Entry, ...]:
    """Entries newest first.

    Args:
        path: the clinic's file.
        actor: who reads; needs `audit.view`.
        actors: only theirs; empty is everybody's.
        actions: only these; empty is all.
        start: the first day (UTC).
        end: the last day (UTC), inclusive.
        before_seq: only entries older than this one, for the next page.
        limit: at most so many.
        clock: gives the time of a refusal.

    Raises:
        NotAllowedError: the role may not read the change log.
    """
    require(path, actor, "audit.view", clock=clock)
    where, values = ["1"], list[Any]()
    for column, wanted in (("actor", actors), ("action", actions)):
        if wanted:
            where.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    if start is not None:
        where.append("at >= ?")
        values.append(start.isoformat())
    if end is not None:
        where.append("at < ?")
        values.append((end + timedelta(days=1)).isoformat())
    if before_seq is not None:
        where.append("seq < ?")
        values.append(before_seq)
    with reading(path) as db:
        rows = db.execute(
            "SELECT seq, at, actor, role, action, table_name, row_key, patient, month, row_count"
            f" FROM change_log WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT ?",
            [*values, limit],
        ).fetchall()
    return tuple(Entry(seq, datetime.fromisoformat(at), *rest) for seq, at, *rest in rows)


def known_actors(path: Path, actor: Actor, *, clock: Clock = utc_now) -> tuple[str, ...]:
    """The actors in the log, by name, to choose from; needs `audit.view`."""
    return _distinct(path, actor, "actor", clock)


def known_actions(path: Path, actor: Actor, *, clock: Clock = utc_now) -> tuple[str, ...]:
    """The actions in the log, to choose from; needs `audit.view`."""
    return _distinct(path, actor, "action", clock)


def _distinct(path: Path, actor: Actor, column: str, clock: Clock) -> tuple[str, ...]:
    require(path, actor, "audit.view", clock=clock)
    with reading(path) as db:
        found = db.execute(f"SELECT DISTINCT {column} FROM change_log ORDER BY {column}")
        return tuple(name for (name,) in found.fetchall())
