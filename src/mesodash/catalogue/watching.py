"""When a clinic asks how a patient is doing, how long it watches, and what raises a red card.

The days come from follow_ups.csv: rows that name side effects are windows in which to watch for
those; the others are days on which to ask about anything. Which report raises which card stands in
red_flags.csv.
"""

from dataclasses import dataclass
from typing import Final

from mesodash.catalogue.rows.effects import RedFlag
from mesodash.catalogue.types import Catalogue

FOLLOW_UP_FROM: Final = 7
"""Patients not asked for so many days are due to be asked: this program's own choice."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A span of days after a session in which some effects may still appear.

    Attributes:
        from_day, to_day: days after the session, both included.
        effects: codes of the side effects looked for.
    """

    from_day: int
    to_day: int
    effects: tuple[str, ...]


def last_check(catalogue: Catalogue) -> int:
    """The last day after a session on which to ask about anything; 0 if there is none."""
    rows = catalogue.follow_ups.values()
    return max((row.to_day for row in rows if not row.side_effects), default=0)


def late_watches(catalogue: Catalogue) -> tuple[Watch, ...]:
    """The windows for late effects, earliest first; each ends before the next begins."""
    rows = sorted(
        (row for row in catalogue.follow_ups.values() if row.side_effects),
        key=lambda row: row.from_day,
    )
    ends = [after.from_day - 1 for after in rows[1:]]
    return tuple(
        Watch(row.from_day, min([row.to_day, *ends[n : n + 1]]), row.side_effects)
        for n, row in enumerate(rows)
    )


def watched_until(catalogue: Catalogue) -> int:
    """The last day after a session on which late effects are watched for; 0 if there is none."""
    return max((watch.to_day for watch in late_watches(catalogue)), default=0)


def sign_of(catalogue: Catalogue, effect: str, onset_day: int) -> RedFlag | None:
    """The warning sign whose red card a report of a side effect opens; None if it opens none.

    Args:
        catalogue: gives the signs.
        effect: a code of its side effects; an unknown one opens nothing.
        onset_day: days from the session to the onset.
    """
    known = catalogue.side_effects.get(effect)
    if known is None or (known.late_after_days or -1) >= onset_day:
        return None
    signs = (sign for sign in catalogue.red_flags.values() if effect in sign.raised_by)
    return next(signs, None)
