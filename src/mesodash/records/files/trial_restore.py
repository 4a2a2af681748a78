"""Whether a backup can be restored: it is, for trial, into a folder that is deleted afterwards."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mesodash.language import _
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.verification import verify
from mesodash.records.files.backup import manifest_beside, read_manifest, restore_clinic
from mesodash.records.files.copies import plain_os_errors, put_in_place
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import DamagedError
from mesodash.settings import audit_key_file

TRIED = "restored_at"
"""The name in a backup's manifest for the time of its trial restore."""
_GROWS = ("change_log", "row_versions", "chains", "_sqlite_migrations")
"""Tables to which restoring itself adds rows."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A backup that was restored for trial, and held.

    Attributes:
        backup: which.
        rows: how many rows were compared, table by table, of all but the log of changes.
        at: when, UTC.
    """

    backup: Path
    rows: int
    at: datetime


def try_restoring(backup: Path, db: Path, *, actor: Actor, clock: Clock = utc_now) -> Trial:
    """Restore a backup as `restore_clinic` does, beside nothing that is in use, and look at it.

    Checksum, SQLite's own check, schema, the seals of log and rows, and the number of rows of each
    table must be as in the backup. That it was tried is noted in its manifest.

    Args:
        backup: a file made by `backup_clinic`.
        db: the clinic it is of, whose key seals it; it is only read.
        actor: who has it tried.
        clock: gives the time.

    Raises:
        DamagedError: it cannot be restored, or something of it is missing then.
        CannotWriteError: there is no room for the trial.
        NotAllowedError, NotAClinicError, BusyError: as `restore_clinic`.
    """
    with (
        plain_os_errors(db.parent),
        tempfile.TemporaryDirectory(prefix=".mesodash-trial-", dir=db.parent) as name,
    ):
        trial = Path(name) / db.name
        key, beside = audit_key_file(db), audit_key_file(trial)
        if key.is_file() and key != beside:
            shutil.copy(key, beside)
        restore_clinic(backup, trial, actor=actor, clock=clock)
        verdict = verify(trial)
        if verdict.broken:
            raise DamagedError(
                _("The trial restore of {name} is not whole. {why}").format(
                    name=backup.name, why=verdict.sentence
                )
            )
        saved, restored = _counts(backup), _counts(trial)
    missing = [table for table, rows in saved.items() if restored.get(table) != rows]
    if missing:
        raise DamagedError(
            _("{name} was restored for trial, and rows are missing: {tables}.").format(
                name=backup.name, tables=", ".join(missing)
            )
        )
    at = clock().astimezone(UTC)
    beside = manifest_beside(backup)
    facts = read_manifest(backup) | {TRIED: at.isoformat(timespec="seconds")}
    with plain_os_errors(backup.parent):
        put_in_place(json.dumps(facts, indent=2) + "\n", beside)
    return Trial(backup, sum(saved.values()), at)


def _counts(path: Path) -> dict[str, int]:
    """Rows by table, without those to which restoring adds and what SQLite keeps for itself."""
    with reading(path) as db:
        return {
            name: db.table(name).count
            for name in db.table_names()
            if name not in _GROWS and not name.startswith("sqlite_")
        }
