import pytest

from mesodash.catalogue.table import Row, Table

COLUMNS = ("code", "label")


def read(path, content, *, encoding="utf-8"):
    path.write_bytes(content.encode(encoding))
    faults = []
    rows = [(row.name, row.cells) for row in Table(path, COLUMNS, faults)]
    return rows, faults


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path):
    rows, faults = read(tmp_path / "x.csv", 'code,label\na,"A, b"\n\nc,C\n')
    assert rows == [
        ("x.csv, row 2", {"code": "a", "label": "A, b"}),
        ("x.csv, row 4", {"code": "c", "label": "C"}),
    ]
    assert faults == []


def test_what_a_spreadsheet_saves_is_read(tmp_path):
    """A byte order mark and Windows line ends, as Excel's "CSV UTF-8" writes them."""
    rows, faults = read(tmp_path / "x.csv", "code,label\r\na,Café\r\n", encoding="utf-8-sig")
    assert rows == [("x.csv, row 2", {"code": "a", "label": "Café"})]
    assert faults == []


def test_a_missing_file(tmp_path):
    faults = []
    assert list(Table(tmp_path / "x.csv", COLUMNS, faults)) == []
    assert faults == ["x.csv: the file is missing from the catalogue's folder."]


def test_another_encoding(tmp_path):
    _, faults = read(tmp_path / "x.csv", "code,label\na,Café\n", encoding="latin-1")
    assert faults == ["x.csv: the file is not UTF-8; save it as CSV UTF-8."]


def test_a_wrong_header(tmp_path):
    rows, faults = read(tmp_path / "x.csv", "code,code,name\na,b,c\n")
    assert rows == []
    assert faults == [
        (
            'x.csv: the column "code" stands there twice; the column "name" is not known;'
            " the column label is missing; see README.md beside it."
        )
    ]


def test_an_empty_file(tmp_path):
    _, faults = read(tmp_path / "x.csv", "")
    assert faults == [
        "x.csv: the column code is missing; the column label is missing; see README.md beside it."
    ]


def test_a_row_of_another_length(tmp_path):
    rows, faults = read(tmp_path / "x.csv", "code,label\na,A,b\nc,C\n")
    assert [name for name, _ in rows] == ["x.csv, row 3"]
    assert faults == [
        "x.csv, row 2: it has 3 cells where the header has 2; put quotes around text with commas."
    ]


def row(**cells):
    return Row("x.csv, row 2", cells, [])


def test_a_word_that_may_be_missing():
    assert row(level=" ").choice_or_empty("level", ("low", "high")) is None
    assert row(level="low").choice_or_empty("level", ("low", "high")) == "low"
    wrong = row(level="mid")
    wrong.choice_or_empty("level", ("low", "high"))
    assert wrong.faults == ['x.csv, row 2: level "mid" must be one of low, high.']


@pytest.mark.parametrize(
    ("cell", "scope"), [("all", "all"), ("a; b", ("a", "b")), ("all; a", ("all", "a"))]
)
def test_what_a_row_applies_to(cell, scope):
    found = row(scope=cell)
    assert found.scope() == scope
    assert found.faults == []


def test_a_row_that_applies_to_nothing():
    empty = row(scope="")
    assert empty.scope() == ()
    assert empty.faults == ["x.csv, row 2: scope is empty; write all, or the codes it applies to."]


@pytest.mark.parametrize(("country", "good"), [("FR", True), ("fr", False), ("FRA", False)])
def test_a_country_is_two_capitals(country, good):
    found = row(country=country)
    found.country_fault("country", country)
    assert (found.faults == []) is good
