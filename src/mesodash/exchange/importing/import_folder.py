"""Import: a folder of exchange files into the clinic's file, fully checked before it is written."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mesodash.catalogue.types import Catalogue
from mesodash.exchange.contract.cells import Vocabulary, vocabulary_of
from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.files import AMENDMENTS, PHOTOS
from mesodash.exchange.errors import BrokenFileError, ExchangeError
from mesodash.exchange.fhir.incoming import fhir_as_tables
from mesodash.exchange.importing.batch import Batch, Unreadable, fill_batch
from mesodash.exchange.importing.rejects_file import (
    ABSENT_HEADER,
    CHANGE_HEADER,
    REJECT_HEADER,
    TableWriter,
)
from mesodash.exchange.importing.take_rows import (
    FileResult,
    Progress,
    Told,
    take_photographs,
    take_rows,
)
from mesodash.exchange.mapping.mapping_file import FileMapping, Mapping
from mesodash.exchange.mapping.timeline import timeline
from mesodash.exchange.mapping.transform import Transformer
from mesodash.exchange.sources.folder import (
    exchange_files,
    expected,
    not_read,
    open_source,
    present_columns,
    required,
    source_of,
    text_rows,
    together,
)
from mesodash.exchange.sources.source_file import SourceFile
from mesodash.exchange.sources.unpack import as_folder
from mesodash.language import N_, _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.store.clinic import Clinic, read_clinic
from mesodash.records.store.connection import Change, reading, utc_now, writing
from mesodash.records.transfer.lookup import ExistingRows
from mesodash.records.treatment.questionable_effects import Reason, questionable_effects
from mesodash.records.watch.photographs import why_off

_TELL_EVERY = 1000
_FOR_READING = N_(
    "for reading only, since what was amended counts by the change log of the file it comes from;"
    " a backup holds it"
)
_LATEST_ZONE = timedelta(hours=14)
"""UTC+14 is where a day begins first: today of a clinic whose zone is not known is no later."""


@dataclass(frozen=True, slots=True)
class UnnamedWord:
    """A word in a column whose words the mapping lists, but which is not among them."""

    source: str
    column: str
    word: str
    rows: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or with `dry_run` would do.

    Attributes:
        files: one for each exchange file, in the order they were taken.
        rejects: the file of the refused rows; None if there are none.
        not_read: tables of the folder that nothing asked for.
        dry_run: nothing was written to the clinic.
        changes: the file of the replaced values, old and new; None if there are none.
        changed: how many values of stored rows were replaced.
        unnamed: words that no rule of the mapping names.
        absent: where the rows stand that the clinic has and the files have not; None if there are
            none, or nobody asked for them.
        questionable: side effects of these files whose record is doubtful, by id, with why.
    """

    files: tuple[FileResult, ...]
    rejects: Path | None
    not_read: tuple[str, ...]
    dry_run: bool
    changes: Path | None = None
    changed: int = 0
    unnamed: tuple[UnnamedWord, ...] = ()
    questionable: tuple[tuple[str, Reason], ...] = ()
    absent: Path | None = None

    @property
    def rejected(self) -> int:
        """Rows refused in all files."""
        return sum(file.rejected for file in self.files)


def first_rows(
    folder: Path, mapping: Mapping, catalogue: Catalogue, count: int = 5
) -> list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """The first rows of each mapped file as they are understood: exchange file, header, rows.

    A session that `latest_session` would find is not looked up; a cell that cannot be followed is
    empty.

    Raises:
        BrokenFileError: a file cannot be read.
    """
    vocabulary = vocabulary_of(catalogue)
    transformer = Transformer(folder, mapping, vocabulary)
    found = []
    for plan in mapping.files:
        with open_source(folder / plan.source, plan.needs(), plan.sheet) as source:
            batch = Batch(plan.target, plan.source, transformer.columns(source, plan))
            rows: list[tuple[str, ...]] = []
            for row in transformer.rows(source, plan, batch):
                if not isinstance(row.cells, Unreadable):
                    rows.append(tuple(cell or "" for cell in row.cells))
                if len(rows) >= count:
                    break
            found.append((plan.target.file_name, batch.present, rows))
    return found


def clinic_today(clinic: Clinic, now: datetime) -> date:
    """The clinic's day; where its zone is not known, the latest day that it can be."""
    zone = clinic_zone(clinic)
    return (now.astimezone(zone) if zone else now + _LATEST_ZONE).date()


def clinic_zone(clinic: Clinic) -> ZoneInfo | None:
    """The clinic's zone, if it is set."""
    return ZoneInfo(clinic.timezone) if clinic.timezone else None


