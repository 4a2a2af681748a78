"""Importing many rows at once into the clinic's file: inserts and updates.

Rows come with the ids of the exchange files (patient_id, ...); the internal numbers are found here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from mesodash.records.store.connection import Change
from mesodash.records.store.row_numbers import unused_patient_number
from mesodash.records.store.vocabulary import IMMUTABLE
from mesodash.records.transfer.immutable import form_of, insert_answers, version_numbers
from mesodash.records.transfer.lookup import OWN_ID, REFERENCES, find

NATURAL_KEY = {
    "treated_areas": ("session", "area", "side", "technique"),
    "products_used": ("session", "area", "product", "lot"),
    "follow_ups": ("session", "contacted_at", "channel"),
    "injection_points": ("session", "area", "side", "number"),
    "outcomes": ("patient", "course", "area", "scale", "measured_on"),
    "protocol_versions": ("protocol", "version"),
    "plans": ("course",),
    "screening_answers": ("patient", "number", "question"),
}
"""What makes a row the same row where it has no id: the unique indexes of the schema."""

SESSION_BOUND = (
    "treated_areas",
    "injection_points",
    "products_used",
    "side_effects",
    "follow_ups",
)

_MONTH_OF = {
    "sessions": "held_at",
    "outcomes": "measured_on",
    "courses": "started_on",
    "consents": "given_on",
    "red_cards": "opened_at",
}
"""The column whose month a table's rows belong to; session-bound ones follow their session."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of one table were inserted, changed or left."""

    inserted: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A stored value that was replaced; rows are identified by their outside ids.

    Attributes:
        table: the row's table.
        key: the row's own id, or the values of its natural key.
        column: the column of the clinic's file.
        old, new: in the clinic's units; outside ids.
    """

    table: str
    key: tuple[Any, ...]
    column: str
    old: Any
    new: Any


@dataclass(slots=True)
class WrittenRows:
    """Rows written so far, by table and month and by patient, for the change log."""

    months: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    patients: Counter[int] = field(default_factory=Counter)

    def add(self, table: str, month: str | None, patient: int | None) -> None:
        """Count one row."""
        self.months[table, month] += 1
        if patient is not None:
            self.patients[patient] += 1

    def log(self, change: Change) -> None:
        """One entry per table and month and one per patient, not one per row."""
        for (table, month), rows in sorted(
            self.months.items(), key=lambda item: (item[0][0], item[0][1] or "")
        ):
            change.log("import", table, month=month, rows=rows)
        for patient, rows in sorted(self.patients.items()):
            change.log("import", "patients", patient=patient, rows=rows)


def upsert(
    change: Change,
    table: str,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    touched: WrittenRows,
    changed: list[ChangedValue] | None = None,
) -> Counts:
    """Insert the rows that are new and update those that differ, in the open transaction.

    Rows of `IMMUTABLE` tables are only inserted: the caller has refused those that differ.

    Args:
        change: the write in progress; nothing is logged here (see `WrittenRows.log`).
        table: the table.
        columns: the given columns; patient, practitioner, course and session hold outside
            ids, a session's protocol_version the version's number beside its protocol. Columns not
            given keep what the clinic has.
        rows: values in that order, already checked; every id they name must exist.
        touched: counts what was written.
        changed: collects every value that is replaced, with the old one.
    """
    db = change.db
    numbers = {
        column: _numbers(db, REFERENCES[column], {row[at] for row in rows} - {None})
        for at, column in enumerate(columns)
        if column in REFERENCES
    }
    if table == "screening_answers":
        patients = insert_answers(db, columns, rows, numbers["patient"])
        for patient in patients:
            touched.add("screenings", None, patient)
        return Counts(len(patients), 0, len(rows) - len(patients))
    if table == "sessions" and "protocol_version" in columns:
        rows = _with_versions(db, columns, rows)
    if table == "plans":
        course = columns.index("course")
        rows = [(*row, *form_of(row[course])) for row in rows]
        columns = (*columns, "nonce", "content")
    wanted = [
        tuple(
            numbers[column][value] if column in numbers and value is not None else value
            for column, value in zip(columns, row, strict=True)
        )
        for row in rows
    ]
    key = (OWN_ID[table],) if table in OWN_ID else NATURAL_KEY[table]
    picked = [columns.index(name) if name in columns else None for name in key]
    keys = [tuple("" if at is None else row[at] for at in picked) for row in wanted]
    keys = [tuple("" if part is None else part for part in one) for one in keys]
    present = _existing(db, table, key, columns, keys)
    inserts = [row for row, one in zip(wanted, keys, strict=True) if one not in present]
    updates = [
        (row, present[one][0], present[one][1])
        for row, one in zip(wanted, keys, strict=True)
        if table not in IMMUTABLE and one in present and present[one][1] != row
    ]
    if changed is not None:
        changed += _changed_values(db, table, columns, key, [(row, old) for row, _, old in updates])
    _insert(db, table, columns, inserts)
    _update(db, table, columns, updates, touched)
    _count(db, table, columns, inserts, [(row, old) for row, _, old in updates], touched)
    return Counts(len(inserts), len(updates), len(rows) - len(inserts) - len(updates))


def _changed_values(
    db: Database,
    table: str,
    columns: Sequence[str],
    key: Sequence[str],
    pairs: Sequence[tuple[tuple[Any, ...], tuple[Any, ...]]],
) -> list[ChangedValue]:
    """What differs between new and old rows, with outside ids in place of internal numbers."""
    names: dict[str, dict[Any, Any]] = {}
    for at, column in enumerate(columns):
        if column in REFERENCES:
            parent = REFERENCES[column]
            asked = {side[at] for pair in pairs for side in pair} - {None}
            select = f"SELECT id, {OWN_ID[parent]} FROM {parent}"
            names[column] = dict(find(db, select, "id", asked))
        elif column == "protocol_version":
            asked = {side[at] for pair in pairs for side in pair} - {None}
            names[column] = dict(find(db, "SELECT id, version FROM protocol_versions", "id", asked))

    def shown(column: str, value: Any) -> Any:
        return names[column].get(value) if column in names and value is not None else value

    found = []
    for new, old in pairs:
        known = dict(zip(columns, new, strict=True))
        which = tuple(shown(name, known.get(name)) for name in key)
        found += [
            ChangedValue(table, which, column, shown(column, one), shown(column, other))
            for column, one, other in zip(columns, old, new, strict=True)
            if one != other
        ]
    return found


def _numbers(db: Database, table: str, ids: Iterable[str]) -> dict[str, int]:
    own = OWN_ID[table]
    return dict(find(db, f"SELECT {own}, id FROM {table}", own, ids))


def _with_versions(
    db: Database, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """The rows with the file's own number of the version that a session followed."""
    numbers = version_numbers(db)
    at = columns.index("protocol_version")
    # Without a protocol there is no version: the rows have been checked.
    which = columns.index("protocol") if "protocol" in columns else at
    return [
        (*row[:at], None if row[at] is None else numbers[row[which], row[at]], *row[at + 1 :])
        for row in rows
    ]


