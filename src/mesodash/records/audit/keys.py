"""Keys, each in a small file outside the clinic's file; above all the change log's."""

import hmac
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mesodash.language import _
from mesodash.records.store.errors import CannotWriteError
from mesodash.settings import audit_key_file

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of a clinic's change log, oldest first; the last one seals what is written now.

    Attributes:
        keys: 32 bytes each; empty if there is no key file.
        file: where they were read.
    """

    keys: tuple[bytes, ...]
    file: Path

    def named(self, name: str) -> bytes | None:
        """The key with this name (see `name_of`); None if it is not among them."""
        return next((key for key in self.keys if name_of(key) == name), None)


def name_of(key: bytes) -> str:
    """A name that identifies a key without revealing it: 64 bits of an HMAC under it."""
    return hmac.digest(key, b"mesodash: the name of this key", "sha256").hex()[:16]


def read_keys(db: Path, key_file: Path | None = None) -> Keyring:
    """The keys of a clinic, without making one.

    Args:
        db: the clinic's file.
        key_file: used in place of the setting's file or `<db>.key`.

    Raises:
        CannotWriteError: other users may read the file, or it holds something other than keys.
    """
    file = key_file or audit_key_file(db)
    return Keyring(read_key_file(file) if file.exists() else (), file)


def read_key_file(file: Path) -> tuple[bytes, ...]:
    """The keys in a file, one per line as 64 hexadecimal digits, oldest first.

    Raises:
        CannotWriteError: there is no such file, other users may read it, or it holds something
            else than keys.
    """
    try:
        with file.open(encoding="ascii") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            lines = opened.read().split()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CannotWriteError(
            _(
                "Other users of this computer may read the key {file}; run `chmod 600"
                " {file}` first."
            ).format(file=file)
        )
    try:
        keys = tuple(bytes.fromhex(line) for line in lines)
    except ValueError as error:
        raise _unreadable(file) from error
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise _unreadable(file)
    return keys


def writing_keys(db: Path, key_file: Path | None = None) -> Keyring:
    """The keys of a clinic that is being written; a first one is made if there is none.

    Raises:
        CannotWriteError: as `read_keys`, or the file cannot be made.
    """
    found = read_keys(db, key_file)
    if found.keys:
        return found
    try:
        new_key(found.file)
    except OSError as error:
        raise CannotWriteError(
            _(
                "The change log's key cannot be made at {file}; let this user write"
                " there, or name another place with MESODASH_AUDIT_KEY_FILE."
            ).format(file=found.file)
        ) from error
    return read_keys(db, key_file)


def new_key(file: Path) -> None:
    """Make a file with a new random key; an existing file is left alone.

    Raises:
        OSError: it cannot be written there.
    """
    _place(secrets.token_bytes(KEY_BYTES).hex() + "\n", file)


def keep_key(draft: Path, db: Path) -> None:
    """Move the key of a clinic that was made elsewhere to the clinic's own place.

    Raises:
        OSError: it cannot be written there.
    """
    own = audit_key_file(db)
    if draft != own:
        _place(draft.read_text(encoding="ascii"), own)


def _place(text: str, file: Path) -> None:
    """Put a key in place atomically, or keep the one that another process made meanwhile."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".mesodash-", suffix=".key", dir=file.parent)  # 0600
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(draft, file)  # never over a key that is there
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _unreadable(file: Path) -> CannotWriteError:
    return CannotWriteError(
        _(
            "{file} holds no key (64 hexadecimal digits a line); put the clinic's own key"
            " back there."
        ).format(file=file)
    )
