"""Filling an empty clinic: all rows or none, one log entry a table and month."""

from datetime import UTC, datetime

import pytest
from sqlite_utils.utils import sqlite3

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError
from mesodash.records.transfer.bulk_load import COLUMNS, count_by_month, fill_clinic

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

FIRST = {
    "practitioners": [(1, "D-1", "Practitioner A")],
    "patients": [(1, "P-1", "female", 1980, "II", None)],
    "courses": [
        (1, "C-1", 1, "rejuv_face", "face_ncha", 3, 30, "2026-03-30", "active", None),
    ],
    "sessions": [
        (1, "S-1", 1, 1, 1, "face_ncha", "2026-03-30T10:00", "held", None),
        (2, "S-2", 1, 1, 1, "face_ncha", "2026-04-29T10:00", "held", None),
    ],
    "treated_areas": [
        (1, 1, "2026-03-30T10:00", "face.cheek", "left", "nappage", 2000, 50, 1000),
        (1, 1, "2026-03-30T10:00", "face.cheek", "right", "nappage", 2000, 50, 1000),
        (2, 1, "2026-04-29T10:00", "face.cheek", "both", None, None, None, None),
    ],
    "products_used": [(2, None, "HA", "L1", "2027-01", 2000)],
    "side_effects": [
        # began in April after a session in March: belongs to the session's month
        (
            1,
            "E-1",
            1,
            None,
            None,
            "headache",
            None,
            "2026-04-01",
            None,
            None,
            None,
            1,
            "no",
            None,
            None,
        ),
    ],
    "follow_ups": [(1, "2026-04-02T09:00", "phone")],
    "outcomes": [(1, 1, 1, None, "wsrs", 3.0, "2026-03-30", "baseline")],
}
SECOND = {"patients": [(2, "P-2", "male", None, None, None)]}


def test_rows_arrive_and_are_counted(empty_clinic):
    done = []

    counts = fill_clinic(
        empty_clinic, iter([FIRST, SECOND]), actor=DEMO, clock=lambda: NOON, progress=done.append
    )

    assert counts == {table: len(FIRST[table]) for table in COLUMNS} | {"patients": 2}
    assert done == [2, 2]
    with reading(empty_clinic) as db:
        for table, columns in COLUMNS.items():
            kept = [tuple(row) for row in db.execute(f"SELECT {', '.join(columns)} FROM {table}")]
            assert kept == [*FIRST[table], *SECOND.get(table, [])]


def test_the_log_names_each_table_and_month_once(empty_clinic):
    fill_clinic(empty_clinic, [FIRST, SECOND], actor=DEMO, clock=lambda: NOON)

    with reading(empty_clinic) as db:
        log = db.execute(
            "SELECT table_name, month, row_count FROM change_log"
            " WHERE action = 'import' AND revision = 2 AND actor = 'demo' AND patient IS NULL"
            " ORDER BY seq"
        ).fetchall()
        counted = count_by_month(db)
    assert log == [
        ("practitioners", None, 1),
        ("patients", None, 2),
        ("courses", "2026-03", 1),
        ("sessions", "2026-03", 1),
        ("sessions", "2026-04", 1),
        ("treated_areas", "2026-03", 2),
        ("treated_areas", "2026-04", 1),
        ("products_used", "2026-04", 1),
        ("side_effects", "2026-03", 1),
        ("follow_ups", "2026-03", 1),
        ("outcomes", "2026-03", 1),
    ]
    assert counted == {(table, month): rows for table, month, rows in log}


def test_a_clinic_that_has_patients_is_not_filled(empty_clinic):
    fill_clinic(empty_clinic, [SECOND], actor=DEMO)

    with pytest.raises(RecordError, match="has patients already"):
        fill_clinic(empty_clinic, [FIRST], actor=DEMO)


def test_one_bad_row_in_the_last_batch_keeps_nothing(empty_clinic):
    bad = {"follow_ups": [(99, "2026-04-02", "phone")]}

    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        fill_clinic(empty_clinic, [FIRST, SECOND, bad], actor=DEMO)

    with reading(empty_clinic) as db:
        assert count_by_month(db) == {}
        assert db.execute("SELECT count(*) FROM change_log").fetchone() == (1,)


def test_the_columns_are_those_of_the_schema(empty_clinic):
    with reading(empty_clinic) as db:
        for table, columns in COLUMNS.items():
            assert set(columns) <= {column.name for column in db[table].columns}, table
