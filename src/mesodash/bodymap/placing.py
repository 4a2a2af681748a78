"""Points placed by hand on an area: what is kept of them, and what a browser may say of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mesodash.bodymap.atlas import Atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layouts import frame
from mesodash.bodymap.seen import most_skin_first

MOST_PLACED = 100
# In the unit of `layouts.relative` a rectangle reaches to 1 and hardly any area beyond 3.
_FARTHEST = 6.0
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Placed:
    """A point placed by hand: on which view, and where in the area (`layouts.relative`)."""

    view: str
    u: float
    v: float


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
    the centre and the unit of `layouts.relative`, in pixels, the view of most skin first.
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
        heard: the browser's last word on each area, by "area|side": {"seq", "points"}.
        seen: the number of the last one handled.
        site: the area.
        asked: what the caller has.
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
