"""Reliable backups of the clinic's file: made while it is in use, verified, rotated."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from mesodash.language import _
from mesodash.records.audit import anchors
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.keys import read_keys, writing_keys
from mesodash.records.audit.seals import is_key_missing
from mesodash.records.audit.verification import Verification, verify
from mesodash.records.files.copies import (
    SIDE_FILES,
    checksum,
    copy_into,
    keep_on_disk,
    make_single_file,
    plain_os_errors,
    put_in_place,
    temporary,
    verify_copy,
)
from mesodash.records.privacy.erasure import erase_again, erased_before, overwrite_old_pages
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import (
    DamagedError,
    NewerSchemaError,
    NotAClinicError,
    RecordError,
)
from mesodash.records.store.migrations import migrate
from mesodash.records.transfer.bulk_load import count_by_month
from mesodash.settings import audit_key_file

_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description beside a backup, as JSON.

    Attributes:
        file: the backup's file name.
        sha256: of its bytes.
        size: in bytes.
        clinic_id: whose backup it is.
        revision: the clinic's revision in it.
        made_at: UTC, ISO 8601.
        log_entries: how many entries its change log has.
        log_head: the seal of the last one: an anchor (see `anchors`); None before the first seal.
        log: the result of `verification.verify`, in words.
        restored_at: when it was last restored for trial (`trial_restore`), UTC; None if never.
    """

    file: str
    sha256: str
    size: int
    clinic_id: str
    revision: int
    made_at: str
    log_entries: int
    log_head: str | None
    log: str
    restored_at: str | None = None


def backup_clinic(
    db: Path,
    folder: Path,
    *,
    actor: Actor,
    clock: Clock = utc_now,
    keep_daily: int = 7,
    keep_weekly: int = 4,
) -> tuple[Path, Manifest]:
    """Copy the clinic's file while others read and write it, verify the copy, delete old ones.

    The copy is one snapshot taken through SQLite's backup interface (a plain file copy under a
    writer is damaged more often than not); it appears under its name only once it is whole, and is
    a single file that needs no `-wal` beside it. It is readable by its owner only.

    Args:
        db: the clinic's file.
        folder: where backups go; made if missing.
        actor: who makes it; recorded in the change log as an export.
        clock: gives the time in the backup's name.
        keep_daily: how many days keep their newest backup.
        keep_weekly: how many ISO weeks keep their newest backup.

    Returns:
        The backup's path and its manifest, in the same folder with the ending `.json`.

    Raises:
        NotAClinicError, DamagedError, BusyError: as `reading`; DamagedError too if the copy is not
            sound, or if the change log was tampered with (the copy then stays, as evidence).
        CannotWriteError: the folder's disk is full, or it may not be written to.
    """
    require(db, actor, "records.backup", clock=clock)
    now = clock().astimezone(UTC)
    with plain_os_errors(folder):
        path, manifest, verdict = _saved(db, folder, now)
    with writing(db, actor, clock=clock) as change:
        change.log("export", "clinic", key=path.name)
    if verdict.broken:
        raise DamagedError(
            _("{file} was saved and no older one dropped. {verdict}").format(
                file=path.name, verdict=verdict.sentence
            )
        )
    anchors.note(db, clock=clock)
    with plain_os_errors(folder):
        rotate(folder, manifest.clinic_id, keep_daily=keep_daily, keep_weekly=keep_weekly, now=now)
    return path, manifest


def _saved(db: Path, folder: Path, now: datetime) -> tuple[Path, Manifest, Verification]:
    """The backup and its manifest put in place, and what was found of its log."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with temporary(folder) as copy:
        copy_into(db, copy)
        make_single_file(copy)
        verify_copy(copy)
        clinic_id = read_clinic(copy).clinic_id
        path = folder / f"{clinic_id}-{now.strftime(_STAMP)}.db"
        verdict = verify(copy, keys=read_keys(db), anchors=anchors.anchors_beside(db))
        manifest = describe(copy, path.name, now, verdict.sentence)
        keep_on_disk(copy)
        copy.replace(path)
    write_manifest(path, manifest)
    keep_on_disk(folder)
    return path, manifest, verdict


def describe(copy: Path, name: str, made_at: datetime, log: str) -> Manifest:
    """The manifest of a copy that will be called `name`."""
    clinic = read_clinic(copy)
    at = made_at.isoformat(timespec="seconds")
    with reading(copy) as db:
        (entries,) = db.execute("SELECT count(*) FROM change_log").fetchone()
        anchor = anchors.current(db, at)
    return Manifest(
        file=name,
        sha256=checksum(copy),
        size=copy.stat().st_size,
        clinic_id=clinic.clinic_id,
        revision=clinic.revision,
        made_at=at,
        log_entries=entries,
        log_head=None if anchor is None else anchor.head,
        log=log,
    )


def write_manifest(backup: Path, manifest: Manifest) -> None:
    """Put a manifest beside its backup, in one step."""
    put_in_place(json.dumps(asdict(manifest), indent=2) + "\n", manifest_beside(backup))


def read_manifest(backup: Path) -> dict[str, object]:
    """What the manifest beside a backup says, by name.

    Raises:
        DamagedError: there is none, or it cannot be read.
    """
    beside = manifest_beside(backup)
    try:
        facts = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedError(_unreadable(beside)) from error
    if not isinstance(facts, dict):
        raise DamagedError(_unreadable(beside))
    return facts


def _unreadable(manifest: Path) -> str:
    return _("{file} cannot be read; remove it or use another backup.").format(file=manifest.name)


def manifest_beside(backup: Path) -> Path:
    """The path of a backup's manifest."""
    return backup.with_suffix(".json")


