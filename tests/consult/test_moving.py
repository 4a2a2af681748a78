"""What speaks against the day a planned session is moved to."""

from datetime import date

import pytest
from tests.sentences import numbers_in

from mesodash.consult.intervals import Interval, against

WEEK = Interval(7, 14, "published")
OWN = Interval(10, 14, "adopted")
UNKNOWN = Interval(None, None, "none")


def november(day):
    return date(2026, 11, day)


@pytest.mark.parametrize(
    ("to", "interval", "held", "planned", "told"),
    [
        (27, WEEK, 20, (), []),
        (26, WEEK, 20, (), [("Only 6 days after the session held on 20 Nov 2026: the interval is"
                            " at least 7 days.")]),
        (27, OWN, 20, (), [("Only 7 days after the session held on 20 Nov 2026: the clinic's own"
                           " interval is at least 10 days.")]),
        (26, UNKNOWN, 20, (), []),
        (26, WEEK, None, (), []),
        (26, WEEK, 10, (20,), [("Only 6 days after the session planned on 20 Nov 2026: the interval"
                               " is at least 7 days.")]),
        (24, WEEK, 10, (25,), [("Only 1 day before the session planned on 25 Nov 2026: the interval"
                               " is at least 7 days.")]),
        (24, WEEK, 23, (25, 10), [("Only 1 day after the session held on 23 Nov 2026: the interval"
                                  " is at least 7 days."),
                                  ("Only 1 day before the session planned on 25 Nov 2026: the"
                                  " interval is at least 7 days.")]),
        (24, WEEK, None, (24,), ["Another session is planned on 24 Nov 2026."]),
        (24, WEEK, 24, (), ["Another session is held on 24 Nov 2026."]),
        (29, UNKNOWN, None, (), [("29 Nov 2026 is a Sunday, on which no course of this clinic is"
                                 " planned.")]),
    ],
)  # fmt: skip
def test_what_speaks_against_a_day(to, interval, held, planned, told):
    found = against(
        november(to),
        interval,
        held=None if held is None else november(held),
        planned=[november(day) for day in planned],
    )
    assert list(found) == told


def test_the_clinics_open_days_are_its_own():
    assert against(november(29), WEEK, held=None, planned=(), closed_weekdays=()) == ()
    (told,) = against(november(28), WEEK, held=None, planned=(), closed_weekdays=(5,))
    assert ("Saturday" in told, numbers_in(told)) == (True, ["2026-11-28"])
