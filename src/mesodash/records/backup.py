"""Copies of the clinic's file that can be trusted: made while it is in use, verified, rotated."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite3

from mesodash.records.actor import Actor
from mesodash.records.clinic import read_clinic
from mesodash.records.connection import (
    BUSY_TIMEOUT_S,
    Clock,
    connect,
    plain_errors,
    reading,
    utc_now,
    writing,
)
from mesodash.records.errors import DamagedError, NotAClinicError, RecordError
from mesodash.records.fill import count_by_month
from mesodash.records.migrations import migrate

_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands beside a backup, as JSON.

    Attributes:
        file: the backup's file name.
        sha256: of its bytes.
        size: in bytes.
        clinic_id: whose backup it is.
        revision: the clinic's revision in it.
        made_at: UTC, ISO 8601.
    """

    file: str
    sha256: str
    size: int
    clinic_id: str
    revision: int
    made_at: str


def backup_clinic(
    db: Path,
    folder: Path,
    *,
    actor: Actor,
    clock: Clock = utc_now,
    keep_daily: int = 7,
    keep_weekly: int = 4,
) -> tuple[Path, Manifest]:
    """Copy the clinic's file while others read and write it, verify the copy, drop old ones.

    The copy is one snapshot taken through SQLite's backup interface (a plain file copy under a
    writer is damaged more often than not); it appears under its name only once it is whole, and is
    a single file that needs no `-wal` beside it. It is readable by its owner only.

    Args:
        db: the clinic's file.
        folder: where backups go; made if missing.
        actor: who makes it; kept in the change log as an export.
        clock: gives the time in the backup's name.
        keep_daily: how many days keep their newest backup.
        keep_weekly: how many ISO weeks keep their newest backup.

    Returns:
        The backup's path and its manifest, which stands beside it with the ending `.json`.

    Raises:
        NotAClinicError, DamagedError, BusyError: as `reading`; DamagedError too if the copy is not
            sound.
    """
    actor.require("records.backup")
    folder.mkdir(parents=True, exist_ok=True)
    now = clock().astimezone(UTC)
    with _temporary(folder) as copy:
        _copy_into(db, copy)
        _single_file(copy)
        _verify(copy)
        clinic = read_clinic(copy)
        path = folder / f"{clinic.clinic_id}-{now.strftime(_STAMP)}.db"
        manifest = Manifest(
            file=path.name,
            sha256=_sha256(copy),
            size=copy.stat().st_size,
            clinic_id=clinic.clinic_id,
            revision=clinic.revision,
            made_at=now.isoformat(timespec="seconds"),
        )
        _keep_on_disk(copy)
        copy.replace(path)
    with _temporary(folder) as text:
        text.write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
        _keep_on_disk(text)
        text.replace(manifest_beside(path))
    _keep_on_disk(folder)
    with writing(db, actor, clock=clock) as change:
        change.log("export", "clinic", key=path.name)
    rotate(folder, clinic.clinic_id, keep_daily=keep_daily, keep_weekly=keep_weekly)
    return path, manifest


def manifest_beside(backup: Path) -> Path:
    """Where the manifest of a backup stands."""
    return backup.with_suffix(".json")


def rotate(
    folder: Path, clinic_id: str, *, keep_daily: int = 7, keep_weekly: int = 4
) -> tuple[Path, ...]:
    """Delete a clinic's old backups.

    The newest of each of the last days and ISO weeks that have one stay, the newest of all always;
    no other file is touched.

    Returns:
        The backups deleted, oldest first.
    """
    made: dict[datetime, Path] = {}
    for path in folder.glob(f"{clinic_id}-*.db"):
        try:
            made[datetime.strptime(path.stem[len(clinic_id) + 1 :], _STAMP).replace(tzinfo=UTC)] = (
                path
            )
        except ValueError:
            continue  # another clinic whose id begins alike, or a person's own file
    newest_first = sorted(made, reverse=True)
    kept = set(newest_first[:1])
    for keep, period in ((keep_daily, "%Y-%m-%d"), (keep_weekly, "%G-W%V")):
        newest_of: dict[str, datetime] = {}
        for at in newest_first:
            newest_of.setdefault(at.strftime(period), at)
        kept.update(list(newest_of.values())[:keep])
    dropped = tuple(made[at] for at in sorted(set(made) - kept))
    for path in dropped:
        path.unlink()
        manifest_beside(path).unlink(missing_ok=True)
    return dropped


