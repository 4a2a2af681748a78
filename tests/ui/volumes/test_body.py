"""Which number colours which place of the figure."""

import pandas as pd
import pytest

from mesodash.bodymap.choice import AreaSide
from mesodash.ui.volumes.body import keys_for, values

LEFT, RIGHT = AreaSide("face.cheek", "left"), AreaSide("face.cheek", "right")
MIDDLE = AreaSide("abdomen.lower", "midline")
DRAWN = dict.fromkeys((LEFT, RIGHT, MIDDLE), "")


def test_both_sides_count_on_each():
    frame = pd.DataFrame(
        {
            "area": ["face.cheek", "face.cheek", "abdomen.lower", None],
            "side": ["left", "both", "midline", "left"],
            "sessions": [2, 3, 4, 9],
        }
    )

    assert values(frame, "sessions", DRAWN) == {LEFT: 5.0, RIGHT: 3.0, MIDDLE: 4.0}


def test_people_are_counted_by_whole_area_so_that_none_counts_twice():
    frame = pd.DataFrame({"area": ["face.cheek"], "patients": [7]})

    assert keys_for("patients") == ("area",)
    assert values(frame, "patients", DRAWN) == {LEFT: 7.0, RIGHT: 7.0}


@pytest.mark.parametrize("measure", ["sessions", "areas_treated", "volume_ml"])
def test_other_measures_have_sides(measure):
    assert keys_for(measure) == ("area", "side")


def test_an_area_without_a_number_has_no_colour():
    frame = pd.DataFrame({"area": ["face.cheek"], "side": ["left"], "volume_ml": [float("nan")]})

    assert values(frame, "volume_ml", DRAWN) == {}
