"""Where a session is not as the clinic's adopted version of its protocol.

The house rules of the report on adherence, for one session: dose no larger, points and volume a
point at most 10 % off, depth at most 0.5 mm, interval at most 7 days. What is not recorded, or not
adopted, is not compared.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from mesodash.records.courses.protocol_versions import Parameters
from mesodash.records.treatment.entries import AreaEntry

Measure = Literal["dose", "point_dose", "points", "depth", "interval"]

NEAR: Final = 0.1
"""A number of points or a volume a point this far from the adopted one, as a share, is as adopted;
so is a depth NEAR_MM, in mm, and an interval NEAR_DAYS, in days, off."""
NEAR_MM: Final = 0.5
NEAR_DAYS: Final = 7
ROUNDING: Final = 1e-9


def departures(
    areas: Sequence[AreaEntry], adopted: Parameters, *, by_side: bool, days: int | None
) -> tuple[Measure, ...]:
    """In what a session departs from the adopted version.

    Args:
        areas: what was treated.
        adopted: the parameters of the version.
        by_side: whether the largest volume and the points count for one area on one side.
        days: since the patient's last session of the protocol, or None.
    """
    found: dict[Measure, None] = {}
    for place in _places(areas, by_side=by_side):
        found |= dict.fromkeys(_of_place(place, adopted, by_side=by_side))
    if any(
        _differs(area.depth_mm, adopted.depth_mm, NEAR_MM) for area in areas if adopted.depth_mm
    ):
        found["depth"] = None
    if adopted.interval_days and _differs(days, adopted.interval_days, NEAR_DAYS):
        found["interval"] = None
    return tuple(found)


def _places(areas: Sequence[AreaEntry], *, by_side: bool) -> list[list[AreaEntry]]:
    """The areas of each side, or all of them together."""
    if not by_side:
        return [list(areas)]
    placed = defaultdict(list)
    for area in areas:
        placed[area.area, area.side].append(area)
    return list(placed.values())


def _of_place(areas: list[AreaEntry], adopted: Parameters, *, by_side: bool) -> Iterator[Measure]:
    halves = 2 if by_side and any(area.side == "both" for area in areas) else 1
    volumes = [area.volume_ml for area in areas if area.volume_ml is not None]
    points = sum(area.points or 0 for area in areas)
    counted = any(area.points is not None for area in areas)
    pointed = [area.volume_ml for area in areas if area.points and area.volume_ml is not None]
    most, wanted = adopted.max_volume_ml, adopted.points
    if most and volumes and sum(volumes) / halves > most + ROUNDING:
        yield "dose"
    if wanted and counted and _differs(points / halves, wanted, NEAR * wanted):
        yield "points"
    each = adopted.volume_per_point_ml
    if each and pointed and points and _differs(sum(pointed) / points, each, NEAR * each):
        yield "point_dose"


def _differs(own: float | None, wanted: float | None, most: float) -> bool:
    return own is not None and wanted is not None and abs(own - wanted) > most + ROUNDING
