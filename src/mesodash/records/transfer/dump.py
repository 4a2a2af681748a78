"""Reading whole tables with outside ids, in an order that depends only on the content."""

from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from mesodash.records.transfer.immutable import ordered_answers
from mesodash.records.transfer.lookup import OWN_ID, REFERENCES

Snapshot = Database
"""A clinic's open file, as those outside the record hand it on."""

_ORDER = {
    "patients": "patient_id",
    "practitioners": "practitioner_id",
    "courses": "course_id",
    "sessions": "session_id",
    "treated_areas": "session.session_id, t.area, t.side, coalesce(t.technique, '')",
    "products_used": "session.session_id, coalesce(t.area, ''), t.product, coalesce(t.lot, '')",
    "side_effects": "side_effect_id",
    "injection_points": "session.session_id, t.area, t.side, t.number",
    "stock": "stock_id",
    "consents": "consent_id",
    "red_cards": "red_card_id",
    "follow_ups": "session.session_id, t.contacted_at, coalesce(t.channel, '')",
    "outcomes": "patient.patient_id, coalesce(course.course_id, ''), coalesce(t.area, ''),"
    " t.scale, t.measured_on",
    "protocol_versions": "t.protocol, t.version",
    "plans": "course.course_id",
    "photographs": "photograph_id",
}


def ordered_rows(db: Database, table: str, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """All rows of a table, one by one, in the order of their ids or natural keys.

    Args:
        db: the clinic's open file.
        table: one of the exchanged tables.
        columns: which columns; patient, practitioner, course and session give outside ids, a
            session's protocol_version the number of that version. Of screening_answers always all.
    """
    if table == "screening_answers":
        yield from ordered_answers(db)
        return
    picked, joins = [], []
    for column in columns:
        if column in REFERENCES:
            target = REFERENCES[column]
            picked.append(f"{column}.{OWN_ID[target]}")
            joins.append(f"LEFT JOIN {target} AS {column} ON {column}.id = t.{column}")
        elif column == "protocol_version":
            picked.append("followed.version")
            joins.append(
                "LEFT JOIN protocol_versions AS followed"
                " ON followed.id = t.protocol_version AND followed.protocol = t.protocol"
            )
        else:
            picked.append(f"t.{column}")
    order = _ORDER[table] if "." in _ORDER[table] else f"t.{_ORDER[table]}"
    yield from db.execute(
        f"SELECT {', '.join(picked)} FROM {table} AS t {' '.join(joins)} ORDER BY {order}"
    )


def session_patients(db: Database) -> Iterator[tuple[str, str]]:
    """Each session's id with its patient's id, for callers that treat a patient's rows alike."""
    yield from db.execute(
        "SELECT s.session_id, p.patient_id FROM sessions AS s"
        " JOIN patients AS p ON p.id = s.patient"
    )