class _OnlyTriedError(Exception):
    """Raised within a dry run so that its transaction is rolled back."""


def import_folder(
    db: Path,
    folder: Path,
    *,
    actor: Actor,
    catalogue: Catalogue,
    rejects: Path,
    changes: Path,
    absent: Path | None = None,
    mapping: Mapping | None = None,
    dry_run: bool = False,
    force: bool = False,
    today: date | None = None,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> ImportResult:
    """Take the exchange files of a folder into the clinic.

    Every row is checked first; then all good ones are written in one transaction. A second import
    of the same files changes nothing. Columns that a file does not have keep what the clinic has;
    an empty cell empties.

    Args:
        db: the clinic's file.
        folder: holds the files, or FHIR R4B (NDJSON or Bundles), or a zip file of either; only
            read.
        actor: who imports.
        catalogue: what codes there are.
        rejects: the file for refused rows; written only if there are some.
        changes: the file for replaced values of stored rows, old and new; likewise.
        absent: the file for rows that the clinic has and these files have not; likewise.
        mapping: how other columns and words are to be read; files it does not describe are read
            as exchange files if they are there.
        dry_run: check and count, and write no row.
        force: write these three over files that are no earlier ones of their kind.
        today: the machine's day; what has happened is not after the later of it and the clinic's.
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
    with (
        as_folder(folder) as given,
        fhir_as_tables(given, mapped=mapping is not None) as (place, fhir),
    ):
        bring_up_to_date(db)  # a file of an earlier version has not every table yet
        day = max(clinic_today(clinic, clock()), today or date.min)
        vocabulary = vocabulary_of(catalogue, day, clinic_zone(clinic))
        reader = _Reader(db, place, mapping, vocabulary, progress)
        batches = reader.read_all()
        photographs, amended = reader.photographs(), reader.amendments()
        for batch in (*batches, *([photographs] if photographs else [])):
            batch.lose_resources(fhir.lost)
        unread = fhir.unread or not_read(place, reader.used)
        results = [FileResult(f, f, n, 0, 0, 0, n) for f, n in fhir.read.items()]
        refused_at = changed_at = gone_at = None
        doubtful: list[tuple[str, Reason]] = []
        off = why_off(db) if photographs else None
        with (
            TableWriter(rejects, REJECT_HEADER, "--rejects", db, force=force) as refused,
            TableWriter(changes, CHANGE_HEADER, "--changes", db, force=force) as changed,
            _absent_file(absent, db, force=force) as gone,
            suppress(_OnlyTriedError),
            writing(db, actor, clock=clock) as change,
        ):
            told = Told(changed, gone, fhir.place)
            results += take_rows(change, batches, vocabulary, told, progress)
            if photographs:
                taken = take_photographs(change, photographs, place, off, told, progress)
                results, batches = [*results, taken], [*batches, photographs]
            results += amended
            doubtful += _questionable(change, batches)
            if clinic.is_demo and not dry_run:
                _only_known_people(db, results)
            rows = [r for b in batches for r in sorted(b.rejects, key=lambda reject: reject.line)]
            for one in (*fhir.refused, *map(fhir.origin, rows)):
                refused.add(one.file, str(one.line), one.column, one.value, one.reason)
            refused_at, changed_at = refused.finish(), changed.finish()
            gone_at = gone.finish() if gone else None
            if dry_run:
                raise _OnlyTriedError
    return ImportResult(
        files=tuple(results),
        rejects=refused_at,
        not_read=unread,
        dry_run=dry_run,
        changes=changed_at,
        changed=changed.rows,
        unnamed=reader.unnamed(),
        questionable=tuple(doubtful),
        absent=gone_at,
    )


def _absent_file(
    path: Path | None, db: Path, *, force: bool
) -> AbstractContextManager[TableWriter | None]:
    if path is None:
        return nullcontext()
    return TableWriter(path, ABSENT_HEADER, "--absent", db, force=force)


def _questionable(change: Change, batches: Sequence[Batch]) -> list[tuple[str, Reason]]:
    """Those side effects of the files whose record is doubtful."""
    batch = next((one for one in batches if one.target.table == "side_effects"), None)
    if batch is None:
        return []
    ids = {str(row.values[0]) for row in batch.rows}
    return [(name, why) for name, why in questionable_effects(change.db) if name in ids]


def _only_known_people(db: Path, results: Sequence[FileResult]) -> None:
    """Let a demo, which needs no sign-in, take its own export back but no other patients."""
    if any(one.inserted for one in results if one.file in ("patients.csv", "practitioners.csv")):
        raise ExchangeError(
            _(
                "{file} is a demo clinic, which takes no new people, for anybody may open it;"
                " make a clinic of your own with `mesodash init` and import there."
            ).format(file=db.name)
        )


class _Reader:
    """Reads every file of an import into batches; broken files are all reported together."""

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
        self._plans = {plan.target.table: plan for plan in mapping.files} if mapping else {}
        self._transformer = Transformer(folder, mapping, vocabulary) if mapping else None
        self._batches: dict[str, Batch] = {}
        self.used: set[str] = set()

    def unnamed(self) -> tuple[UnnamedWord, ...]:
        """The words that no rule of the mapping names, with the rows that have them."""
        found = self._transformer.unnamed if self._transformer else {}
        return tuple(UnnamedWord(*key, rows) for key, rows in sorted(found.items()))

    def read_all(self) -> list[Batch]:
        """One batch for each exchange file that is there or is mapped, parents first."""
        targets = exchange_files(self._folder, self._plans)
        beside = (self._folder / one.file_name for one in (PHOTOS, AMENDMENTS))
        if not targets and not any(map(os.path.lexists, beside)):
            raise ExchangeError(
                _(
                    "The folder {folder} holds none of the files to import ({expected});"
                    " check its name."
                ).format(folder=self._folder, expected=expected())
            )
        broken: list[BrokenFileError] = []
        for target in targets:
            try:
                self._batches[target.table] = self._read(target)
            except BrokenFileError as fault:
                if str(fault) not in {str(other) for other in broken}:
                    broken.append(fault)
        if broken:
            raise together(broken)
        return list(self._batches.values())

    def photographs(self) -> Batch | None:
        """The rows of photos.csv, if it is there; a mapping does not describe it."""
        path = self._folder / PHOTOS.file_name
        if not os.path.lexists(path):
            return None
        self.used.add(path.name)
        with open_source(path, required(PHOTOS)) as source:
            return self._fill(source, PHOTOS, None)

    def amendments(self) -> list[FileResult]:
        """How many rows of amendments.csv are passed over, if it is there."""
        path = self._folder / AMENDMENTS.file_name
        if not os.path.lexists(path):
            return []
        self.used.add(path.name)
        with open_source(path, required(AMENDMENTS)) as source:
            read = sum(1 for _row in source.rows())
        note = _(_FOR_READING)
        return [FileResult(path.name, path.name, read, 0, 0, 0, 0, skipped=read, notes=(note,))]

    def _read(self, target: ExchangeFile) -> Batch:
        plan = self._plans.get(target.table)
        path = self._folder / plan.source if plan else source_of(self._folder, target)
        self.used.add(path.name)
        if not os.path.lexists(path):
            raise BrokenFileError(
                _(
                    "{file} is not in the folder, but the mapping reads {target} from it; nothing"
                    " was imported."
                ).format(file=path.name, target=target.file_name)
            )
        wanted = plan.needs() if plan else required(target)
        with open_source(path, wanted, plan.sheet if plan else "") as source:
            return self._fill(source, target, plan)

    def _fill(self, source: SourceFile, target: ExchangeFile, plan: FileMapping | None) -> Batch:
        name = source.path.name
        if plan is None or self._transformer is None:
            batch = Batch(target, name, present_columns(source, target))
            rows = text_rows(source, batch)
        else:
            present = self._transformer.columns(source, plan)
            batch = Batch(target, name, present, once=plan.once)
            batch.labels = {one: plan.label(one) or one for one in plan.filled()}
            self.used |= {file for r in plan.all_rules() for file, _key, _column in r.look_ups()}
            self._prepare_sessions(source.path, plan)
            rows = self._transformer.rows(source, plan, batch)
        decimal = (plan.decimal if plan else "") or source.decimal
        vocabulary = replace(self._vocabulary, decimal=decimal)
        self._count(batch.source, fill_batch(batch, rows, vocabulary))
        batch.how = tuple(_("read with {note}").format(note=note) for note in source.notes)
        return batch

    def _prepare_sessions(self, path: Path, plan: FileMapping) -> None:
        """Lay out the sessions of the patients whose latest session will be asked for."""
        if self._transformer is None:
            return
        if not any(rule.latest_patients() for rule in plan.all_rules()):
            return
        with open_source(path, plan.needs(), plan.sheet) as source:
            patients = self._transformer.patients_of(source, plan)
        with reading(self._db) as db:
            held = ExistingRows(db).held_sessions(patients)
        self._transformer.timeline = timeline(self._batches.get("sessions"), held)

    def _count(self, file: str, rows: Iterator[int]) -> None:
        done = 0
        for _row in rows:
            done += 1
            if done == _TELL_EVERY and self._progress:
                self._progress(file, done)
                done = 0
        if self._progress:
            self._progress(file, done)
