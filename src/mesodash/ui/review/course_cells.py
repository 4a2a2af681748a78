"""Cells of the courses page's tables: numbers, shares and days of a report's row in words."""

from collections.abc import Callable, Mapping
from typing import Any

from mesodash.exchange.suppression import SMALLEST
from mesodash.ui import phrases
from mesodash.ui.review import page

Row = Mapping[Any, Any]
Maker = Callable[[Row], str | page.Cell]


def number(name: str) -> Maker:
    """A column of whole numbers."""
    return lambda row: phrases.number(row[name])


def percent(name: str) -> Maker:
    """A column of shares."""
    return lambda row: phrases.percent(row[name])


def share(name: str) -> Maker:
    """A column of shares with their intervals, of `<name>_share`, `_low` and `_high`."""

    def make(row: Row) -> page.Cell:
        value, low, high = (row[f"{name}_{part}"] for part in ("share", "low", "high"))
        return page.Cell(phrases.interval(phrases.percent, value, low, high), value)

    return make


def days(name: str) -> Maker:
    """A column of lengths of time, recorded in days."""
    return lambda row: page.Cell(phrases.duration(row[name]), row[name])


def waited(name: str) -> Maker:
    """A column of waits, recorded in days."""
    return lambda row: page.Cell(wait(row[name]), row[name])


def wait(length: Any) -> str:
    """A wait in words; who began on the day itself did not wait."""
    if not phrases.is_missing(length) and float(length) == 0:
        return "none"
    return phrases.duration(length)


def off(name: str) -> Maker:
    """A column of days past what was meant; below 0 is early."""
    return lambda row: page.Cell(off_by(row[name]), row[name])


def off_by(past: Any) -> str:
    """Days past what was meant, in words: `34 days early`, `on time`, `1 day late`."""
    if phrases.is_missing(past):
        return phrases.MISSING
    past = float(past)
    if past == 0:
        return "on time"
    return f"{phrases.duration(abs(past))} {'early' if past < 0 else 'late'}"


def planned(row: Row) -> str:
    """The shortest and the longest interval planned."""
    return phrases.between(row["planned_low"], row["planned_high"])


def stopped(row: Row) -> page.Cell:
    """How many stopped after how many sessions: `3 after 1, 1 after 2`."""
    after = row["dropped_after"]
    text = ", ".join(f"{n} after {held}" for held, n in after.items())
    return page.Cell(text or phrases.MISSING, sum(after.values()))


def large(after: Mapping[int, int]) -> dict[int, int]:
    """Of those who stopped after a number of sessions, what a shared view may show."""
    return {held: n for held, n in after.items() if n >= SMALLEST}
