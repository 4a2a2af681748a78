"""A clinic, a folder of exchange files, and the import between them."""

import json
from datetime import date

import pytest
from tests.exchange.small_clinic import ACTOR, FILES, clock, make_clinic, write_files

from mesodash.demo import make_demo
from mesodash.exchange.exporting.export_fhir import export_fhir
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
    """Import a folder into a clinic, with the rejects next to it."""

    def run(db, folder, **options):
        beside = {name: tmp_path / f"{name}.csv" for name in ("rejects", "changes", "absent")}
        options = {**beside, "clock": clock} | options
        return import_folder(db, folder, actor=ACTOR, catalogue=catalogue, **options)

    return run


def resources_in(folder):
    """Every resource of an export by type."""
    return {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in sorted(folder.iterdir())
    }


@pytest.fixture(scope="session")
def fhir_small(tmp_path_factory, catalogue):
    """The small clinic that uses every column, in Paris, and its export: file, folder, result."""
    place = tmp_path_factory.mktemp("small")
    db = make_clinic(place / "clinic.db", timezone="Europe/Paris")
    beside = {name: place / f"{name}.csv" for name in ("rejects", "changes")}
    folder = write_files(place / "in", FILES)
    import_folder(db, folder, actor=ACTOR, catalogue=catalogue, clock=clock, **beside)
    result = export_fhir(db, place / "fhir", actor=ACTOR, catalogue=catalogue, clock=clock)
    return db, place / "fhir", result


@pytest.fixture(scope="session")
def fhir_demo(tmp_path_factory, catalogue):
    """A demo clinic and its export: file, folder, result."""
    place = tmp_path_factory.mktemp("demo")
    db = place / "demo.db"
    make_demo(db, sessions=120, today=date(2026, 11, 22), catalogue=catalogue)
    result = export_fhir(db, place / "fhir", actor=ACTOR, catalogue=catalogue)
    return db, place / "fhir", result


@pytest.fixture
def resources(fhir_small):
    """The small clinic's resources by type, to be changed."""
    return resources_in(fhir_small[1])
