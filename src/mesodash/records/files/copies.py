"""Complete copies of a clinic's file: made through SQLite, checked, put in place atomically."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mesodash.language import _
from mesodash.records.store.connection import connect, plain_errors, reading
from mesodash.records.store.driver import open_file
from mesodash.records.store.errors import CannotWriteError, DamagedError

SIDE_FILES = ("-wal", "-shm", "-journal")


@contextmanager
def plain_os_errors(folder: Path) -> Iterator[None]:
    """Turn the system's own failures to write into `folder` into sentences a person can act on.

    Raises:
        CannotWriteError: the disk is full, the folder is gone, a file, or may not be written to.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CannotWriteError(
                _("The disk that holds {folder} is full; make room, then try again.").format(
                    folder=folder
                )
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise CannotWriteError(
                _(
                    "{folder} may not be written to; give write access to it, or name another."
                ).format(folder=folder)
            ) from error
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EEXIST):
            raise CannotWriteError(
                _("{folder} is not a folder, or is gone; name another.").format(folder=folder)
            ) from error
        raise CannotWriteError(
            _(
                "{folder} cannot be written to ({why}); look after the disk, or name another"
                " folder."
            ).format(folder=folder, why=os.strerror(error.errno or 0))
        ) from error


def copy_into(source: Path, target: Path) -> None:
    """Copy one snapshot of `source` over whatever `target` holds, as one transaction there."""
    with reading(source) as db, plain_errors(target), closing(open_file(target, "rwc")) as to:
        db.conn.backup(to)


def make_single_file(path: Path) -> None:
    """Make `path` complete without a `-wal` beside it; the next writer turns WAL on again."""
    with plain_errors(path), closing(open_file(path, "rwc")) as db:
        db.execute("PRAGMA journal_mode = DELETE").fetchone()


def verify_copy(path: Path) -> None:
    """Return if a file is sound; else raise.

    Raises:
        DamagedError: SQLite finds it damaged.
    """
    with plain_errors(path), closing(connect(path, read_only=True)) as db:
        found = [text for (text,) in db.execute("PRAGMA integrity_check")]
    if found != ["ok"]:
        raise DamagedError(
            _("The copy is damaged ({found}); run `mesodash check` on the clinic.").format(
                found=found[0]
            )
        )


def checksum(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_on_disk(path: Path) -> None:
    """Flush a file's bytes, or a folder's entries, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def temporary(folder: Path) -> Iterator[Path]:
    """A temporary file in `folder`, deleted after the block unless it was moved away."""
    handle, name = tempfile.mkstemp(prefix=".mesodash-", suffix=".part", dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        for ending in ("", *SIDE_FILES):
            path.with_name(path.name + ending).unlink(missing_ok=True)


def put_in_place(text: str, file: Path) -> None:
    """Replace a small text file atomically, flushed to disk."""
    with temporary(file.parent) as draft:
        draft.write_text(text, encoding="utf-8")
        keep_on_disk(draft)
        draft.replace(file)
