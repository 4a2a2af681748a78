"""Codes as people read them: the words of the catalogue for what reports count by."""

from typing import Any

from mesodash.catalogue.types import Catalogue
from mesodash.ui import phrases

NOT_RECORDED = "not recorded"

KEY_WORDS = {
    "month": "Month",
    "region": "Area group",
    "area": "Area",
    "protocol": "Protocol",
    "indication": "Indication",
    "practitioner": "Practitioner",
    "effect": "Side effect",
    "scale": "Scale",
}


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
    if key == "month":
        return phrases.day(code)
    if key == "area":
        return area(catalogue, code)
    if key == "region":  # a group need not be an area itself
        return area(catalogue, code) if code in catalogue.areas else code.capitalize()
    rows: Any = {
        "protocol": catalogue.protocols,
        "indication": catalogue.indications,
        "effect": catalogue.side_effects,
        "scale": catalogue.scales,
    }.get(key, {})
    return str(rows[code].label) if code in rows else code
