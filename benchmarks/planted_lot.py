"""How soon the demo's planted lot is called: demos seen from twelve days of a year.

    python benchmarks/planted_lot.py [--demos 12]

Prints the table of docs/statistics.md. Each demo is made anew as seen from its day; the planted lot
is the one that most late lumps followed. It is looked for as the page and `mesodash report
clusters` do on every fifth day (the twelve months before), and as the monthly PDF prints it, made
on the first day of each month about the one before, from its fifth lump on.
"""

import argparse
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from mesodash.catalogue.load import load_catalogue
from mesodash.demo import make_demo
from mesodash.documents.monthly_report import Month, frames
from mesodash.records.store.connection import reading
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.periods import year_to
from mesodash.reports.core.reader import Reader
from mesodash.settings import load_settings

FIRST = date(2026, 1, 15)
LUMPS = (
    "SELECT p.lot, e.onset_at FROM side_effects e JOIN sessions s ON s.id = e.session"
    " JOIN products_used p ON p.session = s.id WHERE e.effect = 'nodule' AND p.lot IS NOT NULL"
    " AND length(e.onset_at) >= 10 AND julianday(e.onset_at) - julianday(s.held_at) > 7"
    " ORDER BY e.onset_at"
)
LOOKED_FOR = 60


def lumps_of_the_lot(path: Path) -> tuple[str, list[date]]:
    """The planted lot and the days on which its late lumps began."""
    with reading(path) as db:
        rows = [(row["lot"], date.fromisoformat(row["onset_at"][:10])) for row in db.query(LUMPS)]
    lots = [lot for lot, _ in rows]
    lot = max(sorted(set(lots)), key=lots.count)
    return lot, [day for of, day in rows if of == lot]


def is_called(reader: Reader, lot: str, period: Period) -> bool:
    """Whether the lot is among the clusters of a period."""
    found = reader.clusters(Filters(period))
    return bool(((found["value"] == lot) & (found["effect"] == "nodule")).any())


def is_printed(reader: Reader, lot: str, made_on: date) -> bool:
    """Whether the lot is in the monthly PDF about the month before the day on which it is made."""
    last = made_on - timedelta(days=1)
    found = frames(reader, Month(last.year, last.month), made_on)["signals"]
    return bool(((found["value"] == lot) & (found["effect"] == "nodule")).any())


def first_days(after: date, days: int) -> list[date]:
    """The first days of months that come after a day, within so many days."""
    found, first = [], after.replace(day=1)
    while True:
        first = (first + timedelta(days=32)).replace(day=1)
        if first > after + timedelta(days=days):
            return found
        found.append(first)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demos", type=int, default=12)
    demos = parser.parse_args().demos
    catalogue = load_catalogue(load_settings().catalogue)
    print("| seen from | lumps of the lot | page and command, days | monthly PDF, days |")
    print("|---|---|---|---|")
    page, monthly = [], []
    for number in range(demos):
        today = FIRST + timedelta(days=round(365 * number / demos))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "demo.db"
            make_demo(path, today=today, catalogue=catalogue)
            lot, lumps = lumps_of_the_lot(path)
            reader = Reader(path, catalogue)
            fifth = lumps[4]
            days = (day for day in range(0, LOOKED_FOR + 1, 5))
            page.append(
                next(
                    (d for d in days if is_called(reader, lot, year_to(fifth + timedelta(days=d)))),
                    np.inf,
                )
            )
            made = (day for day in first_days(fifth, LOOKED_FOR) if is_printed(reader, lot, day))
            first = next(made, None)
            monthly.append(np.inf if first is None else (first - fifth).days)
            print(f"| {today} | {len(lumps)} | {page[-1]} | {monthly[-1]} |", flush=True)
    for name, waits in (("page and command", page), ("monthly PDF", monthly)):
        soon = sum(wait <= 45 for wait in waits)
        print(f"\n{name}: {soon} of {demos} within 45 days, median {np.median(waits):.0f} days")


if __name__ == "__main__":
    main()
