"""Erasing a patient from the backups: each is rewritten completely, or left as it was."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.files.backup import describe, manifest_beside, write_manifest
from mesodash.records.files.copies import (
    copy_into,
    keep_on_disk,
    make_single_file,
    temporary,
    verify_copy,
)
from mesodash.records.privacy.erasure import erase
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import RecordError
from mesodash.records.store.migrations import migrate
from mesodash.settings import audit_key_file


def backups_with(
    db: Path, folder: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[Path, ...]:
    """The backups of this clinic in a folder that still contain a patient's id, oldest first.

    Raises:
        NotAllowedError: the role may not erase.
        RecordError: there is no such folder, or a backup in it cannot be read.
    """
    require(db, actor, "patients.erase", clock=clock)
    if not folder.is_dir():
        raise RecordError(
            _("There is no folder {folder}; name the one that backups are saved in.").format(
                folder=folder
            )
        )
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
    """Erase a patient from each backup of this clinic that still contains the id.

    A backup keeps its name and day; its manifest gets the new checksum and the time of rewriting.
    The old file is unlinked, which does not overwrite the disk.

    Args:
        db: the clinic's own file, whose key sealed the backups' change logs.
        folder: where the backups are.
        patient_id: whom; may already be erased in `db`.
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
            migrate(copy, key_file=audit_key_file(db), clock=clock)
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
    """When a backup was made and the state of its log; the present ones without a manifest."""
    if not manifest.is_file():
        return clock(), ""
    told = json.loads(manifest.read_text(encoding="utf-8"))
    return datetime.fromisoformat(told["made_at"]), str(told.get("log", "")).removesuffix(
        " Rewritten by an erasure."
    )
