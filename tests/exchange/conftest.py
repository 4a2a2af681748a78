"""A clinic, a folder of exchange files, and the import between them."""

import pytest
from tests.exchange.small_clinic import ACTOR, clock, make_clinic, write_files

from mesodash.exchange.importing.import_folder import import_folder


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "clinic.db")


@pytest.fixture
def put(tmp_path):
    """Write files into the import folder."""
    return lambda files: write_files(tmp_path / "in", files)


@pytest.fixture
def take(tmp_path, catalogue):
    """Import a folder into a clinic, rejects beside it."""

    def run(db, folder, **options):
        beside = {name: tmp_path / f"{name}.csv" for name in ("rejects", "changes")}
        options = {**beside, "clock": clock} | options
        return import_folder(db, folder, actor=ACTOR, catalogue=catalogue, **options)

    return run
