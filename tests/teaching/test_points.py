"""Points of a lesson: the source's numbers, never multiplied, at true spacing."""

import math
import re
from statistics import median

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.mesh_places import drawn_mesh
from mesodash.teaching.points import drawn_zones, lesson_points

CHEEK = AreaSide("face.cheek", "left")


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


@pytest.mark.parametrize(
    ("code", "site", "counted", "basis"),
    [
        ("face_ncha", CHEEK, 50, "sites"),
        ("face_microdroplet", CHEEK, 20, "sites"),
        ("face_microdroplet", AreaSide("neck.anterior", "midline"), None, "none"),
        ("face_polyvit", CHEEK, None, "usual"),
        ("melasma_txa", CHEEK, None, "spacing"),
        ("migraine_acute", AreaSide("face.temple", "left"), 3, "sites"),
        ("migraine_acute", AreaSide("face.glabella", "midline"), 3, "sites"),
        ("hair_minox", AreaSide("scalp.vertex", "midline"), None, "none"),
    ],
)
def test_what_the_points_rest_on(catalogue, atlas, code, site, counted, basis):
    found = lesson_points(catalogue, atlas, catalogue.protocols[code], site, figure="female")

    assert (found.counted, found.basis) == (counted, basis)
    if counted is not None:
        assert found.drawn == counted
    assert bool(found.layers) == (basis != "none")


def test_points_of_a_spacing_lie_that_far_apart_on_the_skin(catalogue, atlas):
    protocol = catalogue.protocols["melasma_txa"]
    mesh = drawn_mesh()
    for figure in atlas.figures:
        found = lesson_points(catalogue, atlas, protocol, CHEEK, figure=figure)
        assert len(found.layers) > 1
        for layer in found.layers:
            view = atlas.view(figure, layer.view)
            seen = mesh.views[figure, layer.view]
            spots = [seen.solid(place) * view.cm_per_px for place in layer.places]
            nearest = [
                min(math.dist(one, other) for other in spots if other is not one) for one in spots
            ]
            assert median(nearest) == pytest.approx(protocol.spacing_cm_max, rel=0.04)


@pytest.mark.slow
def test_every_protocol_has_an_answer_on_every_area_it_covers(catalogue, atlas):
    drawn = [AreaSide(*pair) for pair in atlas.areas()]
    seen = set()
    for protocol in catalogue.protocols.values():
        covered = catalogue.covered(protocol.areas)
        for site in (one for one in drawn if one.area in covered):
            found = lesson_points(catalogue, atlas, protocol, site, figure="female")
            assert found.drawn <= 400
            seen.add(found.basis)
    assert {"sites", "usual", "spacing", "none"} <= seen


def ends_of(path):
    """Left and right end of a strip, pixels, from its SVG path."""
    left, right = re.fullmatch(r"M([\d.]+) [\d.]+H([\d.]+)V[\d.]+H[\d.]+Z", path).groups()
    return float(left), float(right)


@pytest.mark.parametrize("figure", ["female", "male"])
def test_a_strip_is_drawn_as_far_from_the_midline_as_its_source_says(catalogue, atlas, figure):
    view = atlas.view(figure, "face")
    shape = view.shape("face.forehead", "midline")
    zones = catalogue.danger_zones_at("face.forehead", "midline")
    strips = drawn_zones(view, shape, zones)

    nose = [x for ring in view.shape("face.nose", "midline").rings() for x, _y in ring]
    middle = (min(nose) + max(nose)) / 2
    ends = sorted(ends_of(strip.path) for strip in strips)
    mm = [(end - middle) * view.cm_per_px * 10 for pair in ends for end in pair]
    assert mm == pytest.approx([-33.5, -19.5, -22, -17, 17, 22, 19.5, 33.5], rel=0.01)
    assert {strip.label for strip in strips} == {"Supratrochlear artery", "Supraorbital artery"}
    assert all(strip.inside for strip in strips)


def test_a_strip_beside_the_area_is_not_cut_to_it(catalogue, atlas):
    view = atlas.view("female", "face")
    shape = view.shape("face.glabella", "midline")
    strips = drawn_zones(view, shape, catalogue.danger_zones_at("face.glabella", "midline"))

    assert len(strips) == 4
    assert not any(strip.inside for strip in strips)


def test_nothing_is_drawn_where_no_source_gives_a_distance_that_a_view_shows(catalogue, atlas):
    view = atlas.view("female", "face")
    for area, side in (("face.jawline", "left"), ("face.cheek", "left"), ("face.temple", "right")):
        zones = catalogue.danger_zones_at(area, side)
        assert zones
        assert drawn_zones(view, view.shape(area, side), zones) == ()
    back = atlas.view("female", "back")
    knee = back.shape("leg.popliteal", "left")
    assert drawn_zones(back, knee, catalogue.danger_zones_at("leg.popliteal", "left")) == ()
