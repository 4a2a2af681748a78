"""The rows of an import checked against each other and the clinic, and the good ones written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mesodash.exchange.cell_text import real, thousandths
from mesodash.exchange.contract.cells import Vocabulary
from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.files import picture_name
from mesodash.exchange.contract.links import Links
from mesodash.exchange.importing.batch import UNREAD, Batch, Key
from mesodash.exchange.importing.rejects_file import TableWriter
from mesodash.exchange.sources.photograph_file import MOST_KEPT, plain_size
from mesodash.language import _, ngettext
from mesodash.records.store.connection import Change
from mesodash.records.transfer.dump import ordered_rows
from mesodash.records.transfer.lookup import ExistingRows
from mesodash.records.transfer.photographs import (
    insert_photograph,
    kept_photograph,
    photograph_fault,
)
from mesodash.records.transfer.upsert import ChangedValue, Counts, WrittenRows, upsert

if TYPE_CHECKING:
    from mesodash.exchange.importing.row_store import ExchangeRow

Progress = Callable[[str, int], None]
"""Called with a file's name and how many more of its rows were read; while rows are checked and
written with 0, some thousand rows apart, so that whoever waits can stop the import: what it raises
leaves the clinic as it was."""


Origin = Callable[[str, int], tuple[str, int]]
"""Where a line of a table stands in the files that were given: FHIR becomes tables first."""

_AT_ONCE = 1000
_COMPARED_AT_ONCE = 5000
"""Rows of the clinic compared with a file together."""

Place = tuple[str, int]
"""A file and a line of it."""

NAMED = 20
"""How many absent rows of a file are named one by one; the list that is written has all."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an import writes down for people beside the clinic: replaced values, absent rows."""

    changed: TableWriter
    absent: TableWriter | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class AbsentRow:
    """A row that the clinic has and the file has not.

    Attributes:
        row: its id, or the parts of its natural key.
        patient_id: whose it is; empty where it is nobody's.
        place: where it may stand among the refused rows; empty if it is gone for sure.
    """

    row: str
    patient_id: str
    place: str


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result for one exchange file.

    read = inserted + updated + unchanged + rejected + skipped + repeated. `skipped` are rows that
    the mapping leaves out, `repeated` equal repeats that were taken once; `notes` say how the file
    was read and what of it a person should look at. `absent` are rows that the clinic has and the
    file has not; they stay. `perhaps` of them may be refused rows, of whose key a part cannot be
    read. `gone` names the first of them.
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
    perhaps: int = 0
    gone: tuple[AbsentRow, ...] = ()


def absent_lines(one: FileResult, most: int) -> list[str]:
    """What to say of the rows that the clinic has and a file has not, `most` of them by name."""
    if not one.absent:
        return []
    named = [row.row for row in one.gone[:most]]
    if one.absent > len(named):
        named.append(_("and {n} more").format(n=one.absent - len(named)))
    lines = [
        ngettext(
            "{n} row that the clinic has is not in {file}, and stays: {rows}.",
            "{n} rows that the clinic has are not in {file}, and stay: {rows}.",
            one.absent,
        ).format(n=one.absent, file=one.source, rows="; ".join(named))
    ]
    if one.perhaps:
        lines.append(
            ngettext(
                "{n} of them may be a refused row of {file}, whose key cannot be read.",
                "{n} of them may be refused rows of {file}, whose keys cannot be read.",
                one.perhaps,
            ).format(n=one.perhaps, file=one.source)
        )
    return lines


def take_rows(
    change: Change,
    batches: Sequence[Batch],
    vocabulary: Vocabulary,
    told: Told,
    progress: Progress | None,
) -> list[FileResult]:
    """Check the batches against each other and the clinic, and write what is good."""
    clinic = ExistingRows(change.db)
    links = Links(clinic, vocabulary)
    touched = WrittenRows()
    for batch in batches:
        _alive(progress, batch)
        links.check(batch)
    absences = [_tell_absent(change, batch, told, progress) for batch in batches]
    counts = [_write(change, batch, touched, told.changed, progress) for batch in batches]
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
            **gone,
        )
        for batch, count, gone in zip(batches, counts, absences, strict=True)
    ]


