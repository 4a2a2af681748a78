"""Departures from the adopted version, each rule at its border."""

import pytest

from mesodash.records.courses.departures import departures
from mesodash.records.courses.protocol_versions import Parameters
from mesodash.records.treatment.entries import AreaEntry

ADOPTED = Parameters(
    depth_mm=3.0, volume_per_point_ml=0.05, points=20, max_volume_ml=1.0, interval_days=14
)
AS_ADOPTED = AreaEntry("face.cheek", "left", depth_mm=3.0, points=20, volume_ml=1.0)


@pytest.mark.parametrize(
    ("changed", "days", "found"),
    [
        ({}, 14, ()),
        ({"volume_ml": 0.99}, 14, ()),
        ({"volume_ml": 1.01}, 14, ("dose",)),
        ({"points": 22}, 14, ()),
        ({"points": 23}, 14, ("points", "point_dose")),
        ({"points": 18, "volume_ml": 0.9}, 14, ()),
        ({"points": 17, "volume_ml": 0.85}, 14, ("points",)),
        ({"volume_ml": 0.8}, 14, ("point_dose",)),
        ({"depth_mm": 3.5}, 14, ()),
        ({"depth_mm": 3.6}, 14, ("depth",)),
        ({"depth_mm": 2.4}, 14, ("depth",)),
        ({}, 21, ()),
        ({}, 22, ("interval",)),
        ({}, 6, ("interval",)),
        ({}, None, ()),
        ({"depth_mm": None, "points": None, "volume_ml": None}, None, ()),
    ],
)
def test_each_rule_at_its_border(changed, days, found):
    fields = {"depth_mm": 3.0, "points": 20, "volume_ml": 1.0} | changed
    area = AreaEntry("face.cheek", "left", **fields)
    assert departures([area], ADOPTED, by_side=False, days=days) == found


def test_a_limit_of_a_session_counts_all_areas_and_one_of_a_side_each():
    two = [AS_ADOPTED, AreaEntry("face.cheek", "right", depth_mm=3.0, points=20, volume_ml=1.0)]
    assert departures(two, ADOPTED, by_side=True, days=14) == ()
    assert departures(two, ADOPTED, by_side=False, days=14) == ("dose", "points")


def test_what_is_recorded_for_both_sides_is_halved():
    both = AreaEntry("face.cheek", "both", depth_mm=3.0, points=40, volume_ml=2.0)
    assert departures([both], ADOPTED, by_side=True, days=14) == ()


def test_what_was_not_adopted_is_not_compared():
    area = AreaEntry("face.cheek", "left", depth_mm=12.0, points=90, volume_ml=30.0)
    assert departures([area], Parameters(), by_side=False, days=400) == ()
