"""When a demo clinic is open: its days, seasons, hours and who is free."""

from bisect import bisect
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

YEARS_BACK = 3
BOOKED_AHEAD_DAYS = 35

_SLOT_MINUTES = 30
_SLOTS = 20  # 9:00 to 18:30
_LUNCH = (7, 8, 9)  # 12:30 to 14:00
_SATURDAY_SLOTS = 10  # 9:00 to 13:30
_SATURDAY = 5
_SUNDAY = 6
_CLOSED = {(1, 1), (12, 24), (12, 25), (12, 26), (12, 31)}
_LATE_DECEMBER = 20
_AUGUST, _DECEMBER = 8, 12
_JOINED_BY = 600
_SAME_AGAIN = 0.88

#: Relative demand for first visits by month, January first.
SUMMER = (0.9, 1.0, 1.25, 1.5, 1.7, 1.5, 0.9, 0.45, 0.9, 1.0, 1.0, 0.7)
EVEN = (1.1, 1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 0.6, 1.1, 1.1, 1.1, 0.8)

_SLOT_WEIGHTS = tuple(
    accumulate(
        0.25 if slot in _LUNCH else 1.3 if slot >= _SLOTS - 4 else 1.0 for slot in range(_SLOTS)
    )
)


def is_open(day: date) -> bool:
    """Whether the clinic sees anyone that day."""
    return day.weekday() != _SUNDAY and (day.month, day.day) not in _CLOSED


def quietness(day: date) -> float:
    """The share of a day's requests that are met on that day and not postponed (1 = all)."""
    if day.month == _DECEMBER and day.day >= _LATE_DECEMBER:
        return 0.3
    if day.month == _AUGUST:
        return 0.45
    return 0.45 if day.weekday() == _SATURDAY else 1.0


def _known_before(day: int) -> float:
    """More first sessions in the first two months: patients the practitioners brought along."""
    return 1.0 + 2.0 * max(0.0, 1.0 - day / 60)


class Arrivals:
    """Draws the day of a first visit: more every year, more in season, none on closed days."""

    def __init__(self, first: date, last: date, season: tuple[float, ...]) -> None:
        self._first = first
        days = (last - first).days
        self._weights = list(
            accumulate(
                season[day.month - 1] * quietness(day) * (0.75 + 0.5 * n / days) * _known_before(n)
                if is_open(day)
                else 0.0
                for n, day in ((n, first + timedelta(n)) for n in range(days))
            )
        )

    def draw(self, rng: Random) -> date:
        """One day."""
        return self._first + timedelta(bisect(self._weights, rng.random() * self._weights[-1]))


class Appointments:
    """Who is busy when, so that no practitioner sees two patients at once."""

    def __init__(self, first: date, last: date, practitioners: int) -> None:
        self._first = first
        self._days = (last - first).days + 1
        self._count = practitioners
        self._busy = bytearray(self._days * _SLOTS * practitioners)
        # the first half founded the clinic, the others joined one by one in its first two years
        founders = (practitioners + 1) // 2
        joining = max(1, practitioners - founders)
        self._joined = [
            max(0, round((n + 1 - founders) / joining * min(self._days, _JOINED_BY)))
            for n in range(practitioners)
        ]
        self._liked = list(accumulate(1 / (n + 2) for n in range(practitioners)))

    def practitioner(self, rng: Random, day: date) -> int:
        """A practitioner who works here by that day, counted from 0."""
        here = sum(joined <= (day - self._first).days for joined in self._joined) or 1
        return bisect(self._liked, rng.random() * self._liked[here - 1], hi=here - 1)

    def book(self, rng: Random, wanted: date, usual: int) -> tuple[datetime, int] | None:
        """The first free slot on or after the wanted day, and with whom; None if there is none."""
        day = wanted
        while (day - self._first).days < self._days:
            if is_open(day) and rng.random() < quietness(day):
                slots = _SATURDAY_SLOTS if day.weekday() == _SATURDAY else _SLOTS
                for _ in range(6):
                    who = usual if rng.random() < _SAME_AGAIN else self.practitioner(rng, day)
                    slot = bisect(_SLOT_WEIGHTS, rng.random() * _SLOT_WEIGHTS[slots - 1])
                    at = ((day - self._first).days * _SLOTS + slot) * self._count + who
                    if not self._busy[at]:
                        self._busy[at] = 1
                        minutes = slot * _SLOT_MINUTES
                        return datetime.combine(day, time(9)) + timedelta(minutes=minutes), who
            weekend = day.weekday() >= _SATURDAY  # postponed into the week, not all of it to Monday
            day += timedelta(rng.randint(2, 5) if weekend else 1)
        return None
