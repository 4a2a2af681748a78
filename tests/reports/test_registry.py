"""Every report by name leads to a function that takes a lake, a catalogue, filters and keys."""

from inspect import signature

import pytest

from mesodash.reports.reader import DEFAULT_KEYS, REPORTS
from mesodash.reports.registry import FIRST, MORE, function


@pytest.mark.parametrize("name", [*FIRST, *MORE])
def test_the_function_is_there_and_documented(name):
    parameters = list(signature(function(name)).parameters)
    expected = ["lake", "catalogue", "filters", "by"]
    assert parameters == (expected[:3] if name == "clusters" else expected)
    assert function(name).__name__ == name
    assert "Columns" in function(name).__doc__


def test_the_reader_knows_them_all():
    assert (*FIRST, *MORE) == REPORTS
    for name, (_, keys) in MORE.items():
        assert DEFAULT_KEYS[name] == keys
        assert signature(function(name)).parameters["by"].default == keys


def test_an_unknown_report_has_none():
    with pytest.raises(KeyError):
        function("sales")
