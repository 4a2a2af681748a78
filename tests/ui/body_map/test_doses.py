"""Points and volume of a protocol on the chosen areas."""

from dataclasses import replace

import pytest
from tests.sentences import numbers_in

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.layers import packed_count
from mesodash.bodymap.layouts.grids import points_for_surface
from mesodash.ui.body_map.doses import chosen_dose, covered, spaced, surface

ATLAS = load_atlas()
FLANKS = [AreaSide("abdomen.flank", "left"), AreaSide("abdomen.flank", "right")]
CHEEKS = [AreaSide("face.cheek", "left"), AreaSide("face.cheek", "right")]


def ask(catalogue, code, sites, **own):
    protocol = catalogue.protocols[code]
    return chosen_dose(catalogue, protocol, replace(spaced(protocol), **own), sites, ATLAS)


def test_points_follow_from_the_spacing_in_a_square_grid(catalogue):
    cm2 = sum(surface(ATLAS, site) for site in FLANKS)
    points = sum(packed_count("female", site, 1.5) for site in FLANKS)

    found = ask(catalogue, "fat_pcdc", FLANKS)

    assert 0.75 * cm2 / 1.5**2 < points <= cm2 / 1.5**2
    assert found.points == (points, points)
    assert found.volume_ml is None
    assert numbers_in(found.words) == [points, 1.5, round(cm2)]
    assert "square grid" in found.words


def test_under_the_chin_no_more_than_2_mg_a_cm2(catalogue):
    site = [AreaSide("neck.submental", "midline")]
    cm2 = surface(ATLAS, site[0])
    points = packed_count("female", site[0], 1.0)

    found = ask(catalogue, "fat_submental_dc", site)

    assert 0.75 * cm2 < points <= cm2

    assert found.points == (points, points)
    assert found.volume_ml == (0.2 * points, 0.2 * points)
    assert found.volume_ml[1] * 10 / points <= 2
    assert found.over is None
    assert numbers_in(found.words) == [points, round(0.2 * points, 6), 1, round(cm2)]


def test_on_a_larger_chin_no_more_points_than_the_label_allows(catalogue, monkeypatch):
    monkeypatch.setattr("mesodash.ui.body_map.doses.surface", lambda *_: 66.9)
    monkeypatch.setattr("mesodash.ui.body_map.doses.packed_count", lambda *_: 67)

    found = ask(catalogue, "fat_submental_dc", [AreaSide("neck.submental", "midline")])

    assert found.points == (50, 50)
    assert found.volume_ml == (10, 10)
    assert numbers_in(found.words) == [50, 10, 1, 67, 67, 50]  # it would hold 67, at most 50


@pytest.mark.parametrize(
    ("sites", "points", "words"),
    [
        ([("face.glabella", "midline")], 3, "3 glabella; 12 in all its sites"),
        (
            [("face.glabella", "midline"), ("face.temple", "left"), ("face.temple", "right")],
            9,
            ("3 glabella; 6 between eye and ear (both sides together); 12 in all its sites"),
        ),
        (
            [("face.glabella", "midline"), ("face.temple", "both"), ("neck.anterior", "midline")],
            12,
            '3 glabella; 3 "pericarotid" region; 6 between eye and ear; 12 in all its sites',
        ),
    ],
)
def test_fixed_sites_are_never_multiplied(catalogue, sites, points, words):
    found = ask(catalogue, "migraine_acute", [AreaSide(*site) for site in sites])

    assert found.points == (points, points)
    assert found.words == f"{points} points ({words})"


def test_points_of_both_sides_are_shared_only_where_both_are_chosen(catalogue):
    figures = spaced(catalogue.protocols["migraine_acute"])
    both = [AreaSide("face.temple", "left"), AreaSide("face.temple", "right")]
    neck = [AreaSide("neck.anterior", "left"), AreaSide("neck.anterior", "right")]

    assert [figures.points_at(site, both) for site in both] == [3, 3]
    assert figures.points_at(both[0], both[:1]) is None
    assert [figures.points_at(site, neck) for site in neck] == [None, None]
    assert figures.points_at(AreaSide("neck.anterior", "midline"), neck) == 3
    assert figures.points_at(AreaSide("scalp.vertex", "midline"), neck) is None


def test_a_techniques_usual_spacing_gives_no_number(catalogue):
    found = ask(catalogue, "face_polyvit", CHEEKS)

    assert (found.points, found.volume_ml) == (None, None)
    assert found.words.startswith("No number of points")


def test_an_area_that_the_source_does_not_count_has_no_number(catalogue):
    found = ask(catalogue, "face_microdroplet", [AreaSide("face.forehead", "midline")])

    assert found.points is None
    assert found.words.endswith("in this area")


def test_a_range_of_spacings_gives_a_range_of_points(catalogue):
    site = [AreaSide("leg.thigh.lateral", "left")]
    cm2 = surface(ATLAS, site[0])

    found = ask(catalogue, "cellulite_mix", site)

    assert found.points == tuple(packed_count("female", site[0], cm) for cm in (2.5, 1.5))
    most = [points_for_surface(cm2, cm, pattern="square") for cm in (2.5, 1.5)]
    assert all(0.75 * n < m <= n for m, n in zip(found.points, most, strict=True))


def test_a_published_number_of_points_is_for_each_side(catalogue):
    found = ask(catalogue, "face_ncha", CHEEKS)

    assert found.points == (100, 100)
    assert found.volume_ml == pytest.approx((2.0, 2.0))
    assert numbers_in(found.words) == [100, 2, 50, 2]
    assert found.over is None


def test_only_areas_the_protocol_is_reported_for_count(catalogue):
    protocol = catalogue.protocols["face_ncha"]

    assert covered(catalogue, protocol, [*CHEEKS, *FLANKS]) == tuple(CHEEKS)
    assert ask(catalogue, "face_ncha", [*CHEEKS, *FLANKS]).sites == tuple(CHEEKS)


def test_nothing_published_no_points(catalogue):
    found = ask(catalogue, "hair_minox", [AreaSide("scalp.vertex", "midline")])

    assert (found.points, found.volume_ml) == (None, None)
    assert found.words.startswith("No number of points")


def test_an_area_that_is_not_drawn_has_no_points(catalogue):
    assert ask(catalogue, "fat_pcdc", [AreaSide("abdomen", "midline")]).points is None


def test_more_than_the_largest_reported_volume_is_said(catalogue):
    found = ask(catalogue, "face_ncha", CHEEKS, volume_per_point_ml=0.05)

    assert numbers_in(found.over) == [2]


def test_the_male_figure_has_its_own_skin(catalogue):
    site = FLANKS[0]

    assert surface(ATLAS, site, "male") != surface(ATLAS, site, "female")
