"""Anchors: how long the change log was and what its last seal was, kept outside the clinic's file.

Seals tell whether entries were changed, taken out or added in between; that the newest were cut
off, or that everything was sealed anew, only shows against an anchor noted before.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from sqlite_utils import Database

from mesodash.records.connection import Clock, reading, utc_now
from mesodash.records.errors import CannotWriteError, RecordError
from mesodash.records.sealing import is_sealed


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a change log stood once.

    Attributes:
        at: UTC, ISO 8601.
        clinic_id: whose log.
        rows: how many entries it had.
        head: the seal of the last one, hexadecimal.
    """

    at: str
    clinic_id: str
    rows: int
    head: str

    def __str__(self) -> str:
        return f"{self.at} {self.clinic_id} {self.rows} {self.head}"


def beside(db: Path) -> Path:
    """The file of anchors that the app itself appends to: one a line, beside the clinic's file."""
    return db.with_name(f"{db.name}.anchors")


def current(db: Database, at: str) -> Anchor | None:
    """Where the log of an open file stands; None if its last entry has no seal yet."""
    if not is_sealed(db):
        return None
    (clinic_id,) = db.execute("SELECT clinic_id FROM clinic").fetchone()
    last = db.execute("SELECT seq, mac FROM change_log ORDER BY seq DESC LIMIT 1").fetchone()
    if last is None or last[1] is None:
        return None
    return Anchor(at, clinic_id, *last)


def note(path: Path, *, to: Path | None = None, clock: Clock = utc_now) -> Anchor | None:
    """Append where the log stands now to the file of anchors.

    Args:
        path: the clinic's file.
        to: another file than the one beside it.
        clock: gives the anchor's time.

    Returns:
        What was noted; None if the log has no seal yet.

    Raises:
        CannotWriteError: the file of anchors cannot be written.
        NotAClinicError, DamagedError, BusyError: as `reading`.
    """
    with reading(path) as db:
        anchor = current(db, clock().astimezone(UTC).isoformat(timespec="seconds"))
    if anchor is None:
        return None
    file = to or beside(path)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="ascii") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX)
            opened.write(f"{anchor}\n")
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        raise CannotWriteError(
            f"The anchor of the change log cannot be noted in {file}; let this user write there."
        ) from error
    return anchor


def read_anchors(files: Iterable[Path]) -> tuple[Anchor, ...]:
    """The anchors of some files: lines as `note` writes them, or the manifest of a backup.

    Raises:
        RecordError: a file is missing or holds something else.
    """
    found: list[Anchor] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RecordError(
                f"The anchors in {file} cannot be read; name another file."
            ) from error
        try:
            found += [_of_manifest(text)] if text.startswith("{") else map(_of_line, _lines(text))
        except (ValueError, KeyError, TypeError) as error:
            raise RecordError(
                f"{file} holds something else than anchors; name a file of anchors or the manifest"
                " of a backup."
            ) from error
    return tuple(found)


def anchors_beside(db: Path) -> tuple[Anchor, ...]:
    """The anchors the app itself noted; none if there is no such file yet."""
    return read_anchors([beside(db)]) if beside(db).exists() else ()


def _lines(text: str) -> list[str]:
    """The whole lines; a last one that was cut off as the power failed is left out."""
    return text.split("\n")[:-1]


def _of_line(line: str) -> Anchor:
    at, clinic_id, rows, head = line.split()
    return Anchor(at, clinic_id, int(rows), head)


def _of_manifest(text: str) -> Anchor:
    told = json.loads(text)
    return Anchor(
        told["made_at"], told["clinic_id"], int(told["log_entries"]), str(told["log_head"])
    )
