"""Every question a page will ask is asked before, and then remembered."""

from datetime import date

import pytest
from tests.conftest import TODAY

from mesodash.demo import make_demo
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.reader import Reader
from mesodash.ui.shell.server.start import questions, warm

pytestmark = pytest.mark.slow


def test_pages_and_the_panel_of_an_area_are_asked_for_once(catalogue):
    asked = list(questions(catalogue, TODAY))
    leaf = next(area.code for area in catalogue.areas.values() if area.leaf)

    assert [(name, by) for name, f, by in asked if f.areas == (leaf,)] == [
        ("outcomes", ("protocol", "scale")),
        ("side_effects", ("protocol", "effect")),
        ("side_effects", ("effect",)),
    ]
    year = Filters(period=Period(date(2025, 11, 23), TODAY))
    assert ("volumes", year, ("month",)) in asked
    assert len(asked) == len(set(asked))


def test_answers_are_remembered_afterwards(catalogue, tmp_path, monkeypatch):
    path = tmp_path / "demo.db"
    make_demo(path, sessions=40, today=TODAY, catalogue=catalogue)
    reader, paused = Reader(path, catalogue), []

    asked = warm(reader, catalogue, TODAY, pause=paused.append)

    assert asked == len(list(questions(catalogue, TODAY))) == len(paused)
    monkeypatch.setattr(
        "mesodash.reports.core.reader._function", None
    )  # any new question would fail
    for name, filters, by in questions(catalogue, TODAY):
        (reader.curves if name == "curves" else lambda f, b, n=name: reader.report(n, f, b))(
            filters, by
        )
