"""Vessels and nerves: what is mapped where, how deep, and that not mapped is never safe."""

from dataclasses import replace

import pytest

from mesodash.bodymap.choice import AreaSide
from mesodash.consult.danger_zones import (
    depth_words,
    is_reached,
    line,
    mapped,
    structures_at,
)


def names(catalogue, area, side):
    return {one.label for one in structures_at(catalogue, AreaSide(area, side))}


@pytest.mark.parametrize(
    ("area", "side", "found"),
    [
        ("face.glabella", "midline", {"Supratrochlear artery", "Supraorbital artery"}),
        ("face.forehead", "left", {"Supratrochlear artery", "Supraorbital artery"}),
        ("face.jawline", "right", {"Facial artery", "Marginal mandibular nerve (facial nerve)"}),
        ("face.nasolabial", "left", {"Facial artery"}),
        ("face.nose", "midline", {"Facial artery", "Angular artery"}),
        ("face.eyelid_lower", "left",
         {"Angular artery", "Infraorbital foramen, its nerve and vessels"}),
        ("face.temple", "left", {"Superficial temporal artery", "Deep temporal artery",
                                 "Temporal branch of the facial nerve"}),
        ("neck.submental", "midline", {"Marginal mandibular nerve (facial nerve)",
                                       "Salivary glands, lymph nodes and muscle under the chin"}),
        ("leg.popliteal", "left", {"Sciatic nerve (popliteal fossa)", "Common fibular nerve",
                                   "Popliteal artery and vein, tibial nerve"}),
        ("leg.thigh.medial", "left", {"Femoral nerve (femoral triangle)",
                                      "Femoral artery and vein (femoral triangle)"}),
        ("arm.axilla", "right", {"Axillary artery and nerves of the arm"}),
        ("abdomen.lower", "midline", set()),
        ("scalp.vertex", "midline", set()),
    ],
)  # fmt: skip
def test_what_is_mapped(catalogue, area, side, found):
    assert names(catalogue, area, side) == found


def test_every_structure_of_the_issue_has_a_sourced_row(catalogue):
    said = " ".join(zone.label.lower() for zone in catalogue.danger_zones.values())
    wanted = ("marginal mandibular", "facial artery", "angular artery", "supratrochlear",
              "supraorbital", "infraorbital foramen", "temporal artery", "femoral triangle",
              "popliteal fossa", "axillary")  # fmt: skip
    assert [one for one in wanted if one not in said] == []
    assert all(zone.sources for zone in catalogue.danger_zones.values())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("facial_artery_border", "9.3 mm deep (SD 2.2), n 40"),
        (
            "supratrochlear_glabella",
            "4.45 mm deep on average (95 % interval 3.43 to 5.47), n 282",
        ),
        ("temporal_artery", "in some only 1.15 mm deep, n 62"),
        ("femoral_nerve", "11 mm deep on average, n 40"),
        ("axilla_bundle", "down to 30 mm deep"),
        ("mmn_border", ""),
    ],
)
def test_a_depth_in_words(catalogue, code, words):
    assert depth_words(catalogue.danger_zones[code]) == words


def test_a_line_has_its_place_and_its_depth(catalogue):
    zone = catalogue.danger_zones["angular_artery_eye"]
    assert line(zone) == (
        "Level with the inner corner of the eye:"
        " 2.38 mm deep on average (95 % interval 1.38 to 3.38), n 450"
    )
    bare = catalogue.danger_zones["mmn_label"]
    assert line(bare) == bare.place


@pytest.mark.parametrize(
    ("code", "nearest"),
    [
        ("facial_artery_border", 9.3 - 2 * 2.2),
        ("facial_artery_mouth", 6.5),
        ("temporal_artery", 1.15),
        ("femoral_nerve", 11.0),
        ("axilla_bundle", None),
        ("infraorbital_cadaver", None),
    ],
)
def test_how_near_the_skin_it_may_lie(catalogue, code, nearest):
    assert catalogue.danger_zones[code].nearest_mm == pytest.approx(nearest)


def test_a_depth_reaches_what_may_lie_there(catalogue):
    vessel = catalogue.danger_zones["supratrochlear_us"]  # 3.34 mm, SD 0.6: from 2.14 mm
    nappage = catalogue.protocols["face_polyvit"]  # 2-4 mm
    assert is_reached(vessel, nappage)
    assert not is_reached(vessel, replace(nappage, depth_mm_max=2.0))
    assert not is_reached(vessel, replace(nappage, depth_mm_max=None))
    assert not is_reached(catalogue.danger_zones["mmn_border"], nappage)


def test_an_area_of_a_side_has_that_sides_only(catalogue):
    zones = {code: replace(zone, sides=("left",)) for code, zone in catalogue.danger_zones.items()}
    only_left = replace(catalogue, danger_zones=zones)
    assert names(only_left, "face.jawline", "right") == set()
    assert names(only_left, "face.jawline", "left")
    assert names(only_left, "face.glabella", "midline")


def test_areas_are_told_apart_and_each_once(catalogue):
    sites = [
        AreaSide("face.jawline", "left"),
        AreaSide("face.jawline", "right"),
        AreaSide("abdomen.lower", "midline"),
    ]
    found = mapped(catalogue, sites)
    assert list(found) == ["face.jawline", "abdomen.lower"]
    assert len(found["face.jawline"]) == 2
    assert found["abdomen.lower"] == ()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"depth_low_mm": 9.0, "depth_high_mm": 3.0}, "the smallest depth (9) is above"),
        ({"depth_mm": None}, "depth_mm is empty, so depth_sd_mm must be empty too."),
        ({"depth_low_mm": 2.0}, "depth_span goes with depth_low_mm or depth_high_mm"),
        ({"midline_mm_min": 2.0}, "midline_mm_min and midline_mm_max go together"),
        ({"method": None}, "method is empty; say how it was measured."),
    ],
)
def test_what_does_not_fit_in_a_row_is_named(catalogue, changes, fault):
    zone = catalogue.danger_zones["facial_artery_border"]
    assert list(zone.faults()) == []
    faults = list(replace(zone, **changes).faults())
    assert any(one.startswith(fault) for one in faults), faults
