"""Files of other versions: newer ones are refused, older ones brought up after a copy was kept."""

import shutil
from contextlib import closing
from datetime import UTC, datetime

import pytest
from pysqlite3 import dbapi2 as sqlite3
from sqlite_utils import Database

from mesodash.records.audit.actor import DEMO
from mesodash.records.audit.verification import verify
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.store import migrations
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import connect, reading, writing
from mesodash.records.store.errors import ChangedOutsideError, NewerSchemaError
from mesodash.records.store.migrations import MIGRATIONS, is_older
from mesodash.records.store.schema.versions import track, triggers
from mesodash.records.store.schema_steps import NEWEST

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
NAMES = [one.name for one in MIGRATIONS.pending(Database(memory=True))]


def made_by(path, version):
    """A clinic's file as the version made it whose last migration is `version`."""
    db = connect(path, read_only=False)
    after = NAMES[NAMES.index(version) + 1 :]
    MIGRATIONS.apply(db, stop_before=after)
    db.execute(
        "INSERT INTO clinic (id, clinic_id, name, kind, created_at, revision)"
        " VALUES (1, 'old', 'Old', 'clinical', '2026', 1)"
    )
    db.execute("INSERT INTO patients (patient_id, sex) VALUES ('P-1', 'female')")
    db.execute(
        "INSERT INTO sessions (session_id, patient, held_at, state)"
        " VALUES ('S-1', 1, '2026-01-02', 'held')"
    )
    db.execute(
        "INSERT INTO change_log (seq, at, revision, actor, role, action, table_name, row_count)"
        " VALUES (1, '2026-01-02T10:00:00+00:00', 1, 'ann', 'manager', 'init', 'clinic', 1)"
    )
    db.conn.commit()
    db.close()


def content(path):
    with closing(sqlite3.connect(str(path))) as db:
        schema = db.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        tables = [name for name, sql in schema if (sql or "").startswith("CREATE TABLE")]
        return [schema, *(db.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables)]


def test_the_newest_is_the_last():
    assert NAMES[-1] == NEWEST
    assert sorted(NAMES) == NAMES  # `refuse_newer` compares names


# From m011 on a file is sealed as it is written, so one cannot be made by plain SQL.
@pytest.mark.parametrize("version", [name for name in NAMES if "m003" <= name < "m011"])
def test_each_released_schema_is_brought_up_after_a_copy(tmp_path, version):
    path = tmp_path / "old.db"
    made_by(path, version)
    before = content(path)
    assert is_older(path)

    kept = bring_up_to_date(path, clock=lambda: NOON)

    assert kept == tmp_path / f"old.db.before-{NEWEST[:4]}-20261129T120000Z.db"
    assert content(kept) == before
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not is_older(path)
    assert verify(path).holds
    with reading(path) as db:
        assert db.execute("SELECT patient_id, sex FROM patients").fetchall() == [("P-1", "female")]
        assert db.execute(
            "SELECT count(*) FROM row_versions WHERE action = 'found'"
        ).fetchone() == (3,)
    with writing(path, DEMO) as change:
        change.db.execute("UPDATE sessions SET state = 'void'")
        change.log("void", "sessions", patient=1, month="2026-01")
    assert verify(path).holds
    assert bring_up_to_date(path) is None


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


def test_stopped_on_its_way_it_is_old_or_new(tmp_path, checks):
    """Whatever breaks off a migration, the file is of the old schema or of the new."""
    first = tmp_path / "whole.db"
    made_by(first, "m008_erasure")
    before = content(first)
    kept = tmp_path / "kept.db"
    shutil.copy(first, kept)
    statements = _migrate_counting(first, None)
    stops = range(statements)[:: statements // 12]
    with checks("migrations stopped", planned=len(stops) + 1) as count:
        for stop in stops:
            path = tmp_path / f"stopped-{stop}.db"
            shutil.copy(kept, path)
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
    path = tmp_path / "old.db"
    made_by(path, "m009_given_passwords")
    path.with_name("old.db.key").write_text("61" * 32 + "\n")
    path.with_name("old.db.key").chmod(0o600)

    with pytest.raises(ChangedOutsideError, match="lost its seals"):
        bring_up_to_date(path)


@pytest.mark.parametrize(
    ("step", "table", "added"),
    [
        ("m012_teaching", "sign_ins", "teaching"),
        ("m013_language", "accounts", "language"),
        ("m016_lot_from", "products_used", "lot_from"),
    ],
)
def test_a_sealed_file_that_lacks_a_column_is_brought_up(empty_clinic, step, table, added):
    """As the step before left it: the column is taken out with what keeps its versions."""
    db = connect(empty_clinic, read_only=False)
    for name in triggers(db, table):
        db.execute(f"DROP TRIGGER {name}")
    db.execute(f"ALTER TABLE {table} DROP COLUMN {added}")
    track(db, (table,))
    db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [step])
    db.conn.commit()
    db.close()
    assert is_older(empty_clinic)

    assert bring_up_to_date(empty_clinic, clock=lambda: NOON) is not None
    assert verify(empty_clinic).holds
    with reading(empty_clinic) as db:
        assert added in {column.name for column in db.table(table).columns}


def test_a_sealed_file_from_before_photographs_is_brought_up(empty_clinic):
    db = connect(empty_clinic, read_only=False)
    for table in ("photographs", "consent_texts"):
        db.execute(f"DROP TABLE {table}")
    for name in triggers(db, "clinic"):
        db.execute(f"DROP TRIGGER {name}")
    db.execute("ALTER TABLE clinic DROP COLUMN disk_declared_by")
    track(db, ("clinic",))
    db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm014_photographs'")
    db.conn.commit()
    db.close()
    assert is_older(empty_clinic)
    assert verify(empty_clinic).holds

    assert bring_up_to_date(empty_clinic, clock=lambda: NOON) is not None
    assert verify(empty_clinic).holds


def test_a_sealed_file_from_before_flashcards_is_brought_up(empty_clinic):
    db = connect(empty_clinic, read_only=False)
    for table in ("learned_cards", "learners"):
        db.execute(f"DROP TABLE {table}")
    db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm015_flashcards'")
    db.conn.commit()
    db.close()
    assert is_older(empty_clinic)

    assert bring_up_to_date(empty_clinic, clock=lambda: NOON) is not None
    assert verify(empty_clinic).holds
    with reading(empty_clinic) as db:
        assert {"learners", "learned_cards"} <= set(db.table_names())