def backups_in(folder: Path, clinic_id: str) -> dict[datetime, Path]:
    """A clinic's backups in a folder by the time in their names, UTC; the oldest first."""
    made: dict[datetime, Path] = {}
    for path in folder.glob(f"{clinic_id}-*.db"):
        try:
            made[datetime.strptime(path.stem[len(clinic_id) + 1 :], _STAMP).replace(tzinfo=UTC)] = (
                path
            )
        except ValueError:
            continue  # another clinic whose id begins alike, or a person's own file
    return dict(sorted(made.items()))


def rotate(
    folder: Path,
    clinic_id: str,
    *,
    keep_daily: int = 7,
    keep_weekly: int = 4,
    now: datetime | None = None,
) -> tuple[Path, ...]:
    """Delete a clinic's old backups.

    The newest of each of the last days and ISO weeks that have one is kept, and always the newest
    of all; no other file is touched. Backups of a time after `now` were made while the clock was
    wrong: they are neither deleted nor counted.

    Returns:
        The backups deleted, oldest first.
    """
    made = {
        at: path for at, path in backups_in(folder, clinic_id).items() if now is None or at <= now
    }
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
    """Replace the clinic's file with a backup, or create it from one: completely or not at all.

    The restored clinic's revision lies above both that of the backup and that of the file it
    replaces, and every month of both is noted as changed, so that no report made from the replaced
    data is mistaken for current. Patients erased in the file it replaces are erased in it as well.

    Args:
        backup: a file made by `backup_clinic`.
        db: where the clinic's file goes.
        actor: who restores; entered in the change log.
        force: replace a clinic that exists at `db`.
        clock: gives the time in the change log.

    Returns:
        Whether the backup had a manifest to compare it with.

    Raises:
        RecordError: `db` exists and `force` is not given.
        NotAClinicError, DamagedError: the backup is not a clinic's file, or its bytes are not those
            that were backed up.
        BusyError: the file to be replaced is in use for too long.
    """
    require(db, actor, "records.backup", clock=clock)
    if not backup.is_file():
        raise NotAClinicError(
            _("There is no backup at {backup}; check the path.").format(backup=backup)
        )
    if db.exists() and db.stat().st_size and not force:
        raise RecordError(
            _("{path} exists already; add --force to replace it with the backup.").format(path=db)
        )
    db.parent.mkdir(parents=True, exist_ok=True)
    compared = _compare_with_manifest(backup)
    replaced = _state_of(db)
    with temporary(db.parent) as copy:
        copy_into(backup, copy)
        verify_copy(copy)
        migrate(copy, key_file=audit_key_file(db), clock=clock)
        verdict = verify(copy, keys=read_keys(db), anchors=())
        if verdict.broken:
            raise DamagedError(
                _("{file} is not fit to go on with. {verdict}").format(
                    file=backup.name, verdict=verdict.sentence
                )
            )
        _note_restored(copy, backup, replaced or _Replaced(), actor, clock, audit_key_file(db))
        make_single_file(copy)
        keep_on_disk(copy)
        if replaced is None:  # no file, or one that SQLite cannot read: nobody can be using it
            for leftover in SIDE_FILES:
                db.with_name(db.name + leftover).unlink(missing_ok=True)
            copy.replace(db)
            keep_on_disk(db.parent)
        else:  # through SQLite, so that programs that have the file open see one change
            copy_into(copy, db)
    _begin_anchors_anew(db, clock)
    return compared


def _begin_anchors_anew(db: Path, clock: Clock) -> None:
    """Set the replaced file's anchors aside: the restored log differs from some entry on."""
    old = anchors.beside(db)
    if old.exists():
        old.rename(old.with_name(f"{old.name}-until-{clock().astimezone(UTC).strftime(_STAMP)}"))
    anchors.note(db, clock=clock)


@dataclass(frozen=True, slots=True)
class _Replaced:
    """What a restore must exceed or repeat of the file it replaces."""

    revision: int = 0
    months: frozenset[tuple[str, str | None]] = frozenset()
    erased: frozenset[str] = frozenset()


def _state_of(db: Path) -> _Replaced | None:
    """The state of the file about to be replaced; None if there is no readable clinic."""
    if not db.exists():
        return None
    try:
        with reading(db) as now:
            (revision,) = now.execute("SELECT revision FROM clinic").fetchone()
            return _Replaced(revision, frozenset(count_by_month(now)), erased_before(now))
    except (NotAClinicError, DamagedError, NewerSchemaError):
        return None


def _note_restored(
    copy: Path, backup: Path, replaced: _Replaced, actor: Actor, clock: Clock, key_file: Path
) -> None:
    keys = writing_keys(copy, key_file)
    with reading(copy) as db:
        lost = is_key_missing(db, read_keys(copy, key_file))
    why = "restored from a backup without the key that sealed it" if lost else None
    with writing(copy, actor, clock=clock, key_file=key_file, restart=why) as change:
        change.db.execute(
            "UPDATE clinic SET revision = max(revision, :replaced)",
            {"replaced": replaced.revision},
        )
        counts = count_by_month(change.db)
        for table, month in sorted({*counts, *replaced.months}, key=str):
            rows = counts.get((table, month), 0)
            change.log("import", table, key=backup.name, month=month, rows=rows)
        change.log("import", "clinic", key=backup.name)
        back = erase_again(change, replaced.erased, keys, clock)
    if back:
        overwrite_old_pages(copy)


def _compare_with_manifest(backup: Path) -> bool:
    beside = manifest_beside(backup)
    if not beside.is_file():
        return False
    expected = read_manifest(backup).get("sha256")
    if expected is None:
        raise DamagedError(_unreadable(beside))
    if checksum(backup) != expected:
        raise DamagedError(
            _(
                "{file} is not what was backed up (its checksum differs); use another backup."
            ).format(file=backup.name)
        )
    return True
