"""The days on which calendars go wrong: ends of months and years, leap days, changed clocks."""

import time
from contextlib import contextmanager
from datetime import date

import pytest

DAYS = (
    date(2026, 2, 28),
    date(2028, 2, 29),
    date(2027, 3, 1),
    date(2026, 3, 29),  # summer time begins in Europe
    date(2026, 3, 31),
    date(2026, 10, 25),  # summer time ends
    date(2026, 11, 29),  # the day on which two tests of this suite once failed
    date(2026, 12, 30),
    date(2026, 12, 31),
    date(2027, 1, 1),
)

on_each_day = pytest.mark.parametrize("day", DAYS, ids=str)


@contextmanager
def in_europe(patch: pytest.MonkeyPatch):
    """Have the process live in a zone whose clocks change; tell the C library before and after."""
    with patch.context() as zone:
        zone.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()
