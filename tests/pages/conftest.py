"""Pages are opened on demo files: a clinical one asks for a sign-in first (tests/browser)."""

from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from tests.conftest import NOW
from tests.copied_clinics import copied
from tests.pages.drawn_page import TODAY

from mesodash.demo import make_demo
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.reports.core.reader import Reader
from mesodash.settings import PROJECT


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole pages take seconds each."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def empty_clinic(tmp_path):
    """The file of a demo clinic with nothing recorded."""
    return copied(
        tmp_path / "clinic.db",
        "empty demo",
        partial(
            create_clinic,
            clinic_id="test",
            name="Test",
            kind="demo",
            actor=DEMO,
            clock=lambda: NOW,
        ),
    )


@pytest.fixture(scope="session")
def demo_clinic(tmp_path_factory, catalogue):
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo(path, sessions=300, seed=1, today=TODAY, catalogue=catalogue)
    return path


@pytest.fixture(scope="session")
def bare_clinic(tmp_path_factory):
    path = tmp_path_factory.mktemp("bare") / "clinic.db"
    create_clinic(path, clinic_id="bare", name="Bare", kind="demo", actor=DEMO)
    return path


@pytest.fixture(scope="session")
def reader(demo_clinic, catalogue):
    return Reader(demo_clinic, catalogue)


@pytest.fixture
def open_page(monkeypatch, demo_clinic):
    """Run a page by its file on a clinic, as seen on TODAY."""

    def run(file, *, clinic=demo_clinic, **choices):
        monkeypatch.setenv("MESODASH_DB", str(clinic))
        page = AppTest.from_file(PROJECT / "pages" / f"{file}.py", default_timeout=120)
        for key, value in choices.items():
            page.session_state[key] = value
        page.run()
        assert list(page.exception) == []
        return page

    return run
