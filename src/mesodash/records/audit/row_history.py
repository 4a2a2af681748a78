"""Versions of rows: the history of one row, or of all rows of a patient."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import RecordError
from mesodash.records.store.schema.versions import PATIENT_OF, row_json, tracked_columns


@dataclass(frozen=True, slots=True)
class RowVersion:
    """One change of one row.

    Attributes:
        seq: order of all changes in the file.
        at: UTC.
        actor, role: who, in which role.
        why: the reason given; None if none was.
        table: whose row; `row` is its number in the file.
        action: insert, update, delete, or found (there when versions began to be kept).
        before: the row as it was, without empty columns; None for a new row, or after an erasure.
        after: the row after this change; None for a deleted row, or after an erasure.
    """

    seq: int
    at: datetime
    actor: str
    role: str
    why: str | None
    table: str
    row: int
    action: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def changed(self) -> tuple[str, ...]:
        """The columns in which before and after differ, in order of their names."""
        old, new = self.before or {}, self.after or {}
        return tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))


_VERSIONS = (
    "SELECT v.seq, l.at, l.actor, l.role, v.reason, v.table_name, v.row, v.action, v.before,"
    " (SELECT n.seq FROM row_versions AS n WHERE n.table_name = v.table_name AND n.row = v.row"
    "  AND n.seq > v.seq ORDER BY n.seq LIMIT 1) AS next,"
    " (SELECT n.before FROM row_versions AS n WHERE n.table_name = v.table_name AND n.row = v.row"
    "  AND n.seq > v.seq ORDER BY n.seq LIMIT 1) AS left"
    " FROM row_versions AS v JOIN change_log AS l ON l.seq = v.entry"
)

_SINCE = (
    "v.seq >= (SELECT max(m.seq) FROM row_versions AS m WHERE m.table_name = ?{table}"
    " AND m.row = ?{row} AND m.action IN ('insert', 'found'))"
)
"""The row's own life: a number may have been that of another row, gone with an undone import."""


def patient_versions(
    path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[RowVersion, ...]:
    """Every change of every row of a patient, oldest first; logged as a view.

    Raises:
        NotAllowedError: the role may not see patients.
        RecordError: nobody has this id.
    """
    require(path, actor, "patients.view", clock=clock)
    with reading(path) as db:
        row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
        if row is None:
            raise RecordError(
                _("No patient has the id {patient_id!r}; choose one from the list.").format(
                    patient_id=patient_id[:64]
                )
            )
        found = versions_of_patient(db, row[0])
    note_view(path, actor, table="row_versions", key=patient_id, patient=row[0], clock=clock)
    return found


def versions_of_patient(db: Database, patient: int) -> tuple[RowVersion, ...]:
    """Every change of every row of a patient of an open file, by number, oldest first.

    The caller has checked the right to see it and logs the access.
    """
    return _read(db, f"v.patient = ?1 AND {_SINCE.format(table=2, row=1)}", [patient, "patients"])


def row_versions(
    path: Path, table: str, row_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[RowVersion, ...]:
    """Every change of one row, oldest first; logged as a view.

    Args:
        path: the clinic's file.
        table: a table whose rows have an id outside the file (`transfer.lookup.OWN_ID`).
        row_id: that id, as it is now.
        actor: who looks.
        clock: gives the time of the look.

    Raises:
        NotAllowedError: the role may not see sessions.
        RecordError: the table has no such ids, or nothing has this one.
    """
    require(path, actor, "patients.view", clock=clock)
    own = {
        "patients": "patient_id",
        "practitioners": "practitioner_id",
        "courses": "course_id",
        "sessions": "session_id",
        "side_effects": "side_effect_id",
        "stock": "stock_id",
        "consents": "consent_id",
        "red_cards": "red_card_id",
        "photographs": "photograph_id",
    }.get(table)
    if own is None:
        raise RecordError(
            _("Rows of {table} have no id of their own; ask by patient.").format(table=table)
        )
    with reading(path) as db:
        whose = PATIENT_OF[table].format(row="t")
        row = db.execute(
            f"SELECT t.id, {whose} FROM {table} AS t WHERE t.{own} = ?", [row_id]
        ).fetchone()
        if row is None:
            raise RecordError(
                _("Nothing in {table} has the id {row_id!r}.").format(
                    table=table, row_id=row_id[:64]
                )
            )
        found = _read(
            db,
            f"v.table_name = ?1 AND v.row = ?2 AND {_SINCE.format(table=1, row=2)}",
            [table, row[0]],
        )
    note_view(path, actor, table="row_versions", key=row_id, patient=row[1], clock=clock)
    return found


def _read(db: Database, where: str, values: list[Any]) -> tuple[RowVersion, ...]:
    rows = db.execute(f"{_VERSIONS} WHERE {where} ORDER BY v.seq", values).fetchall()
    versions = []
    for seq, at, actor, role, why, table, row, action, before, following, left in rows:
        after = left
        if following is None and action != "delete":
            after = _now(db, table, row)
        versions.append(
            RowVersion(
                seq,
                datetime.fromisoformat(at),
                actor,
                role,
                why,
                table,
                row,
                action,
                _cells(table, before),
                _cells(table, after),
            )
        )
    return tuple(versions)


def _now(db: Database, table: str, row: int) -> str | None:
    now = row_json(tracked_columns(db, table), "t")
    found = db.execute(f"SELECT {now} FROM {table} AS t WHERE t.id = ?", [row]).fetchone()
    return None if found is None else str(found[0])


def _cells(table: str, content: str | None) -> Mapping[str, Any] | None:
    if content is None:
        return None
    cells: dict[str, Any] = json.loads(content)
    for name in ("password_hash", "totp_secret") if table == "accounts" else ():
        cells.pop(name, None)
    return cells
