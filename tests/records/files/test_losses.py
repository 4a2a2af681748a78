"""What a restore would lose is what was recorded after the backup, and nothing is written."""

from datetime import UTC, datetime

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.files.backup import backup_clinic
from mesodash.records.files.losses import losses
from mesodash.records.store.clinic import create_clinic, read_revision
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import NotAClinicError

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ANN = Actor("ann", "administrator")


def add(path, patient_id):
    with writing(path, DEMO) as change:
        change.db["patients"].insert({"patient_id": patient_id, "sex": "male"})
        change.log("create", "patients", month=None)


def test_only_what_came_after_the_backup_is_lost(empty_clinic, tmp_path):
    add(empty_clinic, "P-1")
    backup, _ = backup_clinic(empty_clinic, tmp_path / "b", actor=ANN, clock=lambda: NOON)
    assert losses(backup, empty_clinic, actor=ANN).changes == {}
    add(empty_clinic, "P-2")
    add(empty_clinic, "P-3")
    revision = read_revision(empty_clinic)

    lost = losses(backup, empty_clinic, actor=ANN)

    assert lost.same_clinic
    assert lost.changes == {"patients": 2}
    assert lost.rows == {"patients": (1, 3)}
    with reading(backup) as db:
        assert lost.saved_at == db.execute("SELECT max(at) FROM change_log").fetchone()[0]
    assert read_revision(empty_clinic) == revision


def test_a_backup_of_another_clinic_is_told(empty_clinic, tmp_path):
    other = tmp_path / "other" / "clinic.db"
    other.parent.mkdir()
    create_clinic(other, clinic_id="other", name="Other", kind="clinical", actor=DEMO)
    backup, _ = backup_clinic(other, tmp_path / "b", actor=ANN, clock=lambda: NOON)
    assert not losses(backup, empty_clinic, actor=ANN).same_clinic


def test_who_may_not_restore_may_not_ask(empty_clinic, tmp_path):
    with pytest.raises(NotAllowedError):
        losses(tmp_path / "x.db", empty_clinic, actor=Actor("tom", "trainer"))


def test_a_backup_that_is_not_there(empty_clinic, tmp_path):
    with pytest.raises(NotAClinicError):
        losses(tmp_path / "x.db", empty_clinic, actor=ANN)
