"""Files of tables: numbers unrounded, filters and definitions on top, no formula runs."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pandas as pd
import pytest
from tests.sentences import numbers_in

from mesodash.documents.tables import DownloadTable, file_name, to_csv, to_excel, to_notes

SHEET = DownloadTable(
    title="Volumes by practitioner",
    frame=pd.DataFrame(
        {
            "practitioner": ['=HYPERLINK("x")', "@sum", None, "D-01, Ana"],
            "sessions": pd.array([12, 1, None, 3], dtype="Int64"),
            "share": [0.123456789, float("nan"), 0.5, 1.0],
            "last_on": [date(2026, 11, 22), None, None, None],
            "month": ["2026-11", None, "2026-10", None],
            "day": ["1850-01-01", None, "2026-02-31", "2026-11-22"],
            "after": [{1: 3, 2: 5}, {}, {}, {}],
        }
    ),
    definitions={"sessions": "held sessions,\nof the period", "gone": "no such column"},
    about=(
        ("Filters", "From 1 Jan 2026, the whole clinic."),
        ("Made", "2026-11-22T19:00:00+00:00"),
    ),
    units={"share": "share", "last_on": ""},
)


def read_csv(table):
    return pd.read_csv(io.BytesIO(to_csv(table)))


def test_the_notes_carry_filters_definitions_and_time():
    notes, _, defined = to_notes(SHEET).decode("utf-8").partition("\n\n")

    about = dict(note.split(": ", 1) for note in notes.splitlines())
    assert list(about) == ["Table", "Filters", "Made", "Rows"]
    assert numbers_in(about["Filters"]) == ["2026-01-01"]
    assert (about["Made"], about["Rows"]) == ("2026-11-22T19:00:00+00:00", "4")
    assert [line.partition(" = ")[0] for line in defined.splitlines()] == ["sessions"]


def test_csv_numbers_are_exact_and_missing_ones_empty():
    frame = read_csv(SHEET)

    assert frame["share"].tolist()[0] == 0.123456789
    assert frame["share"].isna().tolist() == [False, True, False, False]
    assert frame["sessions"].isna().tolist() == [False, False, True, False]
    assert frame["after"].iloc[0] == "1: 3, 2: 5"
    assert frame["last_on"].iloc[0] == "2026-11-22"


def test_csv_text_never_runs_as_a_formula():
    frame = read_csv(SHEET)

    assert frame["practitioner"].tolist()[:2] == ['\'=HYPERLINK("x")', "'@sum"]
    assert frame["practitioner"].iloc[3] == "D-01, Ana"


def workbook():
    return openpyxl.load_workbook(io.BytesIO(to_excel(SHEET)))


def test_excel_has_the_rows_as_numbers_and_no_formula():
    page = workbook()["Data"]

    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0] == list(SHEET.frame.columns)
    assert rows[1][:3] == ['\'=HYPERLINK("x")', 12, 0.123456789]
    assert rows[1][-1] == "1: 3, 2: 5"
    assert rows[2][:3] == ["'@sum", 1, None]
    kinds = {cell.data_type for row in page.iter_rows() for cell in row}
    assert "f" not in kinds
    assert page.auto_filter.ref == "A1:G5"
    assert page.freeze_panes == "A2"


def test_excel_has_days_as_days_and_shares_as_percentages():
    page = workbook()["Data"]
    column = {cell.value: cell.column_letter for cell in page[1]}

    first, missing = page[f"{column['last_on']}2"], page[f"{column['last_on']}3"]
    assert (first.value.date(), first.number_format) == (date(2026, 11, 22), "yyyy-mm-dd")
    assert missing.value is None
    month = page[f"{column['month']}2"]
    assert (month.value.date(), month.number_format) == (date(2026, 11, 1), "mmm yyyy")
    assert page[f"{column['share']}2"].number_format == "0.0%"
    assert page[f"{column['sessions']}2"].number_format == "General"
    # A spreadsheet has no day before 1900, and nobody has 31 February: these stay as they are.
    days = [page[f"{column['day']}{row}"].value for row in range(2, 6)]
    assert [*days[:3], days[3].date()] == ["1850-01-01", None, "2026-02-31", date(2026, 11, 22)]


def test_excel_says_what_it_is_about_and_how_it_is_counted():
    book = workbook()

    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert numbers_in(about["Filters"]) == ["2026-01-01"]
    assert about["Made"] == "2026-11-22T19:00:00+00:00"
    defined = {row[0].value: row[1].value for row in book["Definitions"].iter_rows()}
    assert defined == {"sessions": "held sessions, of the period"}


def test_an_empty_table_is_a_file_too():
    empty = DownloadTable("Nothing", SHEET.frame.iloc[:0])

    assert read_csv(empty).empty
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
