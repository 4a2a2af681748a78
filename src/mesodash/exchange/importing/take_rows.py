"""The rows of an import checked against each other and the clinic, and the good ones written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from mesodash.exchange.cell_text import real, thousandths
from mesodash.exchange.contract.cells import Vocabulary
from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.files import picture_name
from mesodash.exchange.contract.links import Links
from mesodash.exchange.importing.batch import Batch, ExchangeRow
from mesodash.exchange.importing.rejects_file import TableWriter
from mesodash.exchange.sources.photograph_file import MOST_KEPT, plain_size
from mesodash.language import _, ngettext
from mesodash.records.store.connection import Change
from mesodash.records.transfer.lookup import OWN_ID, ExistingRows
from mesodash.records.transfer.photographs import (
    insert_photograph,
    kept_photograph,
    photograph_fault,
)
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
    file has not; they stay. It is None where rows without an id of their own were refused, which
    may be among them.
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
    absent: int | None = 0


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
            absent=_absent(clinic, batch),
        )
        for batch, count in zip(batches, counts, strict=True)
    ]


def _absent(clinic: ExistingRows, batch: Batch) -> int | None:
    """How many rows of the clinic's table the file has neither as good nor as refused ones."""
    table, own_id = batch.target.table, batch.target.own_id
    others = clinic.count(table) - len(batch.rows)
    if not batch.rejects:
        return others
    if not own_id or table not in OWN_ID:
        return None
    refused = set(clinic.owners(table, batch.refused))
    if refused:
        at = batch.target.at(own_id)
        refused -= {str(row.values[at]) for row in batch.rows}
    return others - len(refused)


def take_photographs(
    change: Change, batch: Batch, folder: Path, off: str | None, progress: Progress | None
) -> FileResult:
    """Keep the photographs of photos.csv whose pictures lie beside it.

    Args:
        change: the import in progress, with everything else written.
        batch: the rows of photos.csv.
        folder: where the pictures are.
        off: why this file may keep no photographs; None if it may.
        progress: lets whoever waits stop the import.
    """
    inserted = unchanged = 0
    for row in batch.rows:
        _alive(progress, batch)
        facts = dict(zip(batch.target.names, row.values, strict=True))
        name, facts["intimate"] = str(facts.pop("photo_id")), int(facts["intimate"] == "yes")
        kept = kept_photograph(change.db, name)
        if kept is not None:
            differs = next((one for one in facts if facts[one] != kept[one]), None)
            if differs is None:
                unchanged += 1
            else:
                why = _(
                    "is not what the clinic has here; a photograph is never changed, so correct the"
                    " file"
                )
                batch.drop(row, (differs, why))
            continue
        fault = ("photo_id", off) if off else photograph_fault(change.db, facts)
        found = _picture(folder, facts) if fault is None else fault
        if isinstance(found, bytes):
            insert_photograph(change, name, facts, found)
            inserted += 1
        else:
            batch.drop(row, found)
    return FileResult(
        file=batch.target.file_name,
        source=batch.source,
        read=batch.read,
        inserted=inserted,
        updated=0,
        unchanged=unchanged,
        rejected=len(batch.rejects),
        notes=batch.how,
    )


def _picture(folder: Path, facts: dict[str, Any]) -> bytes | tuple[str, str]:
    """The picture of a photograph, or what is wrong with the file beside."""
    name = picture_name(facts["sha256"])
    path = folder / name
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST_KEPT:
        why = _("has no picture {name} beside it; export with --photographs")
        return ("sha256", why.format(name=name))
    picture = path.read_bytes()
    if sha256(picture).hexdigest() != facts["sha256"]:
        return ("sha256", _("is not that of the file {name}; export again").format(name=name))
    if plain_size(picture) != (facts["width"], facts["height"]):
        why = _(
            "names a picture that holds more than its pixels, or is of another size; take it in on"
            " the patient's page"
        )
        return ("sha256", why)
    return picture


def _note(one: tuple[str, tuple[int, int]]) -> str:
    what, (count, first) = one
    return ngettext(
        "{n} row: {what} (line {line})", "{n} rows: {what} (line {line})", count
    ).format(n=count, what=what, line=first)


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
