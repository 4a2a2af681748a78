"""A layout of injection points on one view, and helpers for all layouts."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from mesodash.bodymap.atlas import AreaShape, BodyView, Point
from mesodash.bodymap.layouts.outline import Flags, Numbers, Outline, mirrored

Segment = tuple[Point, Point]

MOST_POINTS = 2000
ROOM = 1e-9  # pixels: a rounding error is no breach of the margin


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


def in_pixels(
    view: BodyView, shape: AreaShape, spacing_cm: float | None, margin_cm: float
) -> tuple[float, float]:
    """Spacing and margin in pixels, checked to be valid."""
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


def keep_margin(outline: Outline, points: Numbers, margin: float, axis: float | None) -> Flags:
    """Which points keep the margin, and their mirror images with them."""
    kept = outline.keeps(points, margin - ROOM)
    if axis is not None:
        kept[kept] = outline.keeps(mirrored(points[kept], axis), margin - ROOM)
    return kept


def numbered(points: Numbers, same_row: float) -> tuple[Point, ...]:
    """Row by row from the top, the first from the picture's left, each row turning back.

    Args:
        points: pixels.
        same_row: a point this far or less below the row's first one belongs to the same row.
    """
    rows: list[list[Point]] = []
    for point in sorted((as_point(point) for point in points), key=lambda at: (at[1], at[0])):
        if rows and point[1] - rows[-1][0][1] <= same_row:
            rows[-1].append(point)
        else:
            rows.append([point])
    turned = (sorted(row, reverse=i % 2 == 1) for i, row in enumerate(rows))
    return tuple(itertools.chain.from_iterable(turned))


def single_point(outline: Outline, anchor: Point, axis: float | None, margin: float) -> Point:
    """The place of a lone point: the anchor, or on the axis where that keeps the margin."""
    if axis is None:
        return anchor
    _, top, _, bottom = outline.bounds()
    down = np.linspace(top, bottom, 201)
    line = np.column_stack([np.full(len(down), axis), down])
    depth = outline.depth(line)
    return as_point(line[int(depth.argmax())]) if depth.max() >= margin else anchor


def nearest(points: Numbers) -> float:
    """The smallest distance between two of the points; 0 where there are fewer than two."""
    if len(points) < 2:
        return 0.0
    squares = squared_distances(points, points)
    np.fill_diagonal(squares, np.inf)
    return float(np.sqrt(squares.min()))


def as_point(pair: Numbers) -> Point:
    """A row of an array as a point."""
    return float(pair[0]), float(pair[1])


def squared_distances(ones: Numbers, others: Numbers) -> Numbers:
    """The squared distance of each of n points from each of m others, as (n, m)."""
    squares: Numbers = (ones[:, 0, None] - others[:, 0]) ** 2 + (
        ones[:, 1, None] - others[:, 1]
    ) ** 2
    return squares


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
