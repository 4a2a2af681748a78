"""Dates as other programs write them, by the format that is declared."""

from zoneinfo import ZoneInfo

import pytest

from mesodash.exchange.contract.times import hour_in, is_format, iso_time, order_seen
from mesodash.exchange.errors import CellError

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("2024", (), "2024"),
        ("2024-02", (), "2024-02"),
        ("2024-02-29", (), "2024-02-29"),
        ("2024-02-29 14:30", (), "2024-02-29T14:30"),
        ("2024-02-29T14:30:05.999", (), "2024-02-29T14:30:05"),
        ("2024-01-31T23:30:00Z", (), "2024-02-01T00:30:00"),
        ("2024-02-15T08:00-10:00", (), "2024-02-15T19:00"),
        ("2024-07-01T12:00+0000", (), "2024-07-01T14:00"),
        ("05/04/2024", ("day_first",), "2024-04-05"),
        ("05/04/2024", ("month_first",), "2024-05-04"),
        ("5.4.2024 9.05", ("day_first",), "2024-04-05T09:05"),
        ("31/12/2024 11:30 PM", ("day_first",), "2024-12-31T23:30"),
        ("31/12/2024 12:05 am", ("day_first",), "2024-12-31T00:05"),
        ("5 April 1985", ("day_first",), "1985-04-05"),
        ("05APR1985", ("day_first",), "1985-04-05"),
        ("2024-04-05", ("month_first",), "2024-04-05"),
        # Days of Excel's own documentation: 39448 is 1 January 2008; the 1904 system is 1462 less.
        ("39448", ("excel",), "2008-01-01"),
        ("37986", ("excel_1904",), "2008-01-01"),
        ("39448.75", ("excel",), "2008-01-01T18:00"),
        ("61", ("excel",), "1900-03-01"),
        ("19850405", ("YYYYMMDD",), "1985-04-05"),
        ("05.04.1985 14:07", ("DD.MM.YYYY HH:mm",), "1985-04-05T14:07"),
        ("39448", ("day_first", "excel"), "2008-01-01"),
    ],
)
def test_what_a_date_becomes(text, formats, expected):
    assert iso_time(text, formats, PARIS) == expected


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("2024-03-011", ()),
        ("2024-04-15 garbage", ()),
        ("2024-13", ()),
        ("2023-02-29", ()),
        ("05/04/2024", ()),
        ("31/12/2024", ("month_first",)),
        ("05/04/24", ("day_first",)),
        ("05/04-2024", ("day_first",)),
        ("13:05 PM", ("day_first",)),
        ("1 Ju 2024", ("day_first",)),
        ("60", ("excel",)),
        ("39448", ("day_first",)),
    ],
)
def test_what_is_no_date(text, formats):
    with pytest.raises(CellError):
        iso_time(text, formats, PARIS)


def test_an_offset_needs_the_clinics_zone():
    with pytest.raises(CellError, match="has a time zone"):
        iso_time("2024-01-31T23:30:00Z")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29T01:59", "once"),
        ("2026-03-29T02:00", "never"),
        ("2026-03-29T02:59:59", "never"),
        ("2026-03-29T03:00", "once"),
        ("2026-10-25T01:59", "once"),
        ("2026-10-25T02:00", "twice"),
        ("2026-10-25T02:59", "twice"),
        ("2026-10-25T03:00", "once"),
        ("2026-10-25", "once"),
    ],
)
def test_hours_at_the_change_of_the_clocks(text, expected):
    assert hour_in(PARIS, text) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["05/04/2024", "25/04/2024"], "day_first"),
        (["05/04/2024", "04/25/2024"], "month_first"),
        (["05/04/2024"], ""),
        (["25/04/2024", "04/25/2024"], ""),
        (["2024-04-25"], ""),
    ],
)
def test_only_a_number_over_twelve_tells_the_order(texts, expected):
    assert order_seen(texts) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("day_first", True), ("DD/MM/YYYY", True), ("%Y%m%d", True), ("MM/YYYY", False), ("x", False)],
)
def test_a_format_names_year_month_and_day(text, expected):
    assert is_format(text) is expected
