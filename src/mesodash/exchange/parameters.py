"""The cell of an adopted version's parameters: JSON whose every name and number is checked."""

import json
import math
from collections.abc import Collection
from dataclasses import fields
from typing import Any, NoReturn

from mesodash.exchange.errors import CellError
from mesodash.records.protocol_versions import Parameters

LONGEST = 20_000
_WORDS = ("needle", "mixture")
_WHOLE = ("points", "sessions", "interval_days", "top_up_days")
_MOST = 100_000
_NAMES = tuple(field.name for field in fields(Parameters))


def parameters_of(text: str, techniques: Collection[str]) -> str:
    """The cell in the spelling that the clinic's file keeps.

    Raises:
        CellError: it is no JSON object, or holds a name, number or code that is not known.
    """
    if len(text) > LONGEST:
        raise CellError(f"is longer than {LONGEST} characters; shorten the text")
    try:
        given = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise CellError('is no JSON; write it as {"sessions": 4, "depth_mm": 2.5}') from error
    if not isinstance(given, dict):
        raise CellError('is no JSON object; write it as {"sessions": 4, "depth_mm": 2.5}')
    for name, value in given.items():
        _check(name, value, techniques)
    return json.dumps(given, sort_keys=True)


def _check(name: str, value: Any, techniques: Collection[str]) -> None:
    if name not in _NAMES:
        raise CellError(f"names {name[:64]!r}, which is not known; use {', '.join(_NAMES)}")
    if name == "technique":
        if not isinstance(value, str) or value not in techniques:
            raise CellError("has a technique that is no code of the catalogue; write its code")
    elif name in _WORDS:
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise CellError(f"has no plain words as {name}; write words or leave it out")
    elif isinstance(value, bool) or not isinstance(value, int if name in _WHOLE else int | float):
        what = "whole number" if name in _WHOLE else "number"
        raise CellError(f"has no {what} as {name}; write digits without quotes")
    elif not (math.isfinite(value) and 0 < value <= _MOST):
        raise CellError(f"has a {name} that is not above 0 and at most {_MOST}; correct it")


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise CellError(f"names {name[:64]!r} twice; keep one")
    return dict(pairs)
