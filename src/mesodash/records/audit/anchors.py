"""Anchors: the change log's length and last seal at some time, kept outside the clinic's file.

Seals show whether entries were changed, removed or inserted. That the newest entries were cut off,
or that everything was sealed anew, only shows by comparison with an earlier anchor.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from filelock import lock_descriptor
from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.seals import is_sealed
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import CannotWriteError, RecordError


@dataclass(frozen=True, slots=True)
class Anchor:
    """The state of a change log at one time.

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
    """The file of anchors that the app appends to: one per line, beside the clinic's file."""
    return db.with_name(f"{db.name}.anchors")


def current(db: Database, at: str) -> Anchor | None:
    """The state of an open file's log; None if its last entry has no seal yet."""
    if not is_sealed(db):
        return None
    (clinic_id,) = db.execute("SELECT clinic_id FROM clinic").fetchone()
    last = db.execute("SELECT seq, mac FROM change_log ORDER BY seq DESC LIMIT 1").fetchone()
    if last is None or last[1] is None:
        return None
    return Anchor(at, clinic_id, *last)


def note(path: Path, *, to: Path | None = None, clock: Clock = utc_now) -> Anchor | None:
    """Append the log's current state to the file of anchors.

    Args:
        path: the clinic's file.
        to: another file than the one beside it.
        clock: gives the anchor's time.

    Returns:
        What was noted; None if the log has no seal yet.

    Raises:
        RecordError: the file exists and holds something other than anchors.
        CannotWriteError: the file of anchors cannot be written.
        NotAClinicError, DamagedError, BusyError: as `reading`.
    """
    with reading(path) as db:
        anchor = current(db, clock().astimezone(UTC).isoformat(timespec="seconds"))
    if anchor is None:
        return None
    file = to or beside(path)
    if file.exists() and file.stat().st_size:
        _refuse_others(file)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="ascii") as opened:
            lock_descriptor(opened.fileno())
            opened.write(f"{anchor}\n")
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        raise CannotWriteError(
            _(
                "The anchor of the change log cannot be noted in {file}; let this user write there."
            ).format(file=file)
        ) from error
    return anchor


def _refuse_others(file: Path) -> None:
    """Refuse to append to anything but a file of anchors: no clinic's file, key or manifest."""
    known = read_anchors([file])
    if not known or file.read_bytes()[:1] == b"{":
        raise RecordError(
            _(
                "{file} holds something else than anchors; name a new file, or one of anchors."
            ).format(file=file)
        )


def read_anchors(files: Iterable[Path]) -> tuple[Anchor, ...]:
    """The anchors in some files: lines as `note` writes them, or the manifest of a backup.

    Raises:
        RecordError: a file is missing or holds something other than anchors.
    """
    found: list[Anchor] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RecordError(
                _("The anchors in {file} cannot be read; name another file.").format(file=file)
            ) from error
        try:
            found += [_of_manifest(text)] if text.startswith("{") else map(_of_line, _lines(text))
        except (ValueError, KeyError, TypeError) as error:
            raise RecordError(
                _(
                    "{file} holds something else than anchors; name a file of anchors or the"
                    " manifest of a backup."
                ).format(file=file)
            ) from error
    return tuple(found)


def anchors_beside(db: Path) -> tuple[Anchor, ...]:
    """The anchors that the app itself wrote; none if there is no such file yet."""
    return read_anchors([beside(db)]) if beside(db).exists() else ()


def _lines(text: str) -> list[str]:
    """The complete lines; a last one that a power failure cut off is left out."""
    return text.split("\n")[:-1]


def _of_line(line: str) -> Anchor:
    at, clinic_id, rows, head = line.split()
    return Anchor(at, clinic_id, int(rows), head)


def _of_manifest(text: str) -> Anchor:
    told = json.loads(text)
    return Anchor(
        told["made_at"], told["clinic_id"], int(told["log_entries"]), str(told["log_head"])
    )
