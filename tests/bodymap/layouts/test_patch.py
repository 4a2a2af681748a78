"""Layouts on the skin: as far apart as said along the surface, drawn as many as said, both sides.

Places in space come from the views (two coordinates drawn, one away from the eye), not from the
plane in which points are laid out. Between two neighbours the straight line in space is shorter
than the shortest way on the skin, and the line drawn in the plane is no shorter: where both are
near the spacing, so is the distance on the skin.
"""

import sys
from pathlib import Path

import numpy as np
import pytest
from tests.bodymap.layouts.shapes import SQUARE, made

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.layers import packed_count, points_layers
from mesodash.bodymap.layouts.grids import grid
from mesodash.bodymap.layouts.outline import Outline
from mesodash.bodymap.layouts.patch import DEFAULT, Patch, patch_of
from mesodash.bodymap.mesh_places import drawn_mesh

ROOT = Path(__file__).resolve().parents[3]
ATLAS, MESH = load_atlas(), drawn_mesh()
FIGURES = ("female", "male")
SPACING = 1.0
CURVED = [
    ("abdomen.flank", "left", "back"),
    ("leg.thigh.anterior", "right", "right"),
    ("leg.thigh.medial", "left", "front"),
    ("face.cheek", "left", "face"),
    ("scalp.vertex", "midline", "scalp"),
    ("scalp.temporal", "right", "face_right"),
]
"""Areas that turn away from the eye, and a view on which a flat layout would go wrong."""


def lengths(figure, patch, start, end, pieces=24):
    """Straight through space, and along the skin under the line of the plane; None if unseen."""
    shares = np.linspace(0, 1, pieces + 1)[:, None]
    places = patch.places(np.array(start) + (np.array(end) - np.array(start)) * shares)
    for view in (one for one in ATLAS.views if one.figure == figure):
        ways = [MESH.views[figure, view.name].solid(place) for place in places]
        if all(at is not None for at in ways):
            way = np.array(ways) * view.cm_per_px
            steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
            return float(np.linalg.norm(way[-1] - way[0])), float(steps.sum())
    return None


def neighbours(points, spacing):
    points = np.array(points)
    away = np.linalg.norm(points[:, None] - points, axis=2)
    return [(i, j) for i, j in zip(*np.nonzero(away < 1.01 * spacing), strict=True) if i < j]


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize(("area", "side", "view"), CURVED)
def test_neighbours_are_the_spacing_apart_along_the_skin(figure, area, side, view):
    patch = patch_of(figure, AreaSide(area, side))
    points = grid(patch, spacing_cm=SPACING, pattern="square").points
    pairs = neighbours(points, SPACING)
    found = [lengths(figure, patch, points[i], points[j]) for i, j in pairs]
    straight, along = np.array([one for one in found if one is not None]).T

    assert len(straight) > 0.8 * len(pairs) > 10
    assert np.median(straight) == pytest.approx(SPACING, rel=0.03)
    assert np.median(along) == pytest.approx(SPACING, rel=0.03)
    # The worst twentieth, where a dome is stretched most.
    assert np.percentile(straight, 5) > 0.92 * SPACING
    assert np.percentile(along, 95) < 1.08 * SPACING


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize(("area", "side", "view"), CURVED)
def test_negative_control_distances_in_the_picture_are_not_those_on_the_skin(
    figure, area, side, view
):
    drawn = ATLAS.view(figure, view)
    shape = drawn.shape(area, side)
    outline = Outline.of(shape)
    in_cm = tuple(ring * drawn.cm_per_px for ring in outline.rings)
    flat = Patch(area, side, Outline.of_rings(in_cm), np.array([0]), np.zeros((1, 3, 2)))
    points = np.array(grid(flat, spacing_cm=SPACING, pattern="square").points)
    seen = MESH.views[figure, view]
    places = [seen.place(*(point / drawn.cm_per_px)) for point in points]
    away = np.array([seen.solid(place) for place in places]) * drawn.cm_per_px
    apart = [np.linalg.norm(away[i] - away[j]) for i, j in neighbours(points, SPACING)]

    assert np.percentile(apart, 95) > 1.08 * SPACING


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("pattern", ["square", "hexagonal"])
def test_both_sides_have_the_same_points(figure, pattern):
    for area in ("abdomen.flank", "leg.thigh.lateral", "face.cheek", "arm.upper", "hip"):
        left, right = (
            grid(patch_of(figure, AreaSide(area, side)), spacing_cm=1.5, pattern=pattern)
            for side in ("left", "right")
        )
        assert len(left.points) == len(right.points)


@pytest.mark.parametrize("figure", FIGURES)
def test_as_many_are_drawn_over_all_views_as_are_said(figure):
    for area, side in ATLAS.areas():
        site = AreaSide(area, side)
        patch = patch_of(figure, site)
        layers = points_layers(ATLAS, figure, site, count=12)
        numbers = {number for layer in layers for number in layer.numbers}
        places = {
            number: place
            for layer in layers
            for number, place in zip(layer.numbers, layer.places, strict=True)
        }

        assert numbers == set(range(1, 13)), site
        assert len(set(places.values())) == 12
        assert all(len(layer.points) == len(layer.numbers) for layer in layers)
        said = {layer.label.partition(" points")[0].rpartition(" ")[2] for layer in layers}
        assert said == {"12"}
        assert patch.cm2 < 1.1 * next(
            shape.cm2
            for view in ATLAS.views
            if view.figure == figure and (shape := view.shape(area, side))
        )


@pytest.mark.parametrize("figure", FIGURES)
def test_a_point_is_the_same_skin_on_every_view_that_draws_it(figure):
    layers = points_layers(ATLAS, figure, AreaSide("face.cheek", "left"), count=20)
    placed = {}
    for layer in layers:
        view = MESH.views[figure, layer.view]
        for number, place, point in zip(layer.numbers, layer.places, layer.points, strict=True):
            assert placed.setdefault(number, place) == place
            assert view.point(place) == pytest.approx(point)
    assert len(layers) >= 2
    assert sum(len(layer.points) for layer in layers) > 20


@pytest.mark.parametrize("figure", FIGURES)
def test_a_square_grid_is_drawn_whole(figure):
    for area, side in ATLAS.areas():
        site = AreaSide(area, side)
        skin = patch_of(figure, site).cm2
        spacing = 1.0 if skin < 200 else 3.0
        layers = points_layers(ATLAS, figure, site, spacing_cm=spacing, pattern="square")
        drawn = {number for layer in layers for number in layer.numbers}
        assert len(drawn) == packed_count(figure, site, spacing), site


def test_a_place_off_the_faces_goes_to_the_nearest():
    patch = made(SQUARE)
    (place,) = patch.places(np.array([[-1.0, 5.0]]))
    assert (place.u, place.v) == pytest.approx((0, 5 / 21), abs=0.05)
    assert patch_of("female", AreaSide("nowhere", "left")) is None


def test_the_file_is_made_of_what_stands_here():
    sys.path.insert(0, str(ROOT / "tools" / "surface"))
    from patch_hash import source_hash

    with np.load(DEFAULT) as data:
        assert str(data["source"]) == source_hash()
