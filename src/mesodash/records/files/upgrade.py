"""Upgrading a clinic's file of an earlier version, with a copy of the old file."""

from datetime import UTC
from pathlib import Path

from mesodash.records.files.copies import (
    copy_into,
    keep_on_disk,
    make_single_file,
    temporary,
    verify_copy,
)
from mesodash.records.store.connection import Clock, utc_now
from mesodash.records.store.migrations import is_older, migrate
from mesodash.records.store.schema_steps import NEWEST


def bring_up_to_date(path: Path, *, clock: Clock = utc_now) -> Path | None:
    """Upgrade the clinic's file to this version's schema; an older file is copied beside it first.

    The copy is verified before the file is touched, and the schema changes in one transaction:
    whatever happens, the file has either the old schema or the new one.

    Args:
        path: the clinic's file.
        clock: gives the time in the copy's name and in the change log.

    Returns:
        The copy; None if the file was of this version already.

    Raises:
        NewerSchemaError: a newer version of mesodash made the file.
        ChangedOutsideError: the file has lost the seals that its key was for.
        NotAClinicError, DamagedError, BusyError, CannotWriteError: each with one sentence.
    """
    if not is_older(path):
        migrate(path, clock=clock)  # refuses a newer one
        return None
    stamp = clock().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = path.with_name(f"{path.name}.before-{NEWEST[:4]}-{stamp}.db")
    with temporary(path.parent) as copy:
        copy_into(path, copy)
        make_single_file(copy)
        verify_copy(copy)
        keep_on_disk(copy)
        copy.replace(kept)
    migrate(path, clock=clock)
    return kept
