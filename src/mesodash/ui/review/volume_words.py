"""What changed between periods, in words and numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mesodash.reports.filters import Period
from mesodash.reports.periods import before, whole_months, year_before
from mesodash.ui import phrases
from mesodash.ui.filters import period_words

MEASURES = {
    "sessions": "sessions",
    "patients": "patients",
    "new_patients": "new patients",
    "areas_treated": "areas treated",
    "volume_ml": "mL",
}
ONE = {
    "sessions": "session",
    "patients": "patient",
    "new_patients": "new patient",
    "areas_treated": "area treated",
    "volume_ml": "mL",
}
OVERLAP_BY_AREA = ("sessions", "patients", "new_patients")
OVERLAP = ("patients", "new_patients")
PLACES = ("region", "area", "side")
"""Of these a session treats several."""
SMALLEST_BASE = 20
"""Smaller numbers make no per cent."""
Row = Mapping[Any, Any]


def counted(value: float, measure: str) -> str:
    """`1 session`, `12 areas treated`, `310 mL`, `0.4 mL`."""
    if measure == "volume_ml":
        return f"{phrases.number(value, int(value < SMALLEST_BASE))} mL"
    return phrases.count(round(value), ONE[measure], MEASURES[measure])


def overlaps(measure: str, split: str | None) -> bool:
    """Whether the parts of a split count the same session or patient more than once."""
    if split is None:
        return False
    return measure in (OVERLAP_BY_AREA if split in PLACES else OVERLAP)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier period to compare with.

    Attributes:
        period: its days.
        short: after a number of it: `before`, `a year ago`.
        words: after `of` or `in`: `the 23 days before, 9 Oct 2026 to 31 Oct 2026`.
        total: the volumes of its whole; None where a shared view leaves them out.
    """

    period: Period
    short: str
    words: str
    total: Row | None = None


def earlier_periods(period: Period) -> tuple[Earlier, ...]:
    """The period before and the same one last year; one where both are the same, none if open."""
    just, year = before(period), year_before(period)
    if just is None or year is None:
        return ()
    span = period_words(just).removeprefix("From ")
    words = f"the {_length(just)} before, {span}"
    if just == year:
        return (Earlier(just, "before", f"{words} (the same days last year)"),)
    return (Earlier(just, "before", words), Earlier(year, "a year ago", "the same days last year"))


def _length(period: Period) -> str:
    months = whole_months(period)
    if months:
        return "month" if months == 1 else f"{months} months"
    if period.start is None or period.end is None:
        return ""
    days = (period.end - period.start).days + 1
    return "day" if days == 1 else f"{days} days"


def change(now: Any, then: Any, short: str, *, fewer: str = "fewer") -> str:
    """`12 more than 108 before (+11 %)`, in whole numbers; says so where nothing can be compared.

    Args:
        now: the number.
        then: the one it is compared with.
        short: when that was: `before`, `a year ago`.
        fewer: what a smaller number is called.
    """
    if phrases.is_missing(then):
        return f"nothing to compare with {short}"
    now, then = round(float(now)), round(float(then))
    if not then:
        return f"none {short}" if now else f"none {short} either"
    if now == then:
        return f"as many {short}" if fewer == "fewer" else f"as much {short}"
    more = "more" if now > then else fewer
    text = f"{phrases.number(abs(now - then))} {more} than {phrases.number(then)} {short}"
    share = _share(now, then)
    return f"{text} ({share})" if share else text


def against(row: Row, name: str, earlier: Sequence[Earlier]) -> str:
    """A measure against each earlier period, a line each."""
    if not earlier:
        return "no earlier period to compare with"
    fewer = "less" if name == "volume_ml" else "fewer"
    return "\n".join(
        change(row[name], None if e.total is None else e.total[name], e.short, fewer=fewer)
        for e in earlier
    )


def _share(now: float, then: float) -> str:
    """The change in per cent; none from a base too small for one."""
    if then < SMALLEST_BASE:
        return ""
    return f"{phrases.signed(100 * (now - then) / then, 0)} %"


def what_changed(now: Row, earlier: Iterable[Earlier]) -> str:
    """What was done in a period, and against the earlier ones.

    Args:
        now: `sessions`, `patients`, `new_patients` of the period.
        earlier: what it is compared with.
    """
    new = phrases.number(now["new_patients"])
    new = "fewer than 5 of them new" if new == phrases.MISSING else f"{new} of them new"
    done = (
        f"{phrases.count(now['sessions'], 'session')} for"
        f" {phrases.count(now['patients'], 'patient')}, {new}."
    )
    clauses = [_clause(int(now["sessions"]), e) for e in earlier]
    if not clauses:
        return done
    text = "; ".join(clauses)
    return f"{done} {text[:1].upper()}{text[1:]}."


def _clause(sessions: int, earlier: Earlier) -> str:
    """`13 more sessions (+12 %) than the 108 of the 23 days before, ...`."""
    if earlier.total is None:
        return f"too few patients in {earlier.words} to compare with in a shared view"
    then = int(earlier.total["sessions"])
    if not then:
        return f"no session is recorded in {earlier.words}"
    difference = sessions - then
    if not difference:
        return f"as many sessions as in {earlier.words}"
    more = "more" if difference > 0 else "fewer"
    plural = "session" if abs(difference) == 1 else "sessions"
    share = _share(sessions, then)
    share = f" ({share})" if share else ""
    count = phrases.number(abs(difference))
    return f"{count} {more} {plural}{share} than the {phrases.number(then)} of {earlier.words}"


def largest_change(changes: Iterable[tuple[str, int, int]]) -> str:
    """A sentence on the part whose sessions changed most; empty if none did.

    Args:
        changes: (protocol in words, sessions now, sessions before).
    """
    moved = [row for row in changes if row[1] != row[2]]
    if not moved:
        return ""
    name, now, then = max(moved, key=lambda row: abs(row[1] - row[2]))
    counts = f"{phrases.count(now, 'session')}, {phrases.number(then)} before"
    return f"By protocol, “{name}” changed most ({counts})."
