"""The small body and the list of areas name one area."""

import pytest
from streamlit.testing.v1 import AppTest

from mesodash.bodymap.choice import AreaSide
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic
from mesodash.ui.review.filter_row import area_codes, newly_chosen, sites_of
from mesodash.ui.shell import context

LEFT, RIGHT = AreaSide("face.cheek", "left"), AreaSide("face.cheek", "right")
LOWER = AreaSide("abdomen.lower", "midline")


def test_both_sides_of_an_area_stand_chosen():
    assert set(sites_of("face.cheek")) == {LEFT, RIGHT}
    assert sites_of(None) == ()


def test_a_group_stands_for_all_below_it():
    assert {LEFT, RIGHT} < set(sites_of("face"))
    assert LOWER not in sites_of("face")


@pytest.mark.parametrize(
    ("picked", "shown", "area"),
    [
        ((LOWER,), (), "abdomen.lower"),
        ((LOWER,), (LEFT, RIGHT), "abdomen.lower"),
        ((), (LOWER,), None),
        ((RIGHT,), (LEFT, RIGHT), None),
    ],
)
def test_what_a_click_meant(picked, shown, area):
    assert newly_chosen(picked, shown) == area


def test_every_area_offered_has_a_place_on_the_body(catalogue):
    drawn = {area for area, _ in context.atlas().areas()}

    assert all(set(catalogue.leaves(code)) & drawn for code in area_codes(catalogue))


def page_with_filters():
    from datetime import date

    import streamlit as st

    from mesodash.ui.review.filter_row import review_filters
    from mesodash.ui.shell import context

    filters, shared = review_filters(context.catalogue(), ["D-01"], ["demo"], date(2026, 11, 22))
    st.session_state["found"] = (filters.areas, filters.practitioners, shared)


NOW = ("courses", 1)


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """A page opened from another one whose filters Streamlit did not carry."""
    demo = tmp_path / "demo.db"
    create_clinic(demo, clinic_id="demo", name="Demo", kind="demo", actor=COMMAND_LINE)
    monkeypatch.setenv("MESODASH_DB", str(demo))

    def drawn(last, **address):
        page = AppTest.from_function(page_with_filters, default_timeout=60)
        page.session_state["frame_opened"] = NOW
        page.session_state["filters_last_drawn"] = last
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page

    return drawn


CHOSEN = {"filter_area": "abdomen.lower", "filter_practitioner": "D-01", "filter_shared": True}


def test_filters_go_along_to_another_page_even_if_it_was_opened_too_early(drawn):
    page = drawn((("volumes", 0), CHOSEN))

    assert page.session_state["found"] == (("abdomen.lower",), ("D-01",), True)
    assert page.session_state["filters_last_drawn"][0] == NOW


def test_what_was_cleared_on_the_same_page_stays_cleared(drawn):
    page = drawn((NOW, CHOSEN))

    assert page.session_state["found"] == ((), (), False)


def test_an_address_counts_for_more_than_the_last_page(drawn):
    page = drawn((("volumes", 0), CHOSEN), filter_practitioner="D-01", filter_area="Face: Cheek")

    assert page.session_state["found"] == (("face.cheek",), ("D-01",), True)


def test_a_choice_made_after_is_what_goes_along(drawn):
    page = drawn((("volumes", 0), CHOSEN))
    page.selectbox(key="filter_area").set_value("face.cheek").run()
    page.session_state["frame_opened"] = ("outcomes", 2)
    page.run()

    assert page.session_state["found"] == (("face.cheek",), ("D-01",), True)


@pytest.fixture
def clicked(tmp_path, monkeypatch):
    """A run after a click on the small body, sent with the list of areas as it was before it."""
    demo = tmp_path / "demo.db"
    create_clinic(demo, clinic_id="demo", name="Demo", kind="demo", actor=COMMAND_LINE)
    monkeypatch.setenv("MESODASH_DB", str(demo))

    def clicked(chose, *, before=None, body_was_open=False, address=None, now=None):
        page = AppTest.from_function(page_with_filters, default_timeout=60)
        page.session_state["frame_opened"] = NOW
        page.session_state["filters_last_drawn"] = (NOW, {"filter_area": chose})
        page.session_state["filter_body_clicked"] = (before, chose)
        page.session_state["filter_body_was_open"] = body_was_open
        page.session_state["filter_area"] = now
        if address is not None:
            page.query_params["filter_area"] = address
        page.run()
        assert not page.exception
        return page

    return clicked


def area_of(page):
    return page.session_state["found"][0]


def test_a_click_on_the_body_outlasts_the_run_that_shuts_it_before_the_list_has_heard(clicked):
    assert area_of(clicked("abdomen.lower", body_was_open=True)) == ("abdomen.lower",)
    assert area_of(clicked("abdomen.lower", address="Abdomen: Lower abdomen")) == ("abdomen.lower",)


def test_an_area_taken_back_on_the_body_stays_taken_back(clicked):
    page = clicked(None, before="face.cheek", now="face.cheek", body_was_open=True)
    assert area_of(page) == ()


def test_what_is_chosen_or_cleared_in_the_list_counts_for_more_than_an_older_click(clicked):
    assert area_of(clicked("abdomen.lower", now="face.cheek", body_was_open=True)) == (
        "face.cheek",
    )
    assert area_of(clicked("abdomen.lower")) == (), "cleared: gone from the address, too"
    page = clicked("abdomen.lower", body_was_open=True)
    page.run()  # the browser has heard
    page.selectbox(key="filter_area").set_value(None).run()
    assert area_of(page) == ()


def test_a_click_goes_along_to_a_page_opened_before_the_list_has_heard(clicked):
    page = clicked("abdomen.lower", body_was_open=True)
    page.session_state["frame_opened"] = ("outcomes", 2)
    page.run()
    assert area_of(page) == ("abdomen.lower",)
