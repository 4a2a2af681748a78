"""What the clinic's file already knows about rows to be imported, looked up by their ids."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlite_utils import Database

CHUNK = 500
"""Values bound to one statement; SQLite allows many more, but long lists stop paying."""

OWN_ID = {
    "patients": "patient_id",
    "practitioners": "practitioner_id",
    "courses": "course_id",
    "sessions": "session_id",
    "side_effects": "side_effect_id",
    "stock": "stock_id",
    "consents": "consent_id",
    "red_cards": "red_card_id",
    "photographs": "photograph_id",
}
"""The id a row is known by outside, for the tables that have one."""

REFERENCES = {
    "patient": "patients",
    "practitioner": "practitioners",
    "course": "courses",
    "session": "sessions",
    "side_effect": "side_effects",
    "stock": "stock",
}
"""Columns that hold another row's internal number, and that row's table."""


def find(
    db: Database, select: str, column: str, values: Iterable[Any]
) -> Iterator[tuple[Any, ...]]:
    """Rows of `select` whose `column` is among `values`, queried in chunks."""
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK)):
        marks = ", ".join("?" * len(chunk))
        yield from db.execute(f"{select} WHERE {column} IN ({marks})", chunk)


class ExistingRows:
    """What the clinic's open file already knows about rows to be imported."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def owners(self, table: str, ids: Iterable[str]) -> dict[str, str]:
        """The patient_id for each id that the clinic knows; the id itself if it has no patient.

        Args:
            table: one of OWN_ID.
            ids: outside ids; unknown ones are left out of the answer.
        """
        own = OWN_ID[table]
        if table in ("patients", "practitioners", "stock"):
            return dict(find(self._db, f"SELECT {own}, {own} FROM {table}", own, ids))
        whose = "JOIN patients AS p ON p.id = t.patient"
        if table == "side_effects":
            whose = "JOIN sessions AS s ON s.id = t.session JOIN patients AS p ON p.id = s.patient"
        select = f"SELECT t.{own}, p.patient_id FROM {table} AS t {whose}"
        return dict(find(self._db, select, f"t.{own}", ids))

    def count(self, table: str) -> int:
        """How many rows a table has."""
        (rows,) = self._db.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(rows)

    def birth_years(self, patient_ids: Iterable[str]) -> dict[str, int]:
        """The birth year of each patient whose year the clinic knows, by patient_id."""
        select = "SELECT patient_id, birth_year FROM patients"
        found = find(self._db, select, "patient_id", patient_ids)
        return {name: year for name, year in found if year is not None}

    def scored_sessions(self, ids: Iterable[str]) -> set[str]:
        """Those of the sessions that have outcomes: they must stay with their patient."""
        select = (
            "SELECT DISTINCT s.session_id FROM outcomes AS o JOIN sessions AS s ON s.id = o.session"
        )
        return {row[0] for row in find(self._db, select, "s.session_id", ids)}

    def held_sessions(self, patient_ids: Iterable[str]) -> list[tuple[str, str, str]]:
        """The held sessions of some patients, as (patient_id, held_at, session_id)."""
        select = (
            "SELECT p.patient_id, s.held_at, s.session_id FROM sessions AS s"
            " JOIN patients AS p ON p.id = s.patient AND s.state = 'held'"
        )
        return [(a, b, c) for a, b, c in find(self._db, select, "p.patient_id", patient_ids)]

    def versioned_sessions(self, ids: Iterable[str]) -> dict[str, str]:
        """Those of the sessions that follow an adopted version, with its protocol."""
        select = (
            "SELECT s.session_id, v.protocol FROM sessions AS s"
            " JOIN protocol_versions AS v ON v.id = s.protocol_version"
        )
        return dict(find(self._db, select, "s.session_id", ids))

    @property
    def db(self) -> Database:
        """The open file itself, for what `immutable` reads of it."""
        return self._db

    def effects_now(self, ids: Iterable[str], columns: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Some of the clinic's side effects, by id; `session_id` is the outside id."""
        select = (
            f"SELECT e.side_effect_id, s.session_id, {', '.join('e.' + name for name in columns)}"
            " FROM side_effects AS e JOIN sessions AS s ON s.id = e.session"
        )
        names = ("session_id", *columns)
        return {
            row[0]: dict(zip(names, row[1:], strict=True))
            for row in find(self._db, select, "e.side_effect_id", ids)
        }
