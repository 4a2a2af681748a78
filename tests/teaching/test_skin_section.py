"""The skin in section: as measured, by sex; what was not measured has no thickness."""

import math

import pytest

from mesodash.teaching.skin_section import needle_start, skin_bands, tip_of


def depths(bands):
    return [(b.layer, round(b.top_mm, 2), None if b.mm is None else b.mm) for b in bands]


def test_the_forehead_of_a_woman_and_of_a_man(catalogue):
    assert depths(skin_bands(catalogue, "face.forehead", "female")) == [
        ("epidermis", 0.0, 0.20),
        ("dermis", 0.2, 0.86),
        ("fat", 1.06, 2.0),
    ]
    assert depths(skin_bands(catalogue, "face.forehead", "male"))[1:] == [
        ("dermis", 0.22, 1.17),
        ("fat", 1.39, 2.0),
    ]


def test_fat_that_was_not_measured_has_no_lower_border(catalogue):
    bands = skin_bands(catalogue, "face.cheek", "female")
    assert (bands[-1].layer, bands[-1].mm, bands[-1].bottom_mm, bands[-1].row) == (
        "fat", None, None, None,
    )  # fmt: skip


def test_skin_that_was_not_measured_has_no_section(catalogue):
    assert skin_bands(catalogue, "scalp.vertex", "female") == ()


@pytest.mark.parametrize(
    ("angle", "inserted", "layer", "border"),
    [
        (90, 0.1, "epidermis", None),
        (90, 0.6, "dermis", None),
        (90, 1.0, "dermis", "fat"),  # within one SD (0.16 mm) of 1.06
        (90, 1.1, "fat", "dermis"),
        (90, 2.0, "fat", None),
        (90, 4.0, None, None),  # below what was measured
        (30, 2.0, "dermis", "fat"),
    ],
)
def test_where_the_tip_lies(catalogue, angle, inserted, layer, border):
    tip = tip_of(skin_bands(catalogue, "face.forehead", "female"), angle, inserted)
    assert (tip.layer, tip.border) == (layer, border)
    assert tip.depth_mm == pytest.approx(math.sin(math.radians(angle)) * inserted)


def test_the_needle_starts_as_the_sources_have_it_or_says_that_none_does(catalogue):
    nappage = needle_start(catalogue, catalogue.protocols["face_polyvit"])
    assert (nappage.angle_deg, nappage.angle_is_given, nappage.depth_is_given) == (30, True, True)
    assert nappage.inserted_mm * math.sin(math.radians(30)) == pytest.approx(2)

    points = needle_start(catalogue, catalogue.protocols["melasma_txa"])
    assert (points.angle_is_given, points.depth_is_given) == (False, False)
