"""How much of a protocol the chosen areas take: points and volume, computed from the atlas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mesodash.bodymap.atlas import Atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layouts import points_for_surface
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.ui import phrases

#: More than so many points on a figure are a grey blur, not a layout.
MOST_DRAWN = 400


@dataclass(frozen=True, slots=True)
class Spaced:
    """The figures that place a protocol's points; None is not published and not adopted.

    Attributes:
        spacing_cm: (nearest, farthest) from point to point, cm.
        points: on each area and side.
        volume_per_point_ml: mL a point.
        most_ml: the largest total reported or adopted, mL.
        most_per: what that counts: a session, or one area on one side.
        points_per: what the points count, likewise.
    """

    spacing_cm: tuple[float, float] | None
    points: int | None
    volume_per_point_ml: float | None
    most_ml: float | None
    most_per: str | None
    points_per: str | None = "side"


@dataclass(frozen=True, slots=True)
class Here:
    """What the chosen areas take of a protocol.

    Attributes:
        sites: those of the chosen areas that the protocol is reported for.
        points: fewest and most, or None where nothing tells.
        volume_ml: least and most in all, or None.
        words: both in a line, with how they were found.
        over: a sentence where the volume goes beyond the largest that was reported, else None.
    """

    sites: tuple[AreaSide, ...]
    points: tuple[int, int] | None
    volume_ml: tuple[float, float] | None
    words: str
    over: str | None


def spaced(protocol: Protocol) -> Spaced:
    """The published figures of a protocol."""
    near, far = protocol.spacing_cm_min, protocol.spacing_cm_max
    ends = [cm for cm in (near, far) if cm is not None]
    return Spaced(
        spacing_cm=(min(ends), max(ends)) if ends else None,
        points=protocol.points,
        volume_per_point_ml=protocol.volume_per_point_ml,
        most_ml=protocol.max_volume_ml,
        most_per=protocol.max_volume_per,
        points_per=protocol.max_volume_per or "side",
    )


def covered(
    catalogue: Catalogue, protocol: Protocol, chosen: Iterable[AreaSide]
) -> tuple[AreaSide, ...]:
    """The chosen areas that a protocol is reported for."""
    areas = catalogue.covered(protocol.areas)
    return tuple(site for site in chosen if areas & set(catalogue.leaves(site.area)))


def here(
    catalogue: Catalogue,
    protocol: Protocol,
    figures: Spaced,
    chosen: Sequence[AreaSide],
    atlas: Atlas,
    *,
    figure: str = "female",
) -> Here:
    """Points and volume on the chosen areas.

    From a spacing: the skin of the areas on the figure (cm²) over a point's cell of a hexagonal
    grid, the border not counted off, so an upper estimate. From a published number of points: so
    many on each area. The volume is the points times the volume a point.

    Args:
        catalogue: tells which areas the protocol covers.
        protocol: the protocol.
        figures: its figures, published or the clinic's own.
        chosen: the chosen areas.
        atlas: the skin of each area.
        figure: female or male.
    """
    sites = covered(catalogue, protocol, chosen)
    surfaces = [surface(atlas, site, figure) for site in sites]
    points: tuple[int, int] | None = None
    how = ""
    if figures.spacing_cm and sites and None not in surfaces:
        cm2 = sum(filter(None, surfaces))
        near, far = figures.spacing_cm
        points = points_for_surface(cm2, far), points_for_surface(cm2, near)
        how = (
            f"{phrases.between(near, far)} cm apart, on {cm2:.0f} cm² of skin of the"
            f" {figure} figure"
        )
    elif figures.points and sites:
        each = figures.points * (len(sites) if figures.points_per == "side" else 1)
        points = each, each
        if figures.points_per == "side":
            how = f"{phrases.count(figures.points, 'point')} on each of"
            how += f" {phrases.count(len(sites), 'area')}"
        else:
            how = "as reported for a session"
    volume = _volume(points, figures.volume_per_point_ml)
    return Here(sites, points, volume, _words(points, volume, how), _over(figures, volume, sites))


def _volume(points: tuple[int, int] | None, each: float | None) -> tuple[float, float] | None:
    if points is None or each is None:
        return None
    return points[0] * each, points[1] * each


def _words(points: tuple[int, int] | None, volume: tuple[float, float] | None, how: str) -> str:
    if points is None:
        return "spacing and points not published, so no number of points"
    about = "about " if "figure" in how else ""
    text = f"{about}{phrases.between(*points)} points"
    if volume is None:
        text += "; volume a point not published"
    else:
        low, high = (round(ml, 1 if ml >= 1 else 2) for ml in volume)
        text += f", {about}{phrases.between(low, high)} mL in all"
    return f"{text} ({how})"


def _over(
    figures: Spaced, volume: tuple[float, float] | None, sites: Sequence[AreaSide]
) -> str | None:
    if volume is None or figures.most_ml is None:
        return None
    most = figures.most_ml * (len(sites) if figures.most_per == "side" else 1)
    if volume[0] <= most + 1e-9:
        return None
    return (
        f"Even the wider spacing makes more than the {phrases.plain(most)} mL reported at most:"
        " treat a part of the area."
    )


def surface(atlas: Atlas, site: AreaSide, figure: str = "female") -> float | None:
    """The skin of an area on one side of a figure, in cm²; None if it is not drawn."""
    for view in atlas.views:
        if view.figure == figure and (shape := view.shape(site.area, site.side)) is not None:
            return shape.cm2
    return None
