"""A seeded slice of docs/statistics.md: the demo's planted lot is called, in time, in every way."""

from datetime import date

import pytest
from benchmarks.planted_lot import first_days, is_called, is_printed, lumps_of_the_lot

from mesodash.demo import make_demo
from mesodash.reports.core.periods import year_to
from mesodash.reports.core.reader import Reader

SOON = 45


@pytest.mark.slow
def test_the_planted_lot_is_called_within_45_days_of_its_fifth_lump(tmp_path, catalogue):
    path = tmp_path / "demo.db"
    make_demo(path, today=date(2026, 2, 14), catalogue=catalogue)
    lot, lumps = lumps_of_the_lot(path)
    reader = Reader(path, catalogue)
    second, fifth = lumps[1], lumps[4]

    printed = [day for day in first_days(fifth, SOON) if is_printed(reader, lot, day)]

    assert printed
    # The page and the command look at the same sessions on that day.
    assert is_called(reader, lot, year_to(printed[0]))
    # Control: on the day of its second lump nothing can be concluded yet.
    assert not is_called(reader, lot, year_to(second))
