"""How a column is written to a place in a FHIR resource, and read from it.

A place is a path into the resource: names of elements, positions in lists, and `{...}` for the
element of a list that has these members, which is made if it is not there. A column without a place
here travels in an extension of its own name and kind, so that none is ever lost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mesodash.exchange.contract.columns import ExchangeColumn
from mesodash.exchange.contract.files import BY_TABLE
from mesodash.exchange.fhir import codes
from mesodash.exchange.fhir.area_codes import SYSTEMS, area_of
from mesodash.exchange.fhir.codes import Words

Path = tuple[str | int | Mapping[str, Any], ...]
MEDICATION: Final = "*medication"
"""Begins a path into the Medication that a MedicationAdministration refers to."""


RECORDED: Final = "-recorded"
"""Ends the name of the extension that has a local time as the clinic wrote it."""


@dataclass(frozen=True, slots=True)
class ElementPlace:
    """One place of a column.

    Attributes:
        path: see the module.
        write: the cell's text as a JSON value; None writes nothing.
        read: the JSON value as a cell's text; None goes on to the next place.
        beside: members written beside the value.
    """

    path: Path
    write: Callable[[str], Any] = str
    read: Callable[[Any], str | None] = str
    beside: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResourceShape:
    """A table's rows as resources of one type.

    Attributes:
        table: the exchange table.
        resource: the type.
        places: of each column all places; all are written, the first that is there is read.
        fixed: elements that every such resource has.
        items: the list whose elements are the rows, where a resource holds several.
        of_resource: the columns that are the resource's and not the items'.
    """

    table: str
    resource: str
    places: Mapping[str, tuple[ElementPlace, ...]] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    items: str = ""
    of_resource: tuple[str, ...] = ()

    def places_of(self, column: ExchangeColumn) -> tuple[ElementPlace, ...]:
        """The column's places: those declared, else its extension."""
        declared = self.places.get(column.name)
        if declared is not None:
            return declared
        target = BY_TABLE[self.table]
        if column.name == target.own_id:
            return (
                ElementPlace(("identifier", {"system": codes.identifier(self.table)}, "value")),
            )
        return (_own_extension(column),)


def number(text: str) -> int | float:
    """A decimal number as JSON writes it best: 4, not 4.0."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _own_extension(column: ExchangeColumn) -> ElementPlace:
    url = {"url": codes.extension(column.name.removesuffix("_ml").removesuffix("_mm"))}
    at: Path = ("extension", url)
    if column.kind == "id":
        return ElementPlace((*at, "valueReference", "reference"))
    if column.kind == "code":
        return ElementPlace((*at, "valueCodeableConcept", *coding(column.codes)))
    if column.kind == "thousandths":
        return ElementPlace((*at, "valueQuantity", "value"), number, str, unit(column.name))
    values: dict[str, tuple[str, Callable[[str], Any]]] = {
        "word": ("valueCode", str),
        "day": ("valueDateTime", str),
        "partial": ("valueDateTime", str),
        "date": ("valueDate", str),
        "moment": ("valueInstant", str),
        "integer": ("valueInteger", int),
        "real": ("valueDecimal", number),
    }
    name, write = values.get(column.kind, ("valueString", str))
    return ElementPlace((*at, name), write)


def unit(column: str) -> Mapping[str, str]:
    """The unit that a column's name ends in, as a quantity's members."""
    name = {"ml": "mL", "mm": "mm", "kg": "kg"}[column.rpartition("_")[2]]
    return {"unit": name, "system": codes.UCUM, "code": name}


def coding(name: str) -> Path:
    """Below a concept: the code of one of our own systems."""
    return ("coding", {"system": codes.system(name)}, "code")


def words(path: Path, ours: Words) -> ElementPlace:
    """A place where our words are written as FHIR's codes; any other code stays as it is."""
    back = {code.casefold(): word for word, code in reversed(list(ours.items()))}
    return ElementPlace(path, ours.get, lambda code: back.get(str(code).casefold(), str(code)))


def at(*path: str | int | Mapping[str, Any]) -> tuple[ElementPlace, ...]:
    """One place, its text as it is."""
    return (ElementPlace(path),)


def whole(*path: str | int, beside: Mapping[str, Any] | None = None) -> tuple[ElementPlace, ...]:
    """One place that has a whole number."""
    return (ElementPlace(path, int, str, beside or {}),)


def ref(*path: str | int) -> tuple[ElementPlace, ...]:
    """One place that refers to another resource."""
    return (ElementPlace((*path, "reference")),)


def site(*path: str | int | Mapping[str, Any]) -> dict[str, tuple[ElementPlace, ...]]:
    """Area and side below a concept: the side as mCODE's laterality qualifier.

    The area of another program is read from its code of SNOMED CT or ICD-11, if we know that.
    """
    qualifier: Path = ("extension", {"url": codes.LATERALITY}, "valueCodeableConcept")
    side = (*path, *qualifier, "coding", {"system": codes.SNOMED}, "code")
    return {
        "area": (*at(*path, *coding("area")), *(_known(path, one) for one in SYSTEMS.values())),
        "side": (words(side, codes.SIDE_CODES),),
    }


def _known(path: Path, system: str) -> ElementPlace:
    """Where a concept has another system's code of an area; only read."""
    return ElementPlace(
        (*path, "coding", {"system": system}, "code"),
        nothing,
        lambda code: area_of(system, str(code)),
    )


def price() -> dict[str, tuple[ElementPlace, ...]]:
    """Price and currency as one amount of money."""
    money: Path = ("extension", {"url": codes.extension("price")}, "valueMoney")
    return {
        "price": (ElementPlace((*money, "value"), number),),
        "currency": at(*money, "currency"),
    }


def component(name: str, value: str, write: Callable[[str], Any] = str) -> tuple[ElementPlace, ...]:
    """A component of an injection point's Observation."""
    code = {"coding": [{"system": codes.system("injection-point"), "code": name}]}
    beside = unit(name) if name.endswith(("_mm", "_ml")) else {}
    return (ElementPlace(("component", {"code": code}, *value.split(".")), write, str, beside),)


def only_whole_date(value: Any) -> str | None:
    """A date if it is one to the day."""
    return str(value) if len(str(value)) == len("2024-01-31") else None


def only_year(value: Any) -> str | None:
    """The year of a date."""
    return str(value)[:4]


def nothing(_: str) -> None:
    """Write nothing: the place is only read, or the writer fills it."""
    return


def recorded_path(column: str) -> Path:
    """Where the local time is kept as the clinic wrote it."""
    return ("extension", {"url": codes.extension(column) + RECORDED}, "valueString")
