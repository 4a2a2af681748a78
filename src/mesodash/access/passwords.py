"""Passwords: argon2id hashes, the rules for a new one, and how easily it is guessed."""

import re
import threading
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from mesodash.language import _

SHORTEST: Final = 12
LONGEST: Final = 256
_NAME_LEAST: Final = 4

# OWASP's minimum for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet).
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each try takes 19 MiB; many at once must wait instead of taking the machine's memory.
_TRIES: Final = threading.BoundedSemaphore(2)
_NOBODY: Final = _HASHER.hash("nobody's password, tried for names that do not exist")

ENOUGH: Final = 8
"""How hard a password must be to guess, in characters; a common part counts as two."""

# Common passwords (30,000), English words and names; the words of films and television add little.
_LISTS: Final = ("passwords", "english_wikipedia", "female_names", "male_names", "surnames")
_SHORTEST_PART: Final = 3
_PART: Final = 2
_LOOKALIKES: Final = str.maketrans("04@3!1$5+7", "oaaeiisstt")
_REPEATED: Final = re.compile(r"(.+?)\1+", re.DOTALL)
_YEAR: Final = re.compile(r"(?:19|20)\d\d", re.ASCII)


class PasswordError(ValueError):
    """A new password is not acceptable; the message is one plain sentence."""


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
    """Refuse an unacceptable new password, in one sentence.

    Raises:
        PasswordError: as for `hashed`.
    """
    if len(password) < SHORTEST:
        raise PasswordError(_("A password has {n} characters or more.").format(n=SHORTEST))
    if len(password) > LONGEST:
        raise PasswordError(_("A password has at most {n} characters.").format(n=LONGEST))
    if any("\ud800" <= sign <= "\udfff" for sign in password):
        raise PasswordError(_("The password holds a broken character; type it anew."))
    small = password.casefold()
    if small == name.casefold() or any(word in small for word in _guessed_from(name)):
        raise PasswordError(
            _(
                "The account's name and the word mesodash may not stand in its password; choose"
                " another one."
            )
        )
    if is_guessable(password):
        raise PasswordError(
            _(
                "This password is easy to guess; choose another one, such as four words that do not"
                " belong together."
            )
        )


def _guessed_from(name: str) -> list[str]:
    """Words that anybody would try first; shorter ones occur in too many other words."""
    words = re.split(r"[\W_]+", name.casefold())
    return ["mesodash", *(word for word in words if len(word) >= _NAME_LEAST)]


def matches(password: str, password_hash: str | None) -> bool:
    """Whether a password matches a hash; without a hash the same work is done, for equal timing."""
    if len(password) > LONGEST:
        return False
    with _TRIES:
        try:
            right = _HASHER.verify(password_hash or _NOBODY, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return right and password_hash is not None


@cache
def _parts() -> frozenset[str]:
    """The common parts; loaded on first use, which takes a tenth of a second."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - no command waits for it

    return frozenset(
        part.translate(_LOOKALIKES)
        for name in _LISTS
        for part in FREQUENCY_LISTS[name]
        if len(part) >= _SHORTEST_PART
    )


@cache
def _longest_part() -> int:
    return max(map(len, _parts()))


def is_guessable(password: str) -> bool:
    """Whether a password is common, or little more than common parts put together.

    A run of one character or of neighbours (`aaaa`, `6789`, `dcba`) counts as one; a common
    password, word, name or year as two, in any case and with `0` for `o` and the like; every other
    character as one. Repetitions count once. The sum must reach ENOUGH: three unrelated words do,
    `Password123456!` does not.

    This is a plain count in place of zxcvbn's own estimate, whose search for characters that stand
    for letters takes minutes on some passwords of 72 characters.
    """
    text = password.casefold()
    repeated = _REPEATED.fullmatch(text)
    return _signs(repeated[1] if repeated else text) < ENOUGH


def _signs(text: str) -> int:
    """The smallest count for the text over all ways to cut it into parts."""
    plain, parts = text.translate(_LOOKALIKES), _parts()
    least = [0] * (len(text) + 1)
    for end in range(1, len(text) + 1):
        least[end] = least[end - 1] + 1
        row = _row_before(text, end)
        for start in range(end - row, end - _SHORTEST_PART + 1):
            least[end] = min(least[end], least[start] + 1)
        for start in range(max(0, end - _longest_part()), end - _SHORTEST_PART + 1):
            if plain[start:end] in parts or _YEAR.fullmatch(text, start, end):
                least[end] = min(least[end], least[start] + _PART)
    return least[-1]


def _row_before(text: str, end: int) -> int:
    """The length of the run that ends at `end`: equal characters, or each next to the last."""
    if end < _SHORTEST_PART:
        return 0
    step = ord(text[end - 1]) - ord(text[end - 2])
    if step not in (-1, 0, 1):
        return 0
    start = end - 2
    while start > 0 and ord(text[start]) - ord(text[start - 1]) == step:
        start -= 1
    return end - start
