"""The content of a session's form: read from the record, kept as a draft, made into an entry.

The content is plain data (text, numbers, lists), so that a draft is its JSON. What must be asked or
read anew each time is never carried over from an earlier session: lots and their dates, reactions,
the answers to what is asked before treating, and the note.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any, Self

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.placed_points import Placed
from mesodash.records.treatment.entries import (
    AreaEntry,
    PointEntry,
    ProductEntry,
    ReactionEntry,
    SessionEntry,
)
from mesodash.records.treatment.sessions import RecordedSession

ASKED = ("pregnancy", "medicines", "allergies", "infection")
"""What is asked again before each session."""


@dataclass(frozen=True, slots=True)
class Dose:
    """How one area was treated; units as in `AreaEntry`."""

    technique: str | None = None
    depth_mm: float | None = None
    points: int | None = None
    volume_ml: float | None = None
    needle: str | None = None
    angle_deg: int | None = None
    inserted_mm: float | None = None


DOSE_FIELDS = tuple(one.name for one in fields(Dose))


@dataclass(frozen=True, slots=True)
class FormContent:
    """All fields of the form.

    Attributes:
        held_on: YYYY-MM-DD.
        held_time: HH:MM, or None where only the day is known.
        protocol, practitioner_id: codes, or None.
        areas: what was treated, in the order of choice.
        doses: how, area by area.
        products: what was used.
        reactions: codes of effects seen right after.
        asked: which of ASKED were asked today with nothing new.
        note: free text.
        placed: where points were placed, area by area.
        price, currency: what was charged; the currency counts only with a price.
        began, ended: HH:MM on that day, or None where it is not noted.
        kept: the beginning and the end as they are recorded, where they are no time of that day;
            they stay until a time is typed.
        departure, departure_text: why it is not as the adopted version, a code and words, or None.
    """

    held_on: str
    held_time: str | None = None
    protocol: str | None = None
    practitioner_id: str | None = None
    areas: tuple[AreaSide, ...] = ()
    doses: Mapping[AreaSide, Dose] = field(default_factory=dict)
    products: tuple[ProductEntry, ...] = ()
    reactions: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    note: str = ""
    placed: Mapping[AreaSide, tuple[Placed, ...]] = field(default_factory=dict)
    price: float | None = None
    currency: str = ""
    began: str | None = None
    ended: str | None = None
    kept: tuple[str | None, str | None] = (None, None)
    departure: str | None = None
    departure_text: str = ""

    def as_data(self) -> dict[str, Any]:
        """The content as a draft keeps it."""
        return {
            "held_on": self.held_on,
            "held_time": self.held_time,
            "protocol": self.protocol,
            "practitioner_id": self.practitioner_id,
            "areas": [
                {"area": site.area, "side": site.side}
                | asdict(self.doses.get(site, Dose()))
                | {"placed": [[one.view, one.u, one.v] for one in self.placed.get(site, ())]}
                for site in self.areas
            ],
            "products": [asdict(used) for used in self.products],
            "reactions": list(self.reactions),
            "asked": list(self.asked),
            "note": self.note,
            "price": self.price,
            "currency": self.currency,
            "began": self.began,
            "ended": self.ended,
            "kept": list(self.kept),
            "departure": self.departure,
            "departure_text": self.departure_text,
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Self:
        """The content of a draft."""
        rows = data["areas"]
        doses = {
            AreaSide(row["area"], row["side"]): Dose(
                **{one.name: row[one.name] for one in fields(Dose) if one.name in row}
            )
            for row in rows
        }
        return cls(
            held_on=data["held_on"],
            held_time=data["held_time"],
            protocol=data["protocol"],
            practitioner_id=data["practitioner_id"],
            areas=tuple(doses),
            doses=doses,
            products=tuple(ProductEntry(**used) for used in data["products"]),
            reactions=tuple(data["reactions"]),
            asked=tuple(data["asked"]),
            note=data["note"],
            placed={
                AreaSide(row["area"], row["side"]): tuple(Placed(*one) for one in row["placed"])
                for row in rows
                if row.get("placed")
            },
            price=data.get("price"),
            currency=data.get("currency", ""),
            began=data.get("began"),
            ended=data.get("ended"),
            kept=tuple(data.get("kept", (None, None))),
            departure=data.get("departure"),
            departure_text=data.get("departure_text", ""),
        )

    def entry(
        self,
        patient_id: str,
        *,
        session_id: str | None,
        course_id: str | None,
        protocol_version: int | None,
        severities: Mapping[str, int | None] | None = None,
        points: Sequence[PointEntry] = (),
    ) -> SessionEntry:
        """What is to be recorded.

        Args:
            patient_id: whose.
            session_id: the planned or held session, or None.
            course_id: the course it belongs to, or None.
            protocol_version: the clinic's version that was followed, or None.
            severities: those known of reactions seen before.
            points: those of `placed`, on the mesh.
        """
        known = severities or {}
        return SessionEntry(
            patient_id=patient_id,
            held_at=self.held_on + (f"T{self.held_time}" if self.held_time else ""),
            areas=tuple(
                AreaEntry(site.area, site.side, **asdict(self.doses.get(site, Dose())))
                for site in self.areas
            ),
            protocol=self.protocol,
            protocol_version=protocol_version,
            course_id=course_id,
            practitioner_id=self.practitioner_id,
            session_id=session_id,
            products=self.products,
            reactions=tuple(ReactionEntry(effect, known.get(effect)) for effect in self.reactions),
            note=self.note.strip() or None,
            placed=tuple(sorted(points, key=lambda one: (one.area, one.side))),
            price=self.price,
            currency=None if self.price is None else self.currency.strip().upper() or None,
            started_at=f"{self.held_on}T{self.began}" if self.began else self.kept[0],
            ended_at=f"{self.held_on}T{self.ended}" if self.ended else self.kept[1],
            departure=self.departure,
            departure_text=" ".join(self.departure_text.split()) or None
            if self.departure
            else None,
        )


def planned_content(planned: RecordedSession, today: date, now: str) -> FormContent:
    """The form of a planned session: its areas and doses as planned, held now.

    Args:
        planned: the session.
        today: the clinic's calendar day.
        now: HH:MM.
    """
    entry = planned.entry
    return FormContent(
        held_on=today.isoformat(),
        held_time=now,
        protocol=entry.protocol,
        practitioner_id=entry.practitioner_id,
        areas=tuple(AreaSide(area.area, area.side) for area in entry.areas),
        doses=_doses(entry.areas),
    )


def held_content(held: RecordedSession) -> FormContent:
    """The form of a held session that is to be corrected, as recorded."""
    entry = held.entry
    began, ended = (_of_day(at, entry.held_at) for at in (entry.started_at, entry.ended_at))
    return FormContent(
        held_on=entry.held_at[:10],
        held_time=entry.held_at[11:16] or None,
        protocol=entry.protocol,
        practitioner_id=entry.practitioner_id,
        areas=tuple(AreaSide(area.area, area.side) for area in entry.areas),
        doses=_doses(entry.areas),
        products=entry.products,
        reactions=tuple(one.effect for one in entry.reactions),
        note=entry.note or "",
        price=entry.price,
        currency=entry.currency or "",
        began=began,
        ended=ended,
        kept=(None if began else entry.started_at, None if ended else entry.ended_at),
        departure=entry.departure,
        departure_text=entry.departure_text or "",
    )


def _of_day(at: str | None, held_at: str) -> str | None:
    """The time of day, HH:MM, of a moment on the day of a session; None on another day."""
    if at is None or at[:10] != held_at[:10] or len(at) != len("2026-11-22T10:30"):
        return None
    return at[11:]


def as_last_time(
    content: FormContent, last: RecordedSession, placed: Mapping[AreaSide, tuple[Placed, ...]]
) -> FormContent:
    """The form filled in from the last session: areas, doses, points, price, products without lots.

    The day, the practitioner and what was typed already stay; lots, expiry, reactions, answers and
    the note are never taken over.

    Args:
        content: the form so far.
        last: the session.
        placed: its points on the figure.
    """
    entry = last.entry
    return replace(
        content,
        protocol=content.protocol or entry.protocol,
        practitioner_id=content.practitioner_id or entry.practitioner_id,
        areas=tuple(AreaSide(area.area, area.side) for area in entry.areas),
        doses=_doses(entry.areas),
        placed=placed,
        products=tuple(
            ProductEntry(product, volume_ml=volume)
            for product, volume in _volumes(entry.products).items()
        ),
        price=entry.price if content.price is None else content.price,
        currency=content.currency or entry.currency or "",
    )


def differences(
    content: FormContent,
    last: RecordedSession,
    placed: Mapping[AreaSide, tuple[Placed, ...]],
) -> tuple[tuple[AreaSide, str], ...]:
    """Where a form differs from the last session: (area, field name).

    Besides the fields of a dose: "area" is treated now only, "left_out" was treated then only, and
    "placed" has its points elsewhere on the figure.

    Args:
        content: the form.
        last: the session it is compared with.
        placed: the points of that session on the figure.
    """
    before = _doses(last.entry.areas)
    found = []
    for site in content.areas:
        now, then = content.doses.get(site, Dose()), before.get(site)
        if then is None:
            found.append((site, "area"))
            continue
        found += [(site, name) for name in DOSE_FIELDS if getattr(now, name) != getattr(then, name)]
        if content.placed.get(site, ()) != placed.get(site, ()):
            found.append((site, "placed"))
    found += [(site, "left_out") for site in before if site not in content.areas]
    return tuple(found)


def product_differences(content: FormContent, last: RecordedSession) -> tuple[tuple[str, str], ...]:
    """Where a mixture differs from the last session's: (product, "added", "left_out" or "volume").

    Lots are never compared: each time has its own.
    """
    now, then = _volumes(content.products), _volumes(last.entry.products)
    found = [(product, "added") for product in now if product not in then]
    found += [(product, "left_out") for product in then if product not in now]
    found += [
        (product, "volume") for product in now if product in then and now[product] != then[product]
    ]
    return tuple(found)


def _doses(areas: Sequence[AreaEntry]) -> dict[AreaSide, Dose]:
    return {
        AreaSide(area.area, area.side): Dose(**{name: getattr(area, name) for name in DOSE_FIELDS})
        for area in areas
    }


def _volumes(products: Sequence[ProductEntry]) -> dict[str, float | None]:
    """The volume of each product over its lots, mL."""
    volumes: dict[str, float | None] = {}
    for used in products:
        before = volumes.get(used.product)
        if used.volume_ml is None:
            volumes.setdefault(used.product, None)
        else:
            volumes[used.product] = round((before or 0.0) + used.volume_ml, 3)
    return volumes
