"""Erasing a patient in the backups as well: each is rewritten whole, or left as it was."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mesodash.records.actor import Actor
from mesodash.records.backup import describe, manifest_beside, write_manifest
from mesodash.records.clinic import read_clinic
from mesodash.records.connection import Clock, reading, utc_now
from mesodash.records.copies import (
    copy_into,
    keep_on_disk,
    make_single_file,
    temporary,
    verify_copy,
)
from mesodash.records.erasure import erase
from mesodash.records.errors import RecordError
from mesodash.records.migrations import migrate
from mesodash.records.refusals import require
from mesodash.settings import audit_key_file


def backups_with(
    db: Path, folder: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[Path, ...]:
    """The backups of this clinic in a folder that still name a patient, oldest first.

    Raises:
        NotAllowedError: the role may not erase.
        RecordError: there is no such folder, or a backup in it cannot be read.
    """
    require(db, actor, "patients.erase", clock=clock)
    if not folder.is_dir():
        raise RecordError(f"There is no folder {folder}; name the one that backups are saved in.")
    clinic_id = read_clinic(db).clinic_id
    return tuple(
        path
        for path in sorted(folder.glob(f"{clinic_id}-*.db"))
        if read_clinic(path).clinic_id == clinic_id and _names(path, patient_id)
    )


def erase_in_backups(
    db: Path,
    folder: Path,
    patient_id: str,
    actor: Actor,
    *,
    reason: str,
    clock: Clock = utc_now,
) -> tuple[Path, ...]:
    """Erase a patient in each backup of this clinic that still names them.

    A backup keeps its name and its day; its manifest gets the new checksum and says when it was
    rewritten. The former bytes are unlinked, which does not overwrite the disk.

    Args:
        db: the clinic's own file, whose key sealed the backups' change logs.
        folder: where the backups are.
        patient_id: whom; may be erased in `db` already.
        actor: who erases.
        reason: why.
        clock: gives the time.

    Returns:
        The backups rewritten, oldest first.

    Raises:
        NotAllowedError, RecordError: as `backups_with` and `erasure.erase`.
    """
    found = backups_with(db, folder, patient_id, actor, clock=clock)
    for backup in found:
        with temporary(folder) as copy:
            copy_into(backup, copy)
            migrate(copy)
            erase(copy, patient_id, actor, reason=reason, clock=clock, key_file=audit_key_file(db))
            make_single_file(copy)
            verify_copy(copy)
            beside = manifest_beside(backup)
            made_at, log = _made(beside, clock)
            manifest = describe(copy, backup.name, made_at, log)
            keep_on_disk(copy)
            copy.replace(backup)
        write_manifest(backup, replace(manifest, log=f"{manifest.log} Rewritten by an erasure."))
        keep_on_disk(folder)
    return found


def _names(backup: Path, patient_id: str) -> bool:
    with reading(backup) as db:
        found = db.execute("SELECT 1 FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
    return found is not None


def _made(manifest: Path, clock: Clock) -> tuple[datetime, str]:
    """When a backup was made and what its log was found to be; now, if no manifest says."""
    if not manifest.is_file():
        return clock(), ""
    told = json.loads(manifest.read_text(encoding="utf-8"))
    return datetime.fromisoformat(told["made_at"]), str(told.get("log", "")).removesuffix(
        " Rewritten by an erasure."
    )
