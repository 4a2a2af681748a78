"""Injection layouts: inside the area, apart as asked, mirrored, numbered the same every time."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point, Polygon

from mesodash.bodymap.atlas import AreaShape, View, flatten, load_atlas
from mesodash.bodymap.layouts import (
    Layout,
    absolute,
    free,
    grid,
    lines,
    points_for_surface,
    relative,
    spread,
)

ATLAS = load_atlas()
SQUARE = "M100 100 l200 0 l0 200 l-200 0z"
RING = "M100 100 l200 0 l0 200 l-200 0zM150 150 l100 0 l0 100 l-100 0z"
TWO = "M20 100 l100 0 l0 200 l-100 0zM280 100 l100 0 l0 200 l-100 0z"
TINY = "M100 100 l4 0 l0 4 l-4 0z"
SITES = [
    ("female", "front", "abdomen.lower", "midline"),
    ("female", "front", "face.periorbital", "right"),
    ("female", "back", "abdomen.flank", "right"),
    ("female", "left", "leg.thigh.lateral", "left"),
    ("male", "face", "face.cheek", "left"),
    ("male", "face", "face.forehead", "midline"),
    ("male", "face_left", "scalp.frontal", "midline"),
    ("male", "scalp", "scalp.vertex", "midline"),
]


def made(path, side="left", anchor=(200.0, 200.0), cm_per_px=0.05):
    shape = AreaShape("made.up", side, path, anchor, 40000.0, 100.0)
    view = View("female", "front", 400, 400, "none.webp", cm_per_px, path, None, None, (shape,))
    return view, shape


def real(site):
    view = ATLAS.view(*site[:2])
    return view, view.shape(*site[2:])


def polygon(shape):
    """The even-odd surface and its border, told by shapely and not by the code under test."""
    surface, edges = Polygon(), []
    for ring in flatten(shape.path):
        if len(ring) > 3:
            surface = surface.symmetric_difference(Polygon(ring).buffer(0))
            if Polygon(ring).area > 1:
                edges.append(LineString([*ring, ring[0]]))
    return surface, edges


def room(shape, geometry):
    """Pixels from a geometry to the border; below zero where it is not all inside."""
    surface, edges = polygon(shape)
    far = min(edge.distance(geometry) for edge in edges)
    return far if surface.buffer(1e-6).covers(geometry) else -far - 1


def gaps(points):
    distances = np.hypot(*(np.array(points)[:, None] - np.array(points)).transpose(2, 0, 1))
    np.fill_diagonal(distances, np.inf)
    return distances.min(1)


def is_mirrored(layout, shape):
    xs = [x for ring in shape.rings() for x, _ in ring]
    axis = (min(xs) + max(xs)) / 2
    here = {(round(x, 5), round(y, 5)) for x, y in layout.points}
    return here == {(round(2 * axis - x, 5), round(y, 5)) for x, y in layout.points}


@pytest.mark.parametrize("site", SITES, ids="-".join)
@pytest.mark.parametrize("pattern", ["hexagonal", "square"])
def test_grid_keeps_the_margin_and_the_spacing(site, pattern):
    view, shape = real(site)
    layout = grid(view, shape, spacing_cm=0.8, margin_cm=0.2, pattern=pattern)

    assert len(layout.points) > 1
    assert min(room(shape, Point(p)) for p in layout.points) >= 0.2 / view.cm_per_px - 1e-6
    assert gaps(layout.points).min() * view.cm_per_px == pytest.approx(0.8, abs=1e-6)


def test_negative_control_a_smaller_margin_breaks_the_larger_one():
    view, shape = real(SITES[0])
    layout = grid(view, shape, spacing_cm=0.8, margin_cm=0.1)

    assert min(room(shape, Point(p)) for p in layout.points) < 0.5 / view.cm_per_px


def test_grid_fills_a_square_exactly():
    view, shape = made(SQUARE)  # 10 cm by 10 cm
    layout = grid(view, shape, spacing_cm=1, margin_cm=0.5, pattern="square")

    assert len(layout.points) == 100
    assert np.mean(layout.points, axis=0) == pytest.approx((200, 200))
    assert layout.points[0] == pytest.approx((110, 110))
    assert layout.points[9] == pytest.approx((290, 110))
    assert layout.points[10] == pytest.approx((290, 130))
    assert layout.points[-1] == pytest.approx((110, 290))


def test_hexagonal_neighbours_are_six():
    view, shape = made(SQUARE)
    points = np.array(grid(view, shape, spacing_cm=1, margin_cm=0).points) * view.cm_per_px
    inner = points[np.abs(points - 10).max(1) < 3]
    near = np.hypot(*(inner[:, None] - points).transpose(2, 0, 1))

    assert {int((np.abs(row - 1) < 1e-6).sum()) for row in near} == {6}


@pytest.mark.parametrize("site", [SITES[0], SITES[5], SITES[7]], ids="-".join)
def test_midline_areas_are_mirrored(site):
    view, shape = real(site)

    assert is_mirrored(grid(view, shape, spacing_cm=1), shape)
    assert is_mirrored(grid(view, shape, spacing_cm=1, pattern="square"), shape)
    assert is_mirrored(spread(view, shape, count=7), shape)
    assert is_mirrored(spread(view, shape, count=10), shape)
    segments = lines(view, shape, spacing_cm=1.5, angle=90).segments
    assert is_mirrored(Layout("", tuple(p for s in segments for p in s), 0), shape)


def test_negative_control_a_midline_area_seen_from_the_side_is_not_mirrored():
    view, shape = real(SITES[6])

    assert not is_mirrored(grid(view, shape, spacing_cm=1), shape)


@pytest.mark.parametrize("site", SITES, ids="-".join)
@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_spread_has_the_count_inside_the_margin(site, count):
    view, shape = real(site)
    layout = spread(view, shape, count=count, margin_cm=0.2)

    assert len(set(layout.points)) == len(layout.points) == count
    assert min(room(shape, Point(p)) for p in layout.points) >= 0.2 / view.cm_per_px - 1e-6
    if count > 1:
        assert gaps(layout.points).min() * view.cm_per_px == pytest.approx(layout.spacing_cm)


def test_spread_is_even():
    view, shape = made(SQUARE)
    layout = spread(view, shape, count=4, margin_cm=0)

    assert gaps(layout.points) == pytest.approx([100] * 4, abs=8)
    assert MultiPoint(layout.points).convex_hull.area > 8000


@pytest.mark.parametrize("site", SITES, ids="-".join)
def test_lines_keep_the_margin_and_the_spacing(site):
    view, shape = real(site)
    layout = lines(view, shape, spacing_cm=0.6, margin_cm=0.2)
    segments = [np.array(segment) for segment in layout.segments]
    along = segments[0][1] - segments[0][0]
    aside = np.array([-along[1], along[0]]) / np.hypot(*along)
    places = np.unique(np.round([aside @ segment[0] for segment in segments], 5))
    steps = np.diff(places) * view.cm_per_px / 0.6

    assert layout.points == tuple(start for start, _ in layout.segments)
    assert min(room(shape, LineString(s)) for s in segments) >= 0.2 / view.cm_per_px - 1e-6
    assert [aside @ (end - start) for start, end in segments] == pytest.approx([0] * len(segments))
    assert steps == pytest.approx(np.round(steps), abs=1e-4)
    assert min(steps, default=1) > 0.9


def test_lines_stop_at_a_hole_and_turn_back():
    view, shape = made(RING)
    layout = lines(view, shape, spacing_cm=2, margin_cm=0.5, angle=0)
    pieces = [tuple(round(x) for x, _ in segment) for segment in layout.segments]
    whole = [piece for piece in pieces if set(piece) == {110, 290}]

    assert {tuple(sorted(piece)) for piece in pieces} == {(110, 290), (110, 140), (260, 290)}
    assert whole[0] == (110, 290)
    assert len({y for segment in layout.segments for _, y in segment}) == 5


def test_a_hole_and_a_second_ring():
    view, shape = made(RING)
    inside_hole = Polygon([(150, 150), (250, 150), (250, 250), (150, 250)])
    assert not MultiPoint(grid(view, shape, spacing_cm=1).points).intersects(inside_hole)

    view, shape = made(TWO, side="midline")
    xs = {x < 200 for x, _ in grid(view, shape, spacing_cm=1).points}
    assert xs == {True, False}
    assert is_mirrored(grid(view, shape, spacing_cm=1), shape)
    assert is_mirrored(spread(view, shape, count=4), shape)
    assert len(spread(view, shape, count=3).points) == 3


def test_an_area_smaller_than_its_margin_gives_its_anchor():
    view, shape = made(TINY, anchor=(102.0, 102.0))

    assert grid(view, shape, spacing_cm=1).points == ((102.0, 102.0),)
    assert lines(view, shape, spacing_cm=1).points == ((102.0, 102.0),)
    assert lines(view, shape, spacing_cm=1).segments == ()
    assert spread(view, shape, count=3).points == ((102.0, 102.0),)


def test_numbering_is_stable():
    view, shape = real(SITES[0])

    for make in (
        lambda: grid(view, shape, spacing_cm=1.3),
        lambda: spread(view, shape, count=11),
        lambda: lines(view, shape, spacing_cm=1.3),
    ):
        assert make() == make()


@pytest.mark.parametrize("wrong", [0, -1, math.nan, math.inf])
def test_nonsense_is_refused_in_one_sentence(wrong):
    view, shape = made(SQUARE)

    for make in (grid, lines):
        with pytest.raises(ValueError, match=r"^The spacing is .*\.$"):
            make(view, shape, spacing_cm=wrong)
    with pytest.raises(ValueError, match=r"^The number of points is .*\.$"):
        spread(view, shape, count=wrong)
    with pytest.raises(ValueError, match=r"^The surface .*\.$"):
        points_for_surface(10, wrong)
    with pytest.raises(ValueError, match=r"^The margin is .*\.$"):
        grid(view, shape, spacing_cm=1, margin_cm=wrong or -1)


def test_too_many_points_are_refused():
    view, shape = made(SQUARE)

    with pytest.raises(ValueError, match="choose a wider one"):
        grid(view, shape, spacing_cm=0.01)
    with pytest.raises(ValueError, match="from 1 to 100"):
        spread(view, shape, count=101)
    with pytest.raises(ValueError, match="hexagonal or square"):
        grid(view, shape, spacing_cm=1, pattern="round")


def test_points_for_surface():
    assert points_for_surface(100, 1, pattern="square") == 100
    assert points_for_surface(100, 1) == 115
    assert points_for_surface(0.1, 2) == 1


def test_svg_points():
    assert Layout("free", ((1.0, 20.0), (2.345, 0.5)), 0).svg_points() == "1,20 2.35,0.5"


@given(st.sampled_from(SITES), st.floats(0, 1), st.floats(0, 1))
def test_free_points_come_back(site, across, down):
    view, shape = real(site)
    x, y = across * view.width, down * view.height

    assert absolute(view, shape, *relative(view, shape, x, y)) == pytest.approx((x, y), abs=1e-6)


@given(st.floats(0.3, 3), st.floats(-40, 40), st.floats(101, 299), st.floats(101, 299))
def test_free_points_follow_an_area_drawn_anew(size, shift, x, y):
    view, shape = made(SQUARE)
    kept = relative(view, shape, x, y)
    edge = 200 * size
    start = 100 + shift
    redrawn = f"M{start:.6f} {start:.6f} l{edge:.6f} 0 l0 {edge:.6f} l{-edge:.6f} 0z"
    larger = dataclasses.replace(view, width=2000, height=2000)

    there = absolute(larger, dataclasses.replace(shape, path=redrawn), *kept)
    expected = (start + (x - 100) * size, start + (y - 100) * size)
    assert there == pytest.approx(expected, abs=1e-3)
    assert max(map(abs, kept)) <= 1


def test_free_points_that_are_damaged():
    view, shape = made(SQUARE)

    with pytest.raises(ValueError, match="outside the picture"):
        relative(view, shape, 401, 10)
    with pytest.raises(ValueError, match="outside the picture"):
        relative(view, shape, math.nan, 10)
    with pytest.raises(ValueError, match="damaged"):
        absolute(view, shape, math.inf, 0)
    assert absolute(view, shape, 50, -50) == (400.0, 0.0)
    layout = free(view, shape, [(0, 0), (0.5, 0)])
    assert np.array(layout.points) == pytest.approx(np.array([(200, 200), (250, 200)]))
    assert layout.spacing_cm == pytest.approx(2.5)
    assert free(view, shape, []).spacing_cm == 0
