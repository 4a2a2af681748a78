"""What spreadsheets write, read as it was meant or refused with a sentence."""

import pytest

from mesodash.catalogue.load import read_csv

COLUMNS = ("code", "label", "depth_mm")


def read(path, content, *, encoding="utf-8"):
    path.write_bytes(content.encode(encoding))
    faults = []
    rows = [(row.name, row.cells) for row in read_csv(path, COLUMNS, ("depth_mm",), faults)]
    return rows, faults


A = ("x.csv, row 2", {"code": "a", "label": "Café", "depth_mm": "0.5"})
C = {"code": "c", "label": "C", "depth_mm": ""}


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("code,label,depth_mm\na,Café,0.5\n", "utf-8"),
        ("code,label,depth_mm\r\na,Café,0.5\r\n", "utf-8-sig"),
        ("label,depth_mm,code\nCafé,0.5,a\n", "utf-8"),
        (" code , label,depth_mm \na,Café,0.5\n", "utf-8"),
        ("code,label,depth_mm,,\na,Café,0.5,,\n", "utf-8"),
        ("code,,label,depth_mm\na,,Café,0.5\n", "utf-8"),
        ("code,label,depth_mm\na,Café,0.5,,\n", "utf-8"),
        ("code,label,depth_mm\na,Café,0.5\n,,\n,,\n\n", "utf-8"),
        ("code;label;depth_mm\r\na;Café;0,5\r\n", "utf-8-sig"),
        ('code,label,depth_mm\n"a","Café","0.5"\n', "utf-8"),
    ],
    ids=[
        "plain",
        "mark and Windows line ends",
        "another order of columns",
        "spaces in the header",
        "blank columns at the end",
        "a blank column between",
        "a row with blank cells too many",
        "blank rows at the end",
        "semicolons and decimal commas",
        "quotes everywhere",
    ],
)
def test_what_a_spreadsheet_saves_is_read(tmp_path, content, encoding):
    assert read(tmp_path / "x.csv", content, encoding=encoding) == ([A], [])


def test_the_line_that_names_the_separator_is_passed_over(tmp_path):
    rows, faults = read(tmp_path / "x.csv", "sep=;\r\ncode;label;depth_mm\r\na;Café;0,5\r\n")
    assert (rows, faults) == ([("x.csv, row 3", A[1])], [])


def test_semicolons_inside_a_cell_stay(tmp_path):
    rows, _ = read(tmp_path / "x.csv", 'code;label;depth_mm\na;"left; right, both";0,5\n')
    assert rows[0][1] == {"code": "a", "label": "left; right, both", "depth_mm": "0.5"}


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path):
    rows, faults = read(tmp_path / "x.csv", "code,label,depth_mm\na,Café,0.5\n\nc,C,\n")
    assert rows == [A, ("x.csv, row 4", C)]
    assert faults == []


@pytest.mark.parametrize(
    ("content", "encoding", "sentence"),
    [
        (
            "code,label,depth_mm\na,Café,1\n",
            "latin-1",
            "the file is not UTF-8; save it as CSV UTF-8.",
        ),
        ("code,label,depth_mm\n", "utf-16", "the file is not UTF-8; save it as CSV UTF-8."),
        (
            'code,label,depth_mm\na,"Café,1\nb,B,2\n',
            "utf-8",
            "its quotation marks do not pair; save it as CSV UTF-8 again.",
        ),
        (
            "code,code,name\na,b,c\n",
            "utf-8",
            (
                'the column "code" stands there twice; the column "name" is not known; the column'
                " depth_mm is missing; the column label is missing; see README.md beside it."
            ),
        ),
        (
            "",
            "utf-8",
            (
                "the column code is missing; the column depth_mm is missing; the column label is"
                " missing; see README.md beside it."
            ),
        ),
    ],
    ids=["another encoding", "sixteen bits", "an open quote", "a wrong header", "empty"],
)
def test_a_file_that_cannot_be_read(tmp_path, content, encoding, sentence):
    assert read(tmp_path / "x.csv", content, encoding=encoding) == ([], [f"x.csv: {sentence}"])


def test_a_missing_file(tmp_path):
    faults = []
    assert list(read_csv(tmp_path / "x.csv", COLUMNS, (), faults)) == []
    assert [fault.partition(":")[0] for fault in faults] == ["x.csv"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "a,A,1,b",
            "it has 4 cells where the header has 3; put quotes around text with commas.",
        ),
        ("a,A", "it has 2 cells where the header has 3; put quotes around text with commas."),
        (f"a,{'x' * 100_001},1", "a cell is longer than 100000 characters; shorten it."),
    ],
)
def test_a_row_that_cannot_be_read_is_left_out(tmp_path, line, sentence):
    rows, faults = read(tmp_path / "x.csv", f"code,label,depth_mm\n{line}\nc,C,\n")
    assert rows == [("x.csv, row 3", C)]
    assert faults == [f"x.csv, row 2: {sentence}"]


def test_a_cell_without_a_column(tmp_path):
    rows, faults = read(tmp_path / "x.csv", "code,,label,depth_mm\na,?,A,1\n")
    assert rows == []
    assert [fault.partition(":")[0] for fault in faults] == ["x.csv, row 2"]
