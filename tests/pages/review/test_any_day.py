"""The review pages on every awkward day of the calendar, on a demo clinic that ends there."""

from datetime import date, timedelta
from itertools import cycle

import pytest
from tests.calendar_days import DAYS, in_europe, on_each_day
from tests.pages.drawn_page import measures

from mesodash.demo import make_demo
from mesodash.records.store.connection import reading
from mesodash.ui.parts import phrases

PAGES = ("courses", "due", "outcomes", "side_effects", "signals")


@pytest.fixture(scope="module")
def clinics(tmp_path_factory, catalogue):
    """day -> the file of a demo clinic that ends on it."""
    folder = tmp_path_factory.mktemp("days")
    for day in DAYS:
        make_demo(folder / f"{day}.db", sessions=150, seed=3, today=day, catalogue=catalogue)
    return {day: folder / f"{day}.db" for day in DAYS}


@pytest.fixture
def on(clinics, open_page, monkeypatch):
    """Open a review page of the clinic of a day, on that day."""

    def run(day, page, **choices):
        monkeypatch.setenv("MESODASH_TODAY", day.isoformat())
        with in_europe(monkeypatch):
            return open_page(f"review/{page}", clinic=clinics[day], **choices)

    return run


def held(clinic, first, last):
    with reading(clinic) as db:
        (count,) = db.execute(
            "SELECT count(*) FROM sessions WHERE state = 'held' AND date(held_at) BETWEEN ? AND ?",
            [first.isoformat(), last.isoformat()],
        ).fetchone()
    return count


@pytest.mark.parametrize(("day", "page"), list(zip(cycle(DAYS), PAGES, strict=False)))
def test_every_page_is_drawn_on_one_of_the_days(on, day, page):
    assert on(day, page).get("html")  # open_page asserts that nothing was raised


@on_each_day
def test_twelve_months_end_today_and_are_counted_whole(on, clinics, day):
    last_year = date(day.year - 1, day.month, min(day.day, 28 if day.month == 2 else 31))
    first = last_year + timedelta(days=1)

    sessions = measures(on(day, "volumes"))["Sessions"]

    assert sessions == phrases.number(held(clinics[day], first, day))


@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2026, 3, 29), date(2027, 1, 1)], ids=str)
def test_the_month_under_way_counts_its_own_days_only(on, clinics, day):
    expected = held(clinics[day], day.replace(day=1), day)
    page = on(day, "volumes", filter_period="this_month")
    shown = measures(page)["Sessions"] if expected else None

    assert shown == (phrases.number(expected) if expected else None)
