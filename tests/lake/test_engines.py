"""Opening a lake: empty, growing, shared by threads, damaged."""

import os
import threading
from datetime import date

import pytest
from tests.reports.made_clinic import make_clinic

from mesodash.lake import schema
from mesodash.lake.engines import Lake, first_share, open_lake, warm
from mesodash.lake.errors import LakeError
from mesodash.lake.publish import PART, publish
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing

pytestmark = pytest.mark.slow


@pytest.fixture
def published(tmp_path):
    clinic = make_clinic(tmp_path / "clinic.db", "007", sessions=120)
    publish(clinic, tmp_path / "lake")
    return clinic, tmp_path / "lake"


@pytest.mark.parametrize("table", sorted(schema.TABLES))
def test_an_empty_lake_has_empty_tables(tmp_path, table):
    frame = Lake(tmp_path / "none").run(getattr(Lake(tmp_path).tables, table))
    assert list(frame.columns) == list(schema.columns(table))
    assert len(frame) == 0


@pytest.mark.parametrize(
    ("size", "share"), [(0, 0), (149_999_999, 0), (150_000_000, 1), (1_500_000_000, 2)]
)
def test_a_large_lake_is_given_more_memory_from_the_start(tmp_path, size, share):
    half, rest = tmp_path / "courses" / PART, tmp_path / "sessions" / "month=2026-01" / PART
    for file, length in ((half, size // 2), (rest, size - size // 2)):
        file.parent.mkdir(parents=True)
        with file.open("wb") as sparse:
            sparse.truncate(length)
    (tmp_path / "_spill-1").mkdir()
    (tmp_path / "_spill-1" / "block").write_bytes(bytes(1000))
    assert first_share(tmp_path) == share


def test_types_and_folders(published):
    _, folder = published
    lake = open_lake(folder)
    effects = lake.run(lake.tables.side_effects)
    assert set(effects["clinic_id"]) == {"007"}  # not the number 7
    assert set(effects["month"]) == {f"{day:%Y-%m}" for day in effects["held_on"]}
    assert isinstance(effects["held_on"].iloc[0], date)
    assert effects["side_effect"].dtype == "int64"
    assert lake.clinics() == ("007",)


def test_one_lake_a_folder(published, tmp_path):
    _, folder = published
    assert open_lake(folder) is open_lake(tmp_path / "." / "lake")
    assert open_lake(folder) is not open_lake(tmp_path / "other")


def test_a_replaced_file_is_seen_at_once(published):
    clinic, folder = published
    lake = open_lake(folder)
    outcomes = lake.tables.outcomes
    total = outcomes.agg(total=outcomes["value"].sum())
    for _ in range(5):
        before = lake.run(total)["total"].iloc[0]
        with writing(clinic, DEMO) as change:
            change.db.execute("UPDATE outcomes SET value = value + 1")
            change.log("update", "outcomes")
        publish(clinic, folder)
        after = lake.run(total)["total"].iloc[0]
        assert after == before + lake.run(outcomes.count().as_table()).iloc[0, 0]


def test_a_lake_that_fills_and_empties(tmp_path):
    lake = open_lake(tmp_path / "lake")
    count = lake.tables.sessions.agg(n=lake.tables.sessions.count())
    assert lake.run(count)["n"].tolist() == [0]
    publish(make_clinic(tmp_path / "a.db", "a", sessions=30), tmp_path / "lake")
    filled = lake.run(count)["n"].iloc[0]
    assert filled >= 30
    for part in (tmp_path / "lake" / "sessions").rglob("*.parquet"):
        part.unlink()
    assert lake.run(count)["n"].tolist() == [0]


def test_threads_share_one_engine(published):
    clinic, folder = published
    lake = open_lake(folder)
    sessions = lake.tables.sessions
    by_state = sessions.group_by("state").agg(n=sessions.count()).order_by("state")
    expected = lake.run(by_state)
    failures = []

    def ask():
        try:
            for _ in range(5):
                assert lake.run(by_state).equals(expected)
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failures.append(error)

    def write():
        try:
            for _ in range(5):
                with writing(clinic, DEMO) as change:
                    change.db.execute("UPDATE outcomes SET value = value + 1")
                    change.log("update", "outcomes")
                publish(clinic, folder)
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)] + [threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_damaged_file_is_told(published):
    _, folder = published
    part = next((folder / "sessions").rglob("part.parquet"))
    part.write_bytes(b"PAR1 not really PAR1")
    lake = open_lake(folder)
    with pytest.raises(LakeError, match="publish --everything"):
        lake.run(lake.tables.sessions)


def test_a_damaged_or_foreign_state_is_told(published):
    _, folder = published
    lake = open_lake(folder)
    state = folder / "_state" / "007.json"
    text = state.read_text()
    state.write_text(text.replace(f'"schema": {schema.VERSION}', '"schema": 0'))
    with pytest.raises(LakeError, match="Clinic 007 was published by another version"):
        lake.state()
    state.write_text(text[:10])
    with pytest.raises(LakeError, match="damaged"):
        lake.state()


def test_the_state_moves_with_the_revision(published):
    clinic, folder = published
    lake = open_lake(folder)
    before = lake.state()
    publish(clinic, folder)
    assert lake.state() == before
    with writing(clinic, DEMO) as change:
        change.db.execute("UPDATE patients SET phototype = 'I'")
        change.log("update", "patients")
    publish(clinic, folder)
    assert lake.state() != before


def test_another_engine_is_told(tmp_path):
    with pytest.raises(LakeError, match="knows the engine duckdb only"):
        open_lake(tmp_path, engine="sc://somewhere")


def test_warm_ends():
    thread = warm()
    thread.join(60)
    assert not thread.is_alive()


def sessions_by_day(lake):
    sessions = lake.tables.sessions
    same = sessions.view()
    pairs = sessions.join(same, sessions.held_on == same.held_on)
    return pairs.group_by("session", "held_on").agg(n=pairs.count())


def test_a_question_too_large_for_little_memory_is_given_more(published):
    lake = Lake(published[1])
    lake._backend.raw_sql("SET memory_limit = '1MiB'")  # less than any question needs
    assert len(lake.run(sessions_by_day(lake))) > 0
    assert lake._memory == 1


def test_a_question_too_large_for_all_memory_says_so(published, monkeypatch):
    monkeypatch.setattr("mesodash.lake.engines._MEMORY_MIB", (1,))
    lake = Lake(published[1])
    with pytest.raises(LakeError, match="shorter period"):
        lake.run(sessions_by_day(lake))


def test_what_a_killed_process_spilled_goes_after_a_day(published):
    folder = published[1]
    old, new = folder / "_spill-old", folder / "_spill-new"
    for left in (old, new):
        left.mkdir()
        (left / "duckdb_temp").write_bytes(b"x")
    os.utime(old, (0, 0))
    Lake(folder)
    assert (old.exists(), new.exists()) == (False, True)
