"""FHIR's own invariants, asked of resources by FHIRPath.

invariants.csv has those of HL7's StructureDefinitions (FHIR R4 4.0.1, build 9346c8cc45) for the
types that an export writes and the data types within them, words as HL7 wrote them; R4B 4.3.0 left
these types as they were. Left out are txt-1 and txt-2, which ask of a narrative's HTML: no resource
has one.
"""

import csv
import re
from functools import cache
from pathlib import Path

import fhirpathpy
from fhir.resources.R4B import get_fhir_model_class
from fhirpathpy.models import models
from pydantic import BaseModel

FILE = Path(__file__).with_name("invariants.csv")
MODEL = models["r4"]
_TRACE = re.compile(r"\.trace\([^)]*\)")
"""Prints on the way and changes nothing."""


@cache
def rows():
    """Every invariant: context, key, severity, expression, human."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def _compiled(expression):
    # The engine has no hasValue(); of JSON without extensions of primitives it says the same.
    return fhirpathpy.compile(_TRACE.sub("", expression).replace("hasValue()", "exists()"), MODEL)


def broken(resource, severity="error"):
    """(key, where) of each invariant that a resource breaks, and how many were asked."""
    kind = resource["resourceType"]
    asked = [
        (row["key"], row["context"], _inside(row), resource)
        for row in rows()
        if row["severity"] == severity
        and row["context"].partition(".")[0] in (kind, "DomainResource")
    ]
    if severity == "error":
        model = get_fhir_model_class(kind).model_validate(resource)
        for path, type_name, node in _nodes(model, resource, kind):
            # The name of its type tells FHIRPath which elements may be of several types.
            named = {"resourceType": type_name, **node}
            asked += [(r["key"], path, r["expression"], named) for r in _of_type(type_name)]
            # The engine's children() fails on a data type, so what ele-1 asks is counted here.
            asked.append(("ele-1", path, "true" if set(node) - {"id"} else "false", {}))
    context = {"resource": resource, "rootResource": resource}
    found = [
        (key, where)
        for key, where, expression, node in asked
        # Empty is no answer: so ref-1 of a reference that has a display alone, as R5 words it.
        if _compiled(expression)(node, context) not in ([True], [])
    ]
    return found, len(asked)


def _inside(row):
    """An invariant of an element below the resource, asked of all of them."""
    inner = row["context"].partition(".")[2]
    return f"{inner}.all({row['expression']})" if inner else row["expression"]


@cache
def _of_type(type_name):
    """The invariants of a data type; `Timing.repeat` is called TimingRepeat by the library."""
    kinds = {type_name} | ({"Quantity"} if type_name in ("Age", "Count", "Duration") else set())
    return tuple(
        row
        for row in rows()
        if row["context"].replace(".repeat", "Repeat") in kinds and row["severity"] == "error"
    )


def _nodes(model, value, path):
    """Each element below a resource that has children: its path, type and JSON."""
    for name, one in value.items():
        part = getattr(model, "class_fhir" if name == "class" else name, None)
        pairs = zip(part, one, strict=True) if isinstance(part, list) else [(part, one)]
        for inside, content in pairs:
            if isinstance(inside, BaseModel):
                yield f"{path}.{name}", type(inside).__name__, content
                yield from _nodes(inside, content, f"{path}.{name}")
