"""Points that a learner placed by hand, scored by number, spacing, reach and volume."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np

from mesodash.bodymap.atlas import Atlas, Point
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.placed_points import MOST_PLACED, Placed, absolute
from mesodash.teaching.points import LessonPoints

NEAR: Final = 0.25
"""How far a spacing may be off, as a share of it."""
MOST_OFF: Final = 0.1
"""How far the number may be off, as a share of it."""
ENOUGH: Final = 0.8
"""The share of points that must be well spaced, and of the area that must be reached."""


@dataclass(frozen=True, slots=True)
class PlacedScore:
    """How points were placed on the view that has most of them.

    Attributes:
        placed, wanted: how many were placed, and how many the source counts or the view shows.
        spacing_cm, wanted_cm: the median distance to the nearest point, cm.
        even: the share of points whose nearest is within NEAR of the wanted distance.
        reached: the share of the lesson's points with one of the learner's within that distance.
        volume_ml: what the points hold together; None where no source says.
        over: whether that is more than the most reported: a critical mistake.
    """

    placed: int
    wanted: int
    spacing_cm: float | None
    wanted_cm: float
    even: float
    reached: float
    volume_ml: float | None
    over: bool

    @property
    def passed(self) -> bool:
        """Whether number, spacing and reach are right, and the largest volume is not exceeded."""
        near = abs(self.placed - self.wanted) <= max(1.0, MOST_OFF * self.wanted)
        return near and self.even >= ENOUGH and self.reached >= ENOUGH and not self.over


def can_be_placed(points: LessonPoints) -> bool:
    """Whether a protocol's points on an area are few enough, and known, to be placed by hand."""
    return 2 <= points.drawn <= MOST_PLACED


def score_placed(
    atlas: Atlas, site: AreaSide, points: LessonPoints, placed: Sequence[Placed], *, figure: str
) -> PlacedScore:
    """Score points by the lesson's own on the same view.

    Args:
        atlas: the figure.
        site: their area and side.
        points: of the lesson; `can_be_placed` holds.
        placed: the learner's.
        figure: female or male.

    Raises:
        ValueError: the lesson has no points there.
    """
    if not can_be_placed(points):
        raise ValueError(f"No points can be placed on {site}.")
    layers = {layer.view: layer for layer in points.layers if layer.figure == figure}
    names = [one.view for one in placed if one.view in layers] or [points.layers[0].view]
    name = max(layers, key=names.count)
    view = atlas.view(figure, name)
    shape = view.shape(site.area, site.side)
    mine: list[Point] = []
    if shape is not None:
        mine = [absolute(view, shape, one.u, one.v) for one in placed if one.view == name]
    theirs = layers[name].points
    wanted_cm = median(_nearest(theirs)) * view.cm_per_px
    apart = [one * view.cm_per_px for one in _nearest(mine)] if len(mine) > 1 else []
    even = sum(abs(one - wanted_cm) <= NEAR * wanted_cm for one in apart)
    reached = sum(_to_nearest(one, mine) * view.cm_per_px <= wanted_cm for one in theirs)
    each, most = points.volume_per_point_ml, points.most_ml
    volume = None if each is None else each * len(placed)
    return PlacedScore(
        placed=len(placed),
        wanted=points.counted or len(theirs),
        spacing_cm=median(apart) if apart else None,
        wanted_cm=wanted_cm,
        even=even / len(apart) if apart else 0.0,
        reached=reached / len(theirs),
        volume_ml=volume,
        over=volume is not None and most is not None and volume > most + 1e-9,
    )


def _to_nearest(one: Point, points: Sequence[Point]) -> float:
    if not points:
        return float("inf")
    gaps = np.array(points) - np.array(one)
    return float(np.hypot(gaps[:, 0], gaps[:, 1]).min())


def _nearest(points: Sequence[Point]) -> list[float]:
    """The distance of each point to the nearest other one, pixels."""
    return [_to_nearest(one, [*points[:at], *points[at + 1 :]]) for at, one in enumerate(points)]
