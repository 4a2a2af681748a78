"""Whether every row of the clinic's file is as its last recorded change left it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.seals import (
    VERSION_COLUMNS,
    row_mac,
    shown,
    version_bytes,
    versions_digest,
)
from mesodash.records.store.schema.versions import (
    ADDED_LATER,
    PATIENT_OF,
    row_json,
    tracked_columns,
    triggers,
)

_ONE_VERSION = "seq, entry, " + ", ".join(VERSION_COLUMNS[1:])


class BrokenError(Exception):
    """Entry `number` is not as it was written; None if rows, not entries, are at fault."""

    def __init__(self, number: int | None, what: str) -> None:
        super().__init__(what)
        self.number = number


@dataclass(frozen=True, slots=True)
class Chain:
    """A section of the log sealed with one key."""

    start: int
    key: bytes | None
    restarted: str | None


class ChainKeys:
    """Which key sealed an entry."""

    def __init__(self, chains: Sequence[Chain]) -> None:
        self._chains = list(reversed(chains))

    def of(self, entry: int) -> bytes | None:
        """The key of the chain that an entry is in; None if it is not there."""
        return next((one.key for one in self._chains if one.start <= entry), None)


def check_triggers(db: Database) -> None:
    """Check that every table exists, with the triggers that keep its versions.

    Raises:
        BrokenError: one is not.
    """
    there = dict(
        db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    )
    tables = set(db.table_names())
    for table in PATIENT_OF:
        if table not in tables:
            if table in ADDED_LATER and not _has_versions_of(db, table):
                continue
            raise BrokenError(
                None,
                _(
                    "The file was changed from outside: the table {table} was taken out of it."
                ).format(table=table),
            )
        for name, sql in triggers(db, table).items():
            if there.get(name) != sql:
                raise BrokenError(
                    None,
                    _(
                        "The file was changed from outside: what keeps versions of {table} was"
                        " taken out of it."
                    ).format(table=table),
                )


def _has_versions_of(db: Database, table: str) -> bool:
    found = db.execute("SELECT 1 FROM row_versions WHERE table_name = ? LIMIT 1", [table])
    return found.fetchone() is not None


def check_versions(db: Database, changed: dict[str, int], chains: Sequence[Chain]) -> None:
    """Check that each entry covers the versions of its change, and each version follows the last.

    Args:
        db: the clinic's file.
        changed: collects rows that are not as they were written: table -> how many.
        chains: the sections of the log that can be checked, oldest first.

    Raises:
        BrokenError: something is not as it was written.
    """
    start = chains[0].start
    expected = dict(
        db.execute(
            "SELECT seq, versions FROM change_log WHERE versions IS NOT NULL AND seq >= ?", [start]
        ).fetchall()
    )
    keys = ChainKeys(chains)
    digest, current = None, None
    rows = db.execute(
        f"SELECT {_ONE_VERSION} FROM row_versions WHERE entry IS NULL OR entry >= ? ORDER BY seq",
        [start],
    )
    for seq, entry, *rest in rows:
        if entry is None:
            raise BrokenError(
                None,
                _(
                    "The file was changed from outside: a row of {rest} was changed by"
                    " another program."
                ).format(rest=rest[0]),
            )
        if entry != current:
            _compare(expected, current, digest)
            current, key = entry, keys.of(entry)
            digest = None if key is None else versions_digest(key)
        if digest is not None:
            digest.update(version_bytes((seq, *rest)))
    _compare(expected, current, digest)
    if expected:
        raise BrokenError(
            min(expected),
            _("The versions that entry {expected} covers were taken out.").format(
                expected=min(expected)
            ),
        )
    _check_order(db, start, keys, changed)


def _compare(expected: dict[int, str], entry: int | None, digest: Any) -> None:
    if entry is None:
        return
    covered = expected.pop(entry, None)
    if covered is None or (digest is not None and digest.hexdigest() != covered):
        raise BrokenError(
            entry,
            _(
                "The versions of rows that entry {entry} covers are not as they were written."
            ).format(entry=entry),
        )


def _check_order(db: Database, start: int, keys: ChainKeys, changed: dict[str, int]) -> None:
    """Check that each change of a row starts from what the change before had left."""
    found = db.execute(
        "SELECT v.table_name, v.row, v.entry, v.before, v.before_mac, v.reason, v.reason_mac,"
        " p.after_mac, p.entry FROM row_versions AS v LEFT JOIN row_versions AS p ON p.seq ="
        " (SELECT max(o.seq) FROM row_versions AS o WHERE o.table_name = v.table_name"
        "  AND o.row = v.row AND o.seq < v.seq AND o.entry >= :start)"
        " WHERE v.entry >= :start AND (v.before_mac IS NOT NULL OR v.reason IS NOT NULL)",
        {"start": start},
    )
    for table, row, entry, before, before_mac, reason, reason_mac, left, then in found:
        key = keys.of(entry)
        if key is None:
            continue
        same = before is None or row_mac(key, table, row, before) == before_mac
        if left is not None and keys.of(then) == key:
            same = same and left == before_mac
        if reason is not None and row_mac(key, "reason", entry, reason) != reason_mac:
            same = False
        if before_mac is not None and left is None:
            same = False
        if not same:
            changed[table] = changed.get(table, 0) + 1
    _refuse_changed(changed)


def check_rows(db: Database, changed: dict[str, int], chains: Sequence[Chain]) -> None:
    """Check that every row is as its last version left it, and none appeared or vanished otherwise.

    Arguments and errors as `check_versions`.
    """
    keys, start = ChainKeys(chains), chains[0].start
    there = set(db.table_names())
    for table in PATIENT_OF:
        if table not in there:  # `check_triggers` has said whether it may be missing
            continue
        wrong = sum(1 for _row in _wrong_rows(db, table, keys, start))
        if wrong:
            changed[table] = wrong
    _refuse_changed(changed)


def _refuse_changed(changed: dict[str, int]) -> None:
    if changed:
        told = ", ".join(
            _("{n} of {table}").format(n=rows, table=table)
            for table, rows in sorted(changed.items())
        )
        raise BrokenError(
            None,
            _(
                "The file was changed from outside: rows are not as they were written ({told})."
            ).format(told=told),
        )


def _wrong_rows(db: Database, table: str, keys: ChainKeys, start: int) -> Iterator[int]:
    now = row_json(tracked_columns(db, table), "t")
    rows = db.execute(
        f"SELECT t.id, {now}, v.entry, v.after_mac FROM {table} AS t"
        " LEFT JOIN row_versions AS v ON v.seq = (SELECT max(seq) FROM row_versions"
        " WHERE table_name = ? AND row = t.id AND entry >= ?)",
        [table, start],
    )
    for row, content, entry, after_mac in rows:
        if entry is None or after_mac is None:
            yield row
            continue
        key = keys.of(entry)
        if key is not None and row_mac(key, table, row, shown(key, table, content)) != after_mac:
            yield row
    gone = db.execute(
        "SELECT row FROM row_versions AS v WHERE table_name = :table AND entry >= :start"
        f" AND NOT EXISTS (SELECT 1 FROM {table} AS t WHERE t.id = v.row)"
        " GROUP BY row HAVING (SELECT action FROM row_versions AS l"
        "  WHERE l.table_name = :table AND l.row = v.row ORDER BY l.seq DESC LIMIT 1) <> 'delete'",
        {"table": table, "start": start},
    )
    yield from (row for (row,) in gone)