def restore_clinic(
    backup: Path, db: Path, *, actor: Actor, force: bool = False, clock: Clock = utc_now
) -> bool:
    """Put a backup in place of the clinic's file, or make the file from it: wholly or not at all.

    The restored clinic's revision lies above both that of the backup and that of the file it
    replaces, and every month of both is noted as changed, so that no report made from the replaced
    data is taken for current.

    Args:
        backup: a file made by `backup_clinic`.
        db: the clinic's file to be.
        actor: who restores; stands in the change log.
        force: replace a clinic that exists at `db`.
        clock: gives the time in the change log.

    Returns:
        Whether a manifest stood beside the backup to compare it with.

    Raises:
        RecordError: `db` exists and `force` is not given.
        NotAClinicError, DamagedError: the backup is not a clinic's file, or its bytes are not those
            that were backed up.
        BusyError: the file to be replaced is in use for too long.
    """
    actor.require("records.backup")
    if not backup.is_file():
        raise NotAClinicError(f"There is no backup at {backup}; check the path.")
    if db.exists() and db.stat().st_size and not force:
        raise RecordError(f"{db} exists already; add --force to replace it with the backup.")
    db.parent.mkdir(parents=True, exist_ok=True)
    compared = _compare_with_manifest(backup)
    replaced = _state_of(db)
    with _temporary(db.parent) as copy:
        _copy_into(backup, copy)
        _verify(copy)
        migrate(copy)
        _note_restored(copy, backup, replaced or _Replaced(), actor, clock)
        _single_file(copy)
        _keep_on_disk(copy)
        if replaced is None:  # no file, or one that SQLite cannot read: nobody can be using it
            for leftover in ("-wal", "-shm", "-journal"):
                db.with_name(db.name + leftover).unlink(missing_ok=True)
            copy.replace(db)
            _keep_on_disk(db.parent)
        else:  # through SQLite, so that programs that have the file open see one change
            _copy_into(copy, db)
    return compared


@dataclass(frozen=True, slots=True)
class _Replaced:
    """What a restore must outdo: the revision and the months of the file it replaces."""

    revision: int = 0
    months: frozenset[tuple[str, str | None]] = frozenset()


def _state_of(db: Path) -> _Replaced | None:
    """The state of the file about to be replaced; None if there is no readable clinic."""
    if not db.exists():
        return None
    try:
        with reading(db) as now:
            (revision,) = now.execute("SELECT revision FROM clinic").fetchone()
            return _Replaced(revision, frozenset(count_by_month(now)))
    except (NotAClinicError, DamagedError):
        return None


def _note_restored(
    copy: Path, backup: Path, replaced: _Replaced, actor: Actor, clock: Clock
) -> None:
    with writing(copy, actor, clock=clock) as change:
        change.db.execute(
            "UPDATE clinic SET revision = max(revision, :replaced)",
            {"replaced": replaced.revision},
        )
        counts = count_by_month(change.db)
        for table, month in sorted({*counts, *replaced.months}, key=str):
            rows = counts.get((table, month), 0)
            change.log("import", table, key=backup.name, month=month, rows=rows)
        change.log("import", "clinic", key=backup.name)


def _compare_with_manifest(backup: Path) -> bool:
    beside = manifest_beside(backup)
    if not beside.is_file():
        return False
    try:
        expected = json.loads(beside.read_text(encoding="utf-8"))["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedError(
            f"{beside.name} cannot be read; remove it or use another backup."
        ) from error
    if _sha256(backup) != expected:
        raise DamagedError(
            f"{backup.name} is not what was backed up (its checksum differs); use another backup."
        )
    return True


def _copy_into(source: Path, target: Path) -> None:
    """Copy one snapshot of `source` over whatever `target` holds, as one transaction there."""
    with (
        reading(source) as db,
        plain_errors(target),
        closing(sqlite3.connect(str(target), timeout=BUSY_TIMEOUT_S)) as to,
    ):
        db.conn.backup(to)


def _single_file(path: Path) -> None:
    """Leave `path` whole without a `-wal` beside it; the next writer turns WAL on again."""
    with plain_errors(path), closing(sqlite3.connect(str(path), timeout=BUSY_TIMEOUT_S)) as db:
        db.execute("PRAGMA journal_mode = DELETE").fetchone()


def _verify(path: Path) -> None:
    with plain_errors(path), closing(connect(path, read_only=True)) as db:
        found = [text for (text,) in db.execute("PRAGMA integrity_check")]
    if found != ["ok"]:
        raise DamagedError(f"The copy is damaged ({found[0]}); run `mesodash check` on the clinic.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep_on_disk(path: Path) -> None:
    """Wait until the disk holds a file's bytes, or a folder's names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    """A new file in `folder` for this block alone, gone afterwards unless it was moved away."""
    handle, name = tempfile.mkstemp(prefix=".mesodash-", suffix=".part", dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
