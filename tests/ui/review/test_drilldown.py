"""A click on a bar or an area becomes one cell, which an address can hold."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import streamlit as st

from mesodash.reports.core.filters import Filters
from mesodash.ui.review import drilldown
from mesodash.ui.review.view import ReviewView


@pytest.fixture
def state(monkeypatch):
    kept = {}
    monkeypatch.setattr(st, "session_state", kept)
    return kept


@pytest.fixture
def toasts(monkeypatch):
    said = []
    monkeypatch.setattr(st, "toast", lambda text, **_: said.append(text))
    return said


@pytest.fixture
def view(catalogue):
    return ReviewView("Volumes", Filters(), False, catalogue, None, "Test")


def clicked(**point):
    return SimpleNamespace(selection=SimpleNamespace(points=[point] if point else []))


@pytest.mark.parametrize(
    "cell",
    [{"month": "2026-03"}, {"week": "2026-03-02", "protocol": "a&b=c"}, {"area": "face.cheek"}],
)
def test_a_cell_survives_the_address(cell):
    assert drilldown.cell_of(drilldown.text_of(cell)) == cell


def test_what_is_missing_is_no_part_of_a_cell():
    assert drilldown.text_of({"month": "2026-03", "protocol": None}) == "month=2026-03"
    assert drilldown.text_of({"area": float("nan")}) == ""


def test_words_of_a_cell(view):
    month, protocol = drilldown.words(view, "month=2026-03&protocol=cellulite_mix").split(", ", 1)
    label = view.catalogue.protocols["cellulite_mix"].label
    assert (month, protocol) == ("Mar 2026", f"Protocol: {label}")
    assert drilldown.words(view, "week=2026-03-02") == "Week of 2 Mar 2026"
    assert drilldown.words(view, "area=abdomen.lower") == "Area: Abdomen: Lower abdomen"


def test_a_click_on_a_bar_is_its_month(state, view, toasts):
    state["chart"] = clicked(point_index=1, curve_number=0)

    drilldown.from_chart(view, "chart", "month", ["2026-02", "2026-03"], None, [])()

    assert state[drilldown.KEY] == "month=2026-03"
    (toast,) = toasts
    assert toast.startswith("Mar 2026: ")
    assert "(#sessions-behind)" in toast


def test_a_shared_view_points_at_no_sessions(state, view, toasts):
    state["chart"] = clicked(point_index=0, curve_number=0)

    drilldown.from_chart(replace(view, shared=True), "chart", "month", ["2026-02"], None, [])()

    assert toasts == []


def test_a_click_on_a_part_is_its_month_and_code(state, view, toasts):
    state["chart"] = clicked(point_index=0, curve_number=1)

    drilldown.from_chart(view, "chart", "month", ["2026-02"], "protocol", ["a", "b"])()

    assert state[drilldown.KEY] == "month=2026-02&protocol=b"


def test_a_click_on_the_others_is_the_whole_month(state, view, toasts):
    state["chart"] = clicked(point_index=0, curve_number=1)

    drilldown.from_chart(view, "chart", "month", ["2026-02"], "protocol", ["a", None])()

    assert state[drilldown.KEY] == "month=2026-02"


def test_letting_go_of_a_bar_changes_nothing(state, view, toasts):
    state["chart"] = clicked()

    drilldown.from_chart(view, "chart", "month", ["2026-02"], None, [])()

    assert drilldown.KEY not in state
