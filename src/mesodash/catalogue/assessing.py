"""When the result of a course is to be scored, by the time at which its protocol was judged.

It comes from assessments.csv: from so many days after the first, the second or the last session.
A protocol without a row there is due at no time, for no source says one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mesodash.catalogue.types import Assessment, Catalogue

EARLY_DAYS: Final = 7
"""A score up to a week before its day is that score: a choice of this program, no clinical fact."""
_PLACE: Final = {"first_session": 0, "second_session": 1}


def assessment_of(catalogue: Catalogue, protocol: str | None) -> Assessment | None:
    """When a protocol's result is judged; None where no source says when."""
    rows = catalogue.assessments.values()
    return next((one for one in rows if one.protocol == protocol), None)


def counted_from(one: Assessment, sessions: Sequence[date], *, over: bool) -> date | None:
    """The session from which the days count; None while the course has not come to it.

    Args:
        one: when the result is judged.
        sessions: the days of the course's sessions, held or expected, in any order.
        over: whether no session follows the latest of them.
    """
    days = sorted(sessions)
    if one.counted_from == "last_session":
        return days[-1] if days and over else None
    place = _PLACE[one.counted_from]
    return days[place] if len(days) > place else None


@dataclass(frozen=True, slots=True)
class ScoreDue:
    """When a course's result is to be scored.

    Attributes:
        on: the day from which.
        expected: whether that day counts from a session that is still planned.
    """

    on: date
    expected: bool


def score_due(
    one: Assessment,
    held: Sequence[date],
    coming: Sequence[date],
    scored: Iterable[date],
    *,
    over: bool,
) -> ScoreDue | None:
    """When the result of a course is to be scored; None once it is, and where no day is known.

    Args:
        one: when its protocol was judged.
        held: the days of its sessions that were held.
        coming: the days of those that are planned.
        scored: the days of its scores after the baseline.
        over: whether its last session was held.
    """
    start = counted_from(one, held, over=over)
    if start is not None:
        done = any(on >= settled_from(one, start) for on in scored)
        return None if done else ScoreDue(due_from(one, start), expected=False)
    start = counted_from(one, [*held, *coming], over=bool(coming))
    return None if start is None else ScoreDue(due_from(one, start), expected=True)


def due_from(one: Assessment, start: date) -> date:
    """The day from which a score is due, `start` being the session that the days count from."""
    return start + timedelta(days=one.from_day)


def settled_from(one: Assessment, start: date) -> date:
    """The first day on which a later score is the one that is due."""
    return start + timedelta(days=max(0, one.from_day - EARLY_DAYS))
