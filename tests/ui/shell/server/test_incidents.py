"""A page that stops at an error: a sentence and a number for the person, the same in the log."""

import json
import re

import pytest
from streamlit.runtime.scriptrunner import exec_code
from streamlit.testing.v1 import AppTest

from mesodash.ui.shell.operation.metrics import COUNTS
from mesodash.ui.shell.server import incidents

NUMBER = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}")
TYPED = "ANNA 1984"


def broken():
    """A page, a callback and a part of a page that each stop at an error naming a patient."""
    import streamlit as st

    def stop():
        raise KeyError("ANNA 1984")

    @st.fragment
    def part():
        st.button("Break the part", on_click=None, key="part")
        if st.session_state.get("part"):
            stop()

    st.write("drawn before")
    st.button("Break the click", key="click", on_click=stop)
    part()
    if st.toggle("Break the page"):
        stop()


@pytest.fixture
def page(monkeypatch):
    """The page with our handler, as st.App hands it to each run."""
    handle = exec_code.handle_user_script_exception
    monkeypatch.setattr(
        exec_code,
        "handle_user_script_exception",
        lambda error, _handler: handle(error, incidents.show_incident),
    )
    option = incidents.st.get_option
    monkeypatch.setattr(
        incidents.st,
        "get_option",
        lambda name: "none" if name == "client.showErrorDetails" else option(name),
    )
    return AppTest.from_function(broken, default_timeout=30).run()


def shown(page):
    return " ".join(block.proto.body for block in page.get("html"))


def test_a_page_that_is_whole_shows_no_incident(page):
    assert "md-incident" not in shown(page)


def test_the_person_reads_a_number_and_the_log_has_it_without_what_was_typed(page, capsys):
    page.toggle[0].set_value(True).run()

    (number,) = NUMBER.findall(shown(page))
    said = capsys.readouterr().err
    assert list(page.exception) == []
    assert f"Incident {number}: KeyError at " in said
    assert TYPED not in shown(page)
    assert [line for line in said.splitlines() if "Incident" in line and TYPED in line] == []


def test_a_line_of_json_has_the_number_too(page, capsys, monkeypatch):
    monkeypatch.setenv("MESODASH_LOG", "json")
    before, _answers = COUNTS.read()
    page.toggle[0].set_value(True).run()

    (number,) = NUMBER.findall(shown(page))
    (line,) = [text for text in capsys.readouterr().err.splitlines() if number in text]
    assert (json.loads(line)["incident"], json.loads(line)["error"]) == (number, "KeyError")
    assert TYPED not in line
    assert COUNTS.read()[0] == before + 1


def test_a_click_that_stops_is_an_incident_too(page):
    page.button(key="click").click().run()

    assert len(NUMBER.findall(shown(page))) == 1
    assert list(page.exception) == []


def test_developers_see_the_card(page, monkeypatch):
    monkeypatch.setattr(incidents.st, "get_option", lambda _name: "full")
    page.toggle[0].set_value(True).run()

    assert len(page.exception) == 1
    assert "md-incident" not in shown(page)


def test_two_incidents_have_two_numbers():
    assert len({incidents.incident_number() for _try in range(100)}) == 100
