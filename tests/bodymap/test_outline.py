"""The border as numbers, held against shapely on real areas."""

import itertools

import numpy as np
import pytest
from shapely.geometry import LineString, Point, Polygon

from mesodash.bodymap.atlas import AreaShape
from mesodash.bodymap.outline import Outline, mirrored

RING = "M100 100 l200 0 l0 100 l-200 0zM150 125 l100 0 l0 50 l-100 0zM5 5 l.5 0 l0 .5z"
FACE = Polygon(
    [(100, 100), (300, 100), (300, 200), (100, 200)],
    [[(150, 125), (250, 125), (250, 175), (150, 175)]],
)


def outline(path=RING):
    return Outline.of(AreaShape("made.up", "left", path, (0.0, 0.0), 1.0, 1.0))


def test_inside_and_depth_agree_with_shapely():
    points = np.random.default_rng(1).uniform(80, 320, (400, 2))
    depth = outline().depth(points)

    assert list(outline().inside(points)) == [FACE.contains(Point(p)) for p in points]
    assert np.abs(depth) == pytest.approx([FACE.boundary.distance(Point(p)) for p in points])
    assert (depth > 0).any()
    assert (depth < 0).any()


def test_moments_of_a_ring_with_a_hole():
    size, centre, covariance = outline().moments()

    assert size == pytest.approx(FACE.area)
    assert centre == pytest.approx((200, 150))
    assert covariance[0, 0] == pytest.approx((20000 * 200**2 - 5000 * 100**2) / 12 / 15000)
    assert covariance[0, 1] == pytest.approx(0)


@pytest.mark.parametrize("angle", [0, 17, 45, 90, 133])
@pytest.mark.parametrize("margin", [0, 4, 11])
def test_cuts_are_the_line_within_the_shrunk_surface(angle, margin):
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    origin = np.array([130.0, 112.0])
    line = LineString([origin - 500 * along, origin + 500 * along])
    left = line.intersection(FACE.buffer(-margin, quad_segs=500))
    found = outline().cuts(origin, along, margin)

    assert sum(high - low for low, high in found) == pytest.approx(left.length, abs=0.01)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(found))


def test_axis_only_of_a_mirror_image():
    assert outline().axis() == 200
    assert outline("M100 100 l200 0 l-200 100z").axis() is None
    assert mirrored(np.array([[1.0, 2.0]]), 3).tolist() == [[5.0, 2.0]]


def test_direction_of_the_longer_way():
    aslant = outline("M0 0 l100 100 l-10 10 l-100 -100z").direction(None, None)

    assert aslant == pytest.approx((0.5**0.5, 0.5**0.5), abs=0.01)
    assert outline().direction(None, 200.0).tolist() == [1, 0]
    assert np.abs(outline().direction(90, None)).tolist() == [0, 1]


def test_nothing_but_a_crumb():
    with pytest.raises(ValueError, match="too small to be drawn"):
        outline("M5 5 l.5 0 l0 .5z")
