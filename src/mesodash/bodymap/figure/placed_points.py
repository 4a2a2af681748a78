"""Points placed by hand on an area: how they are stored and what a browser may send."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mesodash.bodymap.atlas import AreaShape, Atlas, BodyView, Point, most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layouts.layout import Layout, as_point, nearest
from mesodash.bodymap.layouts.outline import Outline

MOST_PLACED = 100
# In the unit of `relative` a rectangle reaches to 1 and hardly any area beyond 3.
_FARTHEST = 6.0
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Placed:
    """A point placed by hand: on which view, and where in the area (`relative`)."""

    view: str
    u: float
    v: float


def relative(view: BodyView, shape: AreaShape, x: float, y: float) -> tuple[float, float]:
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


def absolute(view: BodyView, shape: AreaShape, u: float, v: float) -> Point:
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


def placed_layout(
    view: BodyView, shape: AreaShape, places: Iterable[tuple[float, float]]
) -> Layout:
    """Kept points (u, v) as a layout, in the order they were clicked."""
    points = tuple(absolute(view, shape, u, v) for u, v in places)
    return Layout("free", points, nearest(np.array(points)) * view.cm_per_px)


def frame(shape: AreaShape) -> tuple[tuple[float, float], tuple[float, float]]:
    """Centre and unit of the relative places, pixels; see `relative`."""
    _, centre, covariance = Outline.of(shape).moments()
    unit = np.sqrt(3 * np.diag(covariance))
    return as_point(centre), as_point(unit)


def read_placed(items: object, views: Sequence[str]) -> tuple[Placed, ...]:
    """Keep of what a browser sent what is a place on a view that shows the area, in order.

    Args:
        items: a list of [view, u, v] if all is well, anything if not.
        views: the views that show the area.
    """
    if not isinstance(items, list):
        return ()
    found = (_one(item, views) for item in items[:MOST_PLACED])
    return tuple(item for item in found if item is not None)


def placing_payload(
    atlas: Atlas, site: AreaSide, placed: Sequence[Placed], seq: int
) -> dict[str, Any]:
    """What the browser needs to place points on an area, on whichever figure and view.

    Pixels become relative places in the browser alone: `frames` holds for every figure and view
    the centre and the unit of `relative`, in pixels, the view of most skin first.
    """
    frames: dict[str, dict[str, list[float]]] = {}
    for figure in atlas.figures:
        frames[figure] = {}
        for view, shape in most_skin_first(atlas, figure, site):
            (x, y), (across, down) = frame(shape)
            frames[figure][view.name] = [round(number, 3) for number in (x, y, across, down)]
    return {
        "site": str(site),
        "seq": seq,
        "most": MOST_PLACED,
        "points": [[item.view, round(item.u, _DIGITS), round(item.v, _DIGITS)] for item in placed],
        "frames": frames,
    }


def newest_placed(
    heard: Mapping[str, Any], seen: int, site: AreaSide, asked: tuple[Placed, ...], atlas: Atlas
) -> tuple[int, tuple[Placed, ...]]:
    """Take what the browser placed on this area if it is newer than the last handled.

    Args:
        heard: the browser's last message for each area, by "area|side": {"seq", "points"}.
        seen: the number of the last one handled.
        site: the area.
        asked: the points the caller has.
        atlas: tells which views show the area.

    Returns:
        The number now handled, and the points.
    """
    word = heard.get(str(site))
    if not isinstance(word, Mapping):
        return seen, asked
    seq = word.get("seq")
    if not isinstance(seq, int) or seq <= seen or not isinstance(word.get("points"), list):
        return seen, asked
    views = {view.name for view in atlas.views if view.shape(site.area, site.side)}
    return seq, read_placed(word["points"], tuple(views))


def _one(item: object, views: Sequence[str]) -> Placed | None:
    if not isinstance(item, list) or len(item) != 3 or item[0] not in views:
        return None
    numbers = [n for n in item[1:] if isinstance(n, int | float) and not isinstance(n, bool)]
    if len(numbers) != 2 or not all(math.isfinite(n) and abs(n) <= _FARTHEST for n in numbers):
        return None
    return Placed(item[0], round(float(numbers[0]), _DIGITS), round(float(numbers[1]), _DIGITS))
