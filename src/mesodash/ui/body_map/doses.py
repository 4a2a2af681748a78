"""Points and volume of a protocol on the chosen areas, as its sources define them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mesodash.bodymap.atlas import Atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.layers import packed_count
from mesodash.bodymap.layouts.grids import points_for_surface
from mesodash.catalogue.types import Catalogue, Protocol, ProtocolSite
from mesodash.language import _, format_range, format_trimmed, ngettext
from mesodash.records.courses.protocol_versions import ProtocolVersion

#: More points than this on a figure are a grey blur, not a layout.
MOST_DRAWN = 400


@dataclass(frozen=True, slots=True)
class Spaced:
    """The figures that place a protocol's points; None is not published and not adopted.

    Attributes:
        spacing_cm: (nearest, farthest) from point to point, cm.
        points: as counted by `points_per`; the most of a session where there is a spacing too.
        volume_per_point_ml: mL a point.
        most_ml: the largest total reported or adopted, mL.
        most_per: what that counts: a session, or one area on one side.
        points_per: what the points count, likewise.
        sites: how many points the source has in which area; empty where it does not count so.
        counted: whether the spacing is the source's or the clinic's own, so that points follow
            from it; a technique's usual spacing gives no number.
    """

    spacing_cm: tuple[float, float] | None
    points: int | None
    volume_per_point_ml: float | None
    most_ml: float | None
    most_per: str | None
    points_per: str | None = "side"
    sites: tuple[ProtocolSite, ...] = ()
    counted: bool = True

    def points_at(self, site: AreaSide, chosen: Sequence[AreaSide]) -> int | None:
        """How many points an area and side has; None if unknown, or not known for one side.

        Points that a source counts for both sides of an area together are shared only where both
        are chosen and the number is even.
        """
        if not self.sites:
            return self.points if self.spacing_cm is None and self._per_site(chosen) else None
        found = next((one for one in self.sites if one.area == site.area), None)
        if found is None or found.per == "side" or site.side in ("midline", "both"):
            return found.points if found else None
        sides = {one.side for one in chosen if one.area == site.area}
        whole = {"left", "right"} <= sides and found.points % 2 == 0
        return found.points // 2 if whole else None

    def _per_site(self, chosen: Sequence[AreaSide]) -> bool:
        return self.points_per == "side" or len(chosen) == 1


@dataclass(frozen=True, slots=True)
class ChosenDose:
    """Points and volume of a protocol on the chosen areas.

    Attributes:
        sites: those of the chosen areas that the protocol is reported for.
        points: fewest and most, or None if unknown.
        volume_ml: least and most in all, or None.
        words: both in a line, with how they were computed.
        brief: both without how.
        over: a sentence if the volume exceeds the largest that was reported, else None.
    """

    sites: tuple[AreaSide, ...]
    points: tuple[int, int] | None
    volume_ml: tuple[float, float] | None
    words: str
    brief: str
    over: str | None


def spaced(protocol: Protocol, version: ProtocolVersion | None = None) -> Spaced:
    """The figures of a protocol: as the clinic adopted them, else as published."""
    ends = [cm for cm in (protocol.spacing_cm_min, protocol.spacing_cm_max) if cm is not None]
    published = Spaced(
        spacing_cm=(min(ends), max(ends)) if ends else None,
        points=protocol.points,
        volume_per_point_ml=protocol.volume_per_point_ml,
        most_ml=protocol.max_volume_ml,
        most_per=protocol.max_volume_per,
        points_per=protocol.points_per or protocol.max_volume_per or "session",
        sites=protocol.sites,
        counted=protocol.spacing_is_own,
    )
    if version is None:
        return published
    own = version.parameters
    if own.spacing_cm is not None:
        published = replace(
            published, spacing_cm=(own.spacing_cm, own.spacing_cm), sites=(), counted=True
        )
    if own.points is not None:
        published = replace(published, points=own.points, sites=())
    if own.volume_per_point_ml is not None:
        published = replace(published, volume_per_point_ml=own.volume_per_point_ml)
    if own.max_volume_ml is not None:
        published = replace(published, most_ml=own.max_volume_ml)
    return published


def covered(
    catalogue: Catalogue, protocol: Protocol, chosen: Iterable[AreaSide]
) -> tuple[AreaSide, ...]:
    """The chosen areas that a protocol is reported for."""
    areas = catalogue.covered(protocol.areas)
    return tuple(site for site in chosen if areas & set(catalogue.leaves(site.area)))


def chosen_dose(
    catalogue: Catalogue,
    protocol: Protocol,
    figures: Spaced,
    chosen: Sequence[AreaSide],
    atlas: Atlas,
    *,
    figure: str = "female",
) -> ChosenDose:
    """Points and volume on the chosen areas.

    Sites that the source counts have its numbers and never more. A spacing of the source gives the
    points of a square grid on the figure's skin, as drawn, at most the points of a session: the
    label of deoxycholic acid means 0.2 mL of 10 mg/mL every 1 cm by its 2 mg/cm², a square grid. A
    number of points without either is that of a session, or of each side where it is reported so.
    Where no source gives spacing or count there is no number.

    Args:
        catalogue: tells which areas the protocol covers.
        protocol: the protocol.
        figures: its figures, published or the clinic's own.
        chosen: the chosen areas.
        atlas: the skin of each area.
        figure: female or male.
    """
    sites = covered(catalogue, protocol, chosen)
    if figures.sites:
        points, how = _at_sites(figures, sites)
    elif figures.spacing_cm and figures.counted:
        points, how = _on_skin(figures, figures.spacing_cm, sites, atlas, figure)
    elif figures.points and sites:
        points, how = _counted(figures, figures.points, sites)
    else:
        points, how = None, ""
    volume = _volume(points, figures.volume_per_point_ml)
    brief = _words(points, volume) if points else _none(figures)
    text = f"{brief} ({how})" if points else brief
    return ChosenDose(sites, points, volume, text, brief, _over(figures, volume, sites))


_Counted = tuple[tuple[int, int] | None, str]


def _at_sites(figures: Spaced, sites: Sequence[AreaSide]) -> _Counted:
    total = 0
    said = []
    for one in figures.sites:
        mine = [site for site in sites if site.area == one.area]
        if not mine:
            continue
        sides = sum(2 if site.side == "both" else 1 for site in mine) if one.per == "side" else 1
        total += one.points * sides
        text = _("{n} {where}").format(n=one.points, where=one.where)
        if one.per == "side":
            text += " " + ngettext("on {n} side", "on each of {n} sides", sides).format(n=sides)
        elif any(site.side in ("left", "right") for site in mine):
            text += " " + _("(both sides together)")
        said.append(text)
    if not said:
        return None, ""
    how = "; ".join(said)
    if figures.points_per == "session" and figures.points:
        how += "; " + _("{n} in all its sites").format(n=figures.points)
    return (total, total), how


def _on_skin(
    figures: Spaced,
    spacing: tuple[float, float],
    sites: Sequence[AreaSide],
    atlas: Atlas,
    figure: str,
) -> _Counted:
    surfaces = [surface(atlas, site, figure) for site in sites]
    if not sites or None in surfaces:
        return None, ""
    cm2 = sum(filter(None, surfaces))
    near, far = spacing
    fewest, most = (
        sum(
            _in_grid(figure, site, skin or 0.0, cm)
            for site, skin in zip(sites, surfaces, strict=True)
        )
        for cm in (far, near)
    )
    apart = format_range(near, far)
    how = _("{cm} cm square grid on the figure's {cm2} cm²").format(cm=apart, cm2=f"{cm2:.0f}")
    if figures.points and figures.points_per == "session" and most > figures.points:
        if fewest > figures.points:
            how += "; " + _("it would hold {n}, at most {most} are injected").format(
                n=format_range(fewest, most), most=figures.points
            )
        fewest, most = min(fewest, figures.points), figures.points
    return (fewest, most), how


def _in_grid(figure: str, site: AreaSide, cm2: float, spacing_cm: float) -> int:
    """As many points as are drawn; about so many where there are too many to draw."""
    if cm2 <= MOST_DRAWN * spacing_cm**2:
        drawn = packed_count(figure, site, spacing_cm)
        if drawn is not None:
            return drawn
    return points_for_surface(cm2, spacing_cm, pattern="square")


def _counted(figures: Spaced, points: int, sites: Sequence[AreaSide]) -> _Counted:
    if figures.points_per != "side":
        return (points, points), _("in all, as reported for a session")
    sides = sum(2 if site.side == "both" else 1 for site in sites)
    each = ngettext("{points} on {n} side", "{points} on each of {n} sides", sides)
    return (points * sides, points * sides), each.format(points=points, n=sides)


def _volume(points: tuple[int, int] | None, each: float | None) -> tuple[float, float] | None:
    if points is None or each is None:
        return None
    return points[0] * each, points[1] * each


def _words(points: tuple[int, int], volume: tuple[float, float] | None) -> str:
    number = ngettext("{n} point", "{n} points", points[1]).format(n=format_range(*points))
    if volume is None:
        return number
    low, high = (round(ml, 1 if ml >= 1 else 2) for ml in volume)
    ml = _("{ml} mL in all").format(ml=format_range(low, high))
    return f"{number}, {ml}"


def _none(figures: Spaced) -> str:
    if figures.sites:
        return _("No number of points published in this area")
    return _("No number of points published")


def _over(
    figures: Spaced, volume: tuple[float, float] | None, sites: Sequence[AreaSide]
) -> str | None:
    if volume is None or figures.most_ml is None:
        return None
    most = figures.most_ml * (len(sites) if figures.most_per == "side" else 1)
    if volume[0] <= most + 1e-9:
        return None
    return _("This is more than the {ml} mL reported at most: treat a part of the area.").format(
        ml=format_trimmed(most)
    )


def surface(atlas: Atlas, site: AreaSide, figure: str = "female") -> float | None:
    """The skin of an area on one side of a figure, in cm²; None if it is not drawn."""
    for view in atlas.views:
        if view.figure == figure and (shape := view.shape(site.area, site.side)) is not None:
            return shape.cm2
    return None
