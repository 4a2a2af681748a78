"""The drawn areas as shapes: no overlaps, gaps, crumbs, stairs or stray anchors on any view."""

import itertools
import math

import pytest
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.ops import unary_union
from shapely.strtree import STRtree

from mesodash.bodymap.atlas import flatten, load_atlas

ATLAS = load_atlas()
CASES = [(view.figure, view.name) for view in ATLAS.views]
BORDER_PX = 1.5  # neighbours may overlap, or leave a gap, by a strip this wide at most
CURVE_PX = 1.2  # smoothing and fitting may move a border by this
BODIES = ("front", "back", "left", "right")
CRUMB_PX = 8  # square pixels: the smallest thing drawn, a part of the face on a body 1000 px tall
HEAD_CRUMB_PX = 100
NARROWEST = {True: 1.5, False: 4.0}  # width of the widest disc within: bodies, heads
TURN = math.radians(50)  # a sharper turn within two pixels of another is a stair
POINTS = 1400  # of all borders of a view: what a browser draws in a blink


def polygon(path):
    """The area of an SVG path filled by the even-odd rule, as the silhouette's holes need."""
    shape = Polygon()
    for ring in flatten(path):
        if len(ring) > 2:
            shape = shape.symmetric_difference(Polygon(ring).buffer(0))
    return shape


def pieces(shape):
    return list(shape.geoms) if isinstance(shape, MultiPolygon) else [shape]


def strip_width(shape):
    """About how wide a thin shape is: its area over half its length."""
    return 2 * shape.area / shape.length if shape.length > 3 else 0.0


def overlaps(shapes):
    tree = STRtree(shapes)
    found = []
    for i, shape in enumerate(shapes):
        found += [
            (i, int(j), width)
            for j in tree.query(shape)
            if j > i and (width := strip_width(shape.intersection(shapes[j]))) > BORDER_PX
        ]
    return found


def gaps(shapes):
    """Strips between shapes wider than allowed: of what closing their union adds."""
    union = unary_union(shapes)
    closed = union.buffer(BORDER_PX).buffer(-BORDER_PX)
    found = []
    for piece in pieces(closed.difference(union)):
        touched = [shape for shape in shapes if shape.distance(piece) < 0.01]
        shared = sum(piece.buffer(0.05).intersection(shape.boundary).length for shape in touched)
        wide = strip_width(piece) > BORDER_PX
        if wide and len(touched) > 1 and shared > 0.8 * piece.length:
            found.append((round(piece.centroid.x), round(piece.centroid.y), round(piece.area, 1)))
    return found


def stairs(ring):
    """Places where a border turns sharply one way, at once the other, and back again."""
    spots = [a for a, b in itertools.pairwise([*ring, ring[0]]) if math.dist(a, b) > 0.05]
    count = len(spots)
    turns = []
    for i in range(count):
        a, b, c = spots[i - 1], spots[i], spots[(i + 1) % count]
        before, after = (math.atan2(q[1] - p[1], q[0] - p[0]) for p, q in ((a, b), (b, c)))
        turns.append(math.remainder(after - before, 2 * math.pi))
    return [
        spots[i]
        for i in range(count)
        if min(abs(turns[i - j]) for j in range(3)) > TURN
        and turns[i] * turns[i - 1] < 0
        and turns[i - 1] * turns[i - 2] < 0
        and math.dist(spots[i - 2], spots[i]) < 3
    ]


@pytest.mark.parametrize(("figure", "name"), CASES)
def test_areas_do_not_overlap_and_stay_on_the_figure(figure, name):
    view = ATLAS.view(figure, name)
    shapes = [polygon(shape.path) for shape in view.areas]
    assert overlaps(shapes) == []
    body = polygon(view.outline).buffer(BORDER_PX)
    for shape, area in zip(shapes, view.areas, strict=True):
        assert shape.difference(body).area < 1, area.area
        strip = shape.length * CURVE_PX
        assert shape.area == pytest.approx(area.px_area, abs=strip + 4), area.area


@pytest.mark.parametrize(("figure", "name"), CASES)
def test_neighbours_leave_no_gap(figure, name):
    view = ATLAS.view(figure, name)
    assert gaps([polygon(shape.path) for shape in view.areas]) == []


@pytest.mark.parametrize(("figure", "name"), CASES)
def test_no_crumbs_and_no_slivers(figure, name):
    view = ATLAS.view(figure, name)
    body = name in BODIES
    for shape in view.areas:
        for piece in pieces(polygon(shape.path)):
            at = (shape.area, shape.side, round(piece.centroid.x), round(piece.centroid.y))
            assert piece.area >= (CRUMB_PX if body else HEAD_CRUMB_PX), at
            assert not piece.buffer(-NARROWEST[body] / 2).is_empty, at


@pytest.mark.parametrize(("figure", "name"), CASES)
def test_an_anchor_lies_well_inside_its_area(figure, name):
    for shape in ATLAS.view(figure, name).areas:
        drawn, spot = polygon(shape.path), Point(shape.anchor)
        assert drawn.contains(spot), shape.area
        assert drawn.boundary.distance(spot) > 0.7, shape.area


@pytest.mark.parametrize(("figure", "name"), CASES)
def test_borders_have_no_stairs_and_few_points(figure, name):
    view = ATLAS.view(figure, name)
    found = [
        (shape.area, spot)
        for shape in view.areas
        for ring in shape.rings()
        for spot in stairs(ring)
    ]
    assert found == []
    text = "".join(shape.path for shape in view.areas)
    assert text.count(",") + text.count(" ") < 6 * POINTS


def test_what_is_wrong_would_be_seen():
    one = Polygon([(0, 0), (20, 0), (20, 20), (0, 20)])
    over = Polygon([(15, 0), (40, 0), (40, 20), (15, 20)])
    apart = Polygon([(22, 0), (40, 0), (40, 20), (22, 20)])
    assert [pair[:2] for pair in overlaps([one, over])] == [(0, 1)]
    assert gaps([one, over]) == []
    assert len(gaps([one, apart])) == 1
    assert stairs([(0, 0), (10, 0), (10, 1), (11, 1), (11, 2), (20, 2), (20, 20), (0, 20)])
    assert stairs(list(one.exterior.coords)[:-1]) == []
