"""The schema: made once whoever starts it, and refusing what no record may hold."""

import multiprocessing

import pytest
from sqlite_utils.utils import sqlite3

from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.connection import connect, writing
from mesodash.records.store.migrations import MIGRATIONS, migrate

APPLIED = [
    "m001_clinic",
    "m002_treatment",
    "m003_what_followed",
    "m004_screenings",
    "m005_plans",
    "m006_accounts",
    "m007_chain",
    "m008_erasure",
    "m009_given_passwords",
    "m010_recording",
    "m011_versions",
    "m012_teaching",
    "m013_language",
    "m014_photographs",
    "m015_flashcards",
    "m016_lot_from",
    "m017_preferences",
    "m018_departure",
]


@pytest.fixture
def empty(tmp_path):
    path = tmp_path / "clinic.db"
    migrate(path)
    return path


def schema(path):
    db = connect(path, read_only=True)
    try:
        return [
            tuple(row)
            for row in db.execute("SELECT name, sql FROM sqlite_master ORDER BY type, name")
        ]
    finally:
        db.close()


def applied(path):
    db = connect(path, read_only=True)
    try:
        return [name for (name,) in db.execute("SELECT name FROM _sqlite_migrations ORDER BY name")]
    finally:
        db.close()


def test_migrating_again_changes_nothing(empty):
    before = schema(empty)

    migrate(empty)

    assert schema(empty) == before
    assert applied(empty) == APPLIED
    assert not MIGRATIONS.pending(connect(empty, read_only=True))


def test_every_table_is_strict(empty):
    db = connect(empty, read_only=True)
    loose = [
        name
        for _schema, name, kind, _columns, _rowid, strict in db.execute("PRAGMA table_list")
        if kind == "table" and not strict and not name.startswith(("sqlite_", "_sqlite"))
    ]
    db.close()
    assert loose == []


@pytest.mark.slow
def test_eight_processes_that_start_together_all_succeed(tmp_path):
    path = tmp_path / "new" / "clinic.db"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=migrate, args=(path,)) for _ in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0] * 8
    assert applied(path) == APPLIED


ROWS = {
    "patients": {"id": 1, "patient_id": "P", "sex": "female"},
    "practitioners": {"id": 1, "practitioner_id": "D", "name": "Practitioner A"},
    "courses": {
        "id": 1,
        "course_id": "C",
        "patient": 1,
        "indication": "i",
        "protocol": "p",
        "started_on": "2026-05-04",
        "state": "active",
    },
    "sessions": {
        "id": 1,
        "session_id": "S",
        "patient": 1,
        "held_at": "2026-05-04T10:30",
        "state": "held",
    },
    "treated_areas": {
        "session": 1,
        "patient": 1,
        "held_at": "2026-05-04T10:30",
        "area": "face.cheek",
        "side": "both",
    },
    "products_used": {"session": 1, "product": "x"},
    "side_effects": {
        "side_effect_id": "E",
        "session": 1,
        "effect": "heat",
        "onset_at": "2026-05-04T10:35",
    },
    "follow_ups": {"session": 1, "contacted_at": "2026-05-05"},
    "outcomes": {"patient": 1, "scale": "gais", "value": 2.0, "measured_on": "2026-05-30"},
    "protocol_versions": {
        "protocol": "p",
        "version": 1,
        "adopted_on": "2026-05-04",
        "adopted_by": "D",
        "parameters": "{}",
    },
}


def insert(path, table, **changed):
    """Insert the row of `table` with its parents, some values changed."""
    with writing_without_log(path) as change:
        for parent in ("patients", "practitioners", "courses", "sessions"):
            if parent == table:
                break
            change.db[parent].insert(ROWS[parent])
        change.db[table].insert(ROWS[table] | changed)


def writing_without_log(path):
    return Logged(path)


class Logged:
    """`writing` that logs one entry, so that only the row under test is judged."""

    def __init__(self, path):
        self.block = writing(path, COMMAND_LINE)

    def __enter__(self):
        change = self.block.__enter__()
        change.db["clinic"].insert(
            {"id": 1, "clinic_id": "c", "name": "C", "kind": "demo", "created_at": "now"},
            ignore=True,
        )
        change.log("create", "test")
        return change

    def __exit__(self, *raised):
        return self.block.__exit__(*raised)


@pytest.mark.parametrize("table", ROWS)
def test_a_good_row_is_kept(empty, table):
    insert(empty, table)

    db = connect(empty, read_only=True)
    assert db[table].count == 1
    db.close()


