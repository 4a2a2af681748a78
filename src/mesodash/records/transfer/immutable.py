"""Rows that never change once they are written: adopted versions, plans and screenings.

A screening has no outside id: it is its patient's first, second, third ... in recorded order.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlite_utils import Database

from mesodash.records.transfer.lookup import find

ANSWER_COLUMNS = (
    "patient_id",
    "number",
    "screened_on",
    "screened_by",
    "confirms",
    "question",
    "said",
    "areas",
    "detail",
    "answered_on",
)
"""A screening's answer with its screening, as it travels."""

_NUMBER = (
    "(SELECT count(*) FROM screenings AS e WHERE e.patient = {of}.patient AND e.id <= {of}.id)"
)
_ANSWERS = (
    f"SELECT p.patient_id, {_NUMBER.format(of='s')} AS number, s.screened_on, s.screened_by,"
    f" (SELECT {_NUMBER.format(of='c')} FROM screenings AS c WHERE c.id = s.confirms),"
    " a.question, a.said, a.areas, a.detail, a.answered_on"
    " FROM screenings AS s JOIN patients AS p ON p.id = s.patient"
    " {join} screening_answers AS a ON a.screening = s.id"
)

Row = tuple[Any, ...]
Kept = dict[str, Any]
"""A kept row by column."""


def canonical(text: str) -> str:
    """JSON text in the canonical spelling in which rows are compared."""
    return json.dumps(json.loads(text), sort_keys=True)


def ordered_answers(db: Database) -> Iterator[Row]:
    """Every answer in the columns of `ANSWER_COLUMNS`, by patient, screening and question."""
    yield from db.execute(
        f"{_ANSWERS.format(join='JOIN')} ORDER BY p.patient_id, number, a.question"
    )


def screenings_now(
    db: Database, patient_ids: Iterable[str]
) -> dict[str, dict[int, dict[str | None, Kept]]]:
    """The screenings of some patients: patient_id -> number -> question -> the answer.

    A screening without any answer has one entry under None.
    """
    found: dict[str, dict[int, dict[str | None, Kept]]] = {}
    for row in find(db, _ANSWERS.format(join="LEFT JOIN"), "p.patient_id", patient_ids):
        kept = dict(zip(ANSWER_COLUMNS, row, strict=True))
        kept["areas"] = canonical(kept["areas"] or "[]")
        numbers = found.setdefault(kept["patient_id"], {})
        numbers.setdefault(kept["number"], {})[kept["question"]] = kept
    return found


def versions_now(db: Database) -> dict[tuple[str, int], Kept]:
    """The adopted versions: (protocol, version) -> the row."""
    names = ("protocol", "version", "adopted_on", "adopted_by", "parameters", "reason")
    found = {}
    for row in db.execute(f"SELECT {', '.join(names)} FROM protocol_versions"):
        kept = dict(zip(names, row, strict=True))
        kept["parameters"] = canonical(kept["parameters"])
        found[kept["protocol"], kept["version"]] = kept
    return found


def plans_now(db: Database, course_ids: Iterable[str]) -> dict[tuple[str], Kept]:
    """The plans of some courses: (course_id,) -> the row."""
    names = ("course_id", "made_by", "made_at", "reason")
    select = (
        "SELECT c.course_id, p.made_by, p.made_at, p.reason"
        " FROM plans AS p JOIN courses AS c ON c.id = p.course"
    )
    rows = find(db, select, "c.course_id", course_ids)
    return {(row[0],): dict(zip(names, row, strict=True)) for row in rows}


def version_numbers(db: Database) -> dict[tuple[str, int], int]:
    """The file's own numbers of the adopted versions, by (protocol, version)."""
    rows = db.execute("SELECT protocol, version, id FROM protocol_versions")
    return {(protocol, version): number for protocol, version, number in rows}


def form_of(course_id: str) -> tuple[str, str]:
    """A nonce and a content for an imported plan, which no form of this clinic can have.

    Those of the original clinic only tell a form's second submission from its first.
    """
    made = sha256(f"plan of {course_id}".encode()).hexdigest()
    return f"from-elsewhere-{made[:40]}", made


def insert_answers(
    db: Database, columns: Sequence[str], rows: Iterable[Row], patients: Mapping[str, int]
) -> list[int]:
    """Insert the screenings that are new, and their answers.

    Args:
        db: the open transaction.
        columns: of `ANSWER_COLUMNS`, with `patient` for patient_id; those left out stay empty.
        rows: already checked, by patient and number; each number exists already or is the next.
        patients: patient_id -> the file's own number.

    Returns:
        The patient's own number for each answer inserted.
    """
    screenings: dict[int, list[int]] = {number: [] for number in patients.values()}
    answered: set[tuple[int, str | None]] = set()
    select = (
        "SELECT s.patient, s.id, a.question FROM screenings AS s"
        " LEFT JOIN screening_answers AS a ON a.screening = s.id"
    )
    for patient, screening, question in sorted(
        find(db, select, "s.patient", screenings), key=lambda row: row[:2]
    ):
        if screening not in screenings[patient][-1:]:
            screenings[patient].append(screening)
        answered.add((screening, question))
    inserted = []
    for row in rows:
        given = dict(zip(columns, row, strict=True))
        patient = patients[given["patient"]]
        ids = screenings[patient]
        if given["number"] > len(ids):
            confirms = given.get("confirms")
            ids.append(
                _insert(
                    db,
                    "screenings",
                    {
                        "patient": patient,
                        "screened_on": given["screened_on"],
                        "screened_by": given["screened_by"],
                        "confirms": None if confirms is None else ids[confirms - 1],
                    },
                )
            )
        screening = ids[given["number"] - 1]
        if (screening, given["question"]) in answered:
            continue
        _insert(
            db,
            "screening_answers",
            {
                "screening": screening,
                "question": given["question"],
                "said": given["said"],
                "areas": given.get("areas") or "[]",
                "detail": given.get("detail"),
                "answered_on": given["answered_on"],
            },
        )
        inserted.append(patient)
    return inserted


def _insert(db: Database, table: str, row: Kept) -> int:
    # Plain SQL: sqlite-utils' insert reads the table's schema again for each row of an import.
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id"
    return int(db.execute(sql, list(row.values())).fetchone()[0])
