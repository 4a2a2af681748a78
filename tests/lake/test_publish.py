"""Publishing a real clinic's file: incremental equals from scratch, nothing personal leaves."""

import hashlib
import json
import shutil
import threading
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing import get_context

import pyarrow.parquet as pq
import pytest
from tests.records.files.released_files import release
from tests.reports.made_clinic import make_clinic

from mesodash.lake import schema
from mesodash.lake.errors import LakeError
from mesodash.lake.publish import (
    Published,
    is_up_to_date,
    publish,
    published_mark,
    published_position,
)
from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.protocol_versions import Parameters, add_version
from mesodash.records.store.connection import writing
from mesodash.records.store.errors import NotAClinicError
from mesodash.records.store.migrations import is_older

pytestmark = pytest.mark.slow


def clock():
    return datetime(2026, 3, 1, tzinfo=UTC)


def parts(lake):
    return sorted(lake.rglob("*.parquet"))


def rows(lake):
    """Every row of every partition, under its path."""
    return {
        str(part.relative_to(lake)): pq.ParquetFile(part).read().to_pylist() for part in parts(lake)
    }


def digests(lake):
    return {part: hashlib.sha256(part.read_bytes()).hexdigest() for part in parts(lake)}


MADE = 3
"""The revision of the clinic once it is made and has adopted a protocol."""


@pytest.fixture
def clinic(tmp_path):
    path = make_clinic(tmp_path / "clinic.db", sessions=150)
    own = Parameters(depth_mm=2.5, points=10)
    add_version(path, "melasma_txa", own, DEMO, on=date(2024, 5, 1), reason="secret", clock=clock)
    return path


@pytest.fixture
def lake(tmp_path):
    return tmp_path / "lake"


def from_scratch(clinic, tmp_path):
    fresh = tmp_path / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    publish(clinic, fresh, clock=clock)
    return rows(fresh)


def month_of(change, session):
    (month,) = change.db.execute(
        "SELECT substr(held_at, 1, 7) FROM sessions WHERE id = ?", [session]
    ).fetchone()
    return month


def test_every_table_and_column_is_there(clinic, lake):
    done = publish(clinic, lake, clock=clock)
    assert set(done.tables) == set(schema.TABLES)
    assert done.revision == MADE
    for table, columns in schema.TABLES.items():
        part = next((lake / table).rglob("part.parquet"))
        assert pq.read_schema(part).names == list(columns), table
    names = {path.name for path in (lake / "sessions" / "clinic_id=test").iterdir()}
    assert names == {f"month={month}" for month in done.months}


def test_of_an_adopted_version_only_its_figures_travel(clinic, lake, tmp_path):
    publish(clinic, lake, clock=clock)
    (part,) = (lake / "protocol_versions").rglob("part.parquet")
    (row,) = pq.read_table(part).to_pylist()
    assert row == {
        "protocol_version": 1,
        "protocol": "melasma_txa",
        "adopted_on": date(2024, 5, 1),
        "depth_mm": 2.5,
        "volume_per_point_ml": None,
        "points": 10.0,
        "max_volume_ml": None,
        "interval_days": None,
    }
    own = Parameters(depth_mm=2.5, points=12)
    add_version(clinic, "melasma_txa", own, DEMO, on=date(2025, 5, 1), clock=clock)
    done = publish(clinic, lake, clock=clock)
    assert (done.tables, done.months) == (("protocol_versions",), ())
    assert rows(lake) == from_scratch(clinic, tmp_path)


def test_counts_are_the_records(clinic, lake):
    publish(clinic, lake, clock=clock)
    published = rows(lake)
    with writing(clinic, DEMO) as change:
        for table in schema.TABLES:
            (there,) = change.db.execute(f"SELECT count(*) FROM {table}").fetchone()
            here = sum(len(r) for path, r in published.items() if path.startswith(f"{table}/"))
            assert here == there > 0, table


def test_publishing_again_writes_nothing(clinic, lake):
    publish(clinic, lake, clock=clock)
    before = digests(lake)
    stamps = {part: part.stat().st_mtime_ns for part in parts(lake)}
    assert publish(clinic, lake, clock=clock) == Published((), (), MADE)
    assert {part: part.stat().st_mtime_ns for part in parts(lake)} == stamps
    (lake / "_state" / "test.json").unlink()
    publish(clinic, lake, clock=clock)
    assert digests(lake) == before


