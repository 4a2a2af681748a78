"""Where the figure shows what was recorded, and the period that colours it."""

from datetime import date

import pytest

from mesodash.bodymap.choice import AreaSide
from mesodash.reports.filters import Period
from mesodash.ui.area_choice import last_year, places

DRAWN = {AreaSide("hip", "left"), AreaSide("hip", "right"), AreaSide("abdomen.lower", "midline")}


@pytest.mark.parametrize(
    ("area", "side", "sides"),
    [
        ("hip", "left", ["left"]),
        ("hip", "both", ["left", "right"]),
        ("hip", "midline", []),
        ("abdomen.lower", "midline", ["midline"]),
        ("abdomen.lower", "left", ["midline"]),
        ("abdomen.lower", "both", ["midline"]),
        ("face", "both", []),
    ],
)
def test_places(area, side, sides):
    assert places(AreaSide(area, side), DRAWN) == tuple(AreaSide(area, one) for one in sides)


def test_last_year_ends_today():
    assert last_year(date(2026, 11, 22)) == Period(date(2025, 11, 22), date(2026, 11, 22))
