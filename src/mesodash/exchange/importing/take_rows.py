"""The rows of an import checked against each other and the clinic, and the good ones written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mesodash.exchange.cell_text import real, thousandths
from mesodash.exchange.contract.cells import Vocabulary
from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.links import Links
from mesodash.exchange.importing.batch import Batch, ExchangeRow
from mesodash.exchange.importing.rejects_file import TableWriter
from mesodash.records.store.connection import Change
from mesodash.records.transfer.lookup import ExistingRows
from mesodash.records.transfer.upsert import ChangedValue, Counts, WrittenRows, upsert

Progress = Callable[[str, int], None]
"""Called with a file's name and how many more of its rows were read; while rows are checked and
written with 0, some thousand rows apart, so that whoever waits can stop the import: what it raises
leaves the clinic as it was."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result for one exchange file.

    read = inserted + updated + unchanged + rejected + skipped + repeated. `skipped` are rows that
    the mapping leaves out, `repeated` equal repeats that were taken once; `notes` say how the file
    was read and what of it a person should look at. `absent` are rows that the clinic has and the
    file has not; they stay.
    """

    file: str
    source: str
    read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    skipped: int = 0
    repeated: int = 0
    notes: tuple[str, ...] = ()
    absent: int = 0


def take_rows(
    change: Change,
    batches: Sequence[Batch],
    vocabulary: Vocabulary,
    changed: TableWriter,
    progress: Progress | None,
) -> list[FileResult]:
    """Check the batches against each other and the clinic, and write what is good."""
    clinic = ExistingRows(change.db)
    links = Links(clinic, vocabulary)
    touched = WrittenRows()
    for batch in batches:
        _alive(progress, batch)
        links.check(batch)
    counts = [_write(change, batch, touched, changed, progress) for batch in batches]
    touched.log(change)
    return [
        FileResult(
            file=batch.target.file_name,
            source=batch.source,
            read=batch.read,
            inserted=count.inserted,
            updated=count.updated,
            unchanged=count.unchanged,
            rejected=len(batch.rejects),
            skipped=batch.skipped,
            repeated=batch.repeated,
            notes=(*batch.how, *map(_note, batch.notes.items())),
            absent=clinic.count(batch.target.table) - len(batch.rows),
        )
        for batch, count in zip(batches, counts, strict=True)
    ]


def _note(one: tuple[str, tuple[int, int]]) -> str:
    what, (count, first) = one
    return f"{count} {'row' if count == 1 else 'rows'}: {what} (line {first})"


def _alive(progress: Progress | None, batch: Batch) -> None:
    """Let whoever waits stop the import here."""
    if progress:
        progress(batch.source, 0)


def _write(
    change: Change,
    batch: Batch,
    touched: WrittenRows,
    changed: TableWriter,
    progress: Progress | None,
) -> Counts:
    target = batch.target
    given = [target.at(name) for name in target.names if name in batch.present]
    total = Counts(0, 0, 0)
    for rows in batch.rows.chunks():
        _alive(progress, batch)
        by_left: dict[tuple[str, ...], list[ExchangeRow]] = {}
        for row in rows:
            by_left.setdefault(row.left, []).append(row)
        for left, some in by_left.items():
            places = [at for at in given if target.names[at] not in left]
            columns = [target.columns[at].field for at in places]
            replaced: list[ChangedValue] = []
            values = [tuple(row.values[at] for at in places) for row in some]
            counts = upsert(change, target.table, columns, values, touched, replaced)
            for one in replaced:
                _tell_change(target, one, changed)
            total = Counts(
                total.inserted + counts.inserted,
                total.updated + counts.updated,
                total.unchanged + counts.unchanged,
            )
    return total


def _tell_change(target: ExchangeFile, one: ChangedValue, changed: TableWriter) -> None:
    column = next(column for column in target.columns if column.field == one.column)
    key = ", ".join("" if part is None else str(part) for part in one.key)
    old, new = (_exchange_text(column.kind, value) for value in (one.old, one.new))
    changed.add(target.file_name, key, column.name, old, new)


def _exchange_text(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "thousandths":
        return thousandths(value)
    return real(value) if kind == "real" else str(value)
