"""How the duration of one side effect is counted: the contract's rule, from the record's dates.

Texts are ISO 8601, local to the clinic; a year or a month alone keeps its precision and is never
filled up. Whole minutes where both ends carry times, else whole days (of 1440 minutes).
"""

from datetime import date, datetime
from typing import NamedTuple

MINUTES_A_DAY = 1440
_DAY_LENGTH = 10

RESOLVED, INTERVAL, ONGOING, NO_FOLLOW_UP, IMPRECISE = (
    "resolved",
    "interval",
    "ongoing",
    "no_follow_up",
    "imprecise",
)


class Counted(NamedTuple):
    """How a side effect enters the survival curve.

    Attributes:
        counting: resolved (its end is known), interval (gone between two contacts), ongoing (still
            there at the last contact), no_follow_up (no contact after the onset) or imprecise
            (onset or end known only to the month or year: not in the curve).
        from_minutes: minutes from onset to the end, to the last contact at which it was still
            there, or to the last contact; None if imprecise.
        to_minutes: minutes from onset to the end (resolved) or to the first contact at which it was
            gone (interval); None otherwise.
    """

    counting: str
    from_minutes: int | None
    to_minutes: int | None


def count(
    onset_at: str,
    resolved_at: str | None,
    last_seen_at: str | None,
    gone_by_at: str | None,
    last_contact_at: str | None,
) -> Counted:
    """Count one side effect.

    Args:
        onset_at: when it began.
        resolved_at: when it ended, if that is known.
        last_seen_at: last contact at which it was still there.
        gone_by_at: first contact at which it was gone.
        last_contact_at: the latest follow-up of its session, whatever it was about; where nothing
            says when it was last seen, also the latest held session of the patient.
    """
    if len(onset_at) < _DAY_LENGTH or (resolved_at and len(resolved_at) < _DAY_LENGTH):
        return Counted(IMPRECISE, None, None)
    if resolved_at:
        minutes = minutes_between(onset_at, resolved_at)
        return Counted(RESOLVED, minutes, minutes)
    if gone_by_at:
        to_minutes = minutes_between(onset_at, gone_by_at)
        seen = minutes_between(onset_at, last_seen_at) if last_seen_at else 0
        return Counted(INTERVAL, min(seen, to_minutes), to_minutes)
    contacts = [text for text in (last_seen_at, last_contact_at) if text]
    minutes = max((minutes_between(onset_at, text) for text in contacts), default=0)
    return Counted(ONGOING if minutes else NO_FOLLOW_UP, minutes, None)


def until_treated_again(counted: Counted, onset_at: str, treated_at: str | None) -> int | None:
    """Minutes from onset until its area was treated again, if the effect was not over by then.

    None where it was over, where it was not treated again, or where the onset is imprecise. One
    known to be gone only between two contacts is taken for over at the second.
    """
    if treated_at is None or counted.counting == IMPRECISE:
        return None
    minutes = minutes_between(onset_at, treated_at)
    over = counted.to_minutes is not None and counted.to_minutes <= minutes
    return None if over else minutes


def minutes_between(start: str, end: str) -> int:
    """Minutes from `start` to `end`, never below 0: to the minute if both carry a time of day,
    else the days between the two dates times 1440.
    """  # noqa: D205
    if len(start) > _DAY_LENGTH and len(end) > _DAY_LENGTH:
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
        if first.tzinfo is None or last.tzinfo is None:
            first, last = first.replace(tzinfo=None), last.replace(tzinfo=None)
        minutes = int((last - first).total_seconds() // 60)
    else:
        days = date.fromisoformat(end[:_DAY_LENGTH]) - date.fromisoformat(start[:_DAY_LENGTH])
        minutes = days.days * MINUTES_A_DAY
    return max(minutes, 0)
