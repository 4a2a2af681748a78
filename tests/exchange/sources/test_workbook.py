"""Workbooks come as rows of text from a process with limits of its own."""

import zipfile
from datetime import date, datetime, time

import pytest
import xlsxwriter
import xlwt

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources import workbook
from mesodash.exchange.sources.workbook import WorkbookFile, cell_text

WANTED = ("patient_id", "sex")


def xlsx(path, sheets):
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, (date, datetime)):
                        page.write_datetime(at, column, cell, day)
                    elif cell is not None:
                        page.write(at, column, cell)
    return path


def test_the_sheet_that_has_the_columns_with_its_days_and_numbers(tmp_path):
    path = xlsx(
        tmp_path / "patients.xlsx",
        {
            "About": [["Clients of 2024"]],
            "Clients": [
                ["Printed", date(2024, 5, 1)],
                [],
                ["patient_id", "sex", "born", "seen", "ml"],
                [7, "female", date(1980, 5, 4), datetime.fromisoformat("2024-05-01T14:30"), 1.25],
            ],
        },
    )

    with WorkbookFile(path, WANTED) as source:
        rows = list(source.rows())

    assert source.notes == ["sheet 'Clients' of 2", "the header in line 3"]
    assert rows == [(4, ["7", "female", "1980-05-04", "2024-05-01T14:30:00", "1.25"])]


def test_an_old_workbook(tmp_path):
    book = xlwt.Workbook()
    page = book.add_sheet("Clients")
    for at, row in enumerate([("patient_id", "sex", "born"), ("P1", "male", date(1975, 1, 2))]):
        for column, cell in enumerate(row):
            style = xlwt.easyxf(num_format_str="DD/MM/YYYY") if isinstance(cell, date) else None
            page.write(at, column, cell, *([style] if style else []))
    book.save(tmp_path / "patients.xls")

    with WorkbookFile(tmp_path / "patients.xls", WANTED) as source:
        assert list(source.rows()) == [(2, ["P1", "male", "1975-01-02"])]


def test_a_sheet_by_its_name(tmp_path):
    path = xlsx(tmp_path / "b.xlsx", {"One": [["a"], ["x"]], "Two": [["a"], ["y"]]})

    with WorkbookFile(path, ("a",), "Two") as source:
        assert list(source.rows()) == [(2, ["y"])]
    with pytest.raises(BrokenFileError, match="has no sheet 'Three'"):
        WorkbookFile(path, ("a",), "Three")


def test_what_is_no_workbook_or_too_large_is_one_sentence(tmp_path, monkeypatch):
    path = tmp_path / "patients.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(range(256)))
    with pytest.raises(BrokenFileError, match="cannot be read as a workbook"):
        WorkbookFile(path, WANTED)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 1_000_000)
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 999_999)
    with pytest.raises(BrokenFileError, match="unpacks to more than a workbook holds"):
        WorkbookFile(path, WANTED)


def test_a_reader_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    path = xlsx(tmp_path / "patients.xlsx", {"One": [WANTED, ("P1", "male")]})
    monkeypatch.setattr(workbook, "SECONDS", 0.01)

    with pytest.raises(BrokenFileError, match="seconds to read"):
        WorkbookFile(path, WANTED)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (12.0, "12"),
        (0.1, "0.1"),
        (1e20, "1e+20"),
        (True, "true"),
        (datetime.fromisoformat("2024-05-01"), "2024-05-01"),
        (time(14, 30), "14:30:00"),
        (" a ", " a "),
    ],
)
def test_cells_as_text(value, expected):
    assert cell_text(value) == expected
