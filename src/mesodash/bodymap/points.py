"""Sets of points within an outline: an endless grid, an even spread, their numbering."""

import itertools
import math

import numpy as np

from mesodash.bodymap.atlas import Point
from mesodash.bodymap.outline import Flags, Numbers, Outline, mirrored

ROOM = 1e-9  # pixels: a rounding error is no breach of the margin
_ROUNDS = 40  # of Lloyd's algorithm; the points move less than a cell by then
_FINEST = 6  # times the raster may be made finer
_ON_AXIS = 12  # most numbers of points on the axis that are tried


def lattice(outline: Outline, start: Numbers, step: float, *, hexagonal: bool) -> Numbers:
    """The points of an endless grid through `start` that fall into the outline's box."""
    left, top, right, bottom = outline.bounds()
    down = step * (math.sqrt(3) / 2 if hexagonal else 1)
    rows = np.arange(math.ceil((top - start[1]) / down), math.floor((bottom - start[1]) / down) + 1)
    columns = np.arange(
        math.floor((left - start[0]) / step) - 1, math.ceil((right - start[0]) / step) + 1
    )
    shift = 0.5 * (rows[:, None] % 2) if hexagonal else np.zeros((len(rows), 1))
    x = start[0] + (columns + shift) * step
    y = np.broadcast_to(start[1] + rows[:, None] * down, x.shape)
    points: Numbers = np.column_stack([x.ravel(), y.ravel()])
    return points[(points[:, 0] >= left) & (points[:, 0] <= right)]


def deep(outline: Outline, points: Numbers, margin: float, axis: float | None) -> Flags:
    """Which points keep the margin, and their mirror images with them."""
    kept = outline.depth(points) >= margin - ROOM
    if axis is not None:
        kept &= outline.depth(mirrored(points, axis)) >= margin - ROOM
    return kept


def numbered(points: Numbers, same_row: float) -> tuple[Point, ...]:
    """Row by row from the top, the first from the picture's left, each row turning back.

    Args:
        points: pixels.
        same_row: a point this far or less below the row's first one stands in the same row.
    """
    rows: list[list[Point]] = []
    for point in sorted((as_point(point) for point in points), key=lambda at: (at[1], at[0])):
        if rows and point[1] - rows[-1][0][1] <= same_row:
            rows[-1].append(point)
        else:
            rows.append([point])
    turned = (sorted(row, reverse=i % 2 == 1) for i, row in enumerate(rows))
    return tuple(itertools.chain.from_iterable(turned))


def nearest(points: Numbers) -> float:
    """The smallest distance between two of the points; 0 where there are fewer than two."""
    if len(points) < 2:
        return 0.0
    squares = _squares(points, points)
    np.fill_diagonal(squares, np.inf)
    return float(np.sqrt(squares.min()))


def as_point(pair: Numbers) -> Point:
    """A row of an array as a point."""
    return float(pair[0]), float(pair[1])


def alone(outline: Outline, anchor: Point, axis: float | None, margin: float) -> Point:
    """The place of a lone point: the anchor, or on the axis where that keeps the margin."""
    if axis is None:
        return anchor
    _, top, _, bottom = outline.bounds()
    down = np.linspace(top, bottom, 201)
    line = np.column_stack([np.full(len(down), axis), down])
    depth = outline.depth(line)
    return as_point(line[int(depth.argmax())]) if depth.max() >= margin else anchor


def spread_points(
    outline: Outline, anchor: Point, count: int, margin: float, axis: float | None
) -> Numbers | None:
    """So many points at the centres of about equal parts of what lies inside the margin.

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
        cells = cells[deep(outline, cells, margin, axis)]
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
        far = _squares(cells, first).min(1)
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
    """Lloyd's algorithm: each point moves to the middle of the cells nearest to it, and over.

    A middle may lie outside a bent area, so at the end each point takes the cell nearest to it of
    its own, and those `on_axis` one on the axis.

    Returns:
        The points and the sum of squared distances of the cells to theirs.
    """
    points = points.copy()
    for _ in range(_ROUNDS):
        owner = _squares(cells, points).argmin(1)
        number = np.bincount(owner, minlength=len(points))
        for side in (0, 1):
            total = np.bincount(owner, cells[:, side], len(points))
            points[:, side] = np.where(number > 0, total / np.maximum(number, 1), points[:, side])
        points[on_axis, 0] = axis
    owner = _squares(cells, points).argmin(1)
    for i in range(len(points)):
        own = cells[owner == i]
        if on_axis[i]:
            own = cells[np.abs(cells[:, 0] - axis) <= ROOM]
        if len(own):
            points[i] = own[((own - points[i]) ** 2).sum(1).argmin()]
    return points, float(_squares(cells, points).min(1).sum())


def _squares(ones: Numbers, others: Numbers) -> Numbers:
    squares: Numbers = (ones[:, 0, None] - others[:, 0]) ** 2 + (
        ones[:, 1, None] - others[:, 1]
    ) ** 2
    return squares
