"""The skin of an area in section: its measured layers, and the layer in which a needle's tip lies.

The figures are those of `data/catalogue/skin_layers.csv`; what was not measured is not drawn to any
thickness. Depth = sin(angle) x inserted length, as in `catalogue.depths`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from mesodash.catalogue.depths import MeantLayer, depth_reached, layer_meant, length_for
from mesodash.catalogue.types import Catalogue, Protocol, SkinLayer, Technique

BandLayer = Literal["epidermis", "dermis", "skin", "fat"]
_ORDER: tuple[BandLayer, ...] = ("epidermis", "dermis", "skin", "fat")
UNSET_ANGLE, UNSET_INSERTED = 90.0, 1.0
"""The sliders' positions if no source gives an angle or a depth: straight in, one millimetre."""
_SHARE: Mapping[str | None, float] = {"upper": 0.25, "middle": 0.5, "lower": 0.75, None: 0.5}
"""How much of a measured layer is above the tip at the start, by the part that a source names."""


@dataclass(frozen=True, slots=True)
class SkinBand:
    """One layer of the skin, as it lies below the surface.

    Attributes:
        layer: epidermis, dermis, skin (both, where they were not distinguished) or fat.
        top_mm: where it begins, mm below the surface.
        mm: how thick it was measured; None where nobody measured it: then it has no lower border.
        sd_mm: the standard deviation, mm; None where it was not given.
        row: the catalogue's row; None for a layer that follows and was not measured.
    """

    layer: BandLayer
    top_mm: float
    mm: float | None
    sd_mm: float | None
    row: SkinLayer | None

    @property
    def bottom_mm(self) -> float | None:
        """Where it ends, mm below the surface; None where that was not measured."""
        return None if self.mm is None else self.top_mm + self.mm


@dataclass(frozen=True, slots=True)
class SkinTip:
    """Where a needle's tip lies.

    Attributes:
        depth_mm: below the surface.
        layer: the layer it lies in; None where nothing was measured.
        border: within one standard deviation of a border, the layer beyond it; else None.
    """

    depth_mm: float
    layer: BandLayer | None
    border: BandLayer | None


@dataclass(frozen=True, slots=True)
class NeedleStart:
    """The initial position of a lesson's needle.

    Attributes:
        angle_deg: between needle and skin.
        inserted_mm: of the needle.
        angle_is_given, depth_is_given: whether a source gives it as a figure.
        longest_mm: the most that can be inserted.
        named: the layer that the source names, where it gives no depth in mm; else None.
        in_named: whether the tip starts in that layer, which takes that it was measured here.
    """

    angle_deg: float
    inserted_mm: float
    angle_is_given: bool
    depth_is_given: bool
    longest_mm: float
    named: MeantLayer | None
    in_named: bool


def skin_bands(catalogue: Catalogue, area: str, sex: str) -> tuple[SkinBand, ...]:
    """The layers of a drawn area from the surface down; empty where the skin was not measured.

    Figures of the sex go first, then those of both together. Below measured skin there is fat,
    with its thickness if that was measured.
    """
    rows = [row for row in catalogue.skin_layers.values() if row.area == area and row.mean_mm]
    found: dict[BandLayer, SkinLayer] = {}
    for wanted in (None, sex):
        found |= {row.layer: row for row in rows if row.sex == wanted}
    if "dermis" in found:
        found.pop("skin", None)
    elif "skin" not in found:
        return ()
    bands: list[SkinBand] = []
    top = 0.0
    for layer in _ORDER:
        row = found.get(layer)
        if row is not None and row.mean_mm is not None:
            bands.append(SkinBand(layer, top, row.mean_mm, row.sd_mm, row))
            top += row.mean_mm
    if "fat" not in found:
        bands.append(SkinBand("fat", top, None, None, None))
    return tuple(bands)


def tip_of(bands: tuple[SkinBand, ...], angle_deg: float, inserted_mm: float) -> SkinTip:
    """Where the tip lies for an angle (degrees) and an inserted length (mm)."""
    depth = depth_reached(angle_deg, inserted_mm)
    for at, band in enumerate(bands):
        bottom = band.bottom_mm
        if bottom is not None and depth > bottom:
            continue
        return SkinTip(depth, band.layer, _beyond(bands, at, depth))
    return SkinTip(depth, None, None)


def _beyond(bands: tuple[SkinBand, ...], at: int, depth: float) -> BandLayer | None:
    here = bands[at]
    bottom = here.bottom_mm
    if bottom is not None and here.sd_mm and at + 1 < len(bands) and bottom - depth <= here.sd_mm:
        return bands[at + 1].layer
    above = bands[at - 1] if at else None
    if above is not None and above.sd_mm and depth - here.top_mm < above.sd_mm:
        return above.layer
    return None


