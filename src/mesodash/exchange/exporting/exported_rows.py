"""What every export shares: the clinic's rows as text, and a folder that is complete or absent."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from mesodash.exchange.cell_text import real, thousandths
from mesodash.exchange.contract.columns import ExchangeColumn, ExchangeFile
from mesodash.exchange.contract.files import AMENDMENTS, BY_FILE, EXCHANGE_FILES, PHOTOS
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.exporting.coarsening import coarsened
from mesodash.exchange.exporting.pseudonyms import LEFT_OUT, Pseudonyms
from mesodash.language import _
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import writing
from mesodash.records.transfer.dump import Snapshot, ordered_rows, session_patients
from mesodash.records.transfer.immutable import canonical

Progress = Callable[[str, int], None]
"""Called with a file's name and how many more of its rows were written."""


@contextmanager
def whole_folder(folder: Path, ours: Callable[[str], bool]) -> Iterator[Path]:
    """A new folder to fill, which takes the place of `folder` when the block ends well.

    Args:
        folder: made if missing; may exist if it is empty or holds an earlier export only.
        ours: whether a file's name is one that such an export writes.

    Raises:
        ExchangeError: the folder holds other files or cannot be written.
    """
    _check_target(folder, ours)
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
    except OSError as error:
        raise _cannot_write(folder) from error
    try:
        yield partial
        _put_in_place(partial, folder.absolute())
    except OSError as error:
        raise _cannot_write(folder) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _cannot_write(folder: Path) -> ExchangeError:
    return ExchangeError(
        _("{folder} cannot be written; choose another folder or free some space.").format(
            folder=folder
        )
    )


def _check_target(folder: Path, ours: Callable[[str], bool]) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ExchangeError(_("{folder} is a file; name a folder.").format(folder=folder))
    try:
        others = sorted(p.name for p in folder.iterdir() if not ours(p.name))
    except OSError as error:
        raise _cannot_write(folder) from error
    if others:
        raise ExchangeError(
            _("{folder} holds other files ({name}); name a new or empty folder.").format(
                folder=folder, name=others[0]
            )
        )


def _put_in_place(partial: Path, folder: Path) -> None:
    """Swap the finished folder in; a folder that was there is set aside first."""
    partial.chmod(0o700)  # its content is about patients
    if not folder.exists():
        partial.rename(folder)
        return
    aside = partial.with_name(f"{partial.name}.old")
    folder.rename(aside)
    try:
        partial.rename(folder)
    except OSError:
        aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def note_export(
    db: Path, actor: Actor, rows: Mapping[str, int], how: str, clock: Callable[[], datetime]
) -> None:
    """Note an export in the change log: `rows` of each exchange file."""
    named = BY_FILE | {one.file_name: one for one in (PHOTOS, AMENDMENTS)}
    with writing(db, actor, clock=clock) as change:
        for file, count in rows.items():
            change.log("export", named[file].table, key=how, rows=count)


def exported_files(*, pseudonymised: bool) -> list[ExchangeFile]:
    """The exchange files that an export holds, parents first."""
    return [one for one in EXCHANGE_FILES if not (pseudonymised and one.table in LEFT_OUT)]


def pseudonyms_of(snapshot: Snapshot, key: bytes) -> Pseudonyms:
    """The pseudonyms of a clinic under a key.

    Raises:
        ExchangeError: there are too few patients.
    """
    facts = ("patient_id", "birth_year", "sex", "phototype")
    people = {name: rest for name, *rest in ordered_rows(snapshot, "patients", facts)}
    shown = coarsened({name: (year, sex, skin) for name, (year, sex, skin) in people.items()})
    return Pseudonyms(key, dict(session_patients(snapshot)), shown)


def text_rows_of(
    snapshot: Snapshot, target: ExchangeFile, pseudonyms: Pseudonyms | None
) -> Iterator[tuple[str | None, ...]]:
    """The rows of an exchange file as text, None where a value is not known."""
    shown = [shown_as(column) for column in target.columns]
    for row in ordered_rows(snapshot, target.table, tuple(c.field for c in target.columns)):
        values = pseudonyms.row(target, row) if pseudonyms else row
        yield tuple(
            None if value is None else show(value)
            for show, value in zip(shown, values, strict=True)
        )


def photograph_rows(snapshot: Snapshot) -> Iterator[tuple[str | None, ...]]:
    """The rows of photos.csv as text."""
    intimate = PHOTOS.at("intimate")
    for row in text_rows_of(snapshot, PHOTOS, None):
        yield (*row[:intimate], "yes" if row[intimate] == "1" else "no", *row[intimate + 1 :])


def note_pictures(
    db: Path, actor: Actor, left: Sequence[tuple[str, int]], clock: Callable[[], datetime]
) -> None:
    """Note each picture that left in the change log: photograph and patient number."""
    if not left:
        return
    with writing(db, actor, clock=clock) as change:
        for name, patient in left:
            change.log("export", PHOTOS.table, key=name, patient=patient)


def shown_as(column: ExchangeColumn) -> Callable[[Any], str]:
    """How a stored value of a column is written in an exchange file."""
    if column.kind == "thousandths":
        return thousandths
    if column.kind == "real":
        return real
    if column.kind == "parameters":
        return canonical
    if column.kind == "codes":
        return lambda codes: "; ".join(json.loads(codes))
    return str
