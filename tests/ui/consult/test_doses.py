"""Points and volume of a protocol on the chosen areas."""

from dataclasses import replace

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layouts import points_for_surface
from mesodash.ui.consult.doses import covered, here, spaced, surface

ATLAS = load_atlas()
FLANKS = [AreaSide("abdomen.flank", "left"), AreaSide("abdomen.flank", "right")]
CHEEKS = [AreaSide("face.cheek", "left"), AreaSide("face.cheek", "right")]


def ask(catalogue, code, sites, **own):
    protocol = catalogue.protocols[code]
    return here(catalogue, protocol, replace(spaced(protocol), **own), sites, ATLAS)


def test_points_follow_from_the_spacing_and_the_skin(catalogue):
    cm2 = sum(surface(ATLAS, site) for site in FLANKS)
    points = points_for_surface(cm2, 1.5)

    found = ask(catalogue, "fat_pcdc", FLANKS)

    assert found.points == (points, points)
    assert found.volume_ml is None
    assert found.words == (
        f"about {points} points; volume a point not published"
        f" (1.5 cm apart, on {cm2:.0f} cm² of skin of the female figure)"
    )


def test_a_range_of_spacings_gives_a_range_of_points(catalogue):
    site = [AreaSide("leg.thigh.lateral", "left")]
    cm2 = surface(ATLAS, site[0])

    found = ask(catalogue, "cellulite_mix", site)

    assert found.points == (points_for_surface(cm2, 2.5), points_for_surface(cm2, 1.5))


def test_a_published_number_of_points_is_for_each_side(catalogue):
    found = ask(catalogue, "face_ncha", CHEEKS)

    assert found.points == (100, 100)
    assert found.volume_ml == pytest.approx((2.0, 2.0))
    assert found.words == "100 points, 2 mL in all (50 points on each of 2 areas)"
    assert found.over is None


def test_only_areas_the_protocol_is_reported_for_count(catalogue):
    protocol = catalogue.protocols["face_ncha"]

    assert covered(catalogue, protocol, [*CHEEKS, *FLANKS]) == tuple(CHEEKS)
    assert ask(catalogue, "face_ncha", [*CHEEKS, *FLANKS]).sites == tuple(CHEEKS)


def test_nothing_published_no_points(catalogue):
    found = ask(catalogue, "hair_minox", [AreaSide("scalp.vertex", "midline")])

    assert (found.points, found.volume_ml) == (None, None)
    assert found.words == "spacing and points not published, so no number of points"


def test_an_area_that_is_not_drawn_has_no_points(catalogue):
    assert ask(catalogue, "fat_pcdc", [AreaSide("abdomen", "midline")]).points is None


def test_more_than_the_largest_reported_volume_is_said(catalogue):
    found = ask(catalogue, "face_ncha", CHEEKS, volume_per_point_ml=0.05)

    assert found.over == (
        "Even the wider spacing makes more than the 2 mL reported at most: treat a part of the"
        " area."
    )


def test_the_male_figure_has_its_own_skin(catalogue):
    site = FLANKS[0]

    assert surface(ATLAS, site, "male") != surface(ATLAS, site, "female")
