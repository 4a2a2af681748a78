"""Loading the catalogue from its folder of CSV files."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from mesodash.catalogue import read_care, read_rows
from mesodash.catalogue.care import Aftercare, FollowUp, Grade, Question, RedFlag, Regulation
from mesodash.catalogue.checks import cross_check
from mesodash.catalogue.checks_care import cross_check_care
from mesodash.catalogue.rows import (
    Area,
    Component,
    Contraindication,
    Indication,
    Protocol,
    Scale,
    SideEffect,
    Source,
    Technique,
)
from mesodash.catalogue.table import Row, Table
from mesodash.catalogue.types import Catalogue


class CatalogueError(ValueError):
    """The catalogue's files are wrong: `faults` has one plain sentence for each fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


FILES: dict[str, tuple[type[Any], Callable[[Row], Any]]] = {
    "areas": (Area, read_rows.area),
    "indications": (Indication, read_rows.indication),
    "scales": (Scale, read_rows.scale),
    "side_effects": (SideEffect, read_rows.side_effect),
    "techniques": (Technique, read_rows.technique),
    "components": (Component, read_rows.component),
    "protocols": (Protocol, read_rows.protocol),
    "contraindications": (Contraindication, read_rows.contraindication),
    "questions": (Question, read_care.question),
    "red_flags": (RedFlag, read_care.red_flag),
    "aftercare": (Aftercare, read_care.aftercare),
    "regulations": (Regulation, read_care.regulation),
    "follow_ups": (FollowUp, read_care.follow_up),
    "grades": (Grade, read_care.grade),
    "sources": (Source, read_rows.source),
}
"""Part of the catalogue, and name of its file -> the type of a row, and how to read one."""


def load_catalogue(folder: Path) -> Catalogue:
    """Read every file of the catalogue in `folder`; once all cells are good, cross-check them.

    Raises:
        CatalogueError: with one sentence per fault, naming file and row.
    """
    faults: list[str] = []
    where: dict[tuple[str, str], str] = {}

    def read(part: str) -> dict[str, Any]:
        file, (kind, make) = f"{part}.csv", FILES[part]
        key = "key" if kind is Source else "code"
        rows: dict[str, Any] = {}
        for row in Table(folder / file, COLUMNS[kind], faults):
            made = make(row)
            name = getattr(made, key)
            if name in rows:
                row.fault(f'the {key} "{name}" is already in {where[file, name]}.')
                continue
            rows[name] = made
            where[file, name] = row.name
        return rows

    catalogue = Catalogue(**{part: read(part) for part in FILES})
    # A cell that could not be read would also break the links to it: say the cause alone.
    faults = faults or [*cross_check(catalogue, where), *cross_check_care(catalogue, where)]
    if faults:
        raise CatalogueError(faults)
    return catalogue


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


_PROMISE = ("promised", "promised_unit")
COLUMNS: dict[type[Any], tuple[str, ...]] = {kind: _names(kind) for kind, _ in FILES.values()} | {
    SideEffect: tuple(
        column
        for name in _names(SideEffect)
        for column in (_PROMISE if name == "promised_days" else (name,))
    )
}
"""The columns of each file: the fields of its type, but a promise keeps its own unit."""
