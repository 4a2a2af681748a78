"""Where the figure shows what was recorded."""

import pytest

from mesodash.bodymap.choice import AreaSide
from mesodash.ui.area_choice import places

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
