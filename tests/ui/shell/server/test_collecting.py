"""Streamlit's setting that leaves out the collection of garbage after each run still does so."""

import gc
import tomllib
from unittest.mock import MagicMock

import pytest
from streamlit import config
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from mesodash.settings import PROJECT

OPTION = "runner.postScriptGC"


@pytest.fixture
def full_collections(monkeypatch):
    """How often the whole heap was collected on request."""
    times = []

    def collect(generation=2):
        if generation == 2:
            times.append(generation)
        return 0

    monkeypatch.setattr(gc, "collect", collect)
    return times


@pytest.mark.parametrize(("on", "times"), [(True, 1), (False, 0)])
def test_a_run_collects_only_where_the_setting_says_so(full_collections, on, times):
    """What Streamlit does after a run of a page; pages under test (AppTest) leave it out."""
    before = config.get_option(OPTION)
    config.set_option(OPTION, on)
    try:
        ScriptRunner._on_script_finished(
            MagicMock(),
            MagicMock(has_script_started=False),
            MagicMock(),
            premature_stop=True,
            run_descriptor=MagicMock(),
        )
    finally:
        config.set_option(OPTION, before)
    assert len(full_collections) == times


def test_the_app_is_served_without():
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text("utf-8"))
    section, name = OPTION.split(".")
    assert settings[section][name] is False
