"""`mesodash erase`, `retention` and `processing`."""

import json
import re

import pytest
from tests.cli.test_audit import run
from tests.sentences import numbers_in

from mesodash.lake.publish import publish
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import reading, writing
from mesodash.settings import lake_beside


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, DEMO) as change:
        for n, day in ((1, "2014-05-04"), (2, "2024-05-04")):
            change.db.execute(
                "INSERT INTO patients (id, patient_id, sex, birth_year, note)"
                " VALUES (?, ?, 'female', 1961, 'a note')",
                [n, f"PATIENT-{n}"],
            )
            change.db.execute(
                "INSERT INTO sessions (id, session_id, patient, held_at, state)"
                " VALUES (?, ?, ?, ?, 'held')",
                [n, f"S-{n}", n, day],
            )
        change.log("create", "patients", rows=2)
    return empty_clinic


def people(path):
    with reading(path) as db:
        return [row[0] for row in db.execute("SELECT patient_id FROM patients ORDER BY id")]


def test_a_dry_run_tells_and_changes_nothing(clinic, capsys):
    code, out, _ = run(capsys, "erase", "PATIENT-1", "--db", clinic, "--dry-run")

    assert code == 0
    assert "Would go" in out
    assert "Would stay" in out
    assert people(clinic) == ["PATIENT-1", "PATIENT-2"]


def test_it_asks_for_a_reason(clinic, capsys):
    code, _, err = run(capsys, "erase", "PATIENT-1", "--db", clinic)

    assert (code, re.findall(r"--[\w-]+", err)) == (2, ["--reason", "--dry-run"])
    assert people(clinic) == ["PATIENT-1", "PATIENT-2"]


def test_erased_here_then_in_the_backups(clinic, capsys, tmp_path):
    saved = tmp_path / "b"
    run(capsys, "backup", "--db", clinic, "--to", saved)
    publish(clinic, lake_beside(clinic))

    code, out, err = run(capsys, "erase", "PATIENT-1", "--db", clinic, "--reason", "asked")
    assert code == 0
    assert out.startswith("Erased: ")
    assert "1 backup was made" in err
    first, second = people(clinic)
    assert (first.startswith("erased-"), second) == (True, "PATIENT-2")

    code, out, _ = run(
        capsys, "erase", "PATIENT-1", "--db", clinic, "--reason", "asked", "--backups", saved
    )
    (backup,) = saved.glob("*.db")
    assert (code, out) == (0, f"Rewrote {backup.name}.\n")
    assert people(backup)[1:] == ["PATIENT-2"]
    assert b"PATIENT-1" not in backup.read_bytes()
    code, _, err = run(
        capsys, "erase", "PATIENT-1", "--db", clinic, "--reason", "asked", "--backups", saved
    )
    assert (code, "'PATIENT-1'" in err) == (2, True)


def test_retention_lists_and_erases_nobody(clinic, capsys):
    _, out, _ = run(capsys, "retention", "--db", clinic)
    assert out.startswith("No limit is set")

    code, out, err = run(
        capsys, "retention", "--db", clinic, "--set-years", "10", "--on", "2026-11-22",
        "--format", "json",
    )  # fmt: skip

    assert code == 0
    assert json.loads(out) == [
        {"patient_id": "PATIENT-1", "last_contact": "2014-05-04", "past_since": "2024-05-04"}
    ]
    assert numbers_in(err)[:2] == [10, 1]  # years, patients past the limit
    assert people(clinic) == ["PATIENT-1", "PATIENT-2"]


def test_processing_as_text_and_json(clinic, capsys):
    _, page, _ = run(capsys, "processing", "--db", clinic)
    _, told, _ = run(capsys, "processing", "--db", clinic, "--format", "json")

    assert page.startswith("# Record of processing: Test\n")
    assert {"patients", "change_log"} <= {table["name"] for table in json.loads(told)["tables"]}
    assert "PATIENT-1" not in page + told
