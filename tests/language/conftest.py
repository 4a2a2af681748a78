"""The tool that extracts and holds translations, as the tests call it."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"


@pytest.fixture(scope="session")
def languages():
    """`tools/languages.py` as a module."""
    sys.path.insert(0, str(TOOLS))
    try:
        return import_module("languages")
    finally:
        sys.path.remove(str(TOOLS))


@pytest.fixture(scope="session")
def source(languages):
    """Every text that can be translated."""
    return languages.extracted()
