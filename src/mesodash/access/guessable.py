"""How easily a new password is guessed: of how many common parts and other signs it is made."""

import re
from functools import cache
from typing import Final

ENOUGH: Final = 8
"""What a password must take to guess, in signs; a common part counts as two of them."""

# Common passwords (30,000), English words and names; the words of films and television add little.
_LISTS: Final = ("passwords", "english_wikipedia", "female_names", "male_names", "surnames")
_SHORTEST_PART: Final = 3
_PART: Final = 2
_LOOKALIKES: Final = str.maketrans("04@3!1$5+7", "oaaeiisstt")
_REPEATED: Final = re.compile(r"(.+?)\1+", re.DOTALL)
_YEAR: Final = re.compile(r"(?:19|20)\d\d", re.ASCII)


@cache
def _parts() -> frozenset[str]:
    """What is common; read when first asked, for it takes a tenth of a second."""
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

    A row of one sign or of neighbours (`aaaa`, `6789`, `dcba`) counts as one sign; a common
    password, word, name or year as two, in any case and with `0` for `o` and the like; whatever is
    left as one a sign. One that only repeats itself is taken once. All that must come to ENOUGH:
    three words that do not belong together do, `Password123456!` does not.

    This is a plain count instead of zxcvbn's own estimate, whose search for signs that stand for
    letters takes minutes with some passwords of 72 signs.
    """
    text = password.casefold()
    repeated = _REPEATED.fullmatch(text)
    return _signs(repeated[1] if repeated else text) < ENOUGH


def _signs(text: str) -> int:
    """The least number of signs that the text comes to, over all ways to cut it into parts."""
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
    """How many signs before `end` are one row: all the same, or each the next or the last one's."""
    if end < _SHORTEST_PART:
        return 0
    step = ord(text[end - 1]) - ord(text[end - 2])
    if step not in (-1, 0, 1):
        return 0
    start = end - 2
    while start > 0 and ord(text[start]) - ord(text[start - 1]) == step:
        start -= 1
    return end - start
