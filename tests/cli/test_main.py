"""What every command answers when it cannot go on, whatever the command."""

import shutil
from pathlib import Path

import pytest

from mesodash.cli import main

DATA = Path(__file__).parents[2] / "data"


def test_a_fault_in_the_catalogue_is_told_by_file_and_row(tmp_path, monkeypatch, capsys):
    shutil.copytree(DATA, tmp_path / "data")
    file = tmp_path / "data" / "catalogue" / "areas.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("\nface,Face,head,", "\nface,Face,nowhere,", 1), encoding="utf-8")
    monkeypatch.setenv("MESODASH_DATA", str(tmp_path / "data"))
    with pytest.raises(SystemExit) as stop:
        main(["areas", "--db", str(tmp_path / "clinic.db")])
    said = capsys.readouterr()
    assert stop.value.code == 3
    assert said.out == ""
    assert "areas.csv" in said.err
    assert "nowhere" in said.err
    assert "Traceback" not in said.err
