"""Export: the clinic's tables as exchange files, a whole folder at once or nothing."""

import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from mesodash.exchange.cell_text import csv_line, protect, real, thousandths
from mesodash.exchange.contract.columns import ExchangeColumn, ExchangeFile
from mesodash.exchange.contract.files import BY_FILE, EXCHANGE_FILES
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.exporting.coarsening import coarsened
from mesodash.exchange.exporting.pseudonyms import LEFT_OUT, Pseudonyms
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import reading, utc_now, writing
from mesodash.records.transfer.dump import ordered_rows, session_patients
from mesodash.records.transfer.immutable import canonical

Progress = Callable[[str, int], None]
"""Called with a file's name and how many more of its rows were written."""

_TELL_EVERY = 1000
_TEXT_KINDS = ("id", "text")


def export_csv(
    db: Path,
    folder: Path,
    *,
    actor: Actor,
    pseudonymised: bool = False,
    key: bytes | None = None,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> dict[str, int]:
    """Write every exchange file into `folder`, in an order that depends on the facts alone.

    Importing the folder into an empty clinic gives an equal clinic, and exporting that gives the
    same bytes. All files are one snapshot; the folder appears whole or stays as it was.

    Args:
        db: the clinic's file.
        folder: made if missing; may exist if it is empty or holds an earlier export only.
        actor: who exports; stands in the change log.
        pseudonymised: see `pseudonyms.Pseudonyms` and `small_groups`; rows are then ordered by
            their pseudonyms, and what `pseudonyms.LEFT_OUT` names is not written.
        key: the key of the pseudonyms; random if not given.
        progress: called as rows are written.
        clock: gives the time for the change log.

    Returns:
        Rows by file name.

    Raises:
        ExchangeError: the folder holds other files or cannot be written, or there are too few
            patients for a pseudonymised export.
        RecordError: the clinic's file is missing, damaged or busy.
    """
    require(
        db,
        actor,
        "records.export_pseudonymised" if pseudonymised else "records.export",
        clock=clock,
    )
    _check_target(folder)
    read_clinic(db)
    bring_up_to_date(db)  # a file of an earlier version has not every table yet
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
    except OSError as error:
        raise _cannot_write(folder) from error
    try:
        counts = _write_all(db, partial, key or secrets.token_bytes(32), pseudonymised, progress)
        with writing(db, actor, clock=clock) as change:
            for file, rows in counts.items():
                change.log(
                    "export",
                    BY_FILE[file].table,
                    key="csv pseudonymised" if pseudonymised else "csv",
                    rows=rows,
                )
        _put_in_place(partial, folder.absolute())
    except OSError as error:
        raise _cannot_write(folder) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return counts


def _cannot_write(folder: Path) -> ExchangeError:
    return ExchangeError(f"{folder} cannot be written; choose another folder or free some space.")


def _check_target(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ExchangeError(f"{folder} is a file; name a folder.")
    try:
        others = sorted(p.name for p in folder.iterdir() if p.name not in BY_FILE)
    except OSError as error:
        raise _cannot_write(folder) from error
    if others:
        raise ExchangeError(
            f"{folder} holds other files ({others[0]}); name a new or empty folder."
        )


def _put_in_place(partial: Path, folder: Path) -> None:
    """Swap the finished folder in; a folder that was there is set aside first."""
    partial.chmod(0o700)  # what is in it is about patients
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


def _write_all(
    db: Path, folder: Path, key: bytes, pseudonymised: bool, progress: Progress | None
) -> dict[str, int]:
    counts = {}
    with reading(db) as snapshot:
        pseudonyms = None
        if pseudonymised:
            facts = ("patient_id", "birth_year", "sex", "phototype")
            people = {name: rest for name, *rest in ordered_rows(snapshot, "patients", facts)}
            shown = coarsened(
                {name: (year, sex, skin) for name, (year, sex, skin) in people.items()}
            )
            pseudonyms = Pseudonyms(key, dict(session_patients(snapshot)), shown)
        for target in EXCHANGE_FILES:
            if pseudonyms and target.table in LEFT_OUT:
                continue
            rows = ordered_rows(snapshot, target.table, tuple(c.field for c in target.columns))
            lines = _lines(target, rows, pseudonyms)
            if pseudonyms:
                # In the order of the true ids, the first pseudonym would be the first patient.
                lines = iter(sorted(lines))
            counts[target.file_name] = _write(folder / target.file_name, target, lines, progress)
    return counts


def _write(
    path: Path, target: ExchangeFile, lines: Iterator[str], progress: Progress | None
) -> int:
    done = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(csv_line(target.names))
        for line in lines:
            out.write(line)
            done += 1
            if progress and done % _TELL_EVERY == 0:
                progress(target.file_name, _TELL_EVERY)
    if progress:
        progress(target.file_name, done % _TELL_EVERY)
    return done


def _lines(
    target: ExchangeFile, rows: Iterator[tuple[Any, ...]], pseudonyms: Pseudonyms | None
) -> Iterator[str]:
    shown = [_shown(column) for column in target.columns]
    for row in rows:
        values = pseudonyms.row(target, row) if pseudonyms else row
        yield csv_line(
            "" if value is None else show(value) for show, value in zip(shown, values, strict=True)
        )


def _shown(column: ExchangeColumn) -> Callable[[Any], str]:
    if column.kind in _TEXT_KINDS:
        return protect
    if column.kind == "thousandths":
        return thousandths
    if column.kind == "real":
        return real
    if column.kind == "parameters":
        return canonical
    if column.kind == "codes":
        return lambda codes: "; ".join(json.loads(codes))
    return str
