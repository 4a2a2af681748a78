"""Grids and parallel lines of injections on the skin of an area, laid flat.

Distances are centimetres on the skin: one packing covers the whole area, whatever part of it a view
shows. `points_for_surface` gives about its number from the size alone.
"""

import math
from typing import Literal

import numpy as np

from mesodash.bodymap.layouts.layout import (
    ROOM,
    Layout,
    as_point,
    checked,
    keep_margin,
    numbered,
    single_point,
)
from mesodash.bodymap.layouts.outline import Numbers, Outline, cuts
from mesodash.bodymap.layouts.patch import Patch

Pattern = Literal["hexagonal", "square"]

_PHASES = (0.0, 0.5, 0.25, 0.75)  # where a lattice may begin, in steps


def grid(
    patch: Patch,
    *,
    spacing_cm: float,
    margin_cm: float = 0.5,
    pattern: Pattern = "hexagonal",
) -> Layout:
    """Papules on an even grid, every point with its neighbours at the spacing.

    Of the places the grid can begin, the one that holds most points is taken, then the one that
    lies best in the middle. A midline area that is its own mirror image gets a grid that is its
    own mirror image too.

    Args:
        patch: the area's skin, laid flat.
        spacing_cm: from point to point.
        margin_cm: no point lies nearer to the border.
        pattern: hexagonal (six neighbours at the spacing) or square (four).

    Returns:
        The points; a single one, at the area's anchor, where the margin leaves no room.

    Raises:
        ValueError: a spacing or margin that makes no sense, or more than MOST_POINTS points.
    """
    step, margin = checked(patch, spacing_cm, margin_cm)
    if pattern not in {"hexagonal", "square"}:
        raise ValueError("A grid is hexagonal or square.")
    outline, axis = patch.outline, patch.axis
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
            points = points[keep_margin(outline, points, margin, axis)]
            points = points[patch.clear_of_seams(points, step)]
            if not len(points):
                continue
            off = float(np.hypot(*(points.mean(0) - middle)))
            if (len(points), -round(off, 6)) > rank:
                best, rank = points, (len(points), -round(off, 6))
    if not len(best):
        return Layout(pattern, (single_point(outline, patch.anchor, axis, margin),), spacing_cm)
    return Layout(pattern, numbered(best, step / 4), spacing_cm)


def lines(
    patch: Patch,
    *,
    spacing_cm: float,
    margin_cm: float = 0.5,
    angle: float | None = None,
) -> Layout:
    """Parallel lines for retrograde linear injection: the needle injects as it is withdrawn.

    Args:
        patch: the area's skin, laid flat.
        spacing_cm: from line to line.
        margin_cm: no part of a line lies nearer to the border.
        angle: direction in degrees, 0 across the body and 90 up and down; None for the area's
            longer way (across or upright where a midline area is its own mirror image).

    Returns:
        Segments and the points where they begin, turning back line by line. Pieces shorter than
        half the spacing are left out; where none is longer, one point at the area's anchor.

    Raises:
        ValueError: as for `grid`, or an angle that is no number.
    """
    step, margin = checked(patch, spacing_cm, margin_cm)
    if angle is not None and not math.isfinite(angle):
        raise ValueError("The direction of the lines is a number of degrees.")
    outline, axis = patch.outline, patch.axis
    middle = outline.moments()[1]
    along = outline.direction(angle, axis)
    aside = np.array([-along[1], along[0]])
    if min(abs(along)) > ROOM:
        axis = None  # an oblique layout has no mirror symmetry
    if axis is not None:
        middle = np.array([axis, middle[1]])
    # Upright lines keep the mirror image only with a line on the axis or the axis between two.
    upright = axis is not None and abs(along[0]) < ROOM
    inner = outline.shrunk(margin, axis)
    reach = (np.concatenate(outline.rings) - middle) @ aside
    best: list[tuple[float, float, float]] = []
    rank = (0.0, 0.0)
    for phase in _PHASES[:2] if upright else _PHASES:
        first, last = reach.min() / step - phase, reach.max() / step - phase
        places = [(k + phase) * step for k in range(math.ceil(first), math.floor(last) + 1)]
        cut = [
            (place, low, high)
            for place in places
            for low, high in cuts(inner, middle + aside * place, along)
            if high - low >= step / 2
        ]
        length = sum(high - low for _, low, high in cut)
        off = abs(sum(place * (high - low) for place, low, high in cut)) / max(length, ROOM)
        if (round(length, 6), -round(off, 6)) > rank:
            best, rank = cut, (round(length, 6), -round(off, 6))
    if not best:
        return Layout("lines", (single_point(outline, patch.anchor, axis, margin),), spacing_cm)
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
    squared spacing. The margin is not deducted, so this is an upper estimate.

    Raises:
        ValueError: a surface or spacing that is not above zero.
    """
    if not (math.isfinite(cm2) and cm2 > 0 and math.isfinite(spacing_cm) and spacing_cm > 0):
        raise ValueError("The surface and the spacing are numbers above zero.")
    cell = spacing_cm**2 * (math.sqrt(3) / 2 if pattern == "hexagonal" else 1)
    return max(1, round(cm2 / cell))


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


def _turning(cut: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Stretches (place, from, to) in order, every second line walked back to front."""
    places = sorted({place for place, _, _ in cut})
    found: list[tuple[float, float, float]] = []
    for i, place in enumerate(places):
        line = sorted(stretch for stretch in cut if stretch[0] == place)
        found += line if i % 2 == 0 else [(place, high, low) for _, low, high in reversed(line)]
    return found
