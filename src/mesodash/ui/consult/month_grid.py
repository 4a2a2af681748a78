"""A course as a calendar: one small month after another, its sessions numbered on their days."""

from calendar import Calendar
from collections.abc import Sequence
from datetime import date
from typing import Any

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def months(dates: Sequence[date], today: date) -> list[dict[str, Any]]:
    """The `months` of the template `months`: title, and weeks of days.

    A day has its number, the numbers of the sessions on it, and whether it is today; a day of
    another month is None. Months without a session are left out.
    """
    sessions: dict[date, list[int]] = {}
    for number, day in enumerate(dates, 1):
        sessions.setdefault(day, []).append(number)
    grids = []
    for year, month in dict.fromkeys((day.year, day.month) for day in sorted(dates)):
        weeks = [
            [
                {
                    "day": day.day,
                    "sessions": sessions.get(day, []),
                    "today": day == today,
                }
                if day.month == month
                else None
                for day in week
            ]
            for week in Calendar().monthdatescalendar(year, month)
        ]
        grids.append({"title": f"{date(year, month, 1):%B %Y}", "weeks": weeks})
    return grids