def needle_start(
    catalogue: Catalogue, protocol: Protocol, bands: tuple[SkinBand, ...]
) -> NeedleStart:
    """The initial position of a needle: the flattest angle and the least depth of the sources.

    Where no source gives a depth in mm, the tip starts in the layer that the source names, as
    measured in these bands: in its named part or its middle, or UNSET_INSERTED into fat whose end
    was not measured. If that layer was not measured, or none is named, it starts below all that was
    measured (muscle) or at UNSET_INSERTED; an angle that no source gives is UNSET_ANGLE.
    """
    techniques = [catalogue.techniques[code] for code in protocol.techniques]
    angle = min((t.angle_deg_min for t in techniques if t.angle_deg_min), default=None)
    given = protocol.depth_mm_min or protocol.depth_mm_max or _least_depth(techniques)
    deg = UNSET_ANGLE if angle is None else angle
    named = None if given is not None else layer_meant(catalogue, protocol)
    into = None if named is None else _into(bands, named, protocol.layer_part)
    depth = given or into or _below_all(bands, named)
    inserted = UNSET_INSERTED if depth is None else round(length_for(deg, depth), 1)
    lengths = [length for t in techniques for length in t.needle_lengths_mm]
    deepest = max([protocol.depth_mm_max or 0.0, *(t.depth_mm_max or 0.0 for t in techniques)])
    longest = max([4.0, *lengths, length_for(deg, deepest), 1.5 * inserted])
    return NeedleStart(
        angle_deg=deg,
        inserted_mm=inserted,
        angle_is_given=angle is not None,
        depth_is_given=given is not None,
        longest_mm=round(longest, 1),
        named=named,
        in_named=into is not None,
    )


def _least_depth(techniques: list[Technique]) -> float | None:
    return min((t.depth_mm_min for t in techniques if t.depth_mm_min), default=None)


def _into(bands: tuple[SkinBand, ...], named: MeantLayer, part: str | None) -> float | None:
    """A depth in mm in a layer that a source names; None where the layer was not measured."""
    fitting = ("dermis", "skin") if named == "dermis" else (named,)
    band = next((band for band in bands if band.layer in fitting), None)
    if band is None:
        return None
    return band.top_mm + (UNSET_INSERTED if band.mm is None else _SHARE[part] * band.mm)


def _below_all(bands: tuple[SkinBand, ...], named: MeantLayer | None) -> float | None:
    """For muscle a depth below the measured fat, mm; None where the fat's end was not measured."""
    bottom = bands[-1].bottom_mm if bands and named == "muscle" else None
    return None if bottom is None else bottom + UNSET_INSERTED


_COLOURS: dict[str, str] = {
    "epidermis": "#eecdb8",
    "dermis": "#e6b9a0",
    "skin": "#e6b9a0",
    "fat": "#f6e2a2",
}
_PX, _WIDE, _ABOVE = 60.0, 300.0, 60.0  # of a millimetre; of the picture; above the skin


def section_svg(bands: tuple[SkinBand, ...], start: NeedleStart) -> str:
    """The section as a small picture to print: layers to scale, the needle in its initial position.

    A millimetre is 60 units. The scale is its only text: words go beside it.
    """
    shown = max(2.2, 1.3 * depth_reached(start.angle_deg, start.inserted_mm))
    tall = _ABOVE + shown * _PX
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"})
    root.set("viewBox", f"0 0 {_WIDE:g} {tall:g}")
    for band in bands:
        top = min(band.top_mm, shown)
        bottom = shown if band.bottom_mm is None else min(band.bottom_mm, shown)
        box = ET.SubElement(root, "rect", x="0", y=f"{_ABOVE + top * _PX:g}", width=f"{_WIDE:g}")
        box.attrib |= {"height": f"{(bottom - top) * _PX:g}", "fill": _COLOURS[band.layer]}
    angle = math.radians(start.angle_deg)
    across, down = math.cos(angle), math.sin(angle)
    entry, inserted = _WIDE * (0.5 - 0.3 * across), start.inserted_mm * _PX
    back = (_ABOVE - 6) / max(down, 0.35)
    ends = (
        (entry - across * back, _ABOVE - down * back),
        (
            entry + across * inserted,
            _ABOVE + down * inserted,
        ),
    )
    line = "M{0[0]:.2f} {0[1]:.2f}L{1[0]:.2f} {1[1]:.2f}".format(*ends)
    ET.SubElement(root, "path", {"d": line, "stroke": "#46535a", "stroke-width": "4"})
    tip = {"cx": f"{ends[1][0]:.2f}", "cy": f"{ends[1][1]:.2f}", "r": "6", "fill": "#0f766e"}
    ET.SubElement(root, "circle", tip)
    bar = f"M{_WIDE - 12:g} {_ABOVE + 4:g}v{_PX:g}"
    ET.SubElement(root, "path", {"d": bar, "stroke": "#3f2a20", "stroke-width": "2"})
    return ET.tostring(root, encoding="unicode")
