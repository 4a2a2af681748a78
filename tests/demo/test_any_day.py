"""A demo clinic can be made on every day of the calendar."""

from datetime import date, timedelta

import pytest
from tests.calendar_days import in_europe, on_each_day

from mesodash.demo import make_demo
from mesodash.records.files.check import check_clinic
from mesodash.records.store.connection import reading

SESSIONS = 120


@on_each_day
def test_a_demo_ends_on_its_day_and_is_sound(tmp_path, catalogue, monkeypatch, day):
    path = tmp_path / "demo.db"
    with in_europe(monkeypatch):
        make_demo(path, sessions=SESSIONS, seed=1, today=day, catalogue=catalogue)

    found = check_clinic(path, catalogue)
    assert (found.damage, found.unknown_codes) == ((), ())
    assert found.counts["sessions"] == SESSIONS
    with reading(path) as db:
        ((first, last),) = db.execute(
            "SELECT min(date(held_at)), max(date(held_at)) FROM sessions WHERE state = 'held'"
        )
        ((ahead,),) = db.execute(
            "SELECT min(date(held_at)) FROM sessions WHERE state = 'planned'"
        ).fetchall() or [(None,)]
        ((born,),) = db.execute("SELECT max(birth_year) FROM patients")
    assert day - timedelta(days=4 * 366) < date.fromisoformat(first)
    assert date.fromisoformat(last) < day
    assert ahead is None or date.fromisoformat(ahead) >= day
    assert born <= day.year - 18


def test_the_days_differ(tmp_path, catalogue):
    """Control: the day decides what is made, so that the test above tries ten clinics, not one."""
    held = set()
    for day in (date(2028, 2, 29), date(2027, 1, 1)):
        path = tmp_path / f"{day}.db"
        make_demo(path, sessions=20, seed=1, today=day, catalogue=catalogue)
        with reading(path) as db:
            held |= {db.execute("SELECT max(held_at) FROM sessions").fetchone()[0]}
    assert len(held) == 2


pytestmark = pytest.mark.slow
