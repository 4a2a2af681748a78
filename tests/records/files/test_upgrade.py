"""Files of other versions: newer ones are refused, older ones brought up after a copy was kept."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
from pysqlite3 import dbapi2 as sqlite3
from sqlite_utils import Database
from tests.records.files.killed_upgrade import killed, place
from tests.records.files.released_files import KEY, RELEASED, content, keeps, release

from mesodash.records.audit.actor import DEMO
from mesodash.records.audit.verification import verify
from mesodash.records.files.check import check_clinic
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.store import migrations
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import writing
from mesodash.records.store.errors import ChangedOutsideError, NewerSchemaError
from mesodash.records.store.migrations import MIGRATIONS, is_older
from mesodash.records.store.schema_steps import NEWEST

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
SEALS = ("_sqlite_migrations", "chain_head", "chains", "change_log", "row_versions")
NAMES = [one.name for one in MIGRATIONS.pending(Database(memory=True))]


def test_the_newest_is_the_last():
    assert NAMES[-1] == NEWEST
    assert sorted(NAMES) == NAMES  # `refuse_newer` compares names


def test_each_released_version_has_a_file():
    """A step that is added to the schema comes with tools/released_schema.py being run."""
    assert RELEASED[-1] == NEWEST
    assert set(RELEASED) <= set(NAMES)


@pytest.fixture(scope="module")
def new_schema(tmp_path_factory):
    path = tmp_path_factory.mktemp("new") / "clinic.db"
    migrations.migrate(path)
    return content(path)[""]


@pytest.mark.parametrize("version", RELEASED)
def test_each_released_file_has_a_row_in_each_table(tmp_path, version):
    tables = content(release(version, tmp_path / "clinic.db"))
    assert [name for name, rows in tables.items() if not rows and name not in SEALS] == []


@pytest.mark.parametrize("version", RELEASED[:-1])
def test_each_released_file_is_brought_up_after_a_copy(tmp_path, catalogue, new_schema, version):
    path = release(version, tmp_path / "old.db")
    before = content(path)
    assert is_older(path)

    kept = bring_up_to_date(path, clock=lambda: NOON)

    assert kept == tmp_path / f"old.db.before-{NEWEST[:4]}-20261129T120000Z.db"
    assert content(kept) == before
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not is_older(path)
    assert content(path)[""] == new_schema
    assert keeps(before, content(path))
    assert verify(path).holds
    assert check_clinic(path, catalogue).is_sound
    with writing(path, DEMO) as change:
        change.db.execute("UPDATE sessions SET state = 'void'")
        change.log("void", "sessions", patient=1, month="2026-01")
    assert verify(path).holds
    assert bring_up_to_date(path) is None


def test_negative_control_a_lost_row_and_a_changed_cell_are_seen(tmp_path):
    before = content(release(NEWEST, tmp_path / "clinic.db"))
    assert keeps(before, before)
    assert not keeps(before, before | {"outcomes": []})
    assert not keeps(before, before | {"patients": [(1, "P-2"), *before["patients"][1:]]})


@pytest.mark.parametrize("name", [f"m{int(NEWEST[1:4]) + 1:03}_of_tomorrow", "m999_x"])
def test_a_newer_file_is_refused_everywhere(empty_clinic, name):
    with closing(sqlite3.connect(str(empty_clinic))) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('mesodash', ?, 'now')",
            [name],
        )
    before = content(empty_clinic)

    for call in (
        lambda: bring_up_to_date(empty_clinic),
        lambda: migrations.migrate(empty_clinic),
        lambda: read_clinic(empty_clinic),
        lambda: verify(empty_clinic),
        lambda: writing(empty_clinic, DEMO).__enter__(),
    ):
        with pytest.raises(NewerSchemaError, match="newer version of mesodash"):
            call()
    assert content(empty_clinic) == before


@pytest.mark.slow
@pytest.mark.parametrize(("version", "every"), [(RELEASED[0], 12), ("m013_language", 3)])
def test_killed_on_its_way_it_is_old_or_new(tmp_path, new_schema, checks, version, every):
    """The process that upgrades it is killed; the upgrade after that is whole."""
    left = dict(killed(version, tmp_path, new_schema, every=every))
    with checks(f"upgrades of {version} killed", planned=len(left) + 3) as count:
        for step, what in left.items():
            count.that(what in ("old", "new"), f"before step {step}: {what}")
        count.that(left[0] == "old", "killed at once: old")
        count.that(left[max(left)] == "new", "not killed: new")
        middle = place(tmp_path / "killed", max(left) // every // 2 * every)
        bring_up_to_date(middle, clock=lambda: NOON)
        count.that(content(middle)[""] == new_schema and verify(middle).holds, "once more: new")


@pytest.mark.slow
def test_negative_control_a_torn_upgrade_is_seen(tmp_path, new_schema):
    left = dict(killed("m013_language", tmp_path, new_schema, every=14, torn=True))
    assert "neither" in left.values()


def test_stopped_on_its_way_it_is_old_or_new(tmp_path, checks):
    """Whatever breaks off a migration, the file is of the old schema or of the new."""
    first = release("m008_erasure", tmp_path / "whole.db")
    before = content(first)
    statements = _migrate_counting(first, None)
    stops = range(statements)[:: statements // 12]
    with checks("migrations stopped", planned=len(stops) + 1) as count:
        for stop in stops:
            path = release("m008_erasure", tmp_path / f"stopped-{stop}.db")
            _migrate_counting(path, stop)
            old = content(path) == before
            new = not is_older(path) and verify(path).holds  # it was stopped too late
            count.that(old is not new, f"statement {stop}")
        count.that(content(first) != before and not is_older(first), "not stopped: new")


def _migrate_counting(path, stop):
    """Migrate; stop before the statement of that number. Gives how many there were."""
    seen = 0

    def watch(db):
        nonlocal seen

        def traced(statement):
            nonlocal seen
            if not statement.startswith(("PRAGMA", "SELECT", "--")):
                if seen == stop:
                    db.conn.interrupt()
                seen += 1

        db.conn.set_trace_callback(traced)

    original = migrations.connect

    def watched(path, *, read_only):
        db = original(path, read_only=read_only)
        watch(db)
        return db

    migrations.connect = watched
    try:
        migrations.migrate(path, clock=lambda: NOON)
    except sqlite3.OperationalError as error:
        assert stop is not None
        assert "interrupted" in str(error)  # noqa: PT017 - most runs raise nothing of the kind
    finally:
        migrations.connect = original
    return seen


def test_a_file_that_lost_its_seals_is_not_taken_for_an_older_one(tmp_path):
    path = release("m006_accounts", tmp_path / "old.db")
    path.with_name("old.db.key").touch(mode=0o600)
    path.with_name("old.db.key").write_text(f"{KEY}\n")

    with pytest.raises(ChangedOutsideError, match="lost its seals"):
        bring_up_to_date(path)
