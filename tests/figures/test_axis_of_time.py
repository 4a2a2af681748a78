"""An axis of time picks the unit and marks that fit."""

import pytest

from mesodash.figures.axis_of_time import time_axis


@pytest.mark.parametrize(
    ("days", "unit", "ticks"),
    [
        (40 / 1440, "minutes", (0, 10, 20, 30, 40)),
        (2 / 24, "minutes", (0, 20, 40, 60, 80, 100, 120)),
        (1.0, "hours", (0, 4, 8, 12, 16, 20, 24)),
        (3.0, "hours", (0, 12, 24, 36, 48, 60, 72)),
        (6.5, "days", (0, 1, 2, 3, 4, 5, 6)),
        (90.0, "days", (0, 14, 28, 42, 56, 70, 84)),
    ],
)
def test_time_axis(days, unit, ticks):
    axis = time_axis(days)

    assert (axis.unit, axis.ticks) == (unit, ticks)
    assert axis.end == pytest.approx(days * axis.per_day)


def test_time_axis_of_nothing_is_one_minute():
    assert time_axis(0.0).end == 1.0


def test_time_axis_of_years_keeps_few_marks():
    assert len(time_axis(4000.0).ticks) <= 8
