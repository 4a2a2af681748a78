"""CSV files read in a process of its own: the same rows, and nothing of it outlives its limits."""

import os

import pytest

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources import folder
from mesodash.exchange.sources.csv_file import WESTERN, CsvFile
from mesodash.exchange.sources.folder import SeparateCsvFile
from mesodash.language import use_language

FILES = {
    "plain": b'a,b\n1,2\n\n3,"4\n5"\n',
    "semicolons": b"title\n\na;b\n1,5;2\na;b\n3;4\nTotal;\n",
    "utf-16": "a,b\n\u00e9,2\n".encode("utf-16"),
    "windows": "a;b\n\u00e9;2\n".encode("cp1252"),
    "many rows": b"a,b\n" + b"some words,and more\n" * 60_000,
}


def found(source):
    """What a reader finds, with the total's line as it is known when its row comes."""
    rows = [(line, list(cells), source.total_line) for line, cells in source.rows()]
    notes = list(source.notes)
    return source.header, source.header_line, rows, notes, source.decimal


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("wanted", [("a",), None])
def test_both_readers_find_the_same(tmp_path, name, wanted):
    path = tmp_path / "file.csv"
    path.write_bytes(FILES[name])

    with CsvFile(path, wanted) as here, SeparateCsvFile(path, wanted) as there:
        expected = found(here)
        assert found(there) == expected
    assert len(expected[2]) > 0


def test_a_total_is_known_when_its_row_comes(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(FILES["semicolons"])

    with SeparateCsvFile(path, ("a",)) as source:
        assert [(line, source.total_line) for line, _cells in source.rows()] == [
            (4, None), (6, None), (7, 7),
        ]  # fmt: skip


def test_a_note_is_in_the_readers_language(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(FILES["windows"])

    with use_language("fr"), SeparateCsvFile(path, ("a",)) as source:
        assert source.notes[0] != WESTERN
        assert "Windows-1252" in source.notes[0]


def test_a_row_without_end_ends_the_process_alone(tmp_path, monkeypatch):
    path = tmp_path / "file.csv"
    cells = b'"' + b"x" * 100_000 + b'",'
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n")
        for _ in range(100):  # each line ends within quotes, so all are one row
            file.write(cells * 5 + b'"\n",')
    monkeypatch.setattr(folder, "MEMORY", 60_000_000)

    with (
        pytest.raises(BrokenFileError, match="too much memory or time"),
        SeparateCsvFile(path, ("a",)) as source,
    ):
        list(source.rows())


def test_control_it_is_the_limit_that_ends_it(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n1,2\n" + b'"x","\n",' * 100 + b"\n")

    with SeparateCsvFile(path, ("a",)) as source:
        assert [line for line, _cells in source.rows()] == [2, 3]


def test_a_file_left_in_the_middle_leaves_no_process(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(FILES["many rows"])

    with SeparateCsvFile(path, ("a",)) as source:
        pid = source._process.pid
        os.kill(pid, 0)  # it is there
        next(source.rows())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
