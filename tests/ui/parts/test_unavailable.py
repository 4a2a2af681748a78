"""A report that cannot be had is said in its place; what is no report's is not held back."""

import pytest
from streamlit.testing.v1 import AppTest

from mesodash.lake.errors import LakeError
from mesodash.records.store.errors import RecordError
from mesodash.reports.core.filters import ReportError


def page(error):
    def script(error):
        import streamlit as st

        from mesodash.ui.parts import unavailable

        with unavailable.showing_failure("How well it worked"):
            st.text("before")
            if error is not None:
                raise error
            st.text("after")
        st.text("the rest")

    return AppTest.from_function(script, default_timeout=120, kwargs={"error": error}).run()


@pytest.mark.parametrize("kind", [LakeError, ReportError, RecordError])
def test_the_sentence_stands_in_the_place_and_the_rest_below_it(kind):
    shown = page(kind("The lake cannot be read; free its <folder>."))

    assert list(shown.exception) == []
    assert [one.value for one in shown.text] == ["before", "the rest"]
    (said,) = (block.proto.body for block in shown.get("html"))
    assert "free its &lt;folder" in said


def test_without_an_error_nothing_is_said():
    shown = page(None)
    assert [one.value for one in shown.text] == ["before", "after", "the rest"]
    assert list(shown.get("html")) == []


def test_another_error_is_not_held_back():
    shown = page(ValueError("a fault of ours"))

    assert len(shown.exception) == 1
    assert [one.value for one in shown.text] == ["before"]
