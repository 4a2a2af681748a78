"""Pages are opened on demo files: a clinical one asks for a sign-in first (tests/browser)."""

from pathlib import Path

import pytest
from tests.conftest import NOW

from mesodash.records.actor import DEMO
from mesodash.records.clinic import create_clinic


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole pages take seconds each."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def empty_clinic(tmp_path):
    """The file of a demo clinic with nothing recorded."""
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="test", name="Test", kind="demo", actor=DEMO, clock=lambda: NOW)
    return path
