"""Words and number formats used on two pages or more. Missing is shown as missing, never as 0."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

import pandas as pd

_Code = TypeVar("_Code")

MISSING = "–"
_INSIDE_NUMBER = re.compile(r"(?<=\d) (?=\d{3}\b|%)")
_ISO = re.compile(r"\b\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?")


def is_missing(value: Any) -> bool:
    """None, NaN and pandas' NA are missing."""
    return bool(pd.isna(value))


def number(value: Any, digits: int = 0) -> str:
    """A number with thin thousands, or the sign for missing."""
    if is_missing(value):
        return MISSING
    return f"{float(value):,.{digits}f}".replace(",", " ")


def unbroken(text: str) -> str:
    """Words whose numbers stay on one line: `1 070` and `12 %` are not torn at their blank."""
    return _INSIDE_NUMBER.sub("\N{NO-BREAK SPACE}", text)


def signed(value: Any, digits: int = 1) -> str:
    """A change with its sign, a true minus."""
    if is_missing(value):
        return MISSING
    text = f"{round(float(value), digits) + 0.0:+.{digits}f}"  # + 0.0 turns a rounded -0.0 into 0.0
    return text.replace("-", "−")


def percent(value: Any) -> str:
    """A share (0 to 1) as whole per cent."""
    return MISSING if is_missing(value) else f"{100 * float(value):.0f} %"


def interval(words: Callable[[Any], str], value: Any, low: Any, high: Any) -> str:
    """`12 % (9 % to 16 %)`; the value alone where its interval is not known."""
    if is_missing(low) or is_missing(high):
        return words(value)
    return f"{words(value)} ({words(low)} to {words(high)})"


def between(low: Any, high: Any, digits: int = 0) -> str:
    """`6-8`, `6` when both are one, `6 or more` / `up to 8` when one is unknown, or missing."""
    if is_missing(low) and is_missing(high):
        return MISSING
    if is_missing(low):
        return f"up to {plain(high, digits)}"
    if is_missing(high):
        return f"{plain(low, digits)} or more"
    if low == high:
        return plain(low, digits)
    return f"{plain(low, digits)}–{plain(high, digits)}"


def plain(value: Any, digits: int = 2) -> str:
    """A number without needless zeros: 4, 1.5, 0.02."""
    if is_missing(value):
        return MISSING
    text = f"{float(value):.{max(digits, 2)}f}".rstrip("0").rstrip(".")
    return text or "0"


def duration(days: Any) -> str:
    """A length of time in the unit people would say: minutes, hours or days.

    0 days means that onset and end were recorded on one day, not that there was no time at all.
    """
    if is_missing(days):
        return MISSING
    days = float(days)
    if days == 0:
        return "the same day"
    minutes = max(1, round(days * 1440))
    if minutes < 90:
        return f"{minutes} min"
    if days < 1:
        return f"{days * 24:.0f} h"
    text = f"{days:.1f}".removesuffix(".0")
    return f"{text} day" if text == "1" else f"{text} days"


def day(value: Any) -> str:
    """An ISO date or date-time as `3 Mar 2026`; a partial date keeps its precision."""
    if is_missing(value):
        return MISSING
    text = str(value)
    if len(text) == 4:
        return text
    if len(text) == 7:
        return date.fromisoformat(f"{text}-01").strftime("%b %Y")
    parsed = date.fromisoformat(text[:10])
    return f"{parsed.day} {parsed:%b %Y}"


def moment(value: Any) -> str:
    """An ISO date as `day` says it; a date-time with its time of day, `3 Mar 2026, 10:15`."""
    text = "" if is_missing(value) else str(value)
    return f"{day(text)}, {text[11:16]}" if len(text) > len("2026-03-03") else day(value)


def days_in(sentence: str) -> str:
    """A sentence with its ISO dates and date-times as `moment` says them."""
    return _ISO.sub(lambda found: moment(found[0]), sentence)


def wording(words: Mapping[Any, str]) -> Callable[[Any], str]:
    """How a widget shows its options: the word for a code.

    A browser may send a code that was never offered; it stays itself, for the page to leave out.
    """
    return lambda code: words.get(code, str(code))


def distinct(words: Mapping[_Code, str]) -> dict[_Code, str]:
    """The words of options, told apart: what several would be called gets a number behind it.

    A widget answers with the word, so that of two with one word only the last could be chosen.
    """
    times = Counter(words.values())
    seen: Counter[str] = Counter()
    told = {}
    for code, word in words.items():
        seen[word] += 1
        told[code] = f"{word} ({seen[word]} of {times[word]})" if times[word] > 1 else word
    return told


def count(n: Any, one: str, many: str | None = None) -> str:
    """`1 patient`, `3 patients`."""
    if is_missing(n):
        return MISSING
    return f"{number(n)} {one if int(n) == 1 else many or one + 's'}"


FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "signed": signed,
    "percent": percent,
    "plain": plain,
    "duration": duration,
    "day": day,
    "count": count,
}
