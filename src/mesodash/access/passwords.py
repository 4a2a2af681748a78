"""Passwords: argon2id hashes, and the rules for a new one."""

import re
import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from mesodash.access.guessable import is_guessable

SHORTEST: Final = 12
LONGEST: Final = 256
_NAME_LEAST: Final = 4

# OWASP's minimum for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet).
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each try takes 19 MiB; many at once must wait instead of taking the machine's memory.
_TRIES: Final = threading.BoundedSemaphore(2)
_NOBODY: Final = _HASHER.hash("nobody's password, tried for names that do not exist")


class PasswordError(ValueError):
    """A new password that will not do; the message is one plain sentence."""


def hashed(password: str, *, name: str) -> str:
    """The argon2id hash of a new password for the account of this name.

    Raises:
        PasswordError: too short, too long, with the name of the account or of mesodash in it, or
            easy to guess.
    """
    check(password, name=name)
    with _TRIES:
        return _HASHER.hash(password)


def check(password: str, *, name: str) -> None:
    """Refuse a new password that will not do, in one sentence.

    Raises:
        PasswordError: as for `hashed`.
    """
    if len(password) < SHORTEST:
        raise PasswordError(f"A password has {SHORTEST} characters or more.")
    if len(password) > LONGEST:
        raise PasswordError(f"A password has at most {LONGEST} characters.")
    if any("\ud800" <= sign <= "\udfff" for sign in password):
        raise PasswordError("The password holds a broken character; type it anew.")
    small = password.casefold()
    if small == name.casefold() or any(word in small for word in _told_by(name)):
        raise PasswordError(
            "The account's name and the word mesodash may not stand in its password; choose"
            " another one."
        )
    if is_guessable(password):
        raise PasswordError(
            "This password is easy to guess; choose another one, such as four words that do not"
            " belong together."
        )


def _told_by(name: str) -> list[str]:
    """Words that anybody would try first; shorter ones stand inside too many other words."""
    words = re.split(r"[\W_]+", name.casefold())
    return ["mesodash", *(word for word in words if len(word) >= _NAME_LEAST)]


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
