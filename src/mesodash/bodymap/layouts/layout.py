"""A layout of injection points in a plane, and helpers for all layouts."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from mesodash.bodymap.atlas import Point
from mesodash.bodymap.layouts.outline import Flags, Numbers, Outline, mirrored
from mesodash.bodymap.layouts.patch import Patch

Segment = tuple[Point, Point]

MOST_POINTS = 2000
ROOM = 1e-9  # a rounding error is no breach of the margin


@dataclass(frozen=True, slots=True)
class Layout:
    """Injection points in a plane, numbered by their place: row by row, each row turning back.

    Attributes:
        kind: hexagonal, square, spread, lines or free.
        points: cm of the area laid flat, or pixels of a view (free points); for lines where the
            needle enters.
        spacing_cm: between neighbours: as asked (grids, lines) or the smallest there is (spread,
            free points); 0 for a single point that was not asked for with a spacing.
        segments: for lines, from where the needle enters to its farthest point; else none.
    """

    kind: str
    points: tuple[Point, ...]
    spacing_cm: float
    segments: tuple[Segment, ...] = ()


def checked(patch: Patch, spacing_cm: float | None, margin_cm: float) -> tuple[float, float]:
    """Spacing and margin, checked to be valid."""
    if not math.isfinite(margin_cm) or margin_cm < 0:
        raise ValueError("The margin is a number of centimetres, zero or more.")
    if spacing_cm is None:
        return 0.0, margin_cm
    if not math.isfinite(spacing_cm) or spacing_cm <= 0:
        raise ValueError("The spacing is a number of centimetres above zero.")
    if patch.cm2 > MOST_POINTS * spacing_cm**2 * math.sqrt(3) / 2:
        raise ValueError(
            f"A spacing of {spacing_cm:g} cm needs more than {MOST_POINTS} points here; choose a"
            " wider one."
        )
    return spacing_cm, margin_cm


def keep_margin(outline: Outline, points: Numbers, margin: float, axis: float | None) -> Flags:
    """Which points keep the margin, and their mirror images with them."""
    kept = outline.keeps(points, margin - ROOM)
    if axis is not None:
        kept[kept] = outline.keeps(mirrored(points[kept], axis), margin - ROOM)
    return kept


def numbered(points: Numbers, same_row: float) -> tuple[Point, ...]:
    """Row by row from the top, the first from the left, each row turning back.

    Args:
        points: in the plane.
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
