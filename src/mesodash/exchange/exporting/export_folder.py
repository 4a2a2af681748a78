"""Export: the clinic's tables as exchange files, a whole folder at once or nothing."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from mesodash.exchange.cell_text import csv_line, protect
from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.files import BY_FILE
from mesodash.exchange.exporting.exported_rows import (
    Progress,
    exported_files,
    note_export,
    pseudonyms_of,
    text_rows_of,
    whole_folder,
)
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import reading, utc_now

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
    with whole_folder(folder, BY_FILE.__contains__) as partial:
        read_clinic(db)
        bring_up_to_date(db)  # a file of an earlier version has not every table yet
        counts = _write_all(db, partial, key or secrets.token_bytes(32), pseudonymised, progress)
        note_export(db, actor, counts, "csv pseudonymised" if pseudonymised else "csv", clock)
    return counts


def _write_all(
    db: Path, folder: Path, key: bytes, pseudonymised: bool, progress: Progress | None
) -> dict[str, int]:
    counts = {}
    with reading(db) as snapshot:
        pseudonyms = pseudonyms_of(snapshot, key) if pseudonymised else None
        for target in exported_files(pseudonymised=pseudonymised):
            lines = _lines(target, text_rows_of(snapshot, target, pseudonyms))
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


def _lines(target: ExchangeFile, rows: Iterator[tuple[str | None, ...]]) -> Iterator[str]:
    kinds = [column.kind in _TEXT_KINDS for column in target.columns]
    for row in rows:
        yield csv_line(
            "" if text is None else protect(text) if free else text
            for free, text in zip(kinds, row, strict=True)
        )
