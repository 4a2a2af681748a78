"""Backups that the app makes by itself: one a day, restored for trial."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mesodash.records.audit.actor import Actor
from mesodash.records.files.backup import backup_clinic, backups_in, read_manifest
from mesodash.records.files.trial_restore import TRIED, Trial, try_restoring
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import Clock, utc_now
from mesodash.records.store.errors import DamagedError

BY_ITSELF = Actor("mesodash", "administrator")
"""Whom the change log names for what the app does by itself."""


@dataclass(frozen=True, slots=True)
class LatestBackup:
    """The newest backup of a clinic in a folder.

    Attributes:
        path: its file.
        made_at: when, UTC, as its name says.
        restored_at: when it was restored for trial, ISO 8601, UTC; None if it was not.
        described: whether it has a manifest that can be read.
    """

    path: Path
    made_at: datetime
    restored_at: str | None
    described: bool


def latest_backup(folder: Path, clinic_id: str, now: datetime) -> LatestBackup | None:
    """The newest backup that is not of a time to come; None if there is none."""
    made = {at: path for at, path in backups_in(folder, clinic_id).items() if at <= now}
    if not made:
        return None
    at, path = max(made.items())
    try:
        facts = read_manifest(path)
    except DamagedError:
        return LatestBackup(path, at, None, described=False)
    tried = facts.get(TRIED)
    return LatestBackup(path, at, tried if isinstance(tried, str) else None, described=True)


def is_due(folder: Path, clinic_id: str, now: datetime) -> bool:
    """Whether no backup was made on this day (UTC).

    One of a later day was made while the clock was wrong, and counts for nothing.
    """
    latest = latest_backup(folder, clinic_id, now)
    return latest is None or latest.made_at.date() < now.astimezone(UTC).date()


def back_up_if_due(db: Path, folder: Path, *, clock: Clock = utc_now) -> Trial | None:
    """Make the day's backup, restore it for trial, and delete old ones; None if it was made before.

    Seven days and four weeks keep their newest.

    Raises:
        RecordError: as `backup_clinic` and `try_restoring`, each with one sentence.
    """
    if not is_due(folder, read_clinic(db).clinic_id, clock()):
        return None
    return back_up_and_try(db, folder, actor=BY_ITSELF, clock=clock)


def back_up_and_try(db: Path, folder: Path, *, actor: Actor, clock: Clock = utc_now) -> Trial:
    """Make a backup now and restore it for trial.

    Raises:
        RecordError: as `backup_clinic` and `try_restoring`, each with one sentence.
    """
    path, _manifest = backup_clinic(db, folder, actor=actor, clock=clock)
    return try_restoring(path, db, actor=actor, clock=clock)
