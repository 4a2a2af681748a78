"""What is said about the vessels and nerves of a place: where, how deep, and what reaches them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue, DangerZone, Protocol
from mesodash.language import N_, _, catalogue_text, format_trimmed

NOT_MAPPED: Final = N_("Danger zones are not mapped here.")
NOT_SAFE: Final = N_("Not mapped does not mean safe: know the vessels and nerves of this area.")


@dataclass(frozen=True, slots=True)
class MappedStructure:
    """One structure at a place: its name, and its measured places, the shallowest known first."""

    label: str
    zones: tuple[DangerZone, ...]

    @property
    def nearest(self) -> DangerZone | None:
        """The place that may lie nearest the skin; None where no depth was read."""
        known = [zone for zone in self.zones if zone.nearest_mm is not None]
        return min(known, key=_nearest, default=None)

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of all its places, each once."""
        return tuple(dict.fromkeys(key for zone in self.zones for key in zone.sources))


def _nearest(zone: DangerZone) -> float:
    return float("inf") if zone.nearest_mm is None else zone.nearest_mm


def structures_at(catalogue: Catalogue, site: AreaSide) -> tuple[MappedStructure, ...]:
    """What is mapped at an area and side, the structure that may lie nearest the skin first."""
    found: dict[str, list[DangerZone]] = {}
    for zone in catalogue.danger_zones_at(site.area, site.side):
        found.setdefault(zone.label, []).append(zone)
    every = [
        MappedStructure(
            catalogue_text("danger_zones", zones[0].code, "label", label),
            tuple(sorted(zones, key=_nearest)),
        )
        for label, zones in found.items()
    ]
    return tuple(sorted(every, key=lambda one: _nearest(one.zones[0])))


def mapped(
    catalogue: Catalogue, sites: Iterable[AreaSide]
) -> Mapping[str, tuple[MappedStructure, ...]]:
    """What is mapped by area, each area once; an empty tuple is not mapped."""
    found: dict[str, dict[str, MappedStructure]] = {}
    for site in sites:
        here = found.setdefault(site.area, {})
        here |= {one.label: one for one in structures_at(catalogue, site)}
    return {area: tuple(structures.values()) for area, structures in found.items()}


def place_words(zone: DangerZone) -> str:
    """Where it lies, with the published distances."""
    return catalogue_text("danger_zones", zone.code, "place", zone.place)


def method_words(zone: DangerZone) -> str:
    """How it was measured, and on whom; empty where no method was given."""
    return catalogue_text("danger_zones", zone.code, "method", zone.method or "")


def depth_words(zone: DangerZone) -> str:
    """How deep it was measured, with its spread or interval; empty where no depth was read."""
    low, high = zone.depth_low_mm, zone.depth_high_mm
    if zone.depth_mm is None:
        if low is not None and high is not None:
            text = _("{low} to {high} mm deep")
        elif low is not None:
            text = _("in some only {low} mm deep")
        elif high is not None:
            text = _("down to {high} mm deep")
        else:
            return ""
    elif zone.depth_sd_mm is not None:
        text = _("{mean} mm deep (SD {sd})")
    elif low is not None and high is not None:
        text = _("{mean} mm deep on average (95 % interval {low} to {high})")
    else:
        text = _("{mean} mm deep on average")
    said = text.format(
        mean=_mm(zone.depth_mm), sd=_mm(zone.depth_sd_mm), low=_mm(low), high=_mm(high)
    )
    return said if zone.n is None else _("{depth}, n {n}").format(depth=said, n=zone.n)


def _mm(value: float | None) -> str:
    return "" if value is None else format_trimmed(value)


def is_reached(zone: DangerZone, protocol: Protocol) -> bool:
    """Whether a protocol's depth can come as near as the structure may lie; False if unknown."""
    deepest, nearest = protocol.depth_mm_max, zone.nearest_mm
    return deepest is not None and nearest is not None and deepest >= nearest


def line(zone: DangerZone) -> str:
    """Place and depth in one line."""
    depth = depth_words(zone)
    place = place_words(zone)
    return _("{place}: {depth}").format(place=place, depth=depth) if depth else place
