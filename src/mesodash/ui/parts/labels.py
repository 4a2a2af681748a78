"""Words for the codes that reports count by, in the language in use."""

from typing import Any

from mesodash.catalogue.types import Catalogue
from mesodash.language import N_, _, catalogue_text
from mesodash.ui.parts import phrases

KEYS = {
    "month": N_("Month"),
    "week": N_("Week"),
    "day": N_("Day"),
    "side": N_("Side"),
    "product": N_("Product"),
    "lot": N_("Lot"),
    "clinic": N_("Clinic"),
    "region": N_("Area group"),
    "area": N_("Area"),
    "protocol": N_("Protocol"),
    "indication": N_("Indication"),
    "practitioner": N_("Practitioner"),
    "effect": N_("Side effect"),
    "scale": N_("Scale"),
    "reason": N_("Reason"),
    "kind": N_("Kind"),
}
CODED = ("area", "region", "protocol", "indication", "effect", "scale", "reason")
"""Keys whose values are codes of the catalogue or of this application."""

CHANNELS = {
    "visit": N_("Visit"),
    "phone": N_("Phone"),
    "message": N_("Message"),
    "portal": N_("Portal"),
}
REASONS = {
    "next_session": N_("Next session"),
    "top_up": N_("Top-up"),
    "follow_up": N_("Follow-up call"),
    "open_effect": N_("Side effect still open"),
    "late_watch": N_("Late watch"),
    "score": N_("Score of the result"),
}
SIDES = {
    "left": N_("Left"),
    "right": N_("Right"),
    "both": N_("Both"),
    "midline": N_("Midline"),
}
GROUPS = {
    "face": N_("Face"),
    "neck": N_("Neck"),
    "arm": N_("Arms"),
    "leg": N_("Legs"),
    "buttock": N_("Buttocks"),
    "back": N_("Back"),
    "abdomen": N_("Abdomen"),
    "scalp": N_("Scalp"),
    "head": N_("Head"),
    "chest": N_("Chest"),
}
"""Groups of areas that need not be areas themselves."""


def not_recorded() -> str:
    """What is shown for a missing code."""
    return _("not recorded")


def key_word(key: str) -> str:
    """What a key of a report is called: `Protocol`."""
    return _(KEYS[key]) if key in KEYS else key


def area(catalogue: Catalogue, code: str) -> str:
    """An area with its group before it (`Face: Cheek`); an unknown code as it is."""
    if code not in catalogue.areas:
        return code
    found = catalogue.areas[code]
    label = catalogue_text("areas", code, "label", found.label)
    if found.parent is None or not found.leaf:
        return label
    group = catalogue.areas[found.parent].label
    return _("{group}: {area}").format(
        group=catalogue_text("areas", found.parent, "label", group), area=label
    )


def protocol(catalogue: Catalogue, code: str) -> str:
    """A protocol's label; an unknown code as it is."""
    known = catalogue.protocols.get(code)
    return catalogue_text("protocols", code, "label", known.label) if known else code


def value(catalogue: Catalogue, key: str, code: Any) -> str:
    """The words for a value of a report's key; a missing one is said to be not recorded.

    Args:
        catalogue: gives the labels.
        key: a key of a report, such as `protocol`.
        code: its value; several areas are parted by `, `.
    """
    if phrases.is_missing(code):
        return not_recorded()
    code = str(code)
    match key:
        case "month" | "week" | "day":
            words = phrases.day(code)
        case "area":
            words = ", ".join(area(catalogue, one) for one in code.split(", "))
        case "reason" | "side":
            words = {**REASONS, **SIDES}.get(code, "")
            words = _(words) if words else code
        case "region":
            words = _region(catalogue, code)
        case _other:
            kind, rows = _catalogue_rows(catalogue, key)
            words = code
            if code in rows:
                words = catalogue_text(kind, code, "label", str(rows[code].label))
    return words


def _region(catalogue: Catalogue, code: str) -> str:
    if code in catalogue.areas:
        return area(catalogue, code)
    return _(GROUPS[code]) if code in GROUPS else code.capitalize()


def _catalogue_rows(catalogue: Catalogue, key: str) -> tuple[str, Any]:
    """The catalogue's file and rows that a key's values are codes of."""
    found: dict[str, tuple[str, Any]] = {
        "protocol": ("protocols", catalogue.protocols),
        "indication": ("indications", catalogue.indications),
        "effect": ("side_effects", catalogue.side_effects),
        "scale": ("scales", catalogue.scales),
    }
    return found.get(key, ("", {}))
