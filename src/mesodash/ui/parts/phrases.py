"""Words used on two pages or more; numbers and dates are written by `mesodash.language`."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from mesodash.language import (
    MISSING,
    _,
    format_change,
    format_day,
    format_duration,
    format_interval,
    format_moment,
    format_number,
    format_percent,
    format_range,
    format_trimmed,
    is_missing,
    ngettext,
)

_Code = TypeVar("_Code")

# The names that pages and templates have for what `mesodash.language` writes.
number = format_number
signed = format_change
percent = format_percent
interval = format_interval
between = format_range
plain = format_trimmed
duration = format_duration
day = format_day
moment = format_moment

_INSIDE_NUMBER = re.compile(r"(?<=\d) (?=\d{3}\b|%)")
_ISO = re.compile(r"\b\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?")


def unbroken(text: str) -> str:
    """The text with spaces that do not break inside numbers: `1 070`, `12 %`."""
    return _INSIDE_NUMBER.sub("\N{NO-BREAK SPACE}", text)


def exact_percent(share: Any) -> str:
    """A share in per cent; with one decimal below ten, where a whole number says too little."""
    return percent(share, int(not is_missing(share) and float(share) < 0.0995))


def days_in(sentence: str) -> str:
    """A sentence with its ISO dates and date-times written as `moment` writes them."""
    return _ISO.sub(lambda found: moment(found[0]), sentence)


def wording(words: Mapping[Any, str]) -> Callable[[Any], str]:
    """How a widget shows its options: the word for a code, in the language in use.

    A browser may send a code that was never offered; it stays as it is, and the page ignores it.
    """
    return lambda code: _(words[code]) if code in words else str(code)


def distinct(words: Mapping[_Code, str]) -> dict[_Code, str]:
    """The words of options, made unique: options with the same word are numbered.

    A widget answers with the word, so of two options with one word only the last could be chosen.
    """
    times = Counter(words.values())
    seen: Counter[str] = Counter()
    unique = {}
    for code, word in words.items():
        seen[word] += 1
        unique[code] = (
            _("{word} ({number} of {of})").format(word=word, number=seen[word], of=times[word])
            if times[word] > 1
            else word
        )
    return unique


def sessions(n: Any) -> str:
    """`1 session`, `12 sessions`."""
    return MISSING if is_missing(n) else filled(ngettext("{n} session", "{n} sessions", int(n)), n)


def patients(n: Any) -> str:
    """`1 patient`, `12 patients`."""
    return MISSING if is_missing(n) else filled(ngettext("{n} patient", "{n} patients", int(n)), n)


def courses(n: Any) -> str:
    """`1 course`, `12 courses`."""
    return MISSING if is_missing(n) else filled(ngettext("{n} course", "{n} courses", int(n)), n)


def reports(n: Any) -> str:
    """`1 report`, `12 reports` of side effects."""
    return MISSING if is_missing(n) else filled(ngettext("{n} report", "{n} reports", int(n)), n)


def red_cards(n: int, escalated: int) -> str:
    """`2 red cards are open, 1 of them escalated`."""
    words = filled(ngettext("{n} red card is open", "{n} red cards are open", n), n)
    if not escalated:
        return words
    late = ngettext("{open}, {n} escalated", "{open}, {n} of them escalated", escalated)
    return late.format(open=words, n=number(escalated))


def filled(text: str, n: Any) -> str:
    """A text of `ngettext` with its number, `{n}`, put in."""
    return text.format(n=number(n))


__all__ = [
    "FILTERS",
    "MISSING",
    "between",
    "courses",
    "day",
    "days_in",
    "distinct",
    "duration",
    "exact_percent",
    "filled",
    "interval",
    "is_missing",
    "moment",
    "number",
    "patients",
    "percent",
    "plain",
    "reports",
    "sessions",
    "signed",
    "unbroken",
    "wording",
]

FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "signed": signed,
    "percent": percent,
    "plain": plain,
    "duration": duration,
    "day": day,
}
