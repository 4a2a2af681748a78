"""Whether a resource is valid FHIR R4B, and whether what it refers to is there.

fhir.resources checks types, cardinalities and patterns, but not the codes of required bindings,
which it knows: they are checked here. It is imported when the first resource is checked, for that
takes a second.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from mesodash.exchange.fhir.codes import REQUIRED_CONCEPTS
from mesodash.language import _
from mesodash.language.fault_words import fault_words

Resource = Mapping[str, Any]


def _model(kind: str) -> type[BaseModel] | None:
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415 - see the module

    try:
        found: type[BaseModel] = get_fhir_model_class(kind)
    except ValueError:
        return None
    return found


def faults(resource: Resource) -> list[tuple[str, str]]:
    """What is wrong with a resource: where, and why; nothing if it is valid."""
    kind = resource.get("resourceType")
    model = _model(kind) if isinstance(kind, str) else None
    if model is None:
        return [("resourceType", _("is not a resource of FHIR R4B"))]
    try:
        checked = model.model_validate(dict(resource))
    except ValidationError as error:
        return [
            (".".join(str(part) for part in one["loc"]) or str(kind), fault_words(one))
            for one in error.errors(include_url=False)
        ]
    except (AttributeError, LookupError, TypeError, ValueError):
        # fhir.resources stops at some values of a wrong type (a number for a reference).
        return [(str(kind), _("holds a value of a wrong type"))]
    return [*_wrong_codes(checked, ""), *_wrong_concepts(resource)]


@cache
def _bound_codes(model: type[BaseModel]) -> dict[str, frozenset[str]]:
    """The codes that the plain elements of a type may have, where they are bound to some."""
    found = {}
    for name, about in model.model_fields.items():
        extra = about.json_schema_extra
        allowed = extra.get("enum_values") if isinstance(extra, dict) else None
        if isinstance(allowed, list) and "+" not in allowed:  # "+": it lists some of them only
            found[name] = frozenset(map(str, allowed))
    return found


def _wrong_codes(model: BaseModel, path: str) -> Iterator[tuple[str, str]]:
    allowed = _bound_codes(type(model))
    for name in model.model_fields_set:
        value = getattr(model, name)
        codes = allowed.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                yield from _wrong_codes(one, f"{path}.{name}".lstrip("."))
            elif codes is not None and one is not None and str(one) not in codes:
                yield (
                    f"{path}.{name}".lstrip("."),
                    _("{code!r} is none of its codes").format(code=str(one)[:64]),
                )


def _wrong_concepts(resource: Resource) -> Iterator[tuple[str, str]]:
    for (kind, name), allowed in REQUIRED_CONCEPTS.items():
        concept = resource.get(name) if resource.get("resourceType") == kind else None
        if concept and not {one.get("code") for one in concept.get("coding", ())} & allowed:
            yield name, _("has no code of {codes}").format(codes=", ".join(sorted(allowed)))


def references(value: Any) -> Iterator[str]:
    """Every reference to another resource that a resource holds, canonical addresses too."""
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name == "reference" and isinstance(one, str):
                yield one
            elif name == "instantiatesCanonical":
                yield from one
            else:
                yield from references(one)
