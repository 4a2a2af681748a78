"""`mesodash audit`: one sentence and an exit code."""

from contextlib import closing

import pytest
from pysqlite3 import dbapi2 as sqlite3
from tests.sentences import numbers_in

from mesodash.cli import main
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing

UNANCHORED = (
    "The change log is as it was written: 3 entries; there was no anchor to compare with, so"
    " an older copy put in place would not show."
)


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, DEMO) as change:
        change.log("view", "patients", key="P-1")
        change.log("view", "patients", key="P-2")
    return empty_clinic


def run(capsys, *arguments):
    """The exit code, what is printed and what is said on standard error."""
    try:
        main([str(argument) for argument in arguments])
        code = 0
    except SystemExit as stop:
        code = stop.code
    out, err = capsys.readouterr()
    return code, out, err


def cut(path):
    with closing(sqlite3.connect(str(path))) as db, db:
        db.execute("DROP TRIGGER change_log_no_delete")
        db.execute("DELETE FROM change_log WHERE seq = 3")


def test_an_untouched_log(clinic, capsys):
    assert run(capsys, "audit", "verify", "--db", clinic) == (
        0,
        f"{UNANCHORED}\n",
        "",
    )


def test_an_anchor_kept_elsewhere_shows_a_cut(clinic, capsys, tmp_path):
    kept = tmp_path / "elsewhere.txt"
    code, line, _ = run(capsys, "audit", "anchor", "--db", clinic, "--to", kept)
    assert code == 0
    assert kept.read_text() == line
    cut(clinic)

    assert run(capsys, "audit", "verify", "--db", clinic)[0] == 5  # by the sealed end of the log
    code, out, err = run(capsys, "audit", "verify", "--db", clinic, "--anchor", kept)

    assert (code, out) == (5, "")
    assert numbers_in(err)[:2] == [2, 3]  # entries now, entries when the anchor was made
    assert err.count("\n") == 1


def test_the_anchor_beside_the_file_is_always_asked(clinic, capsys):
    run(capsys, "audit", "anchor", "--db", clinic)
    cut(clinic)

    assert run(capsys, "audit", "verify", "--db", clinic)[0] == 5
    assert run(capsys, "audit", "anchor", "--db", clinic)[0] == 5
    assert run(capsys, "check", "--db", clinic)[0] == 5


def test_the_manifest_of_a_backup_is_an_anchor(clinic, capsys, tmp_path):
    run(capsys, "backup", "--db", clinic, "--to", tmp_path / "b")
    (manifest,) = (tmp_path / "b").glob("*.json")
    assert run(capsys, "audit", "verify", "--db", clinic, "--anchor", manifest)[0] == 0
    clinic.with_name("clinic.db.anchors").unlink()
    with closing(sqlite3.connect(str(clinic))) as db, db:
        db.execute("DROP TRIGGER change_log_no_delete")
        db.execute("DELETE FROM change_log WHERE seq > 2")

    assert run(capsys, "audit", "verify", "--db", clinic, "--anchor", manifest)[0] == 5


def test_a_log_whose_key_is_gone(clinic, capsys):
    clinic.with_name("clinic.db.key").unlink()

    code, _, err = run(capsys, "audit", "verify", "--db", clinic)

    assert code == 3
    assert "put the clinic's own key" in err


def test_no_clinic(tmp_path, capsys):
    code, _, err = run(capsys, "audit", "verify", "--db", tmp_path / "none.db")

    assert (code, err.count("\n")) == (2, 1)
