import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mesodash.catalogue.load import load_catalogue
from mesodash.catalogue.types import Catalogue

FOLDER = Path(__file__).resolve().parents[2] / "data" / "catalogue"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(FOLDER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the catalogue's folder, to break."""
    copy = tmp_path / "catalogue"
    shutil.copytree(FOLDER, copy)
    return copy


@pytest.fixture
def change(folder: Path) -> Callable[..., int]:
    """`change("areas.csv", "face.cheek", label="")` writes cells and gives the row's number."""

    def change(file: str, row_code: str, /, **cells: str) -> int:
        path = folder / file
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        key = "key" if file == "sources.csv" else "code"
        number = next(i for i, row in enumerate(rows) if row[key] == row_code)
        assert set(cells) <= set(rows[number])
        rows[number].update(cells)
        with path.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return number + 2

    return change
