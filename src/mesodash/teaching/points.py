"""A protocol's points on one area, as a lesson shows them: where, how many, and on what view."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from mesodash.bodymap.atlas import AreaShape, Atlas, BodyView
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.layers import PointsLayer, points_layers
from mesodash.catalogue.types import Catalogue, DangerZone, Protocol
from mesodash.language import catalogue_text

#: More than so many points on a figure are a grey blur, not a layout.
MOST_DRAWN = 400
MOST_SPREAD = 100

PANEL: Final = 590 / 630
"""The shape of what is shown: width over height."""
_HEADS: Final = ("face", "face_left", "face_right", "face_below", "scalp")
_AROUND: Final = 2.6  # a body is cut to this many times the area's size

Basis = Literal["sites", "side", "session", "spacing", "usual", "none", "too_many", "not_drawn"]


@dataclass(frozen=True, slots=True)
class DrawnZone:
    """A danger zone on a view: a strip as far from the midline as its source says.

    Attributes:
        label: the structure.
        path: SVG path data, in pixels of the view.
        inside: whether the strip meets the area and is cut to it; else it runs beside the area.
    """

    label: str
    path: str
    inside: bool


@dataclass(frozen=True, slots=True)
class LessonPoints:
    """The points of one area and side.

    Attributes:
        layers: the points on each view that shows some, the one with most skin first; empty
            where nothing gives their number or spacing, or the figure does not have the area.
        counted: how many the source has there; None where it gives spacing only, or nothing.
        spacing_cm: from point to point, the wider end; None where points are spread by number.
        volume_per_point_ml: mL a point; None where no source says.
        most_ml: the most of `most_per`, mL.
        most_per: `side` (one area on one side) or `session`.
        basis: what the points are based on: sites that the source counts, a number a side or a
            session, the source's own spacing, the technique's usual spacing; or why there are none.
    """

    layers: tuple[PointsLayer, ...]
    counted: int | None
    spacing_cm: float | None
    volume_per_point_ml: float | None
    most_ml: float | None
    most_per: str | None
    basis: Basis

    @property
    def drawn(self) -> int:
        """How many points are drawn over all views, each counted once."""
        return len({number for layer in self.layers for number in layer.numbers})


def lesson_points(
    catalogue: Catalogue, atlas: Atlas, protocol: Protocol, site: AreaSide, *, figure: str
) -> LessonPoints:
    """Lay out a protocol's published points on one area and side.

    Points that a source counts for both sides of an area together are halved on one side where
    their number is even; a number for a whole session is shown where the protocol has one area.

    Args:
        catalogue: tells which areas the protocol covers.
        atlas: the figure.
        protocol: what is shown.
        site: one area and the side it is drawn on.
        figure: female or male.
    """
    spacing = protocol.spacing_cm_max or protocol.spacing_cm_min
    counted, basis = _counted(catalogue, protocol, site)
    if counted is None and not protocol.sites and spacing is not None:
        basis = "spacing" if protocol.spacing_is_own else "usual"
    layers: tuple[PointsLayer, ...] = ()
    if basis in ("spacing", "usual") and spacing is not None:
        skin = _skin_cm2(atlas, site, figure)
        if skin is not None and skin / spacing**2 > MOST_DRAWN:
            basis = "too_many"
        else:
            layers = points_layers(atlas, figure, site, spacing_cm=spacing, pattern="square")
    elif counted is not None and counted <= MOST_SPREAD:
        layers = points_layers(atlas, figure, site, count=counted)
    if basis not in ("none", "too_many") and not layers:
        basis = "not_drawn"
    return LessonPoints(
        layers=layers,
        counted=counted,
        spacing_cm=spacing if basis in ("spacing", "usual", "too_many") else None,
        volume_per_point_ml=protocol.volume_per_point_ml,
        most_ml=protocol.max_volume_ml,
        most_per=protocol.max_volume_per,
        basis=basis,
    )


def _counted(catalogue: Catalogue, protocol: Protocol, site: AreaSide) -> tuple[int | None, Basis]:
    if protocol.sites:
        found = next((one for one in protocol.sites if one.area == site.area), None)
        if found is None:
            return None, "none"
        if found.per == "side" or site.side == "midline":
            return found.points, "sites"
        return (found.points // 2, "sites") if found.points % 2 == 0 else (None, "none")
    if protocol.points is None or protocol.spacing_cm_max is not None:
        return None, "none"
    if protocol.points_per == "side":
        return protocol.points, "side"
    alone = len(catalogue.covered(protocol.areas)) == 1
    return (protocol.points, "session") if alone else (None, "none")


def _skin_cm2(atlas: Atlas, site: AreaSide, figure: str) -> float | None:
    for view in atlas.views_of(site.area, site.side, figure):
        shape = view.shape(site.area, site.side)
        if shape is not None:
            return shape.cm2
    return None


def box_of(view: BodyView, shape: AreaShape) -> tuple[float, float, float, float]:
    """The part of a view that the stage shows: the whole head, or the area with its surroundings.

    x, y, width and height in units of the picture, in the shape of PANEL.
    """
    if view.name in _HEADS:
        tall = float(view.height)
        wide = tall * PANEL
        return (view.width - wide) / 2, 0.0, wide, tall
    xs, ys = zip(*(point for ring in shape.rings() for point in ring), strict=True)
    size = _AROUND * max(max(xs) - min(xs), (max(ys) - min(ys)) * PANEL)
    wide = min(max(size, view.width * 0.55), view.height * PANEL)
    tall = wide / PANEL
    x = (min(xs) + max(xs) - wide) / 2
    y = (min(ys) + max(ys) - tall) / 2
    return x, min(max(y, 0.0), view.height - tall), wide, tall


def drawn_zones(
    view: BodyView, shape: AreaShape, zones: Iterable[DangerZone]
) -> tuple[DrawnZone, ...]:
    """The strips of an area's danger zones, on the view of the face from the front.

    Only a distance from the midline can be drawn there: the figure's face is even on both sides,
    and the view has no perspective. Each strip is drawn once, on the sides that the area has.
    """
    if view.name != "face":
        return ()
    xs, ys = zip(*(point for ring in shape.rings() for point in ring), strict=True)
    middle, px_per_mm = view.width / 2, 0.1 / view.cm_per_px
    found: dict[tuple[str, float, float], DrawnZone] = {}
    for zone in zones:
        low, high = zone.midline_mm_min, zone.midline_mm_max
        if low is None or high is None:
            continue
        for side in zone.sides:
            if shape.side not in (side, "midline"):
                continue
            # The patient's left is on the right of the picture.
            turn = px_per_mm if side == "left" else -px_per_mm
            left, right = sorted((middle + turn * low, middle + turn * high))
            path = f"M{left:.1f} {min(ys):.1f}H{right:.1f}V{max(ys):.1f}H{left:.1f}Z"
            meets = left < max(xs) and right > min(xs)
            found[zone.label, left, right] = DrawnZone(
                catalogue_text("danger_zones", zone.code, "label", zone.label), path, meets
            )
    return tuple(found.values())
