"""What somebody filtered by last is chosen again in a new tab, unless the address names filters."""

import json

import pytest
from streamlit.testing.v1 import AppTest
from tests.pages.identities import add_accounts
from tests.pages.signed_in_page import as_who

from mesodash.records.accounts.preferences import keep_preference, read_preferences
from mesodash.records.audit.actor import COMMAND_LINE, Actor
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import CannotWriteError
from mesodash.ui.shell import preferences

MIA, NIA = Actor("Mia", "manager"), Actor("Nia", "manager")


def page_with_filters():
    from datetime import date

    import streamlit as st

    from mesodash.ui.review.filter_row import review_filters
    from mesodash.ui.shell import context

    filters, shared = review_filters(context.catalogue(), ["D-01"], ["c"], date(2026, 11, 22))
    st.session_state["found"] = (filters.areas, filters.practitioners, shared)


@pytest.fixture
def clinic(tmp_path):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="One", kind="clinical", actor=COMMAND_LINE)
    add_accounts(path)
    return path


@pytest.fixture
def opened(clinic, monkeypatch):
    """Give a function: who, and the filters of the address -> the page in a new tab."""

    def opened(who, **address):
        as_who(monkeypatch, clinic, who)
        page = AppTest.from_function(page_with_filters, default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
        assert list(page.exception) == []
        return page

    return opened


def kept(clinic, who=MIA):
    return json.loads(read_preferences(clinic, who)["filters"])


def test_the_last_choice_comes_back_in_a_new_tab_and_for_nobody_else(clinic, opened):
    first = opened(MIA)
    first.selectbox(key="filter_practitioner").set_value("D-01").run()
    first.selectbox(key="filter_area").set_value("face.cheek").run()
    assert opened(MIA).session_state["found"] == (("face.cheek",), ("D-01",), False)
    assert opened(NIA).session_state["found"] == ((), (), False)


def test_an_address_with_filters_counts_alone(clinic, opened):
    keep_preference(clinic, MIA, "filters", json.dumps({"filter_practitioner": "D-01"}))
    page = opened(MIA, filter_area="face.cheek")
    assert page.session_state["found"] == (("face.cheek",), (), False)
    page.run()
    assert kept(clinic) == {"filter_practitioner": "D-01"}  # a link that is followed keeps nothing


def test_what_is_no_longer_offered_is_left_out(clinic, opened):
    gone = {"filter_practitioner": "D-99", "filter_area": "no.such", "filter_period": "all"}
    keep_preference(clinic, MIA, "filters", json.dumps(gone))
    page = opened(MIA)
    assert page.session_state["found"] == ((), (), False)
    assert page.session_state["filter_period"] == "all"
    page.selectbox(key="filter_area").set_value("face.cheek").run()
    assert kept(clinic) == {"filter_period": "all", "filter_area": "face.cheek"}


def test_the_shared_view_and_chosen_dates_are_not_kept(clinic, opened):
    page = opened(MIA)
    page.toggle(key="filter_shared").set_value(True).run()
    page.selectbox(key="filter_period").set_value("custom").run()
    assert kept(clinic) == {}


def test_nothing_is_written_while_nothing_changes(clinic, opened):
    page = opened(MIA)
    page.selectbox(key="filter_period").set_value("all").run()
    with reading(clinic) as db:
        before = db.execute("SELECT id, value FROM preferences").fetchall()
    page.run()
    opened(MIA)
    with reading(clinic) as db:
        assert db.execute("SELECT id, value FROM preferences").fetchall() == before


def test_a_disk_that_takes_nothing_stops_no_page(clinic, opened, monkeypatch):
    def full(*_given, **_named):
        raise CannotWriteError("the disk is full")

    monkeypatch.setattr(preferences, "keep_preference", full)
    page = opened(MIA)
    page.selectbox(key="filter_area").set_value("face.cheek").run()
    assert list(page.exception) == []
    assert page.session_state["found"] == (("face.cheek",), (), False)
    assert read_preferences(clinic, MIA) == {}