DAYS = [
    ("courses", "started_on"),
    ("sessions", "held_at"),
    ("follow_ups", "contacted_at"),
    ("side_effects", "last_seen_at"),
    ("side_effects", "gone_by_at"),
    ("outcomes", "measured_on"),
    ("protocol_versions", "adopted_on"),
]
PARTIAL = [
    ("side_effects", "onset_at"),
    ("side_effects", "resolved_at"),
    ("products_used", "expires_on"),
]
NO_DATES = ["", "yesterday", "04/05/2026", "2026-5-4", "2026-02-30", "2026-13-01", "20260504"]
NO_TIMES = ["2026-05-04T25:00", "2026-05-04T10:61", "2026-05-04 10:00", "2026-05-04Tten"]


@pytest.mark.parametrize(("table", "column"), DAYS + PARTIAL)
@pytest.mark.parametrize("text", NO_DATES + NO_TIMES)
def test_what_is_no_date_is_refused(empty, table, column, text):
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        insert(empty, table, **{column: text})


@pytest.mark.parametrize(("table", "column"), DAYS)
@pytest.mark.parametrize("text", ["2026", "2026-05"])
def test_a_day_is_needed_where_nothing_less_will_do(empty, table, column, text):
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        insert(empty, table, **{column: text})


@pytest.mark.parametrize(("table", "column"), PARTIAL)
@pytest.mark.parametrize("text", ["2026", "2026-05", "2026-05-04", "2026-05-04T10:30:15"])
def test_a_partial_date_keeps_its_precision(empty, table, column, text):
    insert(empty, table, **{column: text})

    db = connect(empty, read_only=True)
    assert db.execute(f"SELECT {column} FROM {table}").fetchall() == [(text,)]
    db.close()


@pytest.mark.parametrize(("table", "column"), DAYS)
@pytest.mark.parametrize("text", ["2024-02-29", "2026-05-04T10:30", "2026-05-04T10:30:15"])
def test_dates_and_date_times_are_kept(empty, table, column, text):
    insert(empty, table, **{column: text})

    db = connect(empty, read_only=True)
    assert db.execute(f"SELECT {column} FROM {table}").fetchall() == [(text,)]
    db.close()


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("patients", "sex", "woman"),
        ("patients", "phototype", "VII"),
        ("patients", "phototype", "3"),
        ("patients", "birth_year", 75),
        ("patients", "patient_id", ""),
        ("patients", "patient_id", "P" * 65),
        ("courses", "state", "ended"),
        ("courses", "planned_sessions", 0),
        ("courses", "interval_days", 0),
        ("sessions", "state", "done"),
        ("treated_areas", "side", "center"),
        ("treated_areas", "depth_um", -1),
        ("treated_areas", "volume_ul", -1),
        ("treated_areas", "points", -1),
        ("products_used", "volume_ul", -5),
        ("side_effects", "side", "l"),
        ("side_effects", "severity", 0),
        ("side_effects", "severity", 6),
        ("side_effects", "serious", "maybe"),
        ("side_effects", "related", "sure"),
        ("follow_ups", "channel", "letter"),
        ("outcomes", "timing", "later"),
        ("protocol_versions", "version", 0),
        ("protocol_versions", "parameters", "{"),
    ],
)
def test_words_and_numbers_outside_their_range_are_refused(empty, table, column, value):
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        insert(empty, table, **{column: value})


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("patients", "birth_year", "nineteen"), ("treated_areas", "points", 1.5)],
)
def test_a_value_of_another_type_is_refused(empty, table, column, value):
    with pytest.raises(sqlite3.IntegrityError, match="cannot store"):
        insert(empty, table, **{column: value})


@pytest.mark.parametrize("changed", [{"patient": 2}, {"held_at": "2026-05-04T11:00"}])
def test_a_treated_area_cannot_name_another_patient_or_time_than_its_session(empty, changed):
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        insert(empty, "treated_areas", **changed)


def test_moving_a_session_moves_its_areas(empty):
    insert(empty, "treated_areas")
    with Logged(empty) as change:
        change.db.execute("UPDATE sessions SET held_at = '2026-05-06T09:00'")

    db = connect(empty, read_only=True)
    assert db.execute("SELECT held_at FROM treated_areas").fetchall() == [("2026-05-06T09:00",)]
    db.close()


@pytest.mark.parametrize("table", ["treated_areas", "products_used", "follow_ups", "outcomes"])
def test_the_same_fact_twice_is_refused_although_parts_of_its_key_are_missing(empty, table):
    insert(empty, table)
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"), Logged(empty) as change:
        change.db[table].insert(ROWS[table])
