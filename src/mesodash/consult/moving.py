"""Moving a planned session: what speaks against the new day, a sentence each; none forbids it."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from mesodash.consult import words
from mesodash.consult.rest import Interval

SUNDAY: Final = 6


def against(
    to: date,
    interval: Interval,
    *,
    held: date | None,
    planned: Iterable[date],
    closed_weekdays: Collection[int] = (SUNDAY,),
) -> tuple[str, ...]:
    """What speaks against holding a session on a day.

    Only the nearest session before and the nearest after are spoken of.

    Args:
        to: the day.
        interval: the shortest time between two sessions, as from `rest.interval_of`.
        held: the last session held where this one is to treat; None if there was none.
        planned: the other days planned there, or of the same course.
        closed_weekdays: Monday is 0, Sunday 6.

    Returns:
        Sentences; none where the day keeps the interval, or none is known to keep.
    """
    told = []
    if to.weekday() in closed_weekdays:
        told.append(f"{_day(to)} is a {to:%A}, on which no course of this clinic is planned.")
    others = set(planned)
    if to == held or to in others:
        told.append(f"Another session is {'held' if to == held else 'planned'} on {_day(to)}.")
    least = interval.min_days
    if least is None:
        return tuple(told)
    whose = "the clinic's own interval" if interval.source == "adopted" else "the interval"
    rule = f"{whose} is at least {words.plain(least)} days."
    known = dict.fromkeys(others, "planned") | ({} if held is None else {held: "held"})
    near = (
        ("after", max((day for day in known if day < to), default=None)),
        ("before", min((day for day in known if day > to), default=None)),
    )
    for side, day in near:
        if day is not None and abs((to - day).days) < least:
            apart = words.days(abs((to - day).days))
            told.append(f"Only {apart} {side} the session {known[day]} on {_day(day)}: {rule}")
    return tuple(told)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
