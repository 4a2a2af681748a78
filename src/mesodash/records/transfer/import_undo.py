"""Taking back the latest import: what it inserted goes, what it replaced is put back.

What an import did is kept in the versions of its rows, so nothing is kept apart for this, and an
erasure reaches it there. The versions and the change log keep the import and its undoing.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from mesodash.language import _, ngettext
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.store.schema.versions import tracked_columns

ACTION = "records.import"
"""The row of the permission matrix."""

_MAY_MOVE = ("sessions", "courses")
"""Tables whose rows an import may give to another patient: what was recorded since moved along."""


@dataclass(frozen=True, slots=True)
class UndoneTable:
    """Of one table, how many rows would go, and how many would be put back as they were."""

    table: str
    removed: int
    put_back: int


@dataclass(frozen=True, slots=True)
class LatestImport:
    """The latest import that still stands, and what taking it back would do.

    Attributes:
        entry: its last entry in the change log, by which it is named.
        at: when (UTC); by whom.
        actor: who imported.
        tables: what would be removed or put back, table by table; only tables with some.
        hindrances: why it cannot be taken back, each a sentence; none if it can.
    """

    entry: int
    at: datetime
    actor: str
    tables: tuple[UndoneTable, ...]
    hindrances: tuple[str, ...]

    @property
    def removed(self) -> int:
        """Rows that would go, in all tables."""
        return sum(one.removed for one in self.tables)

    @property
    def put_back(self) -> int:
        """Rows that would be put back, in all tables."""
        return sum(one.put_back for one in self.tables)


def latest_import(path: Path, actor: Actor, *, clock: Clock = utc_now) -> LatestImport | None:
    """The latest import that still stands, with what taking it back would do; nothing is changed.

    Args:
        path: the clinic's file.
        actor: who asks.
        clock: gives the time of a refusal.

    Returns:
        None if nothing was imported, or all of it was taken back.

    Raises:
        NotAllowedError: the role may not import.
        RecordError: the clinic's file is missing, damaged or busy.
    """
    require(path, actor, ACTION, clock=clock)
    read_clinic(path)
    bring_up_to_date(path)
    with reading(path) as db:
        return _latest(db)


def undo_import(path: Path, actor: Actor, *, entry: int, clock: Clock = utc_now) -> LatestImport:
    """Undo the latest import completely, in one transaction.

    Args:
        path: the clinic's file.
        actor: who takes it back.
        entry: which import was seen (`LatestImport.entry`): it must still be the latest.
        clock: gives the time for the change log.

    Raises:
        ChangedMeanwhileError: another import has come or gone since it was looked at.
        NotAllowedError: the role may not import.
        RecordError: something depends on it; the sentences say what.
    """
    require(path, actor, ACTION, clock=clock)
    with writing(path, actor, clock=clock) as change:
        found = _latest(change.db)
        if found is None or found.entry != entry:
            raise ChangedMeanwhileError(
                _("Another import has come or gone meanwhile; look at what would be removed again.")
            )
        if found.hindrances:
            raise RecordError(" ".join(found.hindrances))
        _put_back(change.db, found.entry)
        _remove(change.db, found.entry)
        for table, patient, month, rows in _noted(change.db, found.entry):
            change.log("undo", table, key=str(entry), patient=patient, month=month, rows=rows)
    return found


def _latest(db: Database) -> LatestImport | None:
    """The newest import without a name: a restore and the making of a demo have one.

    A demo made by an earlier version has an import without a name that brought its patients; no
    other import of a demo brings any.
    """
    row = db.execute(
        "SELECT seq, at, actor FROM change_log WHERE action = 'import' AND row_key IS NULL"
        " AND CAST(seq AS TEXT) NOT IN"
        "  (SELECT row_key FROM change_log WHERE action = 'undo' AND row_key IS NOT NULL)"
        " AND seq IN (SELECT entry FROM row_versions) ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    entry, at, actor = row
    tables = tuple(
        UndoneTable(table, removed, put_back)
        for table, removed, put_back in db.execute(
            "SELECT table_name, count(DISTINCT CASE action WHEN 'insert' THEN row END),"
            " count(DISTINCT row) - count(DISTINCT CASE action WHEN 'insert' THEN row END)"
            " FROM row_versions WHERE entry = ? GROUP BY table_name ORDER BY table_name",
            [entry],
        )
    )
    (kind,) = db.execute("SELECT kind FROM clinic").fetchone()
    if kind == "demo" and any(one.table == "patients" and one.removed for one in tables):
        return None
    hindrances = tuple(_hindrances(db, entry, [one.table for one in tables]))
    return LatestImport(entry, datetime.fromisoformat(at), actor, tables, hindrances)


def _hindrances(db: Database, entry: int, tables: list[str]) -> Iterator[str]:
    later = db.execute(
        "SELECT v.table_name, count(DISTINCT v.row) FROM row_versions AS v"
        " WHERE v.seq > (SELECT max(seq) FROM row_versions WHERE entry = ?1)"
        " AND (v.table_name, v.row) IN"
        "  (SELECT table_name, row FROM row_versions WHERE entry = ?1)"
        " GROUP BY v.table_name ORDER BY v.table_name",
        [entry],
    ).fetchall()
    for table, rows in later:
        yield ngettext(
            "{n} row of {table} was changed since.", "{n} rows of {table} were changed since.", rows
        ).format(n=rows, table=table)
    for child, rows in _depending(db, entry, tables).items():
        yield ngettext(
            "{n} row of {table}, recorded since, belongs to it.",
            "{n} rows of {table}, recorded since, belong to it.",
            rows,
        ).format(n=rows, table=child)
    (forgotten,) = db.execute(
        "SELECT count(*) FROM row_versions WHERE entry = ? AND action != 'insert'"
        " AND before IS NULL",
        [entry],
    ).fetchone()
    if forgotten:
        yield _("A patient whose rows it changed was erased since.")


def _depending(db: Database, entry: int, tables: list[str]) -> dict[str, int]:
    """Rows recorded since that refer to a row that the import inserted, or moved elsewhere."""
    found: dict[str, int] = {}
    for child in db.table_names():
        for key in db.table(child).foreign_keys:
            parent = key.other_table
            if parent not in tables or key.other_columns[0] != "id":
                continue
            actions = ("insert", "update") if parent in _MAY_MOVE else ("insert", "insert")
            (rows,) = db.execute(
                f"SELECT count(*) FROM {child} AS t WHERE t.{key.columns[0]} IN"
                " (SELECT row FROM row_versions WHERE entry = ?1 AND table_name = ?2"
                "  AND action IN (?3, ?4))"
                " AND t.id NOT IN (SELECT row FROM row_versions WHERE table_name = ?5"
                "  AND seq <= (SELECT max(seq) FROM row_versions WHERE entry = ?1))",
                [entry, parent, *actions, child],
            ).fetchone()
            if rows:
                found[child] = max(found.get(child, 0), rows)
    return found


def _put_back(db: Database, entry: int) -> None:
    """Each row that the import changed, as it was before its first change."""
    changed = db.execute(
        "SELECT v.table_name, v.row, v.before FROM row_versions AS v WHERE v.entry = ?1"
        " AND v.action = 'update' AND v.seq = (SELECT min(f.seq) FROM row_versions AS f"
        "  WHERE f.entry = ?1 AND f.table_name = v.table_name AND f.row = v.row)"
        " ORDER BY v.table_name = 'sessions' DESC, v.seq",
        [entry],
    ).fetchall()
    for table, row, before in changed:
        cells = json.loads(before)
        names = [name for name in tracked_columns(db, table) if name != "id"]
        assigned = ", ".join(f"{name} = ?" for name in names)
        db.execute(
            f"UPDATE {table} SET {assigned} WHERE id = ?",
            [*(cells.get(name) for name in names), row],
        )


def _remove(db: Database, entry: int) -> None:
    """The rows that the import inserted; keys are checked at the end of the transaction."""
    db.execute("PRAGMA defer_foreign_keys = ON")
    tables = [
        name
        for (name,) in db.execute(
            "SELECT DISTINCT table_name FROM row_versions WHERE entry = ? AND action = 'insert'",
            [entry],
        )
    ]
    for table in tables:
        with _without_delete_trigger(db, table):
            db.execute(
                f"DELETE FROM {table} WHERE id IN (SELECT row FROM row_versions WHERE entry = ?"
                " AND table_name = ? AND action = 'insert')",
                [entry, table],
            )


@contextmanager
def _without_delete_trigger(db: Database, table: str) -> Iterator[None]:
    """Without the trigger that keeps a table's rows from going, which is there again afterwards.

    Adopted versions never go. Those of an import on which nothing was done yet do, with it.
    """
    name = f"{table}_no_delete"
    row = db.execute(
        "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?", [name]
    ).fetchone()
    if row is not None:
        db.execute(f"DROP TRIGGER {name}")
    yield
    if row is not None:
        db.execute(row[0])


def _noted(db: Database, entry: int) -> list[tuple[str, int | None, str | None, int]]:
    """What the import noted: the same tables, months and patients change again."""
    return db.execute(
        "SELECT table_name, patient, month, row_count FROM change_log WHERE action = 'import'"
        " AND row_key IS NULL AND revision = (SELECT revision FROM change_log WHERE seq = ?)"
        " ORDER BY seq",
        [entry],
    ).fetchall()
