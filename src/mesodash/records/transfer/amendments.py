"""What the rows of sessions held before they were changed or removed, for an export."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from mesodash.records.store.schema.versions import row_json, tracked_columns
from mesodash.records.transfer.lookup import OWN_ID, REFERENCES
from mesodash.records.transfer.upsert import SESSION_BOUND

_OWN_LIFE = (
    "v.seq >= (SELECT max(m.seq) FROM row_versions AS m WHERE m.row = v.row"
    " AND m.table_name = v.table_name AND m.action IN ('insert', 'found'))"
)
"""Not of another row that had the number before, and went with an undone import."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change or removal of one row of a session.

    Attributes:
        session_id: whose row it was.
        at: when, ISO 8601 in UTC.
        actor: who.
        why: the reason given, or None.
        table: the row's table, and `row` its number there.
        before: the row as it was, by column; ids of other rows are outside ids.
        after: the row after the change; None if it was removed.
    """

    session_id: str
    at: str
    actor: str
    why: str | None
    table: str
    row: int
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None


def amendments(db: Database) -> Iterator[Amendment]:
    """Every change and removal of a row of a session that is still there, oldest first.

    What an import replaced, or its undoing put back, is none: that was reported at the time.
    """
    for table in ("sessions", *SESSION_BOUND):
        session = "v.row" if table == "sessions" else "json_extract(v.before, '$.session')"
        now = row_json(tracked_columns(db, table), "t")
        for session_id, at, actor, why, row, action, before, after in db.execute(
            "SELECT s.session_id, l.at, l.actor, v.reason, v.row, v.action, v.before,"
            " coalesce((SELECT n.before FROM row_versions AS n WHERE n.table_name = v.table_name"
            "  AND n.row = v.row AND n.seq > v.seq AND n.before IS NOT NULL"
            "  ORDER BY n.seq LIMIT 1),"
            f" (SELECT {now} FROM {table} AS t WHERE t.id = v.row))"
            f" FROM row_versions AS v JOIN sessions AS s ON s.id = {session}"
            " JOIN change_log AS l ON l.seq = v.entry"
            " WHERE v.table_name = ? AND v.before IS NOT NULL"
            f" AND l.action NOT IN ('import', 'undo') AND {_OWN_LIFE} ORDER BY v.seq",
            [table],
        ):
            removed = action == "delete" or after is None
            yield Amendment(
                session_id,
                at,
                actor,
                why,
                table,
                row,
                _outside(db, json.loads(before)),
                None if removed else _outside(db, json.loads(after)),
            )


def _outside(db: Database, cells: dict[str, Any]) -> dict[str, Any]:
    """A row with the ids that are known outside in place of numbers of the file."""
    shown = dict(cells)
    for column, value in cells.items():
        if column in REFERENCES:
            table = REFERENCES[column]
            select = f"SELECT {OWN_ID[table]} FROM {table} WHERE id = ?"
        elif column == "protocol_version":
            select = "SELECT version FROM protocol_versions WHERE id = ?"
        else:
            continue
        found = db.execute(select, [value]).fetchone()
        shown[column] = found and found[0]
    return shown
