"""An axis of time since onset in the unit that fits: minutes, hours or days."""

import math
from dataclasses import dataclass

MOST_STEPS = 7
MINUTES = (1, 2, 5, 10, 15, 20, 30, 60)
HOURS = (1, 2, 3, 4, 6, 12, 24)
DAYS = (1, 2, 3, 5, 7, 14, 28, 60, 90, 180, 360)

# Up to so many days: the unit, units in a day, steps between marks.
UNITS: tuple[tuple[float, str, float, tuple[int, ...]], ...] = (
    (3 / 24, "minutes", 1440.0, MINUTES),
    (3.0, "hours", 24.0, HOURS),
    (math.inf, "days", 1.0, DAYS),
)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Where an axis of time ends and is marked.

    Attributes:
        unit: "minutes", "hours" or "days".
        per_day: units in a day; times in days are multiplied by it.
        end: the end of the axis, in units.
        ticks: the marks from 0 on, in units, evenly apart.
    """

    unit: str
    per_day: float
    end: float
    ticks: tuple[float, ...]


def time_axis(days: float) -> TimeAxis:
    """The axis that shows `days` (0 or more) in at most seven steps."""
    unit, per_day, steps = next(choice[1:] for choice in UNITS if days <= choice[0])
    end = max(days * per_day, 1.0)
    step = next((step for step in steps if end / step <= MOST_STEPS), end / MOST_STEPS)
    ticks = tuple(float(step * i) for i in range(int(end / step * 1.0001) + 1))
    return TimeAxis(unit=unit, per_day=per_day, end=end, ticks=ticks)
