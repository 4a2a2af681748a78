"""Backups: one snapshot under a writer, verified, rotated; restored wholly or not at all."""

import hashlib
import json
import stat
import threading
from datetime import UTC, datetime, timedelta

import pytest
from tests.sentences import numbers_in

from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.audit.anchors import anchors_beside
from mesodash.records.files.backup import (
    Manifest,
    backup_clinic,
    manifest_beside,
    restore_clinic,
    rotate,
)
from mesodash.records.store.clinic import read_clinic, read_revision
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import DamagedError, NotAClinicError, RecordError

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ANN = Actor("ann", "administrator")


def add(path, patient_id, month="2026-05"):
    with writing(path, DEMO) as change:
        number = change.db["patients"].insert({"patient_id": patient_id, "sex": "male"}).last_pk
        change.db["sessions"].insert(
            {
                "session_id": f"S-{patient_id}",
                "patient": number,
                "held_at": f"{month}-04",
                "state": "held",
            }
        )
        change.log("create", "sessions", month=month)


def patients(path):
    with reading(path) as db:
        return [name for (name,) in db.execute("SELECT patient_id FROM patients ORDER BY id")]


def save(path, folder, at=NOON, **options):
    return backup_clinic(path, folder, actor=ANN, clock=lambda: at, **options)


def test_a_backup_is_one_verified_file_with_a_manifest(empty_clinic, tmp_path):
    add(empty_clinic, "P-1")
    folder = tmp_path / "saved" / "here"

    with reading(empty_clinic) as db:
        (head,) = db.execute("SELECT mac FROM change_log WHERE seq = 2").fetchone()

    path, manifest = save(empty_clinic, folder)

    assert sorted(file.name for file in folder.iterdir()) == [
        "test-20260504T120000Z.db",
        "test-20260504T120000Z.json",
    ]
    assert path == folder / "test-20260504T120000Z.db"
    assert numbers_in(manifest.log) == [2]
    assert manifest == Manifest(
        file="test-20260504T120000Z.db",
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        size=path.stat().st_size,
        clinic_id="test",
        revision=2,
        made_at="2026-05-04T12:00:00+00:00",
        log_entries=2,
        log_head=head,
        log=manifest.log,
    )
    assert anchors_beside(empty_clinic)[0].rows == 3  # with the entry on the backup itself
    assert Manifest(**json.loads(manifest_beside(path).read_text())) == manifest
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert patients(path) == ["P-1"]


def test_a_backup_is_logged_as_an_export_without_moving_the_revision(empty_clinic, tmp_path):
    save(empty_clinic, tmp_path / "saved")

    assert read_revision(empty_clinic) == 1
    with reading(empty_clinic) as db:
        last = db.execute(
            "SELECT actor, action, table_name, row_key FROM change_log ORDER BY seq DESC LIMIT 1"
        ).fetchone()
    assert last == ("ann", "export", "clinic", "test-20260504T120000Z.db")


def test_a_backup_under_a_writer_is_one_snapshot(empty_clinic, tmp_path):
    """Every transaction adds a patient and a session: a torn copy has one without the other."""
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            add(empty_clinic, f"P-{number}")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [
            save(empty_clinic, tmp_path / "saved", NOON + timedelta(days=n), keep_daily=8)[0]
            for n in range(8)
        ]
    finally:
        stop.set()
        writer.join()

    seen = []
    for path in made:
        with reading(path) as db:
            (people,) = db.execute("SELECT count(*) FROM patients").fetchone()
            (sessions,) = db.execute("SELECT count(*) FROM sessions").fetchone()
            (revision,) = db.execute("SELECT revision FROM clinic").fetchone()
        assert people == sessions == revision - 1
        seen.append(people)
    assert seen == sorted(seen)
    assert len(set(seen)) > 1  # the writer was at work meanwhile


def test_negative_control_a_plain_copy_misses_what_stands_in_the_wal(empty_clinic, tmp_path):
    with reading(empty_clinic):  # keeps the WAL from being folded in
        add(empty_clinic, "P-1")
        copied = tmp_path / "copied.db"
        copied.write_bytes(empty_clinic.read_bytes())
        saved, _ = save(empty_clinic, tmp_path / "saved")

    assert (patients(copied), patients(saved)) == ([], ["P-1"])


