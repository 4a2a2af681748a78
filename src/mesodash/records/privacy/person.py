"""Everything that is held about one person, for the person who asks (GDPR, articles 15 and 20).

Which tables and columns are a patient's follows from the schema's own declarations
(`inventory.TABLES`, `schema.versions.PATIENT_OF`), so a table added later is in it by itself.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.row_history import RowVersion, versions_of_patient
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.privacy.inventory import HIDDEN, INNER, TABLES
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError
from mesodash.records.store.schema.versions import PATIENT_OF
from mesodash.records.transfer.lookup import OWN_ID, REFERENCES

ACTION = "records.export"
"""The row of the permission matrix."""

_UNTRACKED: Mapping[str, str] = {
    "drafts": "coalesce({row}.patient, (SELECT patient FROM sessions WHERE id = {row}.session))",
}
"""As `PATIENT_OF`, for tables of patients whose rows have no versions."""

_TOLD_APART = ("change_log", "row_versions")
"""Tables about the other tables; their rows are `looks`, `changes` and `copies`."""


@dataclass(frozen=True, slots=True)
class PersonTable:
    """A person's rows of one table of the clinic's file.

    Attributes:
        name: the table.
        why: why it is kept, as the record of processing says it.
        rows: column -> value as stored (microlitres, micrometres, thousandths of a price, grams);
            rows of other tables are named by their outside ids, a picture by its size,
            its SHA-256 and itself in Base64. `row` is the row's
            number, by which `changes` and rows without an id are joined.
        technical: columns that say nothing about the person, such as the number of a form.
    """

    name: str
    why: str
    rows: tuple[Mapping[str, Any], ...]
    technical: frozenset[str]


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """An entry of the change log about the person: who looked at or changed what, and when.

    Attributes:
        at: UTC.
        actor, role: who, in which role.
        action, table: as in the change log.
        rows: how many rows.
    """

    at: datetime
    actor: str
    role: str
    action: str
    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Everything held about one person.

    Attributes:
        patient_id: whose.
        clinic: who holds it.
        is_demo: the patients are synthetic.
        made_at: when this was put together (UTC).
        tables: the person's rows, table by table; tables without any are left out.
        looks: who looked at or changed what, oldest first.
        changes: every change of every row with the row before and after, oldest first.
        copies: copies of the whole clinic, backups and exports, made since the person was recorded.
        keep_years: how long records are kept after the last contact; None is no limit set.
        practitioners: the names of those who treated, by their ids.
    """

    patient_id: str
    clinic: str
    is_demo: bool
    made_at: datetime
    tables: tuple[PersonTable, ...]
    looks: tuple[LoggedAct, ...]
    changes: tuple[RowVersion, ...]
    copies: tuple[LoggedAct, ...]
    keep_years: int | None
    practitioners: Mapping[str, str]

    def rows_of(self, table: str) -> tuple[Mapping[str, Any], ...]:
        """The person's rows of one table."""
        return next((one.rows for one in self.tables if one.name == table), ())


def patients_tables() -> dict[str, str]:
    """Every table with rows of patients, with the SQL for the patient whose row `{row}` is.

    Raises:
        RuntimeError: the inventory has a table of patients whose patient nothing declares.
    """
    known = {**PATIENT_OF, **_UNTRACKED}
    found = {}
    for table, use in TABLES.items():
        if not use.whose.startswith("patients") or table in _TOLD_APART:
            continue
        if known.get(table, "NULL") == "NULL":
            raise RuntimeError(f"nothing declares whose rows those of {table} are")
        found[table] = known[table]
    return found


def everything_about(
    path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> PersonRecord:
    """All that the clinic's file holds about one person, with who looked at it and changed it.

    It is noted in the change log as an export of this patient before it is read, so the list of
    those who looked ends with it.

    Args:
        path: the clinic's file.
        patient_id: whose.
        actor: who exports.
        clock: gives the time.

    Raises:
        NotAllowedError: the role may not export patients' records.
        RecordError: nobody has this id, or the clinic's file is missing, damaged or busy.
    """
    require(path, actor, ACTION, clock=clock)
    clinic = read_clinic(path)
    bring_up_to_date(path)
    with reading(path) as db:
        patient = _number(db, patient_id)
    with writing(path, actor, clock=clock) as change:
        change.log("export", "patients", key=patient_id, patient=patient)
    with reading(path) as db:
        (keep,) = db.execute("SELECT keep_years FROM clinic").fetchone()
        return PersonRecord(
            patient_id=patient_id,
            clinic=clinic.name,
            is_demo=clinic.is_demo,
            made_at=clock().astimezone(UTC),
            tables=tuple(_tables(db, patient)),
            looks=_log(db, "patient = ?", [patient]),
            changes=versions_of_patient(db, patient),
            copies=_copies(db, patient),
            keep_years=keep,
            practitioners=dict(
                db.execute(
                    "SELECT practitioner_id, name FROM practitioners WHERE id IN"
                    " (SELECT practitioner FROM sessions WHERE patient = ?) ORDER BY 1",
                    [patient],
                ).fetchall()
            ),
        )


def _number(db: Database, patient_id: str) -> int:
    row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
    if row is None:
        raise RecordError(
            _("No patient has the id {patient_id!r}; choose one from the list.").format(
                patient_id=patient_id[:64]
            )
        )
    return int(row[0])


def _tables(db: Database, patient: int) -> Iterator[PersonTable]:
    for table, whose in patients_tables().items():
        use = TABLES[table]
        columns = [
            column.name
            for column in db.table(table).columns
            if column.name != "id" and use.kind_of(column.name) != HIDDEN
        ]
        picked = ", ".join(["t.id", *(_outside(column) for column in columns)])
        found = db.execute(
            f"SELECT {picked} FROM {table} AS t WHERE {whose.format(row='t')} = ? ORDER BY t.id",
            [patient],
        )
        rows = tuple(
            {
                name: _plain(value)
                for name, value in zip(("row", *columns), row, strict=True)
                if value is not None
            }
            for row in found
        )
        if rows:
            inner = {name for name in columns if use.kind_of(name) == INNER} - set(REFERENCES)
            yield PersonTable(table, use.why, rows, frozenset(inner | {"row"}))


def _outside(column: str) -> str:
    """A column, with the outside id in the place of another row's number."""
    if column not in REFERENCES:
        return f"t.{column}"
    parent = REFERENCES[column]
    return f"(SELECT {OWN_ID[parent]} FROM {parent} WHERE id = t.{column})"


def _plain(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    return {
        "bytes": len(value),
        "sha256": hashlib.sha256(value).hexdigest(),
        "base64": base64.b64encode(value).decode(),
    }


def _log(db: Database, where: str, values: list[Any]) -> tuple[LoggedAct, ...]:
    rows = db.execute(
        "SELECT at, actor, role, action, table_name, row_count FROM change_log"
        f" WHERE {where} ORDER BY seq",
        values,
    ).fetchall()
    return tuple(LoggedAct(datetime.fromisoformat(at), *rest) for at, *rest in rows)


def _copies(db: Database, patient: int) -> tuple[LoggedAct, ...]:
    """Backups and exports of the whole clinic since the person's first row.

    An export without names holds the person as well, under a pseudonym.
    """
    (first,) = db.execute(
        "SELECT min(entry) FROM row_versions WHERE table_name = 'patients' AND row = ?", [patient]
    ).fetchone()
    return _log(
        db,
        "action = 'export' AND patient IS NULL AND table_name IN ('patients', 'clinic')"
        " AND seq >= ?",
        [first or 0],
    )
