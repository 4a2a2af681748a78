"""The skin in section: as measured, by sex; what was not measured has no thickness."""

import math

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.catalogue.depths import layer_meant
from mesodash.teaching.skin_section import needle_start, skin_bands, tip_of


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


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
    forehead = skin_bands(catalogue, "face.forehead", "female")
    nappage = needle_start(catalogue, catalogue.protocols["face_polyvit"], forehead)
    assert (nappage.angle_deg, nappage.angle_is_given, nappage.depth_is_given) == (30, True, True)
    assert nappage.inserted_mm * math.sin(math.radians(30)) == pytest.approx(2)

    points = needle_start(catalogue, catalogue.protocols["melasma_txa"], forehead)
    assert (points.angle_is_given, points.depth_is_given) == (False, False)


@pytest.mark.parametrize(
    ("code", "area", "named", "starts_mm"),
    [
        ("fat_submental_dc", "neck.submental", "fat", 0.18 + 0.91 + 6 / 2),
        ("fat_pcdc", "abdomen.lower", "fat", 2.35 + 15.73 / 2),
        ("fat_pcdc", "abdomen.flank", "fat", 1.91 + 1),  # how thick its fat is was not measured
        ("face_microdroplet", "face.forehead", "dermis", 0.2 + 0.75 * 0.86),  # deep
        ("tth_lido", "face.temple", "muscle", 0.18 + 0.8 + 6 + 1),  # below all that was measured
    ],
)
def test_a_layer_that_is_named_without_mm_is_where_the_needle_starts(
    catalogue, code, area, named, starts_mm
):
    bands = skin_bands(catalogue, area, "female")
    start = needle_start(catalogue, catalogue.protocols[code], bands)
    assert start.named == named
    assert start.inserted_mm == pytest.approx(starts_mm, abs=0.051)


def test_every_lesson_opens_at_its_published_depth_or_in_the_layer_its_source_names(
    catalogue, atlas, checks
):
    drawn = {area for area, _side in atlas.areas()}
    lessons = [
        (protocol, area, sex)
        for protocol in catalogue.protocols.values()
        for area in catalogue.covered(protocol.areas) & drawn
        for sex in ("female", "male")
    ]
    with checks("sections that open where a source says", planned=len(lessons)) as count:
        for protocol, area, sex in lessons:
            bands = skin_bands(catalogue, area, sex)
            start = needle_start(catalogue, protocol, bands)
            tip = tip_of(bands, start.angle_deg, start.inserted_mm)
            techniques = [catalogue.techniques[code] for code in protocol.techniques]
            rows = [protocol] if protocol.depth_mm_max else techniques
            published = [(row.depth_mm_min or 0, row.depth_mm_max or math.inf) for row in rows]
            layers = {"dermis": ("dermis", "skin")}.get(start.named, (start.named,))
            if start.depth_is_given:
                right = any(low - 0.05 <= tip.depth_mm <= high for low, high in published)
            elif start.in_named:
                right = tip.layer in layers
            else:
                known = {band.layer for band in bands} & set(layers)
                right = not known and start.named == layer_meant(catalogue, protocol)
            count.that(right, f"{protocol.code} {area} {sex}: {tip}")
