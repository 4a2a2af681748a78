"""Codes as people read them: the words of the catalogue for what reports count by."""

from typing import Any

from mesodash.catalogue.types import Catalogue
from mesodash.ui import phrases

NOT_RECORDED = "not recorded"

KEY_WORDS = {
    "month": "Month",
    "week": "Week",
    "day": "Day",
    "side": "Side",
    "product": "Product",
    "lot": "Lot",
    "clinic": "Clinic",
    "region": "Area group",
    "area": "Area",
    "protocol": "Protocol",
    "indication": "Indication",
    "practitioner": "Practitioner",
    "effect": "Side effect",
    "scale": "Scale",
    "reason": "Reason",
}

CODED = ("area", "region", "protocol", "indication", "effect", "scale", "reason")
"""Keys whose values are codes of the catalogue or of this app, with words of their own."""

REASONS = {
    "next_session": "Next session",
    "top_up": "Top-up",
    "follow_up": "Follow-up call",
    "open_effect": "Side effect still open",
    "late_watch": "Late watch",
}
SIDES = {"left": "Left", "right": "Right", "both": "Both", "midline": "Midline"}


def area(catalogue: Catalogue, code: str) -> str:
    """An area with its group before it: `Face: Cheek`; a code that is no longer known as it is."""
    if code not in catalogue.areas:
        return code
    found = catalogue.areas[code]
    if found.parent is None or not found.leaf:
        return found.label
    return f"{catalogue.areas[found.parent].label}: {found.label}"


def protocol(catalogue: Catalogue, code: str) -> str:
    """A protocol's label; a code that is no longer known as it is."""
    known = catalogue.protocols.get(code)
    return known.label if known else code


def value(catalogue: Catalogue, key: str, code: Any) -> str:
    """The words for a value of a report's key; missing is said to be not recorded."""
    if phrases.is_missing(code):
        return NOT_RECORDED
    code = str(code)
    if key in ("month", "week", "day"):
        return phrases.day(code)
    if key == "area":
        return ", ".join(area(catalogue, one) for one in code.split(", "))
    if key in ("reason", "side"):
        return str({**REASONS, **SIDES}.get(code, code))
    if key == "region":  # a group need not be an area itself
        return area(catalogue, code) if code in catalogue.areas else code.capitalize()
    rows: Any = {
        "protocol": catalogue.protocols,
        "indication": catalogue.indications,
        "effect": catalogue.side_effects,
        "scale": catalogue.scales,
    }.get(key, {})
    return str(rows[code].label) if code in rows else code
