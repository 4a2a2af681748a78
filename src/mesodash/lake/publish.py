"""Publish: bring a clinic's Parquet files in the lake up to date with its record.

Layout: LAKE/<table>/clinic_id=<id>/month=<YYYY-MM>/part.parquet (zstd), no month for patients and
courses; LAKE/_state/<clinic>.json holds the last published change and a manifest of the files.
Everything in the lake can be made again: files that do not fit the manifest are published anew.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import lock_descriptor

from mesodash.lake import schema
from mesodash.lake.durations import count, until_treated_again
from mesodash.lake.errors import LakeError
from mesodash.lake.manifest import PART, Manifest, WrittenFile, as_json, damaged, from_json, misfits
from mesodash.language import _
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.store.connection import Clock, utc_now
from mesodash.records.transfer.lake_changes import ChangedMonths, Position, Row, Snapshot, snapshot

STATE_FOLDER: Final = "_state"
_POSITION: Final = tuple(one.name for one in fields(Position))

_ARROW: Final = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


@dataclass(frozen=True, slots=True)
class Published:
    """What a publish wrote.

    Attributes:
        months: the months written or removed, oldest first; empty if nothing had changed.
        tables: the tables written.
        revision: the record's revision the lake now shows.
    """

    months: tuple[str, ...]
    tables: tuple[str, ...]
    revision: int


def publish(db: Path, lake: Path, *, clock: Clock = utc_now, everything: bool = False) -> Published:
    """Write what changed in the clinic's file since the last publish into the lake.

    Each file is replaced in one step, and the state is written last, so a publish that is cut off
    is simply repeated by the next. Processes that publish one clinic at once take turns. Where a
    file is missing, or another than was published, everything is written again.

    Args:
        db: the clinic's file.
        lake: the lake's folder, made if missing.
        clock: gives the time noted in the state.
        everything: whether all is written, whatever the lake already holds.

    Raises:
        NotAClinicError, DamagedError, BusyError: each with one sentence that names the fix.
        LakeError: the lake's folder cannot be written.
    """
    try:
        return _publish(db, lake, clock, everything=everything)
    except OSError as error:
        raise LakeError(
            _(
                "The lake at {lake} cannot be written ({reason}); free the folder or its disk."
            ).format(lake=lake, reason=error.strerror)
        ) from error


def _publish(db: Path, lake: Path, clock: Clock, *, everything: bool) -> Published:
    with snapshot(db) as record:
        clinic_id = record.position().clinic_id
    bring_up_to_date(db, clock=clock)  # a file of an earlier version has not every column yet
    with _one_at_a_time(lake, clinic_id), snapshot(db) as record:
        now = record.position()
        kept = None if everything else _kept(lake, clinic_id)
        then, manifest = kept or (None, {})
        touched = ChangedMonths(everything=True) if then is None else record.touched_since(then)
        if (
            then is not None
            and then.revision == now.revision
            and touched == ChangedMonths(everything=False)
        ):
            return Published((), (), now.revision)
        writer = Writer(lake, clinic_id, manifest)
        for table in schema.PEOPLE_AND_COURSES:
            if touched.everything or table in touched.undated:
                writer.write(table, None, record.undated(table))
        by_table = None if then is None or touched.everything else record.months_by_table(then)
        for table in schema.FACTS:
            _write_months(writer, record, table, None if by_table is None else by_table[table])
        _replace(
            _state_file(lake, clinic_id),
            json.dumps(
                {
                    "schema": schema.VERSION,
                    **asdict(now),
                    "published_at": clock().astimezone(UTC).isoformat(timespec="seconds"),
                    "files": as_json(writer.manifest),
                },
                indent=1,
            ).encode(),
        )
    return Published(tuple(sorted(writer.months)), tuple(sorted(writer.tables)), now.revision)


def published_position(lake: Path, clinic_id: str) -> Position | None:
    """The last change of a clinic that the lake holds completely.

    None if there is none, it has another schema, or a file is missing or another than was
    published (by size and time).
    """
    kept = _kept(lake, clinic_id)
    return kept[0] if kept else None


def _kept(lake: Path, clinic_id: str) -> tuple[Position, Manifest] | None:
    """What a clinic's lake holds, as `published_position`, and its manifest."""
    found = _state(lake, clinic_id)
    return None if found is None or misfits(lake, clinic_id, found[1]) else found


def _misfits(lake: Path, clinic_id: str) -> tuple[str, ...]:
    found = _state(lake, clinic_id)
    return () if found is None else misfits(lake, clinic_id, found[1])


def misfits_at_rest(lake: Path, clinic_id: str) -> tuple[str, ...]:
    """The files that do not fit what was published, once no publish of the clinic is under way."""
    if not _misfits(lake, clinic_id):
        return ()
    try:
        with _one_at_a_time(lake, clinic_id):
            return _misfits(lake, clinic_id)
    except OSError:  # a lake that may only be read: nobody here publishes into it
        return _misfits(lake, clinic_id)


def damaged_files(db: Path, lake: Path) -> tuple[str, ...]:
    """The files of a clinic's lake whose bytes are not those that were published; reads them all.

    Nothing is damaged where nothing was published by this version.
    """
    with snapshot(db) as record:
        clinic_id = record.position().clinic_id
    found = _state(lake, clinic_id)
    return () if found is None else damaged(lake, clinic_id, found[1])