def test_only_touched_months_are_written(clinic, lake, tmp_path):
    publish(clinic, lake, clock=clock)
    before = digests(lake)
    with writing(clinic, DEMO) as change:
        month = month_of(change, 40)
        change.db["follow_ups"].insert(
            {"session": 40, "contacted_at": "2026-02-01", "channel": "phone"}
        )
        change.log("create", "follow_ups", month=month)
    done = publish(clinic, lake, clock=clock)
    assert done.months == (month,)
    assert done.revision == MADE + 1
    after = digests(lake)
    changed = {part for part in after if after[part] != before.get(part)}
    assert changed
    assert {part.parent.name for part in changed} == {f"month={month}"}
    assert rows(lake) == from_scratch(clinic, tmp_path)


@pytest.mark.slow
def test_many_changes_one_by_one_equal_from_scratch(clinic, lake, tmp_path):
    publish(clinic, lake, clock=clock)
    for number in range(1, 12):
        with writing(clinic, DEMO) as change:
            session = 10 * number
            month = month_of(change, session)
            match number % 4:
                case 0:  # a session moves to another month
                    change.db["sessions"].update(session, {"held_at": "2025-12-24T10:00"})
                    change.log("update", "sessions", month=month)
                    change.log("update", "sessions", month="2025-12")
                case 1:
                    change.db.execute(
                        "UPDATE side_effects SET resolved_at = '2026-01-01' WHERE session = ?",
                        [session],
                    )
                    change.log("update", "side_effects", month=month)
                case 2:
                    change.db.execute("UPDATE courses SET state = 'stopped' WHERE id = ?", [number])
                    change.log("update", "courses", month="2024-01")
                case 3:
                    change.db["patients"].update(number, {"phototype": "VI"})
                    change.log("update", "patients")
        publish(clinic, lake, clock=clock)
        assert rows(lake) == from_scratch(clinic, tmp_path), number


def test_a_new_session_writes_only_what_it_has(clinic, lake, tmp_path):
    publish(clinic, lake, clock=clock)
    with writing(clinic, DEMO) as change:
        new = change.db["sessions"].insert(
            {"session_id": "new", "patient": 1, "held_at": "2023-05-05T10:00", "state": "held"}
        )
        change.db["treated_areas"].insert(
            {
                "session": new.last_pk,
                "patient": 1,
                "held_at": "2023-05-05T10:00",
                "area": "leg.knee",
                "side": "left",
            }
        )
        change.log("create", "sessions", month="2023-05")
        change.log("create", "treated_areas", month="2023-05")
    done = publish(clinic, lake, clock=clock)
    assert done.tables == ("sessions", "treated_areas")
    assert done.months == ("2023-05",)
    assert rows(lake) == from_scratch(clinic, tmp_path)


@pytest.mark.parametrize("known", [True, False])
def test_a_later_visit_reaches_the_patients_earlier_side_effects(clinic, lake, tmp_path, known):
    """It is a contact and may treat the area again, whether or not the log says whose it was."""
    publish(clinic, lake, clock=clock)
    with writing(clinic, DEMO) as change:
        patient, month, area, effect = change.db.execute(
            "SELECT s.patient, substr(s.held_at, 1, 7), e.area, e.id FROM side_effects e"
            " JOIN sessions s ON s.id = e.session WHERE s.state = 'held' AND e.area IS NOT NULL"
            " AND e.resolved_at IS NULL AND e.gone_by_at IS NULL AND length(e.onset_at) >= 10"
            " AND e.last_seen_at IS NULL ORDER BY e.id LIMIT 1"
        ).fetchone()
        still = change.db.execute(
            "SELECT DISTINCT substr(s.held_at, 1, 7), s.patient FROM side_effects e"
            " JOIN sessions s ON s.id = e.session"
            " WHERE coalesce(e.resolved_at, e.gone_by_at, '9999') >= '2027-01'"
        ).fetchall()
        assert month in {one for one, _ in still}
        at = "2027-01-05T10:00"
        new = change.db["sessions"].insert(
            {"session_id": "new", "patient": patient, "held_at": at, "state": "held"}
        )
        change.db["treated_areas"].insert(
            {
                "session": new.last_pk,
                "patient": patient,
                "held_at": at,
                "area": area,
                "side": "both",
            }
        )
        whose = {"patient": patient} if known else {}
        change.log("create", "sessions", month="2027-01", **whose)
        change.log("create", "treated_areas", month="2027-01", **whose)
    before = digests(lake)
    done = publish(clinic, lake, clock=clock)

    assert set(done.tables) == {"sessions", "treated_areas", "side_effects"}
    assert set(done.months) == {"2027-01", *(m for m, who in still if who == patient or not known)}
    assert rows(lake) == from_scratch(clinic, tmp_path)
    part = f"side_effects/clinic_id=test/month={month}/part.parquet"
    assert digests(lake)[lake / part] != before[lake / part]
    (row,) = [one for one in rows(lake)[part] if one["side_effect"] == effect]
    assert (row["counting"], row["last_contact_on"].isoformat()) == ("ongoing", "2027-01-05")
    assert row["again_minutes"] is not None
    assert row["told"] is None


