"""Grids and lines: inside the area, apart as asked, mirrored, numbered the same every time."""

import math

import numpy as np
import pytest
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from tests.bodymap.layouts.shapes import (
    RING,
    SITES,
    SQUARE,
    TINY,
    TWO,
    gaps,
    is_mirrored,
    made,
    real,
    room,
)

from mesodash.bodymap.atlas import AreaShape
from mesodash.bodymap.layouts.grids import grid, lattice, lines, points_for_surface
from mesodash.bodymap.layouts.layout import Layout, nearest
from mesodash.bodymap.layouts.outline import Outline
from mesodash.bodymap.layouts.spread import spread

BOX = Outline.of(AreaShape("a", "left", "M0 0 l100 0 l0 100 l-100 0z", (50, 50), 1e4, 1))


@pytest.mark.parametrize("site", SITES, ids="-".join)
@pytest.mark.parametrize("pattern", ["hexagonal", "square"])
def test_grid_keeps_the_margin_and_the_spacing(site, pattern):
    patch = real(site)
    layout = grid(patch, spacing_cm=0.8, margin_cm=0.2, pattern=pattern)

    assert len(layout.points) > 1
    assert min(room(patch, Point(p)) for p in layout.points) >= 0.2 - 1e-6
    assert gaps(layout.points).min() == pytest.approx(0.8, abs=1e-6)


def test_negative_control_a_smaller_margin_breaks_the_larger_one():
    patch = real(SITES[0])
    layout = grid(patch, spacing_cm=0.8, margin_cm=0.1)

    assert min(room(patch, Point(p)) for p in layout.points) < 0.5


def test_grid_fills_a_square_exactly():
    patch = made(SQUARE)  # 10 cm by 10 cm
    layout = grid(patch, spacing_cm=1, margin_cm=0.5, pattern="square")

    assert len(layout.points) == 100
    assert np.mean(layout.points, axis=0) == pytest.approx((10, 10))
    assert layout.points[0] == pytest.approx((5.5, 5.5))
    assert layout.points[9] == pytest.approx((14.5, 5.5))
    assert layout.points[10] == pytest.approx((14.5, 6.5))
    assert layout.points[-1] == pytest.approx((5.5, 14.5))


def test_hexagonal_neighbours_are_six():
    patch = made(SQUARE)
    points = np.array(grid(patch, spacing_cm=1, margin_cm=0).points)
    inner = points[np.abs(points - 10).max(1) < 3]
    near = np.hypot(*(inner[:, None] - points).transpose(2, 0, 1))

    assert {int((np.abs(row - 1) < 1e-6).sum()) for row in near} == {6}


@pytest.mark.parametrize("site", [SITES[0], SITES[5], SITES[7]], ids="-".join)
def test_midline_areas_are_mirrored(site):
    patch = real(site)

    assert is_mirrored(grid(patch, spacing_cm=1), patch)
    assert is_mirrored(grid(patch, spacing_cm=1, pattern="square"), patch)
    assert is_mirrored(spread(patch, count=7), patch)
    assert is_mirrored(spread(patch, count=10), patch)
    segments = lines(patch, spacing_cm=1.5, angle=90).segments
    assert is_mirrored(Layout("", tuple(p for s in segments for p in s), 0), patch)


def test_negative_control_an_area_of_one_side_is_not_mirrored():
    patch = real(SITES[2])

    assert not is_mirrored(grid(patch, spacing_cm=1), patch)


@pytest.mark.parametrize("site", SITES, ids="-".join)
def test_lines_keep_the_margin_and_the_spacing(site):
    patch = real(site)
    layout = lines(patch, spacing_cm=0.6, margin_cm=0.2)
    segments = [np.array(segment) for segment in layout.segments]
    along = segments[0][1] - segments[0][0]
    aside = np.array([-along[1], along[0]]) / np.hypot(*along)
    places = np.unique(np.round([aside @ segment[0] for segment in segments], 5))
    steps = np.diff(places) / 0.6

    assert layout.points == tuple(start for start, _ in layout.segments)
    assert min(room(patch, LineString(s)) for s in segments) >= 0.2 - 1e-6
    assert [aside @ (end - start) for start, end in segments] == pytest.approx([0] * len(segments))
    assert steps == pytest.approx(np.round(steps), abs=1e-4)
    assert min(steps, default=1) > 0.9


