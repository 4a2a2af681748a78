"""An axis of time since onset in the unit that fits: minutes, hours or days."""

from dataclasses import dataclass

DAYS_SHOWN_AS_MINUTES = 3 / 24
DAYS_SHOWN_AS_HOURS = 3.0
MOST_STEPS = 7
STEPS = (1, 2, 5, 7, 10, 14, 15, 20, 28, 30, 60, 90, 120, 180, 240, 300, 600)
HOUR_STEPS = (1, 2, 3, 4, 6, 12, 24)


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
    if days <= DAYS_SHOWN_AS_MINUTES:
        unit, per_day, steps = "minutes", 1440.0, STEPS
    elif days <= DAYS_SHOWN_AS_HOURS:
        unit, per_day, steps = "hours", 24.0, HOUR_STEPS
    else:
        unit, per_day, steps = "days", 1.0, STEPS
    end = max(days * per_day, 1.0)
    step = next((step for step in steps if end / step <= MOST_STEPS), end / MOST_STEPS)
    ticks = []
    while (mark := len(ticks) * step) <= end * 1.0001:
        ticks.append(float(mark))
    return TimeAxis(unit=unit, per_day=per_day, end=end, ticks=tuple(ticks))
