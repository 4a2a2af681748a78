"""A protocol's depth in the chosen areas: where it leaves the skin, and which vessels it meets."""

from collections.abc import Sequence

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.depths import leaves_layer, length_for, measured_skin, reach
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.consult.danger_zones import NOT_MAPPED, NOT_SAFE, is_reached, line, mapped
from mesodash.language import _, catalogue_text, format_range, format_trimmed
from mesodash.ui.parts.caution_marks import marked


def depth_line(
    catalogue: Catalogue, protocol: Protocol, sites: Sequence[AreaSide], sex: str | None
) -> str | None:
    """Where the protocol's depth leaves the dermis, by the thinnest skin of the chosen areas."""
    drawn = dict.fromkeys(leaf for site in sites for leaf in catalogue.leaves(site.area))
    found = [left for area in drawn if (left := leaves_layer(catalogue, protocol, area, sex))]
    if not found:
        return None
    left = min(found, key=lambda one: one.skin.mm)
    said = {
        "depth": format_range(*left.depth_mm),
        "area": catalogue.areas[left.area].label,
        "mm": format_trimmed(left.skin.mm, 2),
        "dermis": format_trimmed(left.skin.dermis_mm or left.skin.mm, 2),
    }
    if left.skin.dermis_mm is None:
        return _("{depth} mm reaches fat here: skin measured {mm} mm ({area})").format(**said)
    return _(
        "{depth} mm reaches fat here: dermis measured {dermis} mm, with the epidermis {mm} mm"
        " ({area})"
    ).format(**said)


def needle_line(
    catalogue: Catalogue, protocol: Protocol, sites: Sequence[AreaSide], sex: str | None
) -> list[tuple[str, str]]:
    """How deep the technique's needles reach, and how far to insert them to stay in the skin.

    Depth = sin(angle) x inserted length (MICHEELS16 in sources.csv).
    """
    drawn = dict.fromkeys(leaf for site in sites for leaf in catalogue.leaves(site.area))
    skins = [skin for area in drawn if (skin := measured_skin(catalogue, area, sex))]
    thin = min((skin.mm for skin in skins), default=None)
    lines = []
    for code in protocol.techniques:
        technique = catalogue.techniques[code]
        low, high = technique.angle_deg_min, technique.angle_deg_max
        if low is None or high is None:
            continue
        said = [
            _("{length} mm wholly inserted at {angle}° lies {depth} mm deep").format(
                length=format_trimmed(length),
                angle=format_range(low, high),
                depth=format_range(round(least, 1), round(most, 1)),
            )
            for length, least, most in reach(technique)
        ]
        if thin is not None and technique.layer == "dermis":
            said.append(
                _("to stay in {mm} mm of skin insert at most {length} mm").format(
                    mm=format_trimmed(thin, 2),
                    length=format_range(
                        round(length_for(high, thin), 1), round(length_for(low, thin), 1)
                    ),
                )
            )
        if said:
            lines.append(
                (_("Needle, {technique}").format(technique=technique.label), "; ".join(said))
            )
    return lines


def danger_lines(
    catalogue: Catalogue, protocol: Protocol, sites: Sequence[AreaSide]
) -> list[tuple[str, str]]:
    """Each structure with its measured places; an area without one says that it is not mapped.

    A place that the protocol's depth can reach says so; one that only web pages give is marked.
    """
    rows: list[tuple[str, str]] = []
    for area, found in mapped(catalogue, sites).items():
        name = catalogue_text("areas", area, "label", catalogue.areas[area].label)
        if not found:
            rows.append((name, f"{_(NOT_MAPPED)} {_(NOT_SAFE)}"))
        for one in found:
            said = [marked(catalogue, "danger_zones", zone.code, line(zone)) for zone in one.zones]
            nearest = one.nearest
            if nearest is not None and is_reached(nearest, protocol):
                said.insert(0, _("May lie within reach of this depth"))
            rows.append((one.label, "; ".join(said)))
    return list(dict.fromkeys(rows))