def _state(lake: Path, clinic_id: str) -> tuple[Position, Manifest] | None:
    """What a clinic's state file says; None if it is missing, cut off, or by another version."""
    try:
        state = json.loads(_state_file(lake, clinic_id).read_text("utf-8"))
        position = Position(*(state[name] for name in _POSITION))
        manifest = from_json(state["files"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    except OSError as error:
        raise LakeError(
            _(
                "The lake at {lake} cannot be read ({reason}); free the folder, or"
                " publish into another."
            ).format(lake=lake, reason=error.strerror)
        ) from error
    return (position, manifest) if state["schema"] == schema.VERSION else None


def is_up_to_date(db: Path, lake: Path) -> bool:
    """Whether the lake shows the clinic's file as it is now; a few point reads."""
    with snapshot(db) as record:
        now = record.position()
        then = published_position(lake, now.clinic_id)
        if then is None or then.revision != now.revision:
            return False
        return then == now or record.touched_since(then) == ChangedMonths(everything=False)


def mark(file: Path) -> tuple[int, int] | None:
    """Tells a file from an earlier one of the same name: its inode and modification time.

    None where there is no file.
    """
    try:
        state = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return state.st_ino, state.st_mtime_ns


def published_mark(lake: Path, clinic_id: str) -> tuple[int, int] | None:
    """The `mark` of a clinic's state file, which changes with every publish."""
    return mark(_state_file(lake, clinic_id))


def _write_months(
    writer: "Writer", record: Snapshot, table: str, months: tuple[str, ...] | None
) -> None:
    """Write a table's months (None: all) and remove those that no longer have rows."""
    written = set()
    for month, rows in record.dated(table, months):
        writer.write(table, month, _counted(rows) if table == "side_effects" else rows)
        written.add(month)
    gone = (set(writer.months_there(table)) if months is None else set(months)) - written
    for month in gone:
        writer.remove(table, month)


def _counted(rows: Iterable[Row]) -> Iterator[Row]:
    """Side effects with the record's texts turned into dates and counting columns."""
    for row in rows:
        facts, texts = row[:-7], row[-7:]
        onset_at, resolved_at, last_seen_at, gone_by_at, told, contact_at, treated_at = texts
        counted = count(onset_at, resolved_at, last_seen_at, gone_by_at, contact_at)
        contact = max((text for text in (last_seen_at, contact_at) if text), default=None)
        yield (
            *facts[:10],
            _day(onset_at),
            _day(contact),
            *facts[10:],
            counted.counting,
            bool(resolved_at or gone_by_at),
            counted.from_minutes,
            counted.to_minutes,
            told,
            until_treated_again(counted, onset_at, treated_at),
        )


def _day(text: str | None) -> str | None:
    """The date of an ISO text; None where it is known only to the month or year."""
    return text[:10] if text and len(text) >= 10 else None


class Writer:
    """The files of one clinic in the lake; remembers what it touched.

    Attributes:
        months, tables: what was written or removed.
        manifest: all files as they are now.
    """

    def __init__(self, lake: Path, clinic_id: str, manifest: Manifest) -> None:
        self._lake = lake
        self._clinic = f"clinic_id={clinic_id}"
        self.manifest = dict(manifest)
        self.months: set[str] = set()
        self.tables: set[str] = set()

    def _folder(self, table: str, month: str | None) -> Path:
        folder = self._lake / table / self._clinic
        return folder if month is None else folder / f"month={month}"

    def months_there(self, table: str) -> list[str]:
        """The months a table has in the lake now."""
        return [
            part.parent.name.removeprefix("month=")
            for part in self._folder(table, None).glob(f"month=*/{PART}")
        ]

    def write(self, table: str, month: str | None, rows: Iterable[Row]) -> None:
        """Replace one partition; one without rows is removed."""
        columns: list[Any] = list(zip(*rows, strict=True))
        if not columns:
            self.remove(table, month)
            return
        kinds = schema.TABLES[table].items()
        arrays = [_array(cells, kind) for (_name, kind), cells in zip(kinds, columns, strict=True)]
        self.write_arrow(table, month, pa.table(arrays, names=list(schema.TABLES[table])))

    def write_arrow(self, table: str, month: str | None, arrow: pa.Table) -> None:
        """Replace one partition with a table that has the lake's columns in order."""
        sink = pa.BufferOutputStream()
        pq.write_table(arrow, sink, compression="zstd")
        file, content = self._folder(table, month) / PART, sink.getvalue().to_pybytes()
        _replace(file, content)
        self.manifest[self._name(file)] = WrittenFile.of(file, content)
        self._note(table, month)

    def remove(self, table: str, month: str | None) -> None:
        """Remove one partition, if it is there."""
        folder = self._folder(table, month)
        if (folder / PART).exists():
            (folder / PART).unlink()
            self.manifest.pop(self._name(folder / PART), None)
            if not any(folder.iterdir()):
                folder.rmdir()
            self._note(table, month)

    def _name(self, file: Path) -> str:
        return file.relative_to(self._lake).as_posix()

    def _note(self, table: str, month: str | None) -> None:
        self.tables.add(table)
        if month is not None:
            self.months.add(month)


def _array(cells: tuple[Any, ...], kind: str) -> pa.Array:
    if kind == "date":
        return pa.array(cells, pa.string()).cast(pa.date32())
    return pa.array(cells, _ARROW[kind])


def _replace(file: Path, content: bytes) -> None:
    """Put `content` into `file` in one step: a reader sees the old or the new, never a part."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(content)
    os.replace(draft, file)  # noqa: PTH105 - the one call that is atomic by definition


def _state_file(lake: Path, clinic_id: str) -> Path:
    return lake / STATE_FOLDER / f"{clinic_id}.json"


@contextmanager
def _one_at_a_time(lake: Path, clinic_id: str) -> Iterator[None]:
    """Wait for other processes that publish this clinic; the lock ends with the process."""
    folder = lake / STATE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{clinic_id}.lock").open("w") as handle:
        lock_descriptor(handle.fileno())
        yield
