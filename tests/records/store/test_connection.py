"""Reading does not block or get blocked, writing is all or nothing, and failures are sentences."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlite_utils.utils import sqlite3

from mesodash.records.audit.actor import Actor
from mesodash.records.store.clinic import create_clinic, read_revision
from mesodash.records.store.connection import connect, plain_errors, reading, writing
from mesodash.records.store.errors import BusyError, CannotWriteError, DamagedError, NotAClinicError

ANN = Actor("ann", "manager")
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="C", kind="clinical", actor=ANN, clock=lambda: NOON)
    return path


def patients(path):
    with reading(path) as db:
        return [
            row["patient_id"] for row in db.query("SELECT patient_id FROM patients ORDER BY id")
        ]


def add(change, patient_id):
    change.db["patients"].insert({"patient_id": patient_id, "sex": "female"})


def test_writing_keeps_the_rows_and_moves_the_revision_once(clinic):
    with writing(clinic, ANN, clock=lambda: NOON) as change:
        add(change, "P-1")
        change.log("create", "patients", key="P-1", patient=1)
        add(change, "P-2")
        change.log("create", "patients", key="P-2", patient=2)

    assert patients(clinic) == ["P-1", "P-2"]
    assert read_revision(clinic) == 2
    with reading(clinic) as db:
        log = list(db.query("SELECT * FROM change_log WHERE revision = 2 ORDER BY seq"))
    assert [len(row.pop("mac")) for row in log] == [64, 64]
    assert len(log[-1]["versions"]) == 64  # the last entry covers the rows of both
    log[-1]["versions"] = None
    assert log == [
        {
            "seq": seq,
            "at": "2026-05-04T12:00:00+00:00",
            "revision": 2,
            "actor": "ann",
            "role": "manager",
            "action": "create",
            "table_name": "patients",
            "row_key": f"P-{patient}",
            "patient": patient,
            "month": None,
            "row_count": 1,
            "versions": None,
        }
        for seq, patient in ((2, 1), (3, 2))
    ]


def test_the_log_is_written_in_utc_whatever_the_clock_says(clinic):
    east = datetime(2026, 5, 4, 23, 30, tzinfo=timezone(timedelta(hours=2)))
    with writing(clinic, ANN, clock=lambda: east) as change:
        change.log("view", "patients")

    with reading(clinic) as db:
        (at,) = db.execute("SELECT at FROM change_log ORDER BY seq DESC LIMIT 1").fetchone()
    assert at == "2026-05-04T21:30:00+00:00"


@pytest.mark.parametrize("action", ["view", "export"])
def test_looking_is_logged_without_moving_the_revision(clinic, action):
    with writing(clinic, ANN) as change:
        change.log(action, "patients", patient=1)

    assert read_revision(clinic) == 1
    with reading(clinic) as db:
        assert db.execute("SELECT action, revision FROM change_log").fetchall() == [
            ("init", 1),
            (action, 1),
        ]


class Rerun(BaseException):
    """Streamlit's rerun, which is no Exception."""


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, Rerun])
def test_an_exception_in_the_block_keeps_nothing(clinic, failure):
    def fail_half_way():
        with writing(clinic, ANN) as change:
            add(change, "P-1")
            change.log("create", "patients")
            raise failure

    with pytest.raises(failure):
        fail_half_way()

    assert patients(clinic) == []
    assert read_revision(clinic) == 1


def test_a_change_that_was_not_logged_is_refused(clinic):
    with pytest.raises(RuntimeError, match="was not logged"), writing(clinic, ANN) as change:
        add(change, "P-1")

    assert patients(clinic) == []


def test_a_block_that_changes_nothing_needs_no_log(clinic):
    with writing(clinic, ANN):
        pass

    assert read_revision(clinic) == 1


