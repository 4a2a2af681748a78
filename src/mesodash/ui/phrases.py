"""Words and number formats used on two pages or more. Missing is shown as missing, never as 0."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

MISSING = "–"


def is_missing(value: Any) -> bool:
    """None, NaN and pandas' NA are missing."""
    return bool(pd.isna(value))


def number(value: Any, digits: int = 0) -> str:
    """A number with thin thousands, or the sign for missing."""
    if is_missing(value):
        return MISSING
    return f"{float(value):,.{digits}f}".replace(",", " ")


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
