"""Words for the change log: its actions and tables, and a patient's key where names are hidden."""

from collections.abc import Mapping

from mesodash.documents import record_words
from mesodash.language import MISSING, N_, _
from mesodash.permissions import role_name
from mesodash.records.audit.change_log import Entry

ACTIONS: Mapping[str, str] = {
    **record_words.ACTIONS,
    "init": N_("made the file"),
    "adopt": N_("adopted"),
    "migrate": N_("brought the file up to date"),
    "restart": N_("began the change log anew"),
    "sign_in": N_("signed in"),
    "sign_out": N_("signed out"),
    "teach": N_("began teaching mode"),
    "teach_end": N_("left teaching mode"),
    "refused": N_("was refused"),
}
TABLES: Mapping[str, str] = {
    "accounts": N_("account"),
    "clinic": N_("the clinic's file"),
    "permissions": N_("permission"),
    "patients": N_("patients"),
    "sessions": N_("sessions"),
    "screenings": N_("screening"),
    "treated_areas": N_("treated areas"),
    "products_used": N_("products used"),
    "side_effects": N_("side effects"),
    "follow_ups": N_("follow-ups"),
    "outcomes": N_("outcomes"),
    "practitioners": N_("practitioners"),
    "courses": N_("course"),
    "plans": N_("plan"),
    "protocol_versions": N_("own protocol"),
}
_OF_AN_ACCOUNT: Mapping[str, str] = {
    "identity provider": N_("identity provider"),
    "second factor": N_("second factor"),
    "password": N_("password"),
    "code": N_("code"),
    "flashcards erased": N_("flashcards erased"),
    "on": N_("on"),
    "off": N_("off"),
    "no limit": N_("no limit"),
}
_KEYS: Mapping[str, str] = {
    "own flashcards: on": N_("own flashcards: on"),
    "own flashcards: erased": N_("own flashcards: erased"),
    "own language": N_("own language"),
    "own password": N_("own password"),
    "list": N_("list"),
    "open": N_("open"),
    "late watch": N_("late watch"),
    "data_quality": N_("data quality"),
    "retention": N_("retention"),
    "own, all others": N_("own, all others"),
    "encrypted disk: declared": N_("encrypted disk: declared"),
    "encrypted disk: no longer declared": N_("encrypted disk: no longer declared"),
    "made at once": N_("made at once"),
    "csv pseudonymised": N_("CSV, pseudonymised"),
    "fhir pseudonymised": N_("FHIR, pseudonymised"),
}
"""Keys that are words: the log keeps them as they are, whatever the language of who reads it."""


def action(code: str) -> str:
    """The action in words; an unknown one unchanged."""
    return _(ACTIONS[code]) if code in ACTIONS else code


def table_words(code: str) -> str:
    """The table in words; an unknown one unchanged."""
    return _(TABLES[code]) if code in TABLES else code.replace("_", " ")


def table_heading(code: str) -> str:
    """The table's own name in words, as a heading of a row: `Side effects`."""
    return code.strip("_").replace("_", " ").capitalize()


def row_words(entry: Entry, *, names: bool) -> str:
    """Which one; for a reader who may see no patients, the patient's number inside the file.

    The number shows that two views were of the same person, and not who that is.
    """
    if entry.patient is not None and not names:
        return _("patient no. {number}").format(number=entry.patient)
    if not entry.key:
        return MISSING
    whose, colon, what = entry.key.rpartition(": ")
    if entry.key in _KEYS:
        return _(_KEYS[entry.key])
    if not colon:
        return entry.key
    told = _(_OF_AN_ACCOUNT[what]) if what in _OF_AN_ACCOUNT else role_name(what)
    return _("{whose}: {what}").format(
        whose=_("keep records") if whose == "keep records" else whose, what=told
    )
