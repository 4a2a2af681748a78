"""Passwords: argon2id hashes, and the rule for a new one."""

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

SHORTEST: Final = 12
LONGEST: Final = 256

# OWASP's minimum for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet).
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each try takes 19 MiB; many at once must wait instead of taking the machine's memory.
_TRIES: Final = threading.BoundedSemaphore(2)
_NOBODY: Final = _HASHER.hash("nobody's password, tried for names that do not exist")


class PasswordError(ValueError):
    """A new password that will not do; the message is one plain sentence."""


def hashed(password: str, *, name: str) -> str:
    """The argon2id hash of a new password.

    Raises:
        PasswordError: too short, too long, or the account's own name.
    """
    if len(password) < SHORTEST:
        raise PasswordError(f"A password has {SHORTEST} characters or more.")
    if len(password) > LONGEST:
        raise PasswordError(f"A password has at most {LONGEST} characters.")
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise PasswordError("Choose a password that is harder to guess.")
    with _TRIES:
        return _HASHER.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether a password is the one hashed; without a hash the same work is done, in vain."""
    if len(password) > LONGEST:
        return False
    with _TRIES:
        try:
            right = _HASHER.verify(password_hash or _NOBODY, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return right and password_hash is not None