def test_a_contact_moves_the_end_of_what_is_still_open(clinic, lake, tmp_path):
    publish(clinic, lake, clock=clock)
    with writing(clinic, DEMO) as change:
        (session,) = change.db.execute(
            "SELECT session FROM side_effects WHERE resolved_at IS NULL AND gone_by_at IS NULL"
            " AND length(onset_at) >= 10 LIMIT 1"
        ).fetchone()
        month = month_of(change, session)
        change.db["follow_ups"].insert(
            {"session": session, "contacted_at": "2027-02-01", "channel": "phone"}
        )
        change.log("create", "follow_ups", month=month)
    done = publish(clinic, lake, clock=clock)
    assert done.tables == ("follow_ups", "side_effects")
    assert rows(lake) == from_scratch(clinic, tmp_path)


def test_a_month_without_rows_disappears(clinic, lake):
    publish(clinic, lake, clock=clock)
    with writing(clinic, DEMO) as change:
        month = month_of(change, 1)
        inside = "SELECT id FROM sessions WHERE held_at LIKE ?"
        for table in ("treated_areas", "products_used", "side_effects", "follow_ups", "outcomes"):
            change.db.execute(f"DELETE FROM {table} WHERE session IN ({inside})", [f"{month}%"])
        change.db.execute("DELETE FROM sessions WHERE held_at LIKE ?", [f"{month}%"])
        change.log("void", "sessions", month=month)
    assert month in publish(clinic, lake, clock=clock).months
    left = {part.parent.name for part in parts(lake) if part.parts[-4] == "sessions"}
    assert f"month={month}" not in left
    assert not (lake / "sessions" / "clinic_id=test" / f"month={month}").exists()


def test_a_change_without_a_month_writes_all(clinic, lake, tmp_path):
    publish(clinic, lake, clock=clock)
    with writing(clinic, DEMO) as change:
        change.db.execute("UPDATE outcomes SET value = value + 1")
        change.log("import", "outcomes", rows=99)
    done = publish(clinic, lake, clock=clock)
    assert set(done.tables) == set(schema.TABLES)
    assert rows(lake) == from_scratch(clinic, tmp_path)


def test_views_do_not_publish(clinic, lake):
    publish(clinic, lake, clock=clock)
    with writing(clinic, DEMO) as change:
        change.log("view", "patients", patient=1)
    assert is_up_to_date(clinic, lake)
    assert publish(clinic, lake, clock=clock).tables == ()


@pytest.mark.slow
def test_a_restored_backup_replaces_what_came_after(clinic, lake, tmp_path):
    publish(clinic, lake, clock=clock)
    backup = tmp_path / "backup.db"
    shutil.copy(clinic, backup)
    with writing(clinic, DEMO) as change:
        change.db.execute("UPDATE outcomes SET value = 9")
        change.log("update", "outcomes", month="2024-05")
        change.log("update", "outcomes")
    publish(clinic, lake, clock=clock)
    clinic.unlink()
    shutil.copy(backup, clinic)
    assert not is_up_to_date(clinic, lake)
    publish(clinic, lake, clock=clock)
    assert rows(lake) == from_scratch(clinic, tmp_path)


