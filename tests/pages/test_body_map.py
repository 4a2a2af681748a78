"""The body map page on a clinic with nothing recorded, and on one with hostile addresses."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from mesodash.settings import PROJECT


@pytest.fixture
def open_page(monkeypatch, empty_clinic):
    def run(**address):
        monkeypatch.setenv("MESODASH_DB", str(empty_clinic))
        page = AppTest.from_file(PROJECT / "pages/consult/body_map.py", default_timeout=120)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
        assert list(page.exception) == []
        return page

    return run


def text(page):
    return " ".join(re.sub(r"<[^>]+>", " ", block.proto.body) for block in page.get("html"))


def test_nothing_chosen_says_what_to_do(open_page):
    assert "Choose an area" in text(open_page())


def test_an_empty_clinic_shows_protocols_and_says_what_is_missing(open_page):
    page = open_page(area="abdomen.lower", side="midline")
    words = " ".join(text(page).split())

    assert "Lower abdomen" in words
    assert "3 protocols" in words
    assert "no outcomes recorded here" in words
    assert "No side effect is recorded in all of the clinic" in words
    assert "No session of this clinic is recorded in these areas." in words


def test_a_hostile_address_is_left_out_with_a_sentence(open_page):
    page = open_page(area="<script>alert(1)</script>", side="left")

    assert "something that is not an area" in text(page)
    assert "<script>" not in " ".join(block.proto.body for block in page.get("html"))


def test_the_list_drives_the_panel(open_page):
    page = open_page()
    (areas,) = (one for one in page.multiselect if one.label == "Areas")
    areas.set_value([next(o for o in areas.options if o == "Hip, left")]).run()

    assert "Hip, left" in text(page)
    assert page.query_params["area"] == "hip"
    assert page.query_params["side"] == "left"
