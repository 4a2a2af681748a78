"""Export: the clinic's tables as exchange files; the complete folder or nothing."""

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from mesodash.exchange.cell_text import csv_line, protect
from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.files import AMENDMENTS, BY_FILE, PHOTOS, picture_name
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.exporting.exported_rows import (
    Progress,
    exported_files,
    note_export,
    note_pictures,
    photograph_rows,
    pseudonyms_of,
    shown_as,
    text_rows_of,
    whole_folder,
)
from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import reading, utc_now
from mesodash.records.transfer.amendments import amendments
from mesodash.records.transfer.dump import Snapshot
from mesodash.records.transfer.photographs import pictures
from mesodash.records.watch.photographs import SEE, SEE_INTIMATE

_TELL_EVERY = 1000
_TEXT_KINDS = ("id", "text")


def export_csv(
    db: Path,
    folder: Path,
    *,
    actor: Actor,
    pseudonymised: bool = False,
    photographs: bool = False,
    key: bytes | None = None,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> dict[str, int]:
    """Write every exchange file into `folder`, in an order that depends on the facts alone.

    Importing the folder into an empty clinic gives an equal clinic, and exporting that gives the
    same bytes, but for the amendments. All files are one snapshot; the folder appears whole or
    stays as it was.

    Args:
        db: the clinic's file.
        folder: made if missing; may exist if it is empty or holds an earlier export only.
        actor: who exports; entered in the change log.
        pseudonymised: see `pseudonyms.Pseudonyms` and `small_groups`; rows are then ordered by
            their pseudonyms, and what `pseudonyms.LEFT_OUT` names is not written, nor anything
            of photographs and amendments.
        photographs: write the pictures beside photos.csv as well, as far as the actor may see
            them; each is noted in the change log. Never with `pseudonymised`.
        key: the key of the pseudonyms; random if not given.
        progress: called as rows are written.
        clock: gives the time for the change log.

    Returns:
        Rows by file name.

    Raises:
        ExchangeError: the folder holds other files or cannot be written, there are too few
            patients for a pseudonymised export, or photographs are asked for beside one.
        NotAllowedError: the role may not export, or not see photographs.
        RecordError: the clinic's file is missing, damaged or busy.
    """
    require(
        db,
        actor,
        "records.export_pseudonymised" if pseudonymised else "records.export",
        clock=clock,
    )
    if photographs and pseudonymised:
        raise ExchangeError(
            _("Photographs never leave in a pseudonymised export; leave one of the two out.")
        )
    if photographs:
        require(db, actor, SEE, clock=clock)
    with whole_folder(folder, _is_ours) as partial:
        read_clinic(db)
        bring_up_to_date(db)  # a file of an earlier version has not every table yet
        counts = _write_all(db, partial, key or secrets.token_bytes(32), pseudonymised, progress)
        note_export(db, actor, counts, "csv pseudonymised" if pseudonymised else "csv", clock)
        if photographs:
            _write_pictures(db, partial, actor, clock)
    return counts


def _is_ours(name: str) -> bool:
    if name in BY_FILE or name in (PHOTOS.file_name, AMENDMENTS.file_name):
        return True
    return re.fullmatch(picture_name("[0-9a-f]{64}"), name) is not None


def _write_pictures(db: Path, folder: Path, actor: Actor, clock: Callable[[], datetime]) -> None:
    """Put each picture that the actor may see beside photos.csv, for its owner's eyes alone."""
    left = []
    with reading(db) as snapshot:
        for name, patient, sha256, picture in pictures(snapshot, intimate=actor.may(SEE_INTIMATE)):
            path = folder / picture_name(sha256)
            path.touch(mode=0o600)
            path.write_bytes(picture)
            left.append((name, patient))
    note_pictures(db, actor, left, clock)


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
        for target, rows in () if pseudonyms else _beside(snapshot):
            lines = _lines(target, rows)
            counts[target.file_name] = _write(folder / target.file_name, target, lines, progress)
    return counts


def _beside(
    snapshot: Snapshot,
) -> Iterator[tuple[ExchangeFile, Iterator[tuple[str | None, ...]]]]:
    """The files that are no tables of treatments: photographs and amendments."""
    yield PHOTOS, photograph_rows(snapshot)
    yield AMENDMENTS, _amended(snapshot)


def _amended(snapshot: Snapshot) -> Iterator[tuple[str | None, ...]]:
    """One row for each value that an amendment replaced, or that went with a removed row."""
    for one in amendments(snapshot):
        file = BY_FILE[f"{one.table}.csv"]
        for column in file.columns:
            old, new = one.before.get(column.field), (one.after or {}).get(column.field)
            if old == new:
                continue
            show = shown_as(column)
            yield (
                one.session_id,
                one.at,
                one.actor,
                one.why,
                file.file_name,
                str(one.row),
                "removed" if one.after is None else "changed",
                column.name,
                None if old is None else show(old),
                None if new is None else show(new),
            )


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
