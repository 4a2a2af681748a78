"""Writing a file that a person named: never over a clinic, readable by its owner only."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from mesodash.language import _
from mesodash.records.files.copies import SIDE_FILES
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError
from mesodash.settings import db_key_file

_SQLITE = b"SQLite format 3\0"
_BESIDE_A_CLINIC = (*SIDE_FILES, ".key", ".anchors")


class OutputError(RecordError):
    """A file cannot be written to the given place; the message names the fix."""


def refuse_output(target: Path, *, force: bool = False, ours: bytes | None = None) -> None:
    """Return if a file may be written at a place; else raise.

    Args:
        target: where.
        force: whether another existing file may be replaced; never a clinic's.
        ours: the first bytes of an earlier output of the same command, which is replaced.

    Raises:
        OutputError: a clinic's file, its key or what SQLite keeps beside it is there; or a folder;
            or another file, and `force` is off.
    """
    try:
        if target.is_dir():
            raise OutputError(_("{path} is a folder; name a file.").format(path=target))
        if not target.exists():
            return
        with target.open("rb") as file:
            begins = file.read(max(len(_SQLITE), len(ours or b"")))
    except OSError as error:
        raise _cannot_write(target) from error
    if begins.startswith(_SQLITE) or _is_of_a_clinic(target):
        raise OutputError(
            _("{path} belongs to a clinic's file and is never written over; name another.").format(
                path=target
            )
        )
    if not force and not (ours and begins.startswith(ours)):
        raise OutputError(
            _("{path} exists already; add --force to replace it, or name another file.").format(
                path=target
            )
        )


@contextmanager
def open_output(
    target: Path, *, force: bool = False, ours: bytes | None = None
) -> Iterator[TextIO]:
    """A new text file (UTF-8) that appears at `target` whole at the end of the block, or not at
    all; it may name patients, so its owner alone may read it.

    Raises:
        OutputError: as `refuse_output`, or the place cannot be written.
    """  # noqa: D205
    refuse_output(target, force=force, ours=ours)
    try:
        handle, name = tempfile.mkstemp(prefix=".mesodash-", suffix=".part", dir=target.parent)
    except OSError as error:
        raise _cannot_write(target) from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(target)
    except OSError as error:
        raise _cannot_write(target) from error
    finally:
        draft.unlink(missing_ok=True)


def write_output(
    target: Path, content: bytes, *, force: bool = False, ours: bytes | None = None
) -> None:
    """Write a file as `open_output`.

    Raises:
        OutputError: as `open_output`.
    """
    with open_output(target, force=force, ours=ours) as file:
        file.buffer.write(content)


def _is_of_a_clinic(target: Path) -> bool:
    for ending in _BESIDE_A_CLINIC:
        if target.name.endswith(ending) and _is_clinic(
            target.with_name(target.name[: -len(ending)])
        ):
            return True
    return _is_clinic(target)


def _is_clinic(path: Path) -> bool:
    """Whether this is a clinic's file, encrypted or not."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if file.read(len(_SQLITE)) == _SQLITE:
            return True
    if path.with_name(f"{path.name}.key").is_file():
        return True  # encrypted, with the key of its change log beside it
    if db_key_file() is None:
        return False
    try:
        with reading(path):
            return True
    except RecordError:
        return False


def _cannot_write(target: Path) -> OutputError:
    return OutputError(_("{path} cannot be written; choose another folder.").format(path=target))
