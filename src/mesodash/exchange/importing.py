"""Import: a folder of exchange files into the clinic's file, checked whole and written at once."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mesodash.catalogue.types import Catalogue
from mesodash.exchange.batch import Batch, fill_batch
from mesodash.exchange.cells import Vocabulary, vocabulary_of
from mesodash.exchange.columns import Sheet
from mesodash.exchange.errors import BrokenFileError, ExchangeError
from mesodash.exchange.links import Links
from mesodash.exchange.mapping import FileMapping, Mapping
from mesodash.exchange.rejects import write_rejects
from mesodash.exchange.sheet import SourceFile
from mesodash.exchange.sources import (
    check_folder,
    exchange_files,
    expected,
    not_read,
    present_columns,
    text_rows,
    together,
)
from mesodash.exchange.transform import Transformer, timeline
from mesodash.records.actor import Actor
from mesodash.records.clinic import read_clinic
from mesodash.records.connection import Change, reading, utc_now, writing
from mesodash.records.known import Known
from mesodash.records.migrations import migrate
from mesodash.records.refusals import require
from mesodash.records.upsert import Counts, Touched, upsert

Progress = Callable[[str, int], None]
"""Called with a file's name and how many more of its rows were read."""

REJECTS = Path("rejects.csv")
_TELL_EVERY = 1000
_AT_ONCE = 5000
"""Rows handed to the clinic's file at once; bounds what is held beside the rows themselves."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one exchange file: read = inserted + updated + unchanged + rejected."""

    file: str
    source: str
    read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or with `dry_run` would do.

    Attributes:
        files: one for each exchange file, in the order they were taken.
        rejects: where the refused rows stand; None if there are none.
        not_read: CSV files of the folder that nothing asked for.
        dry_run: nothing was written to the clinic.
    """

    files: tuple[FileResult, ...]
    rejects: Path | None
    not_read: tuple[str, ...]
    dry_run: bool

    @property
    def rejected(self) -> int:
        """Rows refused in all files."""
        return sum(file.rejected for file in self.files)


class _OnlyTriedError(Exception):
    """Raised within a dry run so that its transaction is rolled back."""


def import_folder(
    db: Path,
    folder: Path,
    *,
    actor: Actor,
    catalogue: Catalogue,
    mapping: Mapping | None = None,
    dry_run: bool = False,
    rejects: Path = REJECTS,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> ImportResult:
    """Take the exchange files of a folder into the clinic.

    Every row is checked first; then all good ones are written in one transaction. A second import
    of the same files changes nothing. Columns that a file does not have keep what the clinic has;
    an empty cell empties.

    Args:
        db: the clinic's file.
        folder: holds the files; only read.
        actor: who imports.
        catalogue: what codes there are.
        mapping: how other columns and words are to be read; files it does not describe are read
            as exchange files if they are there.
        dry_run: check and count, and write no row.
        rejects: where the refused rows are told; written only if there are some.
        progress: called as rows are read.
        clock: gives the time for the change log.

    Raises:
        ExchangeError: the folder has nothing to import, `rejects` cannot be written, or the clinic
            is a demo and the files bring new people.
        BrokenFileError: files that cannot be read; nothing was written.
        RecordError: the clinic's file is missing, damaged or busy.
    """
    require(db, actor, "records.import", clock=clock)
    clinic = read_clinic(db)
    check_folder(folder)
    migrate(db)  # a file of an earlier version has not every table yet
    vocabulary = vocabulary_of(catalogue)
    reader = _Reader(db, folder, mapping, vocabulary, progress)
    batches = reader.read_all()
    results: list[FileResult] = []
    with suppress(_OnlyTriedError), writing(db, actor, clock=clock) as change:
        results += _take(change, batches, vocabulary)
        if clinic.is_demo and not dry_run:
            _only_known_people(db, results)
        refused = [
            reject
            for batch in batches
            for reject in sorted(batch.rejects, key=lambda reject: reject.line)
        ]
        if refused:
            write_rejects(rejects, refused)
        if dry_run:
            raise _OnlyTriedError
    return ImportResult(
        files=tuple(results),
        rejects=rejects if refused else None,
        not_read=not_read(folder, reader.used),
        dry_run=dry_run,
    )


def _only_known_people(db: Path, results: Sequence[FileResult]) -> None:
    """A demo needs no sign-in, so it takes its own export back, and nobody else's patients."""
    if any(one.inserted for one in results if one.file in ("patients.csv", "practitioners.csv")):
        raise ExchangeError(
            f"{db.name} is a demo clinic, which takes no new people, for anybody may open it; make"
            " a clinic of your own with `mesodash init` and import there."
        )