def test_a_reader_is_not_blocked_by_a_writer_and_sees_one_snapshot(clinic):
    with writing(clinic, ANN) as change:
        add(change, "P-1")
        change.log("create", "patients")
        assert patients(clinic) == []
    with reading(clinic) as db:
        before = db.execute("SELECT count(*) FROM patients").fetchone()
        with writing(clinic, ANN) as change:
            add(change, "P-2")
            change.log("create", "patients")
        assert db.execute("SELECT count(*) FROM patients").fetchone() == before == (1,)

    assert patients(clinic) == ["P-1", "P-2"]


def test_reading_cannot_write(clinic):
    with pytest.raises(CannotWriteError, match="may not be changed"), reading(clinic) as db:
        db.execute("DELETE FROM clinic")


def test_concurrent_read_then_write_loses_nothing(clinic):
    def count_up():
        for _ in range(10):
            with writing(clinic, ANN) as change:
                (count,) = change.db.execute("SELECT count(*) FROM patients").fetchone()
                add(change, f"P-{count}")
                change.log("create", "patients")

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert patients(clinic) == [f"P-{n}" for n in range(40)]
    assert read_revision(clinic) == 41


def test_replace_fires_no_silent_loss_of_children(clinic):
    with writing(clinic, ANN) as change:
        add(change, "P-1")
        change.db["sessions"].insert(
            {"session_id": "S", "patient": 1, "held_at": "2026-05-04T10:00", "state": "held"}
        )
        change.log("create", "patients")

    replacing = "REPLACE INTO patients (id, patient_id, sex) VALUES (7, 'P-1', 'male')"
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"), writing(clinic, ANN) as change:
        change.db.execute(replacing)

    assert patients(clinic) == ["P-1"]


def test_foreign_keys_are_on(clinic):
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"), writing(clinic, ANN) as change:
        change.db["sessions"].insert(
            {"session_id": "S", "patient": 9, "held_at": "2026-05-04", "state": "held"}
        )


def test_every_writer_waits_for_the_disk_and_wipes_what_it_deletes(clinic):
    db = connect(clinic, read_only=False)
    try:
        pragmas = {
            name: db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete", "recursive_triggers")
        }
    finally:
        db.close()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "recursive_triggers": 1,
    }


def test_sqlite_is_newer_than_the_wal_reset_bug():
    assert sqlite3.sqlite_version_info >= (3, 51, 3)


def test_a_missing_file_is_no_clinic_and_is_not_made(tmp_path):
    path = tmp_path / "none.db"
    for opening in (reading(path), writing(path, ANN)):
        with pytest.raises(NotAClinicError, match="mesodash init"), opening:
            pass

    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_clinic(tmp_path):
    path = tmp_path / "empty.db"
    path.touch()

    with pytest.raises(NotAClinicError, match="not a mesodash clinic"), reading(path):
        pass


def test_a_file_of_something_else_is_damaged(tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("not a database, but long enough to have a header" * 20)

    with pytest.raises(DamagedError, match="restore it from a backup"), reading(path):
        pass


def test_a_locked_file_is_busy(clinic):
    other = sqlite3.connect(clinic, timeout=0.05)

    with writing(clinic, ANN), pytest.raises(BusyError, match="in use"), plain_errors(clinic):
        other.execute("BEGIN IMMEDIATE")

    other.close()


def test_a_full_disk_is_told_and_nothing_is_kept(clinic):
    before = read_revision(clinic)

    def save_too_much():
        with writing(clinic, ANN) as change:
            # SQLite's own limit gives the same error as a disk without room.
            (pages,) = change.db.execute("PRAGMA page_count").fetchone()
            change.db.execute(f"PRAGMA max_page_count = {pages}")
            change.log("create", "patients")
            for number in range(2000):
                add(change, f"P-{number}")

    with pytest.raises(CannotWriteError, match=r"^The disk that holds clinic\.db is full"):
        save_too_much()
    assert patients(clinic) == []
    assert read_revision(clinic) == before


def test_a_file_that_may_not_be_changed_is_told(clinic):
    db = connect(clinic, read_only=True)
    try:
        with pytest.raises(CannotWriteError, match="give write access"), plain_errors(clinic):
            db.execute("UPDATE clinic SET revision = 9")
    finally:
        db.close()
    assert read_revision(clinic) == 1
