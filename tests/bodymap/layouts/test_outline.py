"""The border of an area, held against distances that are computed here without shapely."""

import itertools

import numpy as np
import pytest

from mesodash.bodymap.atlas import AreaShape
from mesodash.bodymap.layouts.outline import Outline, cuts, mirrored

# A rectangle of 200 by 100 with a hole of 100 by 50, and a leftover of half a pixel.
RING = "M100 100 l200 0 l0 100 l-200 0zM150 125 l100 0 l0 50 l-100 0zM5 5 l.5 0 l0 .5z"
OUTER, INNER = ((100, 300), (100, 200)), ((150, 250), (125, 175))


def outline(path=RING):
    return Outline.of(AreaShape("made.up", "left", path, (0.0, 0.0), 1.0, 1.0))


def within(points, box):
    (left, right), (top, bottom) = box
    x, y = points.T
    return (left < x) & (x < right) & (top < y) & (y < bottom)


def far_from_border(points):
    """Distance to the nearest of the eight edges."""
    far = np.full(len(points), np.inf)
    for (left, right), (top, bottom) in (OUTER, INNER):
        corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)
        for start, end in zip(corners, np.roll(corners, -1, 0), strict=True):
            along = end - start
            share = np.clip((points - start) @ along / (along @ along), 0, 1)
            far = np.minimum(far, np.hypot(*(points - start - share[:, None] * along).T))
    return far


def test_inside_and_depth_of_a_ring_with_a_hole():
    points = np.random.default_rng(1).uniform(80, 320, (4000, 2))
    here = within(points, OUTER) & ~within(points, INNER)
    depth = outline().depth(points)

    assert list(outline().inside(points)) == list(here)
    assert depth == pytest.approx(np.where(here, 1, -1) * far_from_border(points))
    assert list(outline().keeps(points, 9)) == list(here & (far_from_border(points) >= 9))
    assert (depth > 0).any()
    assert (depth < 0).any()


def test_moments_of_a_ring_with_a_hole():
    size, centre, covariance = outline().moments()

    assert size == pytest.approx(15000)
    assert centre == pytest.approx((200, 150))
    assert covariance[0, 0] == pytest.approx((20000 * 200**2 - 5000 * 100**2) / 12 / 15000)
    assert covariance[0, 1] == pytest.approx(0)


@pytest.mark.parametrize("angle", [0, 17, 45, 90, 133])
@pytest.mark.parametrize("margin", [0, 4, 11])
def test_cuts_are_the_parts_of_a_line_that_keep_the_margin(angle, margin):
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    origin = np.array([130.0, 112.0])
    at = np.arange(-400, 400, 0.05)
    points = origin + at[:, None] * along
    exact = within(points, OUTER) & ~within(points, INNER) & (far_from_border(points) >= margin)
    found = cuts(outline().shrunk(margin), origin, along)
    covered = np.any([(low <= at) & (at <= high) for low, high in found] + [at > 1e9], axis=0)

    assert all(a[1] <= b[0] for a, b in itertools.pairwise(found))
    assert not (covered & (far_from_border(points) < margin - 1e-9)).any()
    assert (exact & ~covered).sum() * 0.05 <= 0.1 + 0.05 * margin * (2 * len(found) + 1)


def test_nothing_of_a_surface_is_left_within_a_wide_margin():
    assert cuts(outline().shrunk(60), np.array([130.0, 112.0]), np.array([1.0, 0.0])) == []


def test_shrunk_takes_away_what_the_mirror_image_lacks():
    slope = outline("M100 100 l200 0 l-200 100z").shrunk(0, axis=200)

    assert slope.area == pytest.approx(200 * 50 / 2)


def test_axis_only_of_a_mirror_image():
    assert outline().axis() == 200
    triangle = "M100 100 l200 0 l-200 100z"
    assert outline(triangle).axis() is None
    assert mirrored(np.array([[1.0, 2.0]]), 3).tolist() == [[5.0, 2.0]]


def test_direction_of_the_longer_way():
    aslant = outline("M0 0 l100 100 l-10 10 l-100 -100z").direction(None, None)

    assert aslant == pytest.approx((0.5**0.5, 0.5**0.5), abs=0.01)
    assert outline().direction(None, 200.0).tolist() == [1, 0]
    assert np.abs(outline().direction(90, None)).tolist() == [0, 1]


def test_an_outline_that_crosses_itself_has_a_surface():
    bow = outline("M0 0 l100 100 l0 -100 l-60 60z")

    assert bow.surface.area == pytest.approx(2500 + 500)
    assert list(bow.inside(np.array([[90.0, 50.0], [50.0, 90.0], [30.0, 40.0]]))) == [
        True,
        False,
        True,
    ]


def test_nothing_but_a_leftover():
    with pytest.raises(ValueError, match="too small to be drawn"):
        outline("M5 5 l.5 0 l0 .5z")
