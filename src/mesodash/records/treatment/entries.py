"""The entry of one session: its areas, products and immediate reactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import radians, sin
from typing import Literal

LotFrom = Literal["code", "list", "typed"]


@dataclass(frozen=True, slots=True)
class AreaEntry:
    """One treated area of a session on one side.

    Attributes:
        area, side: codes; the side is the patient's.
        technique: a code of the catalogue, or None.
        depth_mm: depth of the needle's tip, mm.
        points: number of injections.
        volume_ml: volume injected in this area and side, mL.
        needle: the needle as its package says, such as "30G 4 mm"; at most 60 characters.
        angle_deg: between needle and skin, 0 to 90 degrees.
        inserted_mm: length of the needle that went in, mm.
    """

    area: str
    side: str
    technique: str | None = None
    depth_mm: float | None = None
    points: int | None = None
    volume_ml: float | None = None
    needle: str | None = None
    angle_deg: int | None = None
    inserted_mm: float | None = None

    @property
    def tip_mm(self) -> float | None:
        """Depth of the needle's tip, mm: inserted length times the sine of the angle."""
        if self.angle_deg is None or self.inserted_mm is None:
            return None
        return round(self.inserted_mm * sin(radians(self.angle_deg)), 2)

    @property
    def volume_a_side_ml(self) -> float | None:
        """The volume of one side, mL: half of what is recorded for both sides together."""
        if self.volume_ml is None:
            return None
        return self.volume_ml / 2 if self.side == "both" else self.volume_ml


@dataclass(frozen=True, slots=True)
class ProductEntry:
    """One product used in a session.

    Attributes:
        product: its name as the clinic calls it.
        lot: the batch on the package, or None if it was not read.
        expires_on: YYYY-MM-DD or YYYY-MM.
        volume_ml: volume drawn, mL.
        area: where it went, a code, or None for all areas of the session.
        gtin: the number in its barcode, 8, 12, 13 or 14 digits.
        serial: of the package.
        maker: as printed.
        stock_id: the delivery of the stock it was drawn from.
        lot_from: how the lot came into the record: "code" (read from the package), "list" (chosen
            among those in stock or used before) or "typed"; None where it was not noted.
    """

    product: str
    lot: str | None = None
    expires_on: str | None = None
    volume_ml: float | None = None
    area: str | None = None
    gtin: str | None = None
    serial: str | None = None
    maker: str | None = None
    stock_id: str | None = None
    lot_from: LotFrom | None = None


@dataclass(frozen=True, slots=True)
class ReactionEntry:
    """A side effect that was seen before the patient left.

    Attributes:
        effect: a code of the catalogue.
        severity: 1 (mild) to 5, or None.
    """

    effect: str
    severity: int | None = None


@dataclass(frozen=True, slots=True)
class PointEntry:
    """One injection, where it was placed on the figure.

    Attributes:
        area, side: codes of a treated area of the session.
        triangle: of the base mesh, counted from 0 (docs/atlas.md).
        u, v: barycentric weights of its second and third corner; that of the first is 1 - u - v.
        depth_mm: depth of the tip, mm, where it is that of this point.
        volume_ml: mL injected at this point.
        product: where not all points had the same.
    """

    area: str
    side: str
    triangle: int
    u: float
    v: float
    depth_mm: float | None = None
    volume_ml: float | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A held session as it is recorded.

    Attributes:
        patient_id: whose.
        held_at: YYYY-MM-DD or YYYY-MM-DDTHH:MM, local to the clinic.
        areas: what was treated; at least one.
        protocol: a code, or None.
        protocol_version: the number of the clinic's own version that was followed, or None.
        course_id: the course it belongs to, or None.
        practitioner_id: who treated, or None.
        session_id: the planned session that becomes held, or None for a new one.
        products, reactions: what was used, and what was seen right after.
        note: free text.
        price: what was charged, at most three decimals, or None where it is not recorded.
        currency: of the price, three letters of ISO 4217.
        placed: the injections that were placed on the figure; each area's in their order.
        started_at, ended_at: when it began and ended, dates or date-times local to the clinic;
            None where it is not noted (`held_at` then stands for the beginning).
        departure: why it was not as the clinic's adopted version, a code of departures.csv; None
            where nobody said so.
        departure_text: that reason in words, at most 500 characters.
    """

    patient_id: str
    held_at: str
    areas: tuple[AreaEntry, ...]
    protocol: str | None = None
    protocol_version: int | None = None
    course_id: str | None = None
    practitioner_id: str | None = None
    session_id: str | None = None
    products: tuple[ProductEntry, ...] = ()
    reactions: tuple[ReactionEntry, ...] = ()
    note: str | None = None
    price: float | None = None
    currency: str | None = None
    placed: tuple[PointEntry, ...] = ()
    started_at: str | None = None
    ended_at: str | None = None
    departure: str | None = None
    departure_text: str | None = None

    @property
    def ends_before_it_begins(self) -> bool:
        """Whether its end lies before its beginning, as far as both are known."""
        began, ended = self.started_at or self.held_at, self.ended_at
        if ended is None:
            return False
        known = min(len(began), len(ended))
        return ended[:known] < began[:known]


def areas_volume_ml(areas: Sequence[AreaEntry]) -> float:
    """The volume of all areas together, mL; areas without a volume count as 0."""
    return round(sum(area.volume_ml or 0.0 for area in areas), 3)
