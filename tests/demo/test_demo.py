"""The demo clinic: equal for equal arguments, and shaped like a clinic."""

from datetime import timedelta

import pytest
from tests.conftest import TODAY

from mesodash.records.audit import seals
from mesodash.records.files.check import check_clinic
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError
from mesodash.records.transfer.bulk_load import COLUMNS, count_by_month

pytestmark = pytest.mark.slow

LOG = f"SELECT {', '.join(seals.COLUMNS)} FROM change_log ORDER BY seq"  # seals have own keys


def content(path):
    with reading(path) as db:
        return {
            table: [tuple(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY id")]
            for table in COLUMNS
        } | {"log": [tuple(row) for row in db.execute(LOG)]}


def test_it_says_that_it_is_a_demo(demo):
    clinic = read_clinic(demo)

    assert (clinic.clinic_id, clinic.name, clinic.kind, clinic.country) == (
        "demo",
        "Demo clinic",
        "demo",
        "GB",
    )


def test_equal_arguments_give_equal_rows(tmp_path, make):
    for name in ("a", "b"):
        make(tmp_path / f"{name}.db", sessions=400)

    assert content(tmp_path / "a.db") == content(tmp_path / "b.db")


@pytest.mark.parametrize("changed", [{"seed": 2}, {"today": TODAY - timedelta(days=1)}])
def test_another_seed_or_day_gives_another_clinic(tmp_path, changed, make):
    make(tmp_path / "a.db", sessions=60)
    make(tmp_path / "b.db", sessions=60, **changed)

    assert content(tmp_path / "a.db")["sessions"] != content(tmp_path / "b.db")["sessions"]


@pytest.mark.parametrize("sessions", [1, 2, 7, 100])
def test_it_has_exactly_as_many_sessions_as_asked_for(tmp_path, catalogue, sessions, make):
    path = tmp_path / "demo.db"
    told = []

    make(path, sessions=sessions, progress=lambda *now: told.append(now))

    found = check_clinic(path, catalogue)
    assert found.counts["sessions"] == sessions
    assert told[-1] == (sessions, sessions)
    assert found.is_sound


def test_nothing_is_left_beside_it_and_nothing_is_overwritten(tmp_path, make):
    path = tmp_path / "demo.db"
    make(path, sessions=20)

    with pytest.raises(RecordError, match="exists already"):
        make(path, sessions=20)

    # readers of a WAL file leave its two helpers
    assert {file.name for file in tmp_path.iterdir()} <= {
        "demo.db",
        "demo.db.key",
        "demo.db-wal",
        "demo.db-shm",
    }


def test_an_empty_file_is_taken(tmp_path, make):
    path = tmp_path / "demo.db"
    path.touch()

    assert make(path, sessions=5).is_demo


def test_a_demo_without_sessions_is_refused(tmp_path, make):
    with pytest.raises(RecordError, match="at least one"):
        make(tmp_path / "demo.db", sessions=0)


def test_a_failure_leaves_no_file(tmp_path, make):
    def stop(done, wanted):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "demo.db", sessions=20, progress=stop)

    assert list(tmp_path.iterdir()) == []


def test_it_is_sound_and_knows_only_the_catalogue_s_codes(demo, catalogue):
    found = check_clinic(demo, catalogue)

    assert (found.damage, found.unknown_codes, found.sessions_without_areas) == ((), (), 0)
    assert found.counts["sessions"] == 3000
    assert 350 <= found.counts["patients"] <= 520
    assert found.counts["practitioners"] == 4


def test_the_log_names_every_table_and_month(demo, ask):
    with reading(demo) as db:
        counted = count_by_month(db)
    logged = ask("SELECT table_name, month, row_count FROM change_log WHERE action = 'import'")

    assert {(table, month): rows for table, month, rows in logged} == counted
    assert len(logged) == len(counted)


def test_nobody_has_a_name(ask):
    assert {name for (name,) in ask("SELECT name FROM practitioners")} == {
        f"Practitioner {letter}" for letter in "ABCD"
    }
    assert ask("SELECT patient_id FROM patients WHERE id = 193") == [("P-0193",)]
    assert ask("SELECT session_id FROM sessions WHERE id = 123") == [("S-000123",)]
    assert ask("SELECT count(*) FROM patients WHERE note IS NOT NULL") == [(0,)]