def _tell_absent(
    change: Change, batch: Batch, told: Told, progress: Progress | None
) -> dict[str, Any]:
    """Write down what the clinic has and the file has not; the counts and the first rows."""
    count = perhaps = 0
    first: list[AbsentRow] = []
    rest = absent_rows(change, batch)
    while some := list(islice(rest, _AT_ONCE)):
        _alive(progress, batch)
        patients = patients_of(change, batch, [key for key, _where in some])
        for key, place in some:
            where = "" if place is None else _place(*told.origin(*place))
            row = AbsentRow(", ".join(map(str, key)), patients.get(key[0], ""), where)
            if told.absent is not None:
                told.absent.add(batch.target.file_name, row.row, row.patient_id, row.place)
            count, perhaps = count + 1, perhaps + (place is not None)
            if len(first) < NAMED:
                first.append(row)
    return {"absent": count, "perhaps": perhaps, "gone": tuple(first)}


def _place(file: str, line: int) -> str:
    return _("{file}, line {line}").format(file=file, line=line)


def take_photographs(
    change: Change,
    batch: Batch,
    folder: Path,
    off: str | None,
    told: Told,
    progress: Progress | None,
) -> FileResult:
    """Keep the photographs of photos.csv whose pictures lie beside it.

    Args:
        change: the import in progress, with everything else written.
        batch: the rows of photos.csv.
        folder: where the pictures are.
        off: why this file may keep no photographs; None if it may.
        told: where absent ones are written down.
        progress: lets whoever waits stop the import.
    """
    inserted = unchanged = 0
    gone = _tell_absent(change, batch, told, progress)
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
        **gone,
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


def absent_rows(change: Change, batch: Batch) -> Iterator[tuple[Key, Place | None]]:
    """The key of each row that the clinic has and the file has not, in the order of an export.

    They stay in the clinic; whoever imports is told. A row is known again by its key, as at
    writing. A refused row stands in the file all the same: where its key can be read, the clinic's
    row of that key is not gone; where a part of it cannot, every row that agrees in the rest may be
    the one.

    Args:
        change: the write in progress, before the batch is written.
        batch: the file's rows, checked.

    Yields:
        The key, and where it may stand among the refused rows; None if it is gone for sure.
    """
    at = [batch.target.at(name) for name in batch.target.key]
    whole = [key for _place, key in batch.refused_keys if UNREAD not in key]
    known = np.fromiter((_hash(tuple(row.values[a] for a in at)) for row in batch.rows), np.int64)
    known = np.union1d(known, np.fromiter(map(_hash, whole), np.int64, len(whole)))
    torn = _Torn(batch)
    for keys in _chunks(_keys(change, batch)):
        hashes = np.fromiter(map(_hash, keys), np.int64, len(keys))
        for number in np.flatnonzero(~np.isin(hashes, known)):
            yield keys[number], torn.place_of(keys[number])


def patients_of(change: Change, batch: Batch, keys: list[Key]) -> Mapping[Any, str]:
    """Whose rows they are: patient_id by the first part of a row's key."""
    first = batch.target.columns[batch.target.at(batch.target.key[0])]
    table = first.refers or (batch.target.table if first.kind == "id" else "")
    if not table or table in ("practitioners", "stock"):
        return {}
    return ExistingRows(change.db).owners(table, {str(key[0]) for key in keys})


def _keys(change: Change, batch: Batch) -> Iterator[Key]:
    target = batch.target
    fields = tuple(target.columns[target.at(name)].field for name in target.key)
    rows = ordered_rows(change.db, target.table, fields)
    if target.table == "screening_answers":  # these come with all of their columns
        at = [target.at(name) for name in target.key]
        rows = (tuple(row[a] for a in at) for row in rows)
    return (tuple("" if part is None else part for part in row) for row in rows)


def _hash(key: Key) -> int:
    return hash(tuple("" if part is None else part for part in key))


def _chunks(keys: Iterator[Key]) -> Iterator[list[Key]]:
    while some := list(islice(keys, _COMPARED_AT_ONCE)):
        yield some


class _Torn:
    """Refused rows of which only a part of the key can be read, by the parts that can."""

    def __init__(self, batch: Batch) -> None:
        self._parts: dict[tuple[int, ...], dict[Key, Place]] = {}
        for place, key in batch.refused_keys:
            if UNREAD in key:
                readable = tuple(at for at, part in enumerate(key) if part is not UNREAD)
                rest = tuple("" if key[at] is None else key[at] for at in readable)
                self._parts.setdefault(readable, {}).setdefault(rest, place)

    def place_of(self, key: Key) -> Place | None:
        """Where a row may stand; None if no refused row agrees with it."""
        for readable, rests in self._parts.items():
            found = rests.get(tuple(key[at] for at in readable))
            if found is not None:
                return found
        return None
