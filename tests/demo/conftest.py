"""A demo clinic of 3,000 sessions, made once, and a way to make others."""

from datetime import UTC, datetime

import pytest
from tests.conftest import TODAY

from mesodash.demo import make_demo
from mesodash.records.store.connection import reading

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def make(catalogue):
    """Make a demo clinic; options as those of `make_demo`."""

    def make(path, **options):
        return make_demo(
            path,
            **{"sessions": 3000, "seed": 1, "today": TODAY} | options,
            catalogue=catalogue,
            clock=lambda: NOW,
        )

    return make


@pytest.fixture(scope="session")
def demo(tmp_path_factory, make):
    """The file of a demo clinic; only read it."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make(path)
    return path


@pytest.fixture
def ask(demo):
    """Ask the demo clinic in SQL; rows as tuples."""
    with reading(demo) as db:
        yield lambda sql: [tuple(row) for row in db.execute(sql)]