def _existing(
    db: Database,
    table: str,
    key: Sequence[str],
    columns: Sequence[str],
    keys: Sequence[tuple[Any, ...]],
) -> dict[tuple[Any, ...], tuple[int, tuple[Any, ...]]]:
    """The rows that exist already: key -> (internal number, values of `columns`).

    Found by the first part of the key, for which every table has an index.
    """
    parts = ", ".join(f"coalesce({name}, '')" for name in key)
    select = f"SELECT id, {parts}, {', '.join(columns)} FROM {table}"
    asked = set(keys)
    found = {}
    for row in find(db, select, key[0], {one[0] for one in asked}):
        one = tuple(row[1 : 1 + len(key)])
        if one in asked:
            found[one] = (row[0], tuple(row[1 + len(key) :]))
    return found


def _insert(
    db: Database, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
    if table == "treated_areas":
        # The session's patient and time are repeated there, for the history's index.
        values = ", ".join(f"?{at + 1}" for at in range(len(columns)))
        session = columns.index("session") + 1
        statement = (
            f"INSERT INTO {table} ({names}, patient, held_at)"
            f" SELECT {values}, patient, held_at FROM sessions WHERE id = ?{session}"
        )
    elif table == "patients":
        first = unused_patient_number(db)
        statement = f"INSERT INTO {table} (id, {names}) VALUES (?, {marks})"
        rows = [(first + at, *row) for at, row in enumerate(rows)]
    db.conn.executemany(statement, rows)


def _update(
    db: Database,
    table: str,
    columns: Sequence[str],
    rows: Sequence[tuple[tuple[Any, ...], int, tuple[Any, ...]]],
    touched: WrittenRows,
) -> None:
    if table == "sessions":
        _count_moved(db, columns, rows, touched)
    assigned = ", ".join(f"{name} = ?" for name in columns)
    db.conn.executemany(
        f"UPDATE {table} SET {assigned} WHERE id = ?", [(*row, number) for row, number, _ in rows]
    )


def _count(
    db: Database,
    table: str,
    columns: Sequence[str],
    inserts: Sequence[tuple[Any, ...]],
    updates: Sequence[tuple[tuple[Any, ...], tuple[Any, ...]]],
    touched: WrittenRows,
) -> None:
    """Count the month and patient of every written row, before and after."""
    pairs = [(row, row) for row in inserts] + list(updates)
    if table in ("practitioners", "protocol_versions", "stock"):
        touched.months[table, None] += len(pairs)
    elif table == "plans":
        _count_plans(db, [row[columns.index("course")] for row in inserts], touched)
    elif table == "patients":
        at = columns.index("patient_id")
        numbers = _numbers(db, table, {row[at] for row, _ in pairs})
        for row, _ in pairs:
            touched.add(table, None, numbers[row[at]])
    elif table in SESSION_BOUND:
        at = columns.index("session")
        asked = {side[at] for pair in pairs for side in pair}
        where = {
            number: (patient, held_at[:7])
            for number, patient, held_at in find(
                db, "SELECT id, patient, held_at FROM sessions", "id", asked
            )
        }
        for pair in pairs:
            for patient, month in {where[side[at]] for side in pair}:
                touched.add(table, month, patient)
    else:
        who, when = columns.index("patient"), columns.index(_MONTH_OF[table])
        for pair in pairs:
            for patient, month in {(side[who], side[when][:7]) for side in pair}:
                touched.add(table, month, patient)
    touched.months += Counter()  # drops what counted nothing


def _count_plans(db: Database, courses: Sequence[int], touched: WrittenRows) -> None:
    whose = dict(find(db, "SELECT id, patient FROM courses", "id", courses))
    for course in courses:
        touched.add("plans", None, whose[course])


def _count_moved(
    db: Database,
    columns: Sequence[str],
    rows: Sequence[tuple[tuple[Any, ...], int, tuple[Any, ...]]],
    touched: WrittenRows,
) -> None:
    """Count both months and patients for what moves along with a session."""
    who, when = columns.index("patient"), columns.index("held_at")
    moved: Mapping[int, set[tuple[int, str]]] = {
        number: {(side[who], side[when][:7]) for side in (row, old)}
        for row, number, old in rows
        if (row[who], row[when]) != (old[who], old[when])
    }
    for table in SESSION_BOUND:
        for (session,) in find(db, f"SELECT session FROM {table}", "session", moved):
            for patient, month in moved[session]:
                touched.add(table, month, patient)