def test_another_file_of_the_same_clinic_replaces_it(clinic, lake, tmp_path):
    publish(clinic, lake, clock=clock)
    other = make_clinic(tmp_path / "other.db", sessions=60, seed=5)  # same clock, same revision
    assert not is_up_to_date(other, lake)
    publish(other, lake, clock=clock)
    assert rows(lake) == from_scratch(other, tmp_path)


def test_another_schema_writes_all(clinic, lake, monkeypatch):
    publish(clinic, lake, clock=clock)
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    assert published_position(lake, "test") is None
    assert set(publish(clinic, lake, clock=clock).tables) == set(schema.TABLES)


def test_a_cut_off_state_writes_all(clinic, lake):
    publish(clinic, lake, clock=clock)
    state = lake / "_state" / "test.json"
    state.write_text(state.read_text()[:20])
    assert set(publish(clinic, lake, clock=clock).tables) == set(schema.TABLES)


def test_nothing_personal_leaves(clinic, lake):
    publish(clinic, lake, clock=clock)
    text = json.dumps(rows(lake), default=str) + "".join(map(str, parts(lake)))
    text += (lake / "_state" / "test.json").read_text()
    for secret in ("P00001", "C00001", "S00001", "E00001", "Doctor", "dr-1"):
        assert secret not in text
    for words in ("private note", "own words", "moved away"):
        assert words not in text
    assert "melasma_txa" in text  # the search would find something


def test_two_clinics_share_a_lake(tmp_path, lake):
    one = make_clinic(tmp_path / "one.db", "one", sessions=80, seed=1)
    two = make_clinic(tmp_path / "two.db", "two", sessions=60, seed=2)
    publish(one, lake, clock=clock)
    alone = rows(lake)
    publish(two, lake, clock=clock)
    both = rows(lake)
    assert {path: both[path] for path in alone} == alone
    assert all("clinic_id=two" in path for path in set(both) - set(alone))


def test_an_empty_clinic_publishes_only_its_state(empty_clinic, lake):
    assert publish(empty_clinic, lake, clock=clock) == Published((), (), 1)
    assert parts(lake) == []
    assert is_up_to_date(empty_clinic, lake)


def test_threads_take_turns(clinic, lake, tmp_path):
    results, failures = [], []

    def work():
        try:
            results.append(publish(clinic, lake, clock=clock))
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum(bool(done.tables) for done in results) == 1
    assert rows(lake) == from_scratch(clinic, tmp_path)


@pytest.mark.slow
def test_processes_take_turns(clinic, lake, tmp_path):
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        results = [job.result() for job in [pool.submit(publish, clinic, lake) for _ in range(6)]]
    assert sum(bool(done.tables) for done in results) == 1
    assert rows(lake) == from_scratch(clinic, tmp_path)
    assert not list(lake.rglob(".part*"))


def test_a_missing_file_is_told(tmp_path, lake):
    with pytest.raises(NotAClinicError):
        publish(tmp_path / "no.db", lake, clock=clock)


def test_a_lake_that_cannot_be_written_is_told(clinic, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LakeError, match="cannot be written"):
        publish(clinic, tmp_path / "file", clock=clock)


def test_a_lake_that_is_no_folder_shows_nothing_and_one_that_cannot_be_read_is_told(lake):
    lake.write_text("no folder", "utf-8")
    assert published_position(lake, "test") is None
    assert published_mark(lake, "test") is None

    lake.unlink()
    (lake / "_state" / "test.json").mkdir(parents=True)
    with pytest.raises(LakeError, match=r"cannot be read \(Is a directory\); free the folder"):
        published_position(lake, "test")


def test_a_file_of_an_earlier_version_is_brought_up_first(tmp_path, lake):
    """A report on such a file once stopped at a column that it does not have yet."""
    path = tmp_path / "old.db"
    release("m003_what_followed", path)
    assert is_older(path)

    done = publish(path, lake, clock=clock)

    assert (done.months, is_older(path)) == (("2026-01",), False)
    assert is_up_to_date(path, lake)
