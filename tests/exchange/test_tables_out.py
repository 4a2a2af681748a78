"""Files of tables: numbers unrounded, filters and definitions on top, no formula runs."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pandas as pd
import pytest

from mesodash.exchange.tables_out import Sheet, file_name, to_csv, to_excel

SHEET = Sheet(
    title="Volumes by practitioner",
    frame=pd.DataFrame(
        {
            "practitioner": ['=HYPERLINK("x")', "@sum", None, "D-01, Ana"],
            "sessions": pd.array([12, 1, None, 3], dtype="Int64"),
            "share": [0.123456789, float("nan"), 0.5, 1.0],
            "last_on": [date(2026, 11, 22), None, None, None],
            "after": [{1: 3, 2: 5}, {}, {}, {}],
        }
    ),
    definitions={"sessions": "held sessions,\nof the period", "gone": "no such column"},
    about=(
        ("Filters", "From 1 Jan 2026, the whole clinic."),
        ("Made", "2026-11-22T19:00:00+00:00"),
    ),
)


def read_csv(sheet):
    text = to_csv(sheet).decode("utf-8")
    notes = [line for line in text.splitlines() if line.startswith("#")]
    return notes, pd.read_csv(io.StringIO(text), skiprows=len(notes))


def test_csv_carries_filters_definitions_and_time():
    notes, _ = read_csv(SHEET)

    assert notes == [
        "# The table starts below these 6 lines.",
        "# Table: Volumes by practitioner",
        "# Filters: From 1 Jan 2026, the whole clinic.",
        "# Made: 2026-11-22T19:00:00+00:00",
        "# Rows: 4",
        "# sessions = held sessions, of the period",
    ]


def test_csv_numbers_are_exact_and_missing_ones_empty():
    _, frame = read_csv(SHEET)

    assert frame["share"].tolist()[0] == 0.123456789
    assert frame["share"].isna().tolist() == [False, True, False, False]
    assert frame["sessions"].isna().tolist() == [False, False, True, False]
    assert frame["after"].iloc[0] == "1: 3, 2: 5"
    assert frame["last_on"].iloc[0] == "2026-11-22"


def test_csv_text_never_runs_as_a_formula():
    _, frame = read_csv(SHEET)

    assert frame["practitioner"].tolist()[:2] == ['\'=HYPERLINK("x")', "'@sum"]
    assert frame["practitioner"].iloc[3] == "D-01, Ana"


def workbook():
    return openpyxl.load_workbook(io.BytesIO(to_excel(SHEET)))


def test_excel_has_the_rows_as_numbers_and_no_formula():
    page = workbook()["Data"]

    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0] == ["practitioner", "sessions", "share", "last_on", "after"]
    assert rows[1] == ['\'=HYPERLINK("x")', 12, 0.123456789, "2026-11-22", "1: 3, 2: 5"]
    assert rows[2][:3] == ["'@sum", 1, None]
    kinds = {cell.data_type for row in page.iter_rows() for cell in row}
    assert "f" not in kinds
    assert page.auto_filter.ref == "A1:E5"
    assert page.freeze_panes == "A2"


def test_excel_says_what_it_is_about_and_how_it_is_counted():
    book = workbook()

    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about["Filters"] == "From 1 Jan 2026, the whole clinic."
    assert about["Made"] == "2026-11-22T19:00:00+00:00"
    defined = {row[0].value: row[1].value for row in book["Definitions"].iter_rows()}
    assert defined == {"sessions": "held sessions, of the period"}


def test_an_empty_table_is_a_file_too():
    empty = Sheet("Nothing", SHEET.frame.iloc[:0])

    assert read_csv(empty)[1].empty
    assert openpyxl.load_workbook(io.BytesIO(to_excel(empty)))["Data"].max_row == 1


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Volumes by month", "volumes-by-month-2026-11-22.csv"),
        ("Sessions behind ../../etc: x", "sessions-behind-etc-x-2026-11-22.csv"),
        ("???", "table-2026-11-22.csv"),
    ],
)
def test_file_names_say_what_is_inside(title, name):
    assert file_name(title, datetime(2026, 11, 22, tzinfo=UTC), "csv") == name