def _take(change: Change, batches: Sequence[Batch], vocabulary: Vocabulary) -> list[FileResult]:
    """Check the batches against each other and the clinic, and write what is good."""
    links = Links(Known(change.db), vocabulary)
    touched = Touched()
    for batch in batches:
        links.check(batch)
    counts = [_write(change, batch, touched) for batch in batches]
    touched.log(change)
    return [
        FileResult(
            file=batch.sheet.file,
            source=batch.source,
            read=batch.read,
            inserted=count.inserted,
            updated=count.updated,
            unchanged=count.unchanged,
            rejected=len(batch.rejects),
        )
        for batch, count in zip(batches, counts, strict=True)
    ]


def _write(change: Change, batch: Batch, touched: Touched) -> Counts:
    sheet = batch.sheet
    given = [sheet.at(name) for name in sheet.names if name in batch.present]
    columns = [sheet.columns[at].field for at in given]
    inserted = updated = unchanged = 0
    for start in range(0, len(batch.rows), _AT_ONCE):
        chunk = batch.rows[start : start + _AT_ONCE]
        rows = [tuple(row.values[at] for at in given) for row in chunk]
        counts = upsert(change, sheet.table, columns, rows, touched)
        inserted += counts.inserted
        updated += counts.updated
        unchanged += counts.unchanged
    return Counts(inserted, updated, unchanged)


class _Reader:
    """Reads every file of an import into batches; broken files are all told together."""

    def __init__(
        self,
        db: Path,
        folder: Path,
        mapping: Mapping | None,
        vocabulary: Vocabulary,
        progress: Progress | None,
    ) -> None:
        self._db = db
        self._folder = folder
        self._vocabulary = vocabulary
        self._progress = progress
        self._plans = {plan.sheet.table: plan for plan in mapping.files} if mapping else {}
        self._transformer = Transformer(folder, mapping, vocabulary) if mapping else None
        self._batches: dict[str, Batch] = {}
        self.used: set[str] = set()

    def read_all(self) -> list[Batch]:
        """One batch for each exchange file that is there or is mapped, parents first."""
        sheets = exchange_files(self._folder, self._plans)
        if not sheets:
            raise ExchangeError(
                f"The folder {self._folder} holds none of the files to import"
                f" ({expected()}); check its name."
            )
        broken: list[BrokenFileError] = []
        for sheet in sheets:
            try:
                self._batches[sheet.table] = self._read(sheet)
            except BrokenFileError as fault:
                if str(fault) not in {str(other) for other in broken}:
                    broken.append(fault)
        if broken:
            raise together(broken)
        return list(self._batches.values())

    def _read(self, sheet: Sheet) -> Batch:
        plan = self._plans.get(sheet.table)
        name = plan.source if plan else sheet.file
        self.used.add(name)
        path = self._folder / name
        if not os.path.lexists(path):
            raise BrokenFileError(
                f"{name} is not in the folder, but the mapping reads {sheet.file} from it;"
                " nothing was imported."
            )
        with SourceFile(path) as source:
            return self._fill(source, sheet, plan)

    def _fill(self, source: SourceFile, sheet: Sheet, plan: FileMapping | None) -> Batch:
        if plan is None or self._transformer is None:
            batch = Batch(sheet, source.path.name, present_columns(source, sheet))
            rows = text_rows(source, batch)
        else:
            batch = Batch(sheet, source.path.name, self._transformer.columns(source, plan))
            batch.labels = {name: rule.label() or name for name, rule in plan.rules.items()}
            self.used |= {file for r in plan.rules.values() for file, _, _ in r.look_ups()}
            self._prepare_sessions(source.path, plan)
            rows = self._transformer.rows(source, plan, batch)
        self._count(batch.source, fill_batch(batch, rows, self._vocabulary))
        return batch

    def _prepare_sessions(self, path: Path, plan: FileMapping) -> None:
        """Lay out the sessions of the patients whose latest session will be asked for."""
        if self._transformer is None:
            return
        if not any(rule.latest_patients() for rule in plan.rules.values()):
            return
        with SourceFile(path) as source:
            patients = self._transformer.patients_of(source, plan)
        with reading(self._db) as db:
            held = Known(db).held_sessions(patients)
        self._transformer.timeline = timeline(self._batches.get("sessions"), held)

    def _count(self, file: str, rows: Iterator[int]) -> None:
        done = 0
        for _ in rows:
            done += 1
            if done == _TELL_EVERY and self._progress:
                self._progress(file, done)
                done = 0
        if self._progress:
            self._progress(file, done)