def test_lines_stop_at_a_hole_and_turn_back():
    patch = made(RING)
    layout = lines(patch, spacing_cm=2, margin_cm=0.5, angle=0)
    pieces = [tuple(round(x, 1) for x, _ in segment) for segment in layout.segments]
    whole = [piece for piece in pieces if set(piece) == {5.5, 14.5}]

    assert {tuple(sorted(piece)) for piece in pieces} == {(5.5, 14.5), (5.5, 7.0), (13.0, 14.5)}
    assert whole[0] == (5.5, 14.5)
    assert len({y for segment in layout.segments for _, y in segment}) == 5


def test_a_hole_and_a_second_ring():
    patch = made(RING)
    inside_hole = Polygon([(7.5, 7.5), (12.5, 7.5), (12.5, 12.5), (7.5, 12.5)])
    assert not MultiPoint(grid(patch, spacing_cm=1).points).intersects(inside_hole)

    patch = made(TWO, side="midline")
    xs = {x < 10 for x, _ in grid(patch, spacing_cm=1).points}
    assert xs == {True, False}
    assert is_mirrored(grid(patch, spacing_cm=1), patch)
    assert is_mirrored(spread(patch, count=4), patch)
    assert len(spread(patch, count=3).points) == 3


def test_an_area_smaller_than_its_margin_gives_its_anchor():
    patch = made(TINY)

    assert grid(patch, spacing_cm=1).points == (pytest.approx((5.1, 5.1)),)
    assert lines(patch, spacing_cm=1).points == (pytest.approx((5.1, 5.1)),)
    assert lines(patch, spacing_cm=1).segments == ()
    assert spread(patch, count=3).points == (pytest.approx((5.1, 5.1)),)


def test_points_on_both_sides_of_a_cut_are_a_spacing_apart():
    cut = np.array([[5.0, 5.0], [5.0, 15.0]])
    free, cut_open = made(SQUARE), made(SQUARE, seams=(cut,))
    nearest_to_it = [
        min(x for x, _ in grid(patch, spacing_cm=2, margin_cm=0.2).points) - 5
        for patch in (free, cut_open)
    ]

    assert nearest_to_it[0] < 1 - 1e-6
    assert nearest_to_it[1] >= 1 - 1e-6


def test_numbering_is_stable():
    patch = real(SITES[0])

    for make in (
        lambda: grid(patch, spacing_cm=1.3),
        lambda: spread(patch, count=11),
        lambda: lines(patch, spacing_cm=1.3),
    ):
        assert make() == make()


@pytest.mark.parametrize("wrong", [0, -1, math.nan, math.inf])
def test_nonsense_is_refused_in_one_sentence(wrong):
    patch = made(SQUARE)

    for make in (grid, lines):
        with pytest.raises(ValueError, match=r"^The spacing is .*\.$"):
            make(patch, spacing_cm=wrong)
    with pytest.raises(ValueError, match=r"^The number of points is .*\.$"):
        spread(patch, count=wrong)
    with pytest.raises(ValueError, match=r"^The surface .*\.$"):
        points_for_surface(10, wrong)
    with pytest.raises(ValueError, match=r"^The margin is .*\.$"):
        grid(patch, spacing_cm=1, margin_cm=wrong or -1)


def test_too_many_points_are_refused():
    patch = made(SQUARE)

    with pytest.raises(ValueError, match="choose a wider one"):
        grid(patch, spacing_cm=0.01)
    with pytest.raises(ValueError, match="from 1 to 100"):
        spread(patch, count=101)
    with pytest.raises(ValueError, match="hexagonal or square"):
        grid(patch, spacing_cm=1, pattern="round")


def test_points_for_surface():
    assert points_for_surface(100, 1, pattern="square") == 100
    assert points_for_surface(100, 1) == 115
    assert points_for_surface(0.1, 2) == 1


def test_lattice_covers_the_box():
    points = lattice(BOX, np.array([0.0, 0.0]), 10, hexagonal=False)

    assert len(points) == 11 * 11
    assert nearest(points) == pytest.approx(10)
    assert nearest(lattice(BOX, np.array([50.0, 50.0]), 10, hexagonal=True)) == pytest.approx(10)
