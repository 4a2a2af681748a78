"""A lake that is not what was published is noticed when it is opened, and published again."""

import json
import os
import shutil

import pytest
from tests.reports.made_clinic import make_clinic

from mesodash.lake.engines import Lake, open_lake
from mesodash.lake.errors import DamagedLakeError, LakeError
from mesodash.lake.publish import (
    damaged_files,
    is_up_to_date,
    misfits_at_rest,
    publish,
    published_position,
)
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader
from mesodash.settings import lake_beside

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A clinic whose own lake is published; tests work on copies."""
    folder = tmp_path_factory.mktemp("whole")
    db = make_clinic(folder / "clinic.db", sessions=120)
    publish(db, lake_beside(db))
    return folder


@pytest.fixture
def db(whole, tmp_path):
    """A copy with the same times of change, so that it still fits its manifest."""
    shutil.copytree(whole, tmp_path / "clinic", copy_function=shutil.copy2)
    return tmp_path / "clinic" / "clinic.db"


def state(lake):
    return json.loads((lake / "_state" / "test.json").read_text("utf-8"))


def remove(part):
    part.unlink()


def shorten(part):
    part.write_bytes(part.read_bytes()[:-7])


def rewrite(part):
    """The same bytes at another time: what wrote them is not known."""
    part.write_bytes(part.read_bytes())
    os.utime(part, ns=(1, 1))


def swap(part):
    """Another month's rows, its own name."""
    other = next(p for p in sorted(part.parents[1].rglob("part.parquet")) if p != part)
    part.write_bytes(other.read_bytes())


def add(part):
    """A month that was never published."""
    stray = part.parents[1] / "month=2031-01" / part.name
    stray.parent.mkdir()
    stray.write_bytes(part.read_bytes())


CHANGES = [remove, shorten, rewrite, swap, add]


def test_a_copy_with_its_times_fits(db):
    lake = lake_beside(db)

    assert misfits_at_rest(lake, "test") == damaged_files(db, lake) == ()
    assert is_up_to_date(db, lake)
    assert len(state(lake)["files"]) == len(list(lake.rglob("part.parquet")))


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_noticed_and_published_again(db, catalogue, change):
    lake = lake_beside(db)
    before = Reader(db, catalogue).report("volumes", Filters(), ("month",))
    files = {part.relative_to(lake): part.read_bytes() for part in lake.rglob("part.parquet")}

    change(sorted((lake / "sessions").rglob("part.parquet"))[3])

    assert not is_up_to_date(db, lake)
    assert published_position(lake, "test") is None
    assert len(misfits_at_rest(lake, "test")) == 1
    after = Reader(db, catalogue).report("volumes", Filters(), ("month",))
    assert after.equals(before)
    assert {p.relative_to(lake): p.read_bytes() for p in lake.rglob("part.parquet")} == files
    assert misfits_at_rest(lake, "test") == ()


@pytest.mark.parametrize("change", CHANGES)
def test_a_lake_without_its_record_says_which_clinic_to_publish(db, catalogue, change):
    lake = lake_beside(db)
    change(sorted((lake / "sessions").rglob("part.parquet"))[3])

    with pytest.raises(LakeError, match="clinic test in the lake are not those"):
        Reader(None, catalogue, lake=lake).report("volumes")


def test_what_goes_while_a_page_is_drawn_is_counted_all_the_same(db, catalogue):
    lake, fresh = lake_beside(db), Reader(db, catalogue)
    expected = fresh.report("volumes", Filters(), ("area",))
    held = Reader(db, catalogue).of_this_moment()
    for part in sorted((lake / "treated_areas").rglob("part.parquet"))[::2]:
        part.unlink()

    assert held.report("volumes", Filters(), ("area",)).equals(expected)


def spoil(part):
    """Other bytes, while size and time stay: what a failing disk does."""
    times = part.stat()
    part.write_bytes(b"\0" * times.st_size)
    os.utime(part, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_spoilt_bytes_are_found_by_their_hash_alone(db):
    lake = lake_beside(db)
    part = sorted((lake / "sessions").rglob("part.parquet"))[3]
    spoil(part)

    assert misfits_at_rest(lake, "test") == ()
    assert damaged_files(db, lake) == (part.relative_to(lake).as_posix(),)


def test_a_question_that_meets_spoilt_bytes_is_answered_from_the_record(db, catalogue):
    lake = lake_beside(db)
    expected = Reader(db, catalogue).report("volumes", Filters(), ("area",))
    for part in (lake / "treated_areas").rglob("part.parquet"):
        spoil(part)
    open_lake(lake)  # what the engine remembers of the files must not answer in their place

    with pytest.raises(DamagedLakeError):
        Lake(lake).run(open_lake(lake).tables.treated_areas)
    assert Reader(db, catalogue).report("volumes", Filters(), ("area",)).equals(expected)
    assert damaged_files(db, lake) == ()


def test_another_versions_state_is_published_again(db):
    lake = lake_beside(db)
    old = {name: value for name, value in state(lake).items() if name != "files"}
    (lake / "_state" / "test.json").write_text(json.dumps(old), "utf-8")

    assert not is_up_to_date(db, lake)
    assert publish(db, lake).tables
    assert is_up_to_date(db, lake)


def test_publishing_everything_writes_what_already_stands(db):
    lake = lake_beside(db)

    assert publish(db, lake).tables == ()
    assert len(publish(db, lake, everything=True).tables) > 5
