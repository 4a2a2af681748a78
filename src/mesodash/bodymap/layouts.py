"""Where the injections of a protocol go inside an area: grids, spread points, lines, free points.

Distances are real centimetres through the view's `cm_per_px`, which is exact where the skin faces
the viewer. Skin that turns away is drawn foreshortened: it is wider than its picture, so it holds
more points than the picture shows. `points_for_surface` gives the number for the whole skin.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mesodash.bodymap.atlas import AreaShape, Point, View
from mesodash.bodymap.outline import Outline
from mesodash.bodymap.points import (
    ROOM,
    alone,
    as_point,
    deep,
    lattice,
    nearest,
    numbered,
    spread_points,
)

Pattern = Literal["hexagonal", "square"]
Segment = tuple[Point, Point]

MOST_POINTS = 2000
MOST_COUNT = 100
_PHASES = (0.0, 0.5, 0.25, 0.75)  # where a lattice may begin, in steps


@dataclass(frozen=True, slots=True)
class Layout:
    """Injection points on one view, numbered by their place: row by row, each row turning back.

    Attributes:
        kind: hexagonal, square, spread, lines or free.
        points: pixels of the view; for lines where the needle enters.
        spacing_cm: between neighbours: as asked (grids, lines) or the smallest there is (spread,
            free points); 0 for a single point that was not asked for with a spacing.
        segments: for lines, from where the needle enters to its farthest point; else none.
    """

    kind: str
    points: tuple[Point, ...]
    spacing_cm: float
    segments: tuple[Segment, ...] = ()

    def svg_points(self) -> str:
        """The points in order as the `points` of an SVG polyline: "12.5,40 18,40"."""
        return " ".join(f"{_short(x)},{_short(y)}" for x, y in self.points)


def grid(
    view: View,
    shape: AreaShape,
    *,
    spacing_cm: float,
    margin_cm: float = 0.5,
    pattern: Pattern = "hexagonal",
) -> Layout:
    """Papules on an even grid, every point with its neighbours at the spacing.

    Of the places the grid can begin, the one that holds most points is taken, then the one that
    lies best in the middle. A midline area that is its own mirror image (seen from the front,
    back or above) gets a grid that is its own mirror image too.

    Args:
        view: the view of the body.
        shape: the area on it.
        spacing_cm: from point to point.
        margin_cm: no point lies nearer to the border.
        pattern: hexagonal (six neighbours at the spacing) or square (four).

    Returns:
        The points; a single one, at the area's anchor, where the margin leaves no room.

    Raises:
        ValueError: a spacing or margin that makes no sense, or more than MOST_POINTS points.
    """
    step, margin = _steps(view, shape, spacing_cm, margin_cm)
    if pattern not in {"hexagonal", "square"}:
        raise ValueError("A grid is hexagonal or square.")
    outline = Outline.of(shape)
    axis = outline.axis() if shape.side == "midline" else None
    middle = outline.moments()[1]
    best, rank = np.empty((0, 2)), (0, 0.0)
    for across in _PHASES if axis is None else _PHASES[:2]:
        for down in _PHASES:
            start = np.array([middle[0] if axis is None else axis, middle[1]])
            points = lattice(
                outline,
                start + np.array([across, down]) * step,
                step,
                hexagonal=pattern == "hexagonal",
            )
            points = points[deep(outline, points, margin, axis)]
            if not len(points):
                continue
            off = float(np.hypot(*(points.mean(0) - middle)))
            if (len(points), -round(off, 6)) > rank:
                best, rank = points, (len(points), -round(off, 6))
    if not len(best):
        return Layout(pattern, (alone(outline, shape.anchor, axis, margin),), spacing_cm)
    return Layout(pattern, numbered(best, step / 4), spacing_cm)


def spread(view: View, shape: AreaShape, *, count: int, margin_cm: float = 0.5) -> Layout:
    """So many points, spread evenly: each serves its own, about equal part of the area.

    Lloyd's algorithm (IEEE Trans. Inf. Theory 28, 1982) on a fine raster of the area inside the
    margin, from a fixed start: the same every time. Mirrored for a midline area as in `grid`.

    Returns:
        Exactly `count` points; a single one, at the area's anchor, where the margin leaves no
        room at all.

    Raises:
        ValueError: a count that is no whole number from 1 to MOST_COUNT, a margin that makes no
            sense, or more points than fit between the margins.
    """
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_COUNT:
        raise ValueError(f"The number of points is a whole number from 1 to {MOST_COUNT}.")
    _, margin = _steps(view, shape, None, margin_cm)
    outline = Outline.of(shape)
    axis = outline.axis() if shape.side == "midline" else None
    points = spread_points(outline, shape.anchor, count, margin, axis)
    if points is None:
        return Layout("spread", (shape.anchor,), 0.0)
    gap = nearest(points)
    return Layout("spread", numbered(points, gap / 2), gap * view.cm_per_px)


def lines(
    view: View,
    shape: AreaShape,
    *,
    spacing_cm: float,
    margin_cm: float = 0.5,
    angle: float | None = None,
) -> Layout:
    """Parallel lines for retrograde linear injection: the needle goes in, and back injecting.

    Args:
        view: the view of the body.
        shape: the area on it.
        spacing_cm: from line to line.
        margin_cm: no part of a line lies nearer to the border.
        angle: direction in degrees, 0 across the picture and 90 up and down; None for the area's
            longer way (across or upright where a midline area is its own mirror image).

    Returns:
        Segments and the points where they begin, turning back line by line. Pieces shorter than
        half the spacing are left out; where none is longer, one point at the area's anchor.

    Raises:
        ValueError: as for `grid`, or an angle that is no number.
    """
    step, margin = _steps(view, shape, spacing_cm, margin_cm)
    if angle is not None and not math.isfinite(angle):
        raise ValueError("The direction of the lines is a number of degrees.")
    outline = Outline.of(shape)
    axis = outline.axis() if shape.side == "midline" else None
    middle = outline.moments()[1]
    along = outline.direction(angle, axis)
    aside = np.array([-along[1], along[0]])
    if min(abs(along)) > ROOM:
        axis = None  # aslant nothing is its own mirror image
    if axis is not None:
        middle = np.array([axis, middle[1]])
    # Upright lines keep the mirror image only with a line on the axis or the axis between two.
    upright = axis is not None and abs(along[0]) < ROOM
    reach = (outline.starts - middle) @ aside
    best: list[tuple[float, float, float]] = []
    rank = (0.0, 0.0)
    for phase in _PHASES[:2] if upright else _PHASES:
        first, last = reach.min() / step - phase, reach.max() / step - phase
        places = [(k + phase) * step for k in range(math.ceil(first), math.floor(last) + 1)]
        cut = [
            (place, low, high)
            for place in places
            for low, high in outline.cuts(middle + aside * place, along, margin, axis)
            if high - low >= step / 2
        ]
        length = sum(high - low for _, low, high in cut)
        off = abs(sum(place * (high - low) for place, low, high in cut)) / max(length, ROOM)
        if (round(length, 6), -round(off, 6)) > rank:
            best, rank = cut, (round(length, 6), -round(off, 6))
    if not best:
        return Layout("lines", (alone(outline, shape.anchor, axis, margin),), spacing_cm)
    segments = tuple(
        (
            as_point(middle + aside * place + along * low),
            as_point(middle + aside * place + along * high),
        )
        for place, low, high in _turning(best)
    )
    return Layout("lines", tuple(start for start, _ in segments), spacing_cm, segments)


def points_for_surface(cm2: float, spacing_cm: float, *, pattern: Pattern = "hexagonal") -> int:
    """About how many points a surface holds, from its size alone (`AreaShape.cm2`), at least 1.

    A point of a hexagonal grid serves sqrt(3) / 2 of the squared spacing, of a square grid the
    squared spacing. The border is not counted off, so this is an upper estimate.

    Raises:
        ValueError: a surface or spacing that is not above zero.
    """
    if not (math.isfinite(cm2) and cm2 > 0 and math.isfinite(spacing_cm) and spacing_cm > 0):
        raise ValueError("The surface and the spacing are numbers above zero.")
    cell = spacing_cm**2 * (math.sqrt(3) / 2 if pattern == "hexagonal" else 1)
    return max(1, round(cm2 / cell))


def relative(view: View, shape: AreaShape, x: float, y: float) -> tuple[float, float]:
    """Where a point lies in its area, so that it can be kept when the atlas is drawn anew.

    Measured from the area's centroid, in units of sqrt(3) standard deviations of its visible
    surface across and down: a rectangle reaches from -1 to 1 both ways. Not the bounding box,
    which one crumb at the edge moves, and not the principal axes, which turn freely in a round
    area. The same (u, v) lies in the like place of another figure's area, too.

    Raises:
        ValueError: a point off the picture.
    """
    if not (0 <= x <= view.width and 0 <= y <= view.height):
        raise ValueError("The point lies outside the picture; click inside the area.")
    (cx, cy), (sx, sy) = frame(shape)
    return (x - cx) / sx, (y - cy) / sy


def absolute(view: View, shape: AreaShape, u: float, v: float) -> Point:
    """Where a kept point lies on this view, in pixels: the inverse of `relative`.

    What would lie off the picture is put on its edge. An area drawn anew with another outline may
    leave a point outside: it is not moved, for it records where a needle went.

    Raises:
        ValueError: a place that is no pair of numbers.
    """
    if not (math.isfinite(u) and math.isfinite(v)):
        raise ValueError("A kept point is two numbers; this one is damaged.")
    (cx, cy), (sx, sy) = frame(shape)
    return min(max(cx + u * sx, 0.0), float(view.width)), min(
        max(cy + v * sy, 0.0), float(view.height)
    )


def free(view: View, shape: AreaShape, places: Iterable[tuple[float, float]]) -> Layout:
    """Kept points (u, v) as a layout, in the order they were clicked."""
    points = tuple(absolute(view, shape, u, v) for u, v in places)
    return Layout("free", points, nearest(np.array(points)) * view.cm_per_px)


def _steps(
    view: View, shape: AreaShape, spacing_cm: float | None, margin_cm: float
) -> tuple[float, float]:
    """Spacing and margin in pixels, once they make sense."""
    if not math.isfinite(margin_cm) or margin_cm < 0:
        raise ValueError("The margin is a number of centimetres, zero or more.")
    margin = margin_cm / view.cm_per_px
    if spacing_cm is None:
        return 0.0, margin
    if not math.isfinite(spacing_cm) or spacing_cm <= 0:
        raise ValueError("The spacing is a number of centimetres above zero.")
    step = spacing_cm / view.cm_per_px
    if shape.px_area > MOST_POINTS * step**2 * math.sqrt(3) / 2:
        raise ValueError(
            f"A spacing of {spacing_cm:g} cm needs more than {MOST_POINTS} points here; choose a"
            " wider one."
        )
    return step, margin


def _turning(cut: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Stretches (place, from, to) in order, every second line walked back to front."""
    places = sorted({place for place, _, _ in cut})
    found: list[tuple[float, float, float]] = []
    for i, place in enumerate(places):
        line = sorted(stretch for stretch in cut if stretch[0] == place)
        found += line if i % 2 == 0 else [(place, high, low) for _, low, high in reversed(line)]
    return found


def frame(shape: AreaShape) -> tuple[tuple[float, float], tuple[float, float]]:
    """Centre and unit of the relative places, pixels; see `relative`."""
    _, centre, covariance = Outline.of(shape).moments()
    unit = np.sqrt(3 * np.diag(covariance))
    return as_point(centre), as_point(unit)


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
