"""A given number of injection points, spread evenly over an area."""

import math

import numpy as np

from mesodash.bodymap.atlas import Point
from mesodash.bodymap.layouts.layout import (
    ROOM,
    Layout,
    checked,
    keep_margin,
    nearest,
    numbered,
    squared_distances,
)
from mesodash.bodymap.layouts.outline import Flags, Numbers, Outline, mirrored
from mesodash.bodymap.layouts.patch import Patch

MOST_COUNT = 100
_ROUNDS = 40  # of Lloyd's algorithm; the points move less than a cell by then
_FINEST = 6  # times the raster may be made finer
_ON_AXIS = 12  # most numbers of points on the axis that are tried


def spread(patch: Patch, *, count: int, margin_cm: float = 0.5) -> Layout:
    """A given number of points, spread evenly: each serves its own, about equal part of the area.

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
    _, margin = checked(patch, None, margin_cm)
    points = spread_points(patch.outline, patch.anchor, count, margin, patch.axis)
    if points is None:
        return Layout("spread", (patch.anchor,), 0.0)
    gap = nearest(points)
    return Layout("spread", numbered(points, gap / 2), gap)


def spread_points(
    outline: Outline, anchor: Point, count: int, margin: float, axis: float | None
) -> Numbers | None:
    """A given number of points at the centres of about equal parts of the area inside the margin.

    Returns:
        The points; None where nothing lies inside the margin.

    Raises:
        ValueError: fewer places than points, however fine the raster.
    """
    cells = _raster(outline, anchor, count, margin, axis)
    if cells is None:
        return None
    if axis is not None:
        found = _spread_mirrored(cells, count, axis)
        if found is not None:
            return found
    start = _far_apart(cells, count)
    return _settled(cells, start, np.zeros(count, dtype=bool), 0.0)[0]


def _raster(
    outline: Outline, anchor: Point, count: int, margin: float, axis: float | None
) -> Numbers | None:
    """Small cells inside the margin, several for each point; x is a cell's width from the axis."""
    left, top, right, bottom = outline.bounds()
    enough = max(2500, 24 * count)
    cell = math.sqrt((right - left) * (bottom - top) / enough)
    centre = anchor[0] if axis is None else axis
    for _ in range(_FINEST):
        columns = np.arange(
            math.ceil((left - centre) / cell), math.floor((right - centre) / cell) + 1
        )
        rows = np.arange(
            math.ceil((top - anchor[1]) / cell), math.floor((bottom - anchor[1]) / cell) + 1
        )
        across, down = np.meshgrid(centre + columns * cell, anchor[1] + rows * cell)
        cells: Numbers = np.column_stack([across.ravel(), down.ravel()])
        cells = cells[keep_margin(outline, cells, margin, axis)]
        if len(cells) >= 8 * count:
            return cells
        box = cells if len(cells) else np.array([[centre, anchor[1]]])
        (left, top), (right, bottom) = box.min(0) - cell, box.max(0) + cell
        cell /= 3
    if axis is not None:
        return _raster(outline, anchor, count, margin, None)
    if not len(cells):
        return None
    if len(cells) >= count:
        return cells
    raise ValueError(f"There is no room for {count} points inside the margin; ask for fewer.")


def _spread_mirrored(cells: Numbers, count: int, axis: float) -> Numbers | None:
    """The same, mirrored about the axis, with as many points on it as serve the area best."""
    half = cells[cells[:, 0] <= axis + ROOM]
    on_axis = half[np.abs(half[:, 0] - axis) <= ROOM]
    best: Numbers | None = None
    least = math.inf
    for middle in range(count % 2, min(count, len(on_axis), _ON_AXIS) + 1, 2):
        pairs = (count - middle) // 2
        at = ((np.arange(middle) + 0.5) * len(on_axis) / max(middle, 1)).astype(int)
        start = np.concatenate([on_axis[at], _far_apart(half, pairs, on_axis[at])])
        fixed = np.arange(middle + pairs) < middle
        points, cost = _settled(half, start, fixed, axis)
        points = np.concatenate([points, mirrored(points[middle:], axis)])
        # A pair that has met on the axis would be one needle, twice.
        if cost < least and (count < 2 or nearest(points) > ROOM):
            best, least = points, cost
    return best


def _far_apart(cells: Numbers, count: int, first: Numbers | None = None) -> Numbers:
    """Cells each as far as can be from those before (and from `first`); always the same."""
    taken = np.empty(0, dtype=int)
    if first is not None and len(first):
        far = squared_distances(cells, first).min(1)
    else:
        # Begin at the cell farthest from the middle: corners are filled before the inside.
        far = ((cells - cells.mean(0)) ** 2).sum(1)
        if count:
            taken = np.array([far.argmax()])
            far = ((cells - cells[taken[0]]) ** 2).sum(1)
    while len(taken) < count:
        chosen = int(far.argmax())
        taken = np.append(taken, chosen)
        far = np.minimum(far, ((cells - cells[chosen]) ** 2).sum(1))
    return cells[taken]


def _settled(cells: Numbers, points: Numbers, on_axis: Flags, axis: float) -> tuple[Numbers, float]:
    """Lloyd's algorithm: each point moves to the middle of the cells nearest to it, repeatedly.

    A middle may lie outside a bent area, so at the end each point takes the cell nearest to it of
    its own, and those `on_axis` one on the axis.

    Returns:
        The points and the sum of squared distances of the cells to theirs.
    """
    points = points.copy()
    for _ in range(_ROUNDS):
        owner = squared_distances(cells, points).argmin(1)
        number = np.bincount(owner, minlength=len(points))
        for side in (0, 1):
            total = np.bincount(owner, cells[:, side], len(points))
            points[:, side] = np.where(number > 0, total / np.maximum(number, 1), points[:, side])
        points[on_axis, 0] = axis
    owner = squared_distances(cells, points).argmin(1)
    for i in range(len(points)):
        own = cells[owner == i]
        if on_axis[i]:
            own = cells[np.abs(cells[:, 0] - axis) <= ROOM]
        if len(own):
            points[i] = own[((own - points[i]) ** 2).sum(1).argmin()]
    return points, float(squared_distances(cells, points).min(1).sum())
