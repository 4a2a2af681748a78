"""What every test may use: the shipped catalogue and an empty clinic's file."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mesodash.catalogue.load import load_catalogue
from mesodash.records.actor import DEMO
from mesodash.records.clinic import create_clinic

ROOT = Path(__file__).parents[1]
# How long an example takes says how busy the machine is, nothing about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_main_module():
    """AppTest leaves its script as `__main__`, which spawned processes would then run."""
    main, path = sys.modules["__main__"], list(sys.path)
    yield
    sys.modules["__main__"], sys.path[:] = main, path


@pytest.fixture(scope="session")
def catalogue():
    return load_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture
def empty_clinic(tmp_path):
    """The file of a clinic with nothing recorded."""
    path = tmp_path / "clinic.db"
    create_clinic(
        path, clinic_id="test", name="Test", kind="clinical", actor=DEMO, clock=lambda: NOW
    )
    return path
