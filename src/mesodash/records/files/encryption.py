"""Making an encrypted copy of a clinic's file, and the key for it."""

import shutil
from contextlib import closing
from pathlib import Path

from mesodash.language import _
from mesodash.records.audit.keys import keep_key, new_key, read_keys
from mesodash.records.files.copies import keep_on_disk, temporary
from mesodash.records.store.connection import plain_errors
from mesodash.records.store.driver import give_key, sqlcipher
from mesodash.records.store.errors import RecordError
from mesodash.settings import audit_key_file


def make_key(file: Path) -> None:
    """Write a key of 32 random bytes to a new file that only its owner may read.

    Raises:
        RecordError: the file exists, or cannot be written.
    """
    if file.exists():
        raise RecordError(_("{path} exists already; choose another file name.").format(path=file))
    try:
        new_key(file)
    except OSError as error:
        raise RecordError(
            _("{path} cannot be written; choose another folder.").format(path=file)
        ) from error


def encrypt_copy(plain: Path, encrypted: Path, key_file: Path) -> None:
    """Copy a plain clinic's file into a new encrypted one; the plain file is not changed.

    The app must not run on the plain file meanwhile, for it would go on writing there.

    Args:
        plain: the clinic's file, not encrypted.
        encrypted: the new file.
        key_file: its key.

    Raises:
        RecordError: the new file exists, the key cannot be read, or SQLCipher is not installed.
        NotAClinicError, DamagedError: `plain` is no clinic.
    """
    if encrypted.exists():
        raise RecordError(
            _("{path} exists already; choose another file name.").format(path=encrypted)
        )
    if not plain.is_file():
        raise RecordError(_("There is no clinic at {plain}; check the path.").format(plain=plain))
    encrypted.parent.mkdir(parents=True, exist_ok=True)
    driver = sqlcipher()
    with temporary(encrypted.parent) as copy:
        with plain_errors(plain), closing(driver.connect(str(plain))) as db:
            db.execute("SELECT revision FROM clinic").fetchone()
            db.execute("ATTACH DATABASE ? AS sealed KEY ''", [str(copy)])
            give_key(db, key_file, "sealed")
            db.execute("SELECT sqlcipher_export('sealed')").fetchone()
            db.execute("DETACH DATABASE sealed")
        keep_on_disk(copy)
        keys = read_keys(plain)
        if keys.keys and keys.file != audit_key_file(encrypted):
            draft = copy.with_name(f"{copy.name}-wal")  # goes with the temporary copy
            shutil.copy(keys.file, draft)
            keep_key(draft, encrypted)
        copy.rename(encrypted)
