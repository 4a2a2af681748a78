"""Our protocols: adopting, changing, and versions side by side."""

import html
import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest
from tests.conftest import TODAY
from tests.consult_clinic import make_clinic

from mesodash.consult.adoption import adopt, published_parameters, versions
from mesodash.records.audit.actor import DEMO
from mesodash.settings import PROJECT


@pytest.fixture
def open_page(monkeypatch, tmp_path):
    def run(code=None, *, country="GB"):
        db = make_clinic(tmp_path / f"{country}.db", country=country)
        monkeypatch.setenv("MESODASH_DB", str(db))
        page = AppTest.from_file(PROJECT / "pages/consult/adopted.py", default_timeout=120)
        page.session_state["adopt"] = code
        return ran(page), db

    return run


def ran(page_or_widget):
    page = page_or_widget.run()
    assert list(page.exception) == []
    return page


def text(page):
    bodies = " ".join(re.sub(r"<[^>]+>", " ", block.proto.body) for block in page.get("html"))
    return " ".join(html.unescape(bodies).split())


def number(page, label):
    (found,) = (one for one in page.number_input if one.label == label)
    return found


def press(page, label):
    (button,) = (one for one in page.button if one.label == label)
    return ran(button.click())


def test_nothing_adopted_says_what_to_do(open_page):
    page, _ = open_page()

    assert "No protocol is adopted yet" in text(page)


def test_a_protocol_is_adopted_as_published_and_marked(open_page):
    page, db = open_page("face_ncha")
    assert number(page, "Sessions").value == 3

    page = press(page, "Adopt")

    (version,) = versions(db, "face_ncha")
    assert (version.version, version.adopted_on, version.reason) == (1, TODAY, None)
    assert (version.parameters.sessions, version.parameters.points) == (3, 50)
    assert "Version 1 of Hyaluronic acid," in text(page)
    assert "In force 1 protocol" in text(page)


def test_beyond_the_published_a_reason_is_demanded_and_nothing_is_lost(open_page):
    page, db = open_page("face_ncha")
    page = ran(number(page, "Sessions").set_value(5))
    assert "Beyond what is published: needs" in text(page)

    page = press(page, "Adopt")
    assert "write down the clinic's reason" in text(page)
    assert versions(db, "face_ncha") == ()
    assert number(page, "Sessions").value == 5

    (reason,) = (one for one in page.text_input if one.label == "The clinic's reason")
    page = press(ran(reason.set_value("Dry skin")), "Adopt")
    (version,) = versions(db, "face_ncha")
    assert (version.parameters.sessions, version.reason) == (5, "Dry skin")


def test_a_change_is_a_new_version_shown_beside_the_old(open_page):
    page, db = open_page("face_ncha")
    page = press(page, "Adopt")
    page = ran(number(page, "Points").set_value(40))
    page = press(page, "Adopt as a new version")

    assert [v.version for v in versions(db, "face_ncha")] == [2, 1]
    words = text(page)
    assert "Side by side 1 difference" in words
    assert "Points 50 50 40 differs" in words, words


def test_a_version_adopted_meanwhile_is_not_passed_over(open_page, catalogue):
    page, db = open_page("face_ncha")
    page = ran(number(page, "Points").set_value(45))
    theirs = replace(published_parameters(catalogue, "face_ncha"), points=40)
    adopt(db, catalogue, "face_ncha", theirs, actor=DEMO, on=TODAY)

    page = press(page, "Adopt")

    assert "Version 1 was adopted meanwhile" in text(page)
    assert [version.parameters.points for version in versions(db, "face_ncha")] == [40]
    assert number(page, "Points").value == 45

    page = press(page, "Start from version 1")
    assert number(page, "Points").value == 40
    page = press(ran(number(page, "Points").set_value(45)), "Adopt as a new version")
    assert [version.parameters.points for version in versions(db, "face_ncha")] == [45, 40]


def test_what_is_banned_cannot_be_adopted(open_page):
    page, _ = open_page("fat_pcdc", country="FR")

    assert "Banned in FR" in text(page)
    assert [one.label for one in page.button] == []
