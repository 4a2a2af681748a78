"""`mesodash doctor` on a whole file, and on each thing that may be wrong with it."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from mesodash.cli.common import REFUSED, Failure
from mesodash.cli.doctor import diagnose, doctor
from mesodash.records.audit.actor import Actor
from mesodash.records.files.backup import backup_clinic
from mesodash.records.files.scheduled import back_up_and_try
from mesodash.records.store.connection import connect
from mesodash.records.store.schema_steps import NEWEST
from mesodash.settings import audit_key_file

ANN = Actor("ann", "administrator")


def states(path, backups=None, now=None):
    found = diagnose(path, backups, now or datetime.now(UTC))
    return {one.topic: one.state for one in found}


def test_a_whole_file_has_nothing_wrong(empty_clinic, tmp_path):
    back_up_and_try(empty_clinic, tmp_path / "saved", actor=ANN)
    audit_key_file(empty_clinic).chmod(0o600)

    found = states(empty_clinic, tmp_path / "saved")

    assert found == {
        "versions": "well",
        "file": "well",
        "disk": "well",
        "change log": "well",
        "key": "look",  # beside the file
        "backup": "well",
        "lake": "well",
    }


def test_a_backup_that_is_old_missing_or_not_looked_for(empty_clinic, tmp_path, monkeypatch):
    assert states(empty_clinic)["backup"] == "wrong"  # none where the app makes them
    monkeypatch.setenv("MESODASH_BACKUPS", "no")
    assert states(empty_clinic)["backup"] == "look"
    assert states(empty_clinic, tmp_path)["backup"] == "wrong"
    backup_clinic(empty_clinic, tmp_path / "saved", actor=ANN)
    later = datetime.now(UTC) + timedelta(days=3)
    assert states(empty_clinic, tmp_path / "saved", later)["backup"] == "look"


def test_a_key_that_others_may_read_is_wrong(empty_clinic):
    audit_key_file(empty_clinic).chmod(0o644)
    assert states(empty_clinic)["key"] == "wrong"


def test_a_log_that_was_changed_is_wrong(empty_clinic):
    db = connect(empty_clinic, read_only=False)
    with db.conn:
        db.execute("DROP TRIGGER change_log_no_update")
        db.execute("UPDATE change_log SET actor = 'nobody'")
    db.conn.close()
    assert states(empty_clinic)["change log"] == "wrong"


def test_an_older_form_is_said(empty_clinic):
    db = connect(empty_clinic, read_only=False)
    with db.conn:
        db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [NEWEST])
    db.conn.close()
    assert states(empty_clinic)["file"] == "look"


def test_the_command_ends_with_what_to_look_at_first(empty_clinic, tmp_path):
    audit_key_file(empty_clinic).chmod(0o600)
    result = CliRunner().invoke(doctor, ["--db", str(empty_clinic), "--backups", str(tmp_path)])
    assert isinstance(result.exception, Failure)
    assert result.exception.exit_code == REFUSED
    assert str(result.exception) == "Look first at: backup."
    assert result.output.count("\n") == 7


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    result = CliRunner().invoke(doctor, ["--db", str(tmp_path / "none.db")])
    assert isinstance(result.exception, Failure)


@pytest.mark.parametrize("name", ["doctor"])
def test_it_is_one_of_the_commands(name):
    from mesodash.cli import cli, register

    register()
    assert name in cli.commands
