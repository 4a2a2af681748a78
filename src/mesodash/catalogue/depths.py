"""Whether a depth stays in the intended layer: measured skin thickness, and a needle's reach.

Depth = sin(angle) x inserted length (Micheels, J Drugs Dermatol 2016;15:483).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mesodash.catalogue.rows.anatomy import SkinLayer
from mesodash.catalogue.rows.treatments import Protocol, Technique
from mesodash.catalogue.types import Catalogue

MeantLayer = Literal["epidermis", "dermis", "fat", "muscle"]
"""A layer that a source may intend."""


@dataclass(frozen=True, slots=True)
class MeasuredSkin:
    """Measured thickness of the skin above the fat in an area.

    Attributes:
        mm: epidermis and dermis together, mm.
        dermis_mm: the dermis alone; None where it was not measured separately.
        row: the row the figure comes from (dermis alone, or both layers together).
    """

    mm: float
    dermis_mm: float | None
    row: SkinLayer


@dataclass(frozen=True, slots=True)
class LeftLayer:
    """A protocol that reaches the fat although its source means the dermis.

    Attributes:
        protocol, area, sex: where.
        depth_mm: (least, most) of the protocol.
        skin: the skin measured there.
        wholly: whether even the smallest depth lies below the skin.
    """

    protocol: str
    area: str
    sex: str
    depth_mm: tuple[float, float]
    skin: MeasuredSkin
    wholly: bool


def measured_skin(catalogue: Catalogue, area: str, sex: str | None) -> MeasuredSkin | None:
    """Epidermis and dermis of a drawn area; None where they were not measured.

    Prefers figures of the patient's sex, then of both sexes together; if the sex is unknown, the
    thinner skin counts.
    """
    rows = [row for row in catalogue.skin_layers.values() if row.area == area and row.mean_mm]
    found = [skin for one in ("female", "male", None) if (skin := _skin(rows, one)) is not None]
    mine = [skin for skin in found if skin.row.sex in (sex, None)] or found
    return min(mine, key=lambda skin: (skin.row.sex is None, skin.mm), default=None)


def layer_meant(catalogue: Catalogue, protocol: Protocol) -> MeantLayer | None:
    """The layer that a protocol's source intends, else that of its techniques if they agree."""
    if protocol.layer is not None:
        return protocol.layer
    layers = {catalogue.techniques[code].layer for code in protocol.techniques}
    return layers.pop() if len(layers) == 1 else None


def leaves_layer(
    catalogue: Catalogue, protocol: Protocol, area: str, sex: str | None
) -> LeftLayer | None:
    """How a protocol's depth leaves the dermis at a drawn area; None where it stays or is unknown.

    It is known if the protocol gives a depth in mm, means the dermis, and the skin was measured
    there.
    """
    least, most = protocol.depth_mm_min, protocol.depth_mm_max
    skin = measured_skin(catalogue, area, sex)
    if most is None or skin is None or layer_meant(catalogue, protocol) != "dermis":
        return None
    if most <= skin.mm:
        return None
    least = most if least is None else least
    said = skin.row.sex or sex or ""
    return LeftLayer(protocol.code, area, said, (least, most), skin, wholly=least > skin.mm)


def all_that_leave(catalogue: Catalogue) -> Iterator[LeftLayer]:
    """Every protocol, area and sex for which the depth leaves its layer, in file order."""
    for protocol in catalogue.protocols.values():
        covered = catalogue.covered(protocol.areas)
        for area in (code for code in catalogue.areas if code in covered):
            for sex in ("female", "male"):
                left = leaves_layer(catalogue, protocol, area, sex)
                if left is not None:
                    yield left


def depth_reached(angle_deg: float, inserted_mm: float) -> float:
    """How deep a needle's tip lies, mm: sin(angle) x inserted length."""
    return math.sin(math.radians(angle_deg)) * inserted_mm


def length_for(angle_deg: float, depth_mm: float) -> float:
    """How much of a needle to insert at an angle to reach a depth, mm."""
    return depth_mm / math.sin(math.radians(angle_deg))


def reach(technique: Technique) -> tuple[tuple[float, float, float], ...]:
    """For each needle of a technique: its length, and the depth range when fully inserted.

    Empty where the technique names no length or no angle.
    """
    low, high = technique.angle_deg_min, technique.angle_deg_max
    if low is None or high is None:
        return ()
    return tuple(
        (length, depth_reached(low, length), depth_reached(high, length))
        for length in technique.needle_lengths_mm
    )


def _skin(rows: list[SkinLayer], sex: str | None) -> MeasuredSkin | None:
    by_layer = {row.layer: row for row in rows if row.sex == sex}
    if "epidermis" in by_layer and "dermis" in by_layer:
        dermis = by_layer["dermis"]
        thin = by_layer["epidermis"].mean_mm or 0.0
        return MeasuredSkin(thin + (dermis.mean_mm or 0.0), dermis.mean_mm, dermis)
    both = by_layer.get("skin") or by_layer.get("dermis")
    if both is None or both.mean_mm is None:
        return None
    return MeasuredSkin(both.mean_mm, both.mean_mm if both.layer == "dermis" else None, both)
