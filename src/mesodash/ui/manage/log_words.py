"""Words for the change log: actions, things, and a patient's key for those who see no patients."""

from collections.abc import Mapping

from mesodash.records.change_log import Entry
from mesodash.ui import phrases

ACTIONS: Mapping[str, str] = {
    "view": "looked at",
    "create": "recorded",
    "update": "changed",
    "void": "voided",
    "import": "imported",
    "export": "took out",
    "init": "made the file",
    "adopt": "adopted",
    "erase": "erased",
    "sign_in": "signed in",
    "sign_out": "signed out",
    "refused": "was refused",
}
TABLES: Mapping[str, str] = {
    "accounts": "account",
    "clinic": "the clinic's file",
    "permissions": "permission",
    "patients": "patients",
    "sessions": "sessions",
    "screenings": "screening",
    "treated_areas": "treated areas",
    "products_used": "products used",
    "side_effects": "side effects",
    "follow_ups": "follow-ups",
    "outcomes": "outcomes",
    "practitioners": "practitioners",
    "courses": "course",
    "plans": "plan",
    "protocol_versions": "own protocol",
}


def action(code: str) -> str:
    """The action in words; one that is not known as it stands."""
    return ACTIONS.get(code, code)


def thing(code: str) -> str:
    """The table in words; one that is not known as it stands."""
    return TABLES.get(code, code.replace("_", " "))


def table(code: str) -> str:
    """The table's own name in words, as a heading of a row: `Side effects`."""
    return code.strip("_").replace("_", " ").capitalize()


def which(entry: Entry, *, names: bool) -> str:
    """Which one; for a reader who may see no patients, the patient's number inside the file.

    The number tells that two looks were at the same person, and not who that is.
    """
    if entry.patient is not None and not names:
        return f"patient no. {entry.patient}"
    return entry.key or phrases.MISSING
