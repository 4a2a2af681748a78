"""Pseudonyms for an export that leaves the clinic: ids hashed, dates shifted, no free text."""

import calendar
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.exporting.coarsening import Person
from mesodash.records.privacy.inventory import IDENTIFIES, TABLES

MAX_SHIFT_DAYS = 365
WITHHELD = "withheld"
"""Replaces the words of a report where the exchange files need some (effect `other`)."""

LEFT_OUT = (
    "protocol_versions", "plans", "screening_answers", "stock", "consents", "red_cards",
)  # fmt: skip
"""Files that are not in a pseudonymised export.

Stock, consents and red cards hold serial numbers, names of staff, signatures and free text.

Screenings are health facts nobody needs to compare treatments. Versions and plans name staff, hold
free text and true days: a session that follows a version adopted on a true day would give away how
far its patient's dates were moved at least, so sessions do not name their version either.
"""

_DROPPED: Mapping[str, tuple[str, ...]] = {
    # With the band of birth years, the sex and the skin type, each could make a patient rare.
    "patients": ("weight_kg", "died_on", "left_on"),
    "sessions": ("protocol_version", "price", "currency", "finalised_at"),
    # A lot expires on one true day: moved with each patient's dates, it would reveal the distance
    # between the shifts of all who share the lot, and the box in the cupboard the shift itself.
    # A serial number and an entry of the stock identify one box.
    "products_used": ("expires_on", "serial", "stock_id"),
}
"""Columns that are not in a pseudonymised export, by table, besides free text."""

Cell = str | int | float | None
_DAY, _MONTH = len("2024-01-31"), len("2024-01")


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Replaces what could identify a person, in the same way throughout one export.

    The key is made anew for each export and kept nowhere, so two exports cannot be joined and no
    id can be worked out again. What stays: sex, phototype, codes, amounts, products, the order
    and distance in time of one patient's facts. Combinations of them may still be rare: an export
    is pseudonymous, not anonymous.

    Attributes:
        key: at least 32 random bytes.
        patient_of: session_id -> patient_id, for rows that name only their session.
        shown: what may be disclosed about each patient, by patient_id; see `coarsening.coarsened`.
    """

    key: bytes
    patient_of: Mapping[str, str]
    shown: Mapping[str, Person] = field(default_factory=dict)

    def hashed(self, table: str, name: str) -> str:
        """The pseudonym of an id: HMAC-SHA-256 under the export's key, 80 bits of it."""
        return hmac.new(self.key, f"{table}\0{name}".encode(), "sha256").hexdigest()[:20]

    def shift(self, patient_id: str) -> timedelta:
        """How far back a patient's dates go: 1 to 365 days, the same for all their dates."""
        digest = hmac.new(self.key, f"shift\0{patient_id}".encode(), "sha256").digest()
        return timedelta(days=-1 - int.from_bytes(digest[:8], "big") % MAX_SHIFT_DAYS)

    def row(self, target: ExchangeFile, values: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """One row of an exchange file (in the clinic's units) without what names a person."""
        facts = dict(zip(target.names, values, strict=True))
        patient = facts.get("patient_id") or self.patient_of.get(str(facts.get("session_id")))
        shift = self.shift(str(patient)) if patient else timedelta(0)
        changed = dict(facts)
        for column in target.columns:
            value = facts[column.name]
            if value is None:
                continue
            if column.kind != "id" and TABLES[target.table].kind_of(column.field) == IDENTIFIES:
                changed[column.name] = None
            elif column.kind == "id":
                changed[column.name] = self.hashed(column.refers or target.table, str(value))
            elif column.kind in ("day", "partial"):
                changed[column.name] = shifted(str(value), shift, end=column.name == "resolved_at")
            elif column.kind == "text" and column.name != "product":
                changed[column.name] = None
        changed |= self._coarser(target.table, facts)
        if facts.get("lot") is not None:
            changed["lot"] = self.hashed("lot", str(facts["lot"]))
        if target.table == "practitioners":
            changed["name"] = changed["practitioner_id"]
        if facts.get("effect") == "other":
            changed["term"] = WITHHELD
        return tuple(changed.values())

    def _coarser(self, table: str, facts: Mapping[str, Cell]) -> dict[str, Cell]:
        changed: dict[str, Cell] = dict.fromkeys(_DROPPED.get(table, ()))
        if table == "patients":
            year, sex, phototype = self.shown[str(facts["patient_id"])]
            changed |= {"birth_year": year, "sex": sex, "phototype": phototype}
        return changed


def shifted(text: str, by: timedelta, *, end: bool = False) -> str:
    """A date moved by whole days, at the precision it has.

    A month or year moves by its first day, or with `end` by its last, so that an end known only to
    the month never falls before its onset.
    """
    if len(text) >= _DAY:
        return (date.fromisoformat(text[:_DAY]) + by).isoformat() + text[_DAY:]
    year, month = int(text[:4]), int(text[5:] or (12 if end else 1))
    day = calendar.monthrange(year, month)[1] if end else 1
    return (date(year, month, day) + by).isoformat()[: len(text)]
