"""What the browser says of a signature and of a photograph is taken only if it can be one."""

import base64

import pytest
import streamlit as st

from mesodash.ui.patient import browser_parts


@pytest.fixture
def told(monkeypatch):
    """Let the component say something under a key."""
    state = {}
    monkeypatch.setattr(st, "session_state", state)
    return lambda name, value: state.update(k={name: value})


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"nonce": "n", "path": "M1 2L3 4"}, "M1 2L3 4"),
        ({"nonce": "of the form before", "path": "M1 2L3 4"}, ""),
        ({"nonce": "n", "path": 7}, ""),
        ("M1 2L3 4", ""),
        (None, ""),
    ],
)
def test_strokes_are_those_of_this_form(told, value, path):
    told("signed", value)

    assert browser_parts.signed("k", "n") == path


def picture(content):
    return "data:image/jpeg;base64," + base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("value", "content"),
    [
        ({"nonce": "n", "picture": picture(b"jpeg")}, b"jpeg"),
        ({"nonce": "of the one before", "picture": picture(b"jpeg")}, None),
        ({"nonce": "n", "picture": "https://elsewhere.example/a.jpg"}, None),
        ({"nonce": "n", "picture": "data:image/jpeg;base64,%%%"}, None),
        ({"nonce": "n", "picture": ["data:image/jpeg;base64,"]}, None),
        (["n"], None),
    ],
)
def test_a_picture_is_the_one_that_was_taken_here(told, value, content):
    told("taken", value)

    assert browser_parts.taken("k", "n") == content


def test_nothing_was_said_yet(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})

    assert browser_parts.taken("k", "n") is None
    assert browser_parts.signed("k", "n") == ""
