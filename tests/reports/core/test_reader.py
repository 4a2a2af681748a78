"""The reader: fresh after every write, the same from threads, and clinics that share numbers."""

import shutil
import threading
from datetime import date

import pytest
from tests.reports.made_clinic import make_clinic

from mesodash.lake.errors import LakeError
from mesodash.lake.publish import publish
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing
from mesodash.reports.core import reader as module
from mesodash.reports.core.filters import Filters, Period, ReportError
from mesodash.reports.core.reader import Reader
from mesodash.reports.core.registry import names, spec

pytestmark = pytest.mark.slow


@pytest.fixture
def own(tmp_path):
    return make_clinic(tmp_path / "own.db", sessions=80)


@pytest.mark.parametrize("name", names())
def test_an_empty_clinic_has_empty_reports_of_the_same_types(empty_clinic, catalogue, reader, name):
    empty = Reader(empty_clinic, catalogue).report(name)
    full = reader.report(name)
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)
    assert empty.dtypes.tolist() == full.dtypes.tolist()


def test_a_write_is_seen_at_once(own, catalogue):
    reader = Reader(own, catalogue)
    before = reader.volumes(by=()).loc[0, "sessions"]
    with writing(own, DEMO) as change:
        change.db.execute("UPDATE sessions SET state = 'cancelled' WHERE id = 1")
        change.db.execute("UPDATE sessions SET state = 'held' WHERE id > 1")
        change.log("update", "sessions")
    (held,) = [n for n in [reader.volumes(by=()).loc[0, "sessions"]] if n != before]
    assert held == Reader(own, catalogue).volumes(by=()).loc[0, "sessions"]


def test_a_moment_asks_once_whether_anything_was_recorded(own, catalogue, monkeypatch):
    reader = Reader(own, catalogue)
    asked = []
    fresh = module.is_up_to_date
    monkeypatch.setattr(module, "is_up_to_date", lambda *a: asked.append(a) or fresh(*a))
    moment = reader.of_this_moment()
    before = moment.volumes(by=()).loc[0, "sessions"]
    with writing(own, DEMO) as change:
        change.db.execute("UPDATE sessions SET state = 'cancelled' WHERE id = 1")
        change.log("update", "sessions")
    assert moment.volumes(by=()).loc[0, "sessions"] == before
    assert len(asked) == 1
    after = reader.of_this_moment().volumes(by=()).loc[0, "sessions"]
    assert after == reader.volumes(by=()).loc[0, "sessions"] == before - 1


def test_the_same_question_is_answered_from_memory_and_stays_whole(own, catalogue, monkeypatch):
    reader = Reader(own, catalogue)
    first = reader.courses()
    expected = first.copy()
    first.loc[:, "courses"] = -1
    monkeypatch.setattr("mesodash.lake.engines.Lake.run", None)
    assert reader.courses().equals(expected)


def test_memory_is_bounded(own, catalogue, monkeypatch):
    monkeypatch.setattr("mesodash.reports.core.snapshot._REMEMBERED", 2)
    reader = Reader(own, catalogue)
    for year in (2023, 2024, 2025):
        reader.volumes(Filters(Period(start=date(year, 1, 1))), ())
    assert len(reader._memory) == 2


def test_due_lists_are_not_remembered(own, catalogue):
    reader = Reader(own, catalogue)
    assert len(reader.due(date(2025, 6, 1), DEMO)) > 0
    assert len(reader._memory) == 0


def test_threads(own, catalogue):
    reader = Reader(own, catalogue)
    expected = {name: Reader(own, catalogue).report(name) for name in names()}
    failures = []

    def ask():
        try:
            for name in names():
                assert reader.report(name).equals(expected[name]), name
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_two_clinics_with_the_same_numbers_add_up(tmp_path, catalogue):
    lake = tmp_path / "lake"
    files = [
        make_clinic(tmp_path / f"{name}.db", name, sessions=120, seed=seed)
        for seed, name in enumerate(("one", "two"), start=1)
    ]
    for file in files:
        publish(file, lake)
    together = Reader(None, catalogue, lake=lake)
    apart = [Reader(file, catalogue) for file in files]
    for name, keys, counts in (
        ("volumes", ("month", "area"), ["sessions", "patients", "new_patients", "areas_treated"]),
        ("side_effects", ("effect", "protocol"), ["n", "resolved", "ongoing", "patients"]),
        ("outcomes", ("protocol", "scale"), ["patients"]),
        ("courses", ("protocol",), ["courses", "completed", "sessions_held"]),
    ):
        both = together.report(name, by=keys).set_index(list(keys))[counts]
        one, two = (r.report(name, by=keys).set_index(list(keys))[counts] for r in apart)
        summed = one.add(two, fill_value=0).astype("int64")
        assert both.sort_index().equals(summed.sort_index()), name
        for reader, clinic in zip(apart, ("one", "two"), strict=True):
            filtered = together.report(name, Filters(clinics=(clinic,)), keys)
            assert filtered.equals(reader.report(name, by=keys)), name


def test_practitioners_by_id_or_by_clinic_and_number(own, catalogue):
    reader = Reader(own, catalogue)
    named = reader.volumes(by=("practitioner",))
    assert set(named["practitioner"].dropna()) == {"dr-1", "dr-2", "dr-3"}
    bare = Reader(None, catalogue, lake=own.with_suffix(".lake"))
    numbered = bare.volumes(by=("practitioner",))
    assert set(numbered["practitioner"].dropna()) == {"test/1", "test/2", "test/3"}
    assert (
        reader.volumes(Filters(practitioners=("dr-2",)), ()).to_dict()
        == bare.volumes(Filters(practitioners=("test/2",)), ()).to_dict()
    )
    keys = {curve.keys["practitioner"] for curve in reader.curves(by=("effect", "practitioner"))}
    assert keys == {"dr-1", "dr-2", "dr-3", None}


def test_an_earlier_clinic_of_the_same_file_name_is_not_mixed_in(own, catalogue):
    Reader(own, catalogue).volumes()
    own.unlink()
    for extra in own.parent.glob("own.db-*"):
        extra.unlink()
    other = make_clinic(own, "other", sessions=30, seed=3)
    elsewhere = own.parent / "elsewhere"
    elsewhere.mkdir()
    expected = Reader(shutil.copy(other, elsewhere / "copy.db"), catalogue).volumes()
    assert Reader(own, catalogue).volumes().equals(expected)


def test_wrong_questions_are_told(own, catalogue, tmp_path):
    reader = Reader(own, catalogue)
    with pytest.raises(ReportError, match='no report "sales"; choose from volumes'):
        reader.report("sales")
    with pytest.raises(ReportError, match='This file is the clinic "test"'):
        reader.volumes(Filters(clinics=("elsewhere",)))
    with pytest.raises(ReportError, match="swap the two dates"):
        Period(date(2024, 2, 1), date(2024, 1, 1))
    with pytest.raises(ReportError, match="a clinic's file or a lake"):
        Reader(None, catalogue)
    with pytest.raises(ReportError, match="There is no lake"):
        Reader(None, catalogue, lake=tmp_path / "nothing")
    with pytest.raises(LakeError, match="duckdb only"):
        Reader(own, catalogue, engine="sc://x").volumes()


def test_every_report_is_usually_counted_by_keys_it_has():
    for name in names():
        assert set(spec(name).usual) <= set(spec(name).keys)
