"""A clinic under way, and the command line over it."""

import io
import json

import pytest
from tests.consult_clinic import make_clinic

from mesodash.cli import main


@pytest.fixture
def rooms(tmp_path):
    """The clinic of the consultations; `tests.consult_clinic` says what is in it."""
    return make_clinic(tmp_path / "rooms.db")


@pytest.fixture
def run(rooms, capsys, monkeypatch):
    """Run `mesodash ...` with JSON on standard input; give exit code and both outputs."""

    def go(*arguments, given=None):
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(given)))
        code = 0
        try:
            main([*map(str, arguments), "--db", str(rooms)])
        except SystemExit as stop:
            code = stop.code or 0
        said = capsys.readouterr()
        return code, said.out.strip(), said.err.strip()

    return go
