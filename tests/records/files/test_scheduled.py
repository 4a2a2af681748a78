"""Backups the app makes by itself: one a day, of seven days and four weeks, each restorable."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest

from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.files.backup import backup_clinic, backups_in, manifest_beside
from mesodash.records.files.scheduled import (
    BY_ITSELF,
    back_up_and_try,
    back_up_if_due,
    is_due,
    latest_backup,
)
from mesodash.records.files.trial_restore import try_restoring
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.driver import open_file
from mesodash.records.store.errors import CannotWriteError, DamagedError

DAY = timedelta(days=1)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANN = Actor("ann", "administrator")


def made(db, folder, at):
    return back_up_if_due(db, folder, clock=lambda: at)


@pytest.fixture
def filled(empty_clinic):
    with writing(empty_clinic, DEMO, clock=lambda: NOON) as change:
        for number in range(20):
            change.db["patients"].insert({"patient_id": f"P-{number}", "sex": "male"})
        change.log("create", "patients", rows=20)
    return empty_clinic


def test_one_is_made_a_day_and_restored_for_trial(filled, tmp_path):
    folder = tmp_path / "backups"

    trial = made(filled, folder, NOON)

    assert trial.rows > 20
    assert made(filled, folder, NOON + DAY / 3) is None
    assert made(filled, folder, NOON + DAY).backup != trial.backup
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    facts = json.loads(manifest_beside(trial.backup).read_text("utf-8"))
    assert facts["restored_at"] == "2026-11-22T12:00:00+00:00"
    with reading(filled) as db:
        log = db.execute(
            "SELECT actor, action FROM change_log WHERE table_name = 'clinic' AND action = 'export'"
        ).fetchall()
    assert log == [(BY_ITSELF.actor_id, "export")] * 2
    # The trial leaves nothing behind: neither a second clinic nor its key.
    assert [one.name for one in tmp_path.iterdir() if ".mesodash-" in one.name] == []


def test_a_year_of_days_leaves_seven_days_and_four_weeks(empty_clinic, tmp_path):
    for day in range(60):
        backup_clinic(
            empty_clinic, tmp_path / "b", actor=BY_ITSELF, clock=lambda d=day: NOON + d * DAY
        )

    kept = [(NOON + 59 * DAY - at).days for at in backups_in(tmp_path / "b", "test")]

    # The 60th day is a Wednesday: the newest of the weeks before are their Sundays.
    assert sorted(kept) == [0, 1, 2, 3, 4, 5, 6, 10, 17]


def test_a_clock_that_ran_ahead_stops_no_backup_and_costs_none(empty_clinic, tmp_path):
    folder, wrong = tmp_path / "b", NOON + 2000 * DAY
    for day in range(9):
        backup_clinic(empty_clinic, folder, actor=ANN, clock=lambda d=day: wrong + d * DAY)
    ahead = set(backups_in(folder, "test"))

    assert is_due(folder, "test", NOON)
    trial = made(empty_clinic, folder, NOON)

    assert trial.backup.is_file()
    assert latest_backup(folder, "test", NOON + DAY / 4).path == trial.backup
    assert set(backups_in(folder, "test")) == ahead | {NOON}
    assert not is_due(folder, "test", NOON + DAY / 4)


@pytest.mark.parametrize("table", ["patients", "change_log"])
def test_a_backup_from_which_something_is_missing_does_not_pass(filled, tmp_path, table):
    backup, _ = backup_clinic(filled, tmp_path / "b", actor=ANN, clock=lambda: NOON)
    db = open_file(backup, "rwc")
    for (trigger,) in db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall():
        db.execute(f'DROP TRIGGER "{trigger}"')
    db.execute(f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")
    db.commit()
    db.close()
    manifest_beside(backup).unlink()

    with pytest.raises(DamagedError):
        try_restoring(backup, filled, actor=ANN, clock=lambda: NOON)
    assert not manifest_beside(backup).exists()


def test_a_backup_whose_bytes_changed_does_not_pass(filled, tmp_path):
    backup, _ = backup_clinic(filled, tmp_path / "b", actor=ANN, clock=lambda: NOON)
    content = bytearray(backup.read_bytes())
    content[-100] ^= 1
    backup.write_bytes(content)

    with pytest.raises(DamagedError, match="checksum"):
        try_restoring(backup, filled, actor=ANN)
    assert latest_backup(tmp_path / "b", "test", NOON).restored_at is None


def test_a_place_that_takes_no_file_is_told_in_one_sentence(filled, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")

    for folder in (taken, taken / "below"):
        with pytest.raises(CannotWriteError, match="not a folder"):
            back_up_and_try(filled, folder, actor=ANN)
