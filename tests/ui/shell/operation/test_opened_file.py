"""The clinic's file is the one that was opened, or a sentence says that it is not."""

import shutil
from datetime import UTC, datetime

import pytest

from mesodash.records.audit.actor import COMMAND_LINE, DEMO
from mesodash.records.files.backup import backup_clinic, restore_clinic
from mesodash.records.store.clinic import create_clinic, read_clinic
from mesodash.records.store.connection import writing
from mesodash.records.store.errors import NotAClinicError
from mesodash.ui.shell.operation import opened_file
from mesodash.ui.shell.operation.opened_file import OpenedFiles

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def change(db):
    with writing(db, DEMO) as one:
        one.db["practitioners"].insert({"practitioner_id": "D", "name": "Practitioner A"})
        one.log("create", "practitioners")


@pytest.fixture
def opened(empty_clinic):
    files = OpenedFiles()
    files.look_at(empty_clinic)
    return files


def refused(opened, db):
    with pytest.raises(NotAClinicError) as told:
        opened.look_at(db)
    return db.name in str(told.value)


def test_a_file_that_is_changed_and_restored_is_the_same(opened, empty_clinic, tmp_path):
    saved, _ = backup_clinic(empty_clinic, tmp_path / "saved", actor=DEMO, clock=lambda: NOON)
    change(empty_clinic)
    opened.look_at(empty_clinic)
    restore_clinic(saved, empty_clinic, actor=DEMO, force=True)
    opened.look_at(empty_clinic)


def test_a_copy_moved_over_it_is_another_until_it_is_back(opened, empty_clinic, tmp_path):
    shutil.copy(empty_clinic, tmp_path / "copy.db")
    own = empty_clinic.rename(tmp_path / "own.db")
    shutil.move(tmp_path / "copy.db", empty_clinic)
    assert refused(opened, empty_clinic)
    own.replace(empty_clinic)
    opened.look_at(empty_clinic)


def test_an_older_copy_written_into_it_is_another(opened, empty_clinic, tmp_path):
    shutil.copy(empty_clinic, tmp_path / "copy.db")
    change(empty_clinic)
    opened.look_at(empty_clinic)
    shutil.copy(tmp_path / "copy.db", empty_clinic)
    assert refused(opened, empty_clinic)


def test_another_clinic_written_into_it_is_another(opened, empty_clinic, tmp_path):
    other = tmp_path / "other" / "clinic.db"
    create_clinic(other, clinic_id="other", name="O", kind="clinical", actor=COMMAND_LINE)
    shutil.copy(other, empty_clinic)
    assert refused(opened, empty_clinic)


def test_one_that_is_gone_is_told_as_gone(opened, empty_clinic):
    empty_clinic.unlink()
    assert refused(opened, empty_clinic)
    assert opened.knows(empty_clinic)


def test_it_is_read_again_only_after_a_change(opened, empty_clinic, monkeypatch):
    read = []
    monkeypatch.setattr(opened_file, "read_clinic", lambda db: read.append(db) or read_clinic(db))
    for _ in range(3):
        opened.look_at(empty_clinic)
    before = len(read)
    change(empty_clinic)
    for _ in range(3):
        opened.look_at(empty_clinic)

    assert before <= 1  # reading may itself have made the log's file
    assert 1 <= len(read) - before <= 2
