"""The patient page: what followed is entered there, and is in the record as entered."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest
from tests.consult_clinic import make_clinic
from tests.pages.drawn_page import text

from mesodash.records.store.connection import reading
from mesodash.settings import PROJECT
from mesodash.ui.shell import context

TODAY = date(2026, 11, 27)


@pytest.fixture
def rooms(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


@pytest.fixture
def open_page(monkeypatch, rooms):
    def run(patient="HUGO"):
        monkeypatch.setenv("MESODASH_DB", str(rooms))
        monkeypatch.setattr(context, "today", lambda: TODAY)
        page = AppTest.from_file(PROJECT / "pages" / "consult" / "patient.py", default_timeout=120)
        page.query_params["patient"] = patient
        page.run()
        assert list(page.exception) == []
        return page

    return run


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


def test_a_diary_is_typed_in_one_go(open_page, rooms):
    page = open_page()

    page.text_input("diary_line_S3_swelling").set_value("22210").run()
    page.text_input("diary_line_S3_itch").set_value("0110").run()
    assert "21 Nov 2026 to 22 Nov 2026, at worst mild, gone by 23 Nov 2026" in text(page)
    page.button("diary_keep").click().run()

    assert list(page.exception) == []
    assert rows(
        rooms,
        "SELECT effect, last_seen_at, gone_by_at, severity FROM side_effects WHERE session = 3"
        " ORDER BY id",
    ) == [("swelling", "2026-11-23", "2026-11-24", 2), ("itch", "2026-11-22", "2026-11-23", 1)]
    assert "The diary was kept: 2 side effects added or completed." in text(page)


def test_a_diary_that_cannot_be_is_refused_and_stays(open_page, rooms):
    page = open_page()

    page.text_input("diary_line_S3_itch").set_value("0x").run()
    page.button("diary_keep").click().run()

    assert "a hyphen for one left blank; not x" in text(page)
    assert page.text_input("diary_line_S3_itch").value == "0x"
    assert rows(rooms, "SELECT count(*) FROM side_effects WHERE effect = 'itch'") == [(0,)]


def test_one_answer_holds_for_all_open_effects(open_page, rooms):
    page = open_page()
    page.text_input("diary_line_S3_itch").set_value("1").run()
    page.button("diary_keep").click().run()

    page.segmented_control("follow_up_all").set_value("gone").run()
    page.button("follow_up_keep").click().run()

    assert rows(
        rooms, "SELECT effect, gone_by_at FROM side_effects WHERE session = 3 ORDER BY id"
    ) == [("swelling", "2026-11-27"), ("itch", "2026-11-27")]