def test_a_damaged_clinic_is_not_saved(tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("not a database, but long enough to have a header" * 20)

    with pytest.raises(DamagedError, match="restore it from a backup"):
        save(path, tmp_path / "saved")

    assert list((tmp_path / "saved").iterdir()) == []


def names(folder, ending=".db"):
    return sorted(path.name for path in folder.glob(f"*{ending}"))


def test_rotation_keeps_the_newest_of_each_day_and_week(tmp_path):
    start = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    for day in range(60):
        for hour in (0, 6):
            at = start + timedelta(days=day, hours=hour)
            (tmp_path / f"test-{at:%Y%m%dT%H%M%SZ}.db").touch()
            (tmp_path / f"test-{at:%Y%m%dT%H%M%SZ}.json").touch()
    others = ["test-notes.db", "test-2-20260301T090000Z.db", "other-20260301T090000Z.db"]
    for name in others:
        (tmp_path / name).touch()

    dropped = rotate(tmp_path, "test", keep_daily=3, keep_weekly=3)

    # 2026-04-29 is a Wednesday; the Sundays before it close their weeks
    kept = ["0419", "0426", "0427", "0428", "0429"]
    assert names(tmp_path) == sorted([f"test-2026{day}T150000Z.db" for day in kept] + others)
    assert names(tmp_path, ".json") == [f"test-2026{day}T150000Z.json" for day in kept]
    assert len(dropped) == 120 - 5


def test_the_newest_backup_is_always_kept(tmp_path):
    (tmp_path / "test-20260504T120000Z.db").touch()

    assert rotate(tmp_path, "test", keep_daily=0, keep_weekly=0) == ()


def test_restoring_makes_the_clinic_again(empty_clinic, tmp_path):
    add(empty_clinic, "P-1")
    saved, _ = save(empty_clinic, tmp_path / "saved")
    again = tmp_path / "new" / "again.db"

    assert restore_clinic(saved, again, actor=ANN, clock=lambda: NOON)

    assert patients(again) == ["P-1"]
    assert read_clinic(again).clinic_id == "test"
    assert sorted(path.name for path in again.parent.iterdir()) == [
        "again.db",
        "again.db.anchors",
        "again.db.key",
    ]
    with reading(again) as db:
        log = db.execute(
            "SELECT revision, action, table_name, month, row_key FROM change_log"
            " WHERE actor = 'ann' ORDER BY seq"
        ).fetchall()
    assert log == [
        (3, "import", table, month, "test-20260504T120000Z.db")
        for table, month in (("patients", None), ("sessions", "2026-05"), ("clinic", None))
    ]


def test_an_existing_clinic_is_replaced_only_by_force(empty_clinic, tmp_path):
    add(empty_clinic, "P-1")
    saved, _ = save(empty_clinic, tmp_path / "saved")
    add(empty_clinic, "P-2", month="2026-07")
    add(empty_clinic, "P-3", month="2026-08")

    with pytest.raises(RecordError, match="add --force"):
        restore_clinic(saved, empty_clinic, actor=ANN)
    assert patients(empty_clinic) == ["P-1", "P-2", "P-3"]

    restore_clinic(saved, empty_clinic, actor=ANN, force=True)
    assert patients(empty_clinic) == ["P-1"]


def test_a_restore_outdoes_the_revision_and_names_the_months_it_takes_back(empty_clinic, tmp_path):
    add(empty_clinic, "P-1")
    saved, _ = save(empty_clinic, tmp_path / "saved")
    add(empty_clinic, "P-2", month="2026-07")
    before = read_revision(empty_clinic)

    restore_clinic(saved, empty_clinic, actor=ANN, force=True)

    assert read_revision(empty_clinic) == before + 1
    with reading(empty_clinic) as db:
        months = db.execute(
            "SELECT month, row_count FROM change_log"
            " WHERE revision = ? AND table_name = 'sessions' ORDER BY seq",
            (before + 1,),
        ).fetchall()
    assert months == [("2026-05", 1), ("2026-07", 0)]


def test_who_has_the_clinic_open_sees_the_restored_one(empty_clinic, tmp_path):
    add(empty_clinic, "P-1")
    saved, _ = save(empty_clinic, tmp_path / "saved")
    add(empty_clinic, "P-2")

    with reading(empty_clinic) as db:
        restore_clinic(saved, empty_clinic, actor=ANN, force=True)
        assert db.execute("SELECT count(*) FROM patients").fetchone() == (2,)  # its own snapshot

    assert patients(empty_clinic) == ["P-1"]
    add(empty_clinic, "P-3")
    assert patients(empty_clinic) == ["P-1", "P-3"]


def test_a_damaged_clinic_is_replaced_by_force_with_what_lies_beside_it(empty_clinic, tmp_path):
    add(empty_clinic, "P-1")
    saved, _ = save(empty_clinic, tmp_path / "saved")
    empty_clinic.write_bytes(b"no database" * 1000)
    empty_clinic.with_name("clinic.db-wal").write_bytes(b"stale" * 100)

    restore_clinic(saved, empty_clinic, actor=ANN, force=True)

    assert patients(empty_clinic) == ["P-1"]


def test_a_backup_whose_bytes_changed_is_refused(empty_clinic, tmp_path):
    saved, _ = save(empty_clinic, tmp_path / "saved")
    content = bytearray(saved.read_bytes())
    content[-1] ^= 1
    saved.write_bytes(content)

    with pytest.raises(DamagedError, match="checksum differs"):
        restore_clinic(saved, tmp_path / "new.db", actor=ANN)

    assert not (tmp_path / "new.db").exists()


def test_without_a_manifest_the_backup_is_still_checked(empty_clinic, tmp_path):
    saved, _ = save(empty_clinic, tmp_path / "saved")
    manifest_beside(saved).unlink()

    assert not restore_clinic(saved, tmp_path / "new.db", actor=ANN)
    assert read_clinic(tmp_path / "new.db").clinic_id == "test"


def test_a_manifest_that_cannot_be_read_is_said(empty_clinic, tmp_path):
    saved, _ = save(empty_clinic, tmp_path / "saved")
    manifest_beside(saved).write_text("[]")

    with pytest.raises(DamagedError, match="cannot be read"):
        restore_clinic(saved, tmp_path / "new.db", actor=ANN)


@pytest.mark.parametrize("content", [None, b"", b"hello" * 500])
def test_what_is_no_backup_leaves_nothing_behind(tmp_path, content):
    backup = tmp_path / "backup.db"
    if content is not None:
        backup.write_bytes(content)

    with pytest.raises((NotAClinicError, DamagedError)):
        restore_clinic(backup, tmp_path / "new" / "clinic.db", actor=ANN)

    assert not (tmp_path / "new" / "clinic.db").exists()
    assert list(tmp_path.glob("**/*.part")) == []
