"""The record of processing accounts for every table and column there is, and for nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.sentences import numbers_in

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.files.backup import backup_clinic
from mesodash.records.privacy.inventory import KINDS, TABLES
from mesodash.records.privacy.processing import UNKNOWN, as_markdown, record
from mesodash.records.privacy.retention import set_years
from mesodash.records.store.connection import connect, reading
from mesodash.settings import Settings

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANN = Actor("ann", "administrator")
SETTINGS = Settings(db=Path("clinic.db"), data=Path("data"), demo_sessions=1)


def made(clinic, actor=ANN):
    return record(clinic, actor, settings=SETTINGS)


def test_every_table_and_column_is_accounted_for(empty_clinic, checks):
    with reading(empty_clinic) as db:
        schema = {
            name: {column.name for column in db.table(name).columns} for name in db.table_names()
        }
    told = {table.name: table for table in made(empty_clinic).tables}
    with checks("processing", planned=150, at_least=True) as count:
        count.that(set(told) == set(schema) == set(TABLES), "the same tables")
        for name, columns in schema.items():
            count.that(told[name].why != UNKNOWN, f"{name}: why")
            kinds = {column.name: column.kind for column in told[name].columns}
            for column in columns:
                count.that(kinds.get(column) in KINDS, f"{name}.{column}: {kinds.get(column)}")
            listed = [one for names in TABLES[name].columns.values() for one in names.split()]
            count.that(sorted(listed) == sorted(columns), f"{name}: no other, none twice")


def test_a_new_table_or_column_shows_as_unaccounted(empty_clinic):
    db = connect(empty_clinic, read_only=False)
    db.execute("ALTER TABLE patients ADD COLUMN pager TEXT")
    db.execute("CREATE TABLE letters (id INTEGER PRIMARY KEY)")
    db.close()

    told = {table.name: table for table in made(empty_clinic).tables}

    assert [c.name for c in told["patients"].columns if c.kind == UNKNOWN] == ["pager"]
    assert told["letters"].why == UNKNOWN


def test_what_the_file_and_its_log_say(empty_clinic, tmp_path):
    backup_clinic(empty_clinic, tmp_path / "b", actor=ANN, clock=lambda: NOON)
    set_years(empty_clinic, ANN, 10)

    told = made(empty_clinic, Actor("olga", "auditor"))

    assert (told.clinic, told.kind, told.keep_years, told.erased) == ("Test", "clinical", 10, 0)
    assert [(r.actor, r.what, r.times, r.last) for r in told.recipients] == [
        ("ann", "backup", 1, "2026-11-22")
    ]
    assert [(place.name, place.exists) for place in told.places] == [
        ("The clinic's file", True),
        ("Its write-ahead log", True),
        ("The lake", False),
        ("The change log's key", True),
        ("Anchors", True),
        ("Backups, 1 made", True),
        ("The app's memory", True),
        ("The server's messages", True),
    ]
    assert told.places[5].path == "test-20261122T120000Z.db"
    assert numbers_in(told.measures[0]) == [0, 0]  # accounts, those with a second factor
    of_patients = next(table.why for table in told.tables if table.name == "patients")
    assert told.purposes.count(of_patients) == 1


def test_an_open_file_is_said_to_be_open(empty_clinic):
    empty_clinic.chmod(0o644)

    assert any(
        "`chmod 600`" in told and "clinic.db" in told for told in made(empty_clinic).measures
    )


@pytest.mark.parametrize("role", ["manager", "practitioner", "trainer"])
def test_others_may_not_read_it(empty_clinic, role):
    with pytest.raises(NotAllowedError, match="read the change log"):
        made(empty_clinic, Actor("someone", role))


def test_as_a_page_it_names_every_table(empty_clinic):
    page = as_markdown(made(empty_clinic))

    for table in TABLES:
        assert f"\n| {table} | " in page
    assert page.startswith("# Record of processing: Test\n")
