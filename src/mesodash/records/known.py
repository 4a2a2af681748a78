"""What the clinic's file knows already of rows about to be taken in, asked by their ids."""

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
}
"""The id a row is known by outside, for the tables that have one."""

REFERENCES = {
    "patient": "patients",
    "practitioner": "practitioners",
    "course": "courses",
    "session": "sessions",
}
"""Columns that hold another row's internal number, and that row's table."""


def find(
    db: Database, select: str, column: str, values: Iterable[Any]
) -> Iterator[tuple[Any, ...]]:
    """Rows of `select` whose `column` is among `values`, asked for in chunks."""
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK)):
        marks = ", ".join("?" * len(chunk))
        yield from db.execute(f"{select} WHERE {column} IN ({marks})", chunk)


class Known:
    """What the clinic's open file knows of rows that are about to be taken in."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def owners(self, table: str, ids: Iterable[str]) -> dict[str, str]:
        """The patient_id behind each id the clinic knows; the id itself where it has no patient.

        Args:
            table: patients, practitioners, courses, sessions or side_effects.
            ids: outside ids; unknown ones are left out of the answer.
        """
        own = OWN_ID[table]
        select = {
            "patients": "SELECT patient_id, patient_id FROM patients",
            "practitioners": "SELECT practitioner_id, practitioner_id FROM practitioners",
            "courses": "SELECT c.course_id, p.patient_id FROM courses AS c"
            " JOIN patients AS p ON p.id = c.patient",
            "sessions": "SELECT s.session_id, p.patient_id FROM sessions AS s"
            " JOIN patients AS p ON p.id = s.patient",
            "side_effects": "SELECT e.side_effect_id, p.patient_id FROM side_effects AS e"
            " JOIN sessions AS s ON s.id = e.session JOIN patients AS p ON p.id = s.patient",
        }[table]
        column = {"patients": "patient_id", "practitioners": "practitioner_id"}.get(
            table, f"{ {'courses': 'c', 'sessions': 's', 'side_effects': 'e'}.get(table) }.{own}"
        )
        return dict(find(self._db, select, column, ids))

    def scored_sessions(self, ids: Iterable[str]) -> set[str]:
        """Those of the sessions to which outcomes are tied: they must stay with their patient."""
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
        """Those of the sessions that follow an adopted version, with the protocol it is of."""
        select = (
            "SELECT s.session_id, v.protocol FROM sessions AS s"
            " JOIN protocol_versions AS v ON v.id = s.protocol_version"
        )
        return dict(find(self._db, select, "s.session_id", ids))

    @property
    def db(self) -> Database:
        """The open file itself, for what `standing` knows of it."""
        return self._db

    def effects_now(self, ids: Iterable[str], columns: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What the clinic holds of some side effects, by id; `session_id` is the outside id."""
        select = (
            f"SELECT e.side_effect_id, s.session_id, {', '.join('e.' + name for name in columns)}"
            " FROM side_effects AS e JOIN sessions AS s ON s.id = e.session"
        )
        names = ("session_id", *columns)
        return {
            row[0]: dict(zip(names, row[1:], strict=True))
            for row in find(self._db, select, "e.side_effect_id", ids)
        }
