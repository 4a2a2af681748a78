"""Photographs on their way out of the clinic's file, and into one that may keep them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.store.connection import Change
from mesodash.records.watch.consents import is_consented, kept_consents

_KEPT = (
    "SELECT p.patient_id, s.session_id, g.area, g.side, g.view, g.moment, g.taken_on, g.taken_by,"
    " g.intimate, g.width, g.height, g.sha256 FROM photographs AS g"
    " JOIN patients AS p ON p.id = g.patient LEFT JOIN sessions AS s ON s.id = g.session"
    " WHERE g.photograph_id = ?"
)
_COLUMNS = (
    "patient_id", "session_id", "area", "side", "view", "moment", "taken_on", "taken_by",
    "intimate", "width", "height", "sha256",
)  # fmt: skip

Facts = Mapping[str, Any]
"""A photograph by column, with outside ids; `intimate` is 0 or 1."""


def pictures(db: Database, *, intimate: bool) -> Iterator[tuple[str, int, str, bytes]]:
    """Every picture, one by one: its photograph's id, patient number and digest, and the JPEG.

    Args:
        db: the clinic's open file.
        intimate: with those of intimate areas, or without.
    """
    yield from db.execute(
        "SELECT photograph_id, patient, sha256, picture FROM photographs WHERE intimate <= ?"
        " ORDER BY photograph_id",
        [int(intimate)],
    )


def picture_of(db: Database, photograph_id: str, *, intimate: bool) -> tuple[int, bytes] | None:
    """A photograph's patient number and JPEG; None for an intimate area, unless with those."""
    row = db.execute(
        "SELECT patient, picture FROM photographs WHERE photograph_id = ? AND intimate <= ?",
        [photograph_id, int(intimate)],
    ).fetchone()
    return None if row is None else (int(row[0]), bytes(row[1]))


def kept_photograph(db: Database, photograph_id: str) -> dict[str, Any] | None:
    """What the clinic has under an id, by column; None if nothing."""
    row = db.execute(_KEPT, [photograph_id]).fetchone()
    return None if row is None else dict(zip(_COLUMNS, row, strict=True))


def photograph_fault(db: Database, facts: Facts) -> tuple[str, str] | None:
    """Why the clinic does not take a photograph: the column and the reason; None if it does."""
    row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [facts["patient_id"]])
    patient = row.fetchone()
    if patient is None:
        why = _("names a patient that is neither in the files nor in the clinic; add it first")
        return ("patient_id", why)
    if facts["session_id"] is not None:
        row = db.execute("SELECT patient FROM sessions WHERE session_id = ?", [facts["session_id"]])
        if row.fetchone() != patient:
            return ("session_id", _("is not a session of this patient; correct one of them"))
    taken_on = date.fromisoformat(facts["taken_on"])
    if not is_consented(kept_consents(db, patient[0]), "photographs", None, taken_on):
        why = _("is a day on which no consent to photographs stands; add it to consents.csv")
        return ("taken_on", why)
    return None


def insert_photograph(change: Change, photograph_id: str, facts: Facts, picture: bytes) -> None:
    """Keep a photograph that `photograph_fault` finds nothing against."""
    numbers = {}
    for name, table in (("patient", "patients"), ("session", "sessions")):
        found = change.db.execute(
            f"SELECT id FROM {table} WHERE {name}_id = ?", [facts[f"{name}_id"]]
        ).fetchone()
        numbers[name] = found and found[0]
    plain = {name: facts[name] for name in _COLUMNS[2:]}
    change.db.table("photographs").insert(
        {"photograph_id": photograph_id, **numbers, **plain, "picture": picture}
    )
    change.log("import", "photographs", patient=numbers["patient"], rows=1)
