"""How a CSV file is written is detected once for the whole file, and reported."""

import pytest

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources.csv_file import WESTERN, CsvFile

WANTED = ("patient_id", "sex")


@pytest.fixture
def read(tmp_path):
    def run(content, wanted=WANTED):
        path = tmp_path / "patients.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        with CsvFile(path, wanted) as source:
            rows = list(source.rows())
            return source, rows

    return run


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        ("patient_id,sex\nP1,female\n", []),
        ("\ufeffpatient_id,sex\r\nP1,female\r\n", []),
        ("patient_id;sex\nP1;female\n", ["semicolons"]),
        ("patient_id\tsex\nP1\tfemale\n", ["tabs"]),
        ("patient_id|sex\nP1|female\n", ["bars"]),
        ("patient_id,sex\nP1,female\n".encode("utf-16"), ["UTF-16"]),
        ("Title, of course\n\npatient_id,sex\nP1,female\n", ["the header in line 3"]),
        (
            "patient_id,sex\npatient_id,sex\nP1,female\npatient_id,sex\n",
            ["2 repeated headers left out"],
        ),
        ("patient\u00a0id ,sex\nP1,female\n".replace("\u00a0", "_"), []),
    ],
)
def test_the_same_row_however_it_is_written(content, notes, read):
    source, rows = read(content)

    assert [cells for _, cells in rows] == [["P1", "female"]]
    assert (source.header, source.notes) == (["patient_id", "sex"], notes)


def test_windows_letters_are_read_and_told(read):
    source, rows = read("patient_id,sex\nZoë,female\nM\u00fcller \u2013 2,male\n".encode("cp1252"))

    assert [cells[0] for _, cells in rows] == ["Zoë", "Müller – 2"]
    assert source.notes == [WESTERN]


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("patient_id;sex;ml\nP1;female;1,5\n", ","),
        ("patient_id;sex;ml\nP1;female;1,500\n", "."),
        ("patient_id;sex;ml\nP1;female;1,5\nP2;male;1.5\n", "."),
        ('patient_id,sex,ml\nP1,female,"1,5"\n', "."),
        ("patient_id;sex;on\nP1;female;26.04.2024\nP2;male;1,25\n", ","),
    ],
)
def test_decimal_commas_are_of_the_file_and_never_of_a_cell(text, decimal, read):
    assert read(text)[0].decimal == decimal


def test_a_total_is_told_by_its_line(read):
    source, rows = read("patient_id,sex\nP1,female\nTotal,\n")

    assert (source.total_line, rows[-1]) == (3, (3, ["Total", ""]))


def test_negative_control_a_patient_named_total_is_none(read):
    assert read("patient_id,sex\nTotal,female\n")[0].total_line is None


@pytest.mark.parametrize("blank", ["  ", "\x0b", " , ", "\u00a0,\t"])
def test_a_line_of_blanks_is_no_row_wherever_it_stands(read, blank):
    source, rows = read(f"patient_id,sex\nP1,female\n{blank}\nP2,male\n{blank}\n")

    assert ([line for line, _ in rows], source.total_line) == ([2, 4], None)


def test_columns_are_asked_by_name_only(read):
    source, _ = read("patient_id,Notes,sex,Notes,\nP1,a,female,b,\n")

    source.check_names(WANTED)
    with pytest.raises(BrokenFileError, match="names the column 'Notes' twice"):
        source.check_names(("Notes",))
    with pytest.raises(BrokenFileError, match="has no name for column 5"):
        source.check_all_names()


def test_where_nothing_is_known_of_the_columns(read):
    source, rows = read("Clients of 2024\n\nNr;Name;Born\n1;A;1980\n2;B;1981\n", wanted=None)

    assert (source.header, source.header_line) == (["Nr", "Name", "Born"], 3)
    assert [cells for _, cells in rows] == [["1", "A", "1980"], ["2", "B", "1981"]]
