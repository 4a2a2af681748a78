"""Queries of the reports that are compiled once: days and names are their parameters.

A report's query is written once, as a function of the filters. Which filters are set, the keys and
the catalogue make its shape; days and names are values. The lake compiles a shape once and then
only binds values, so another period or area costs no compilation.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, Final

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.lake.parameters import Value
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.selection import codes_below

_DAY: Final = "a day"
_NAME: Final = "a name"
_SIZES: Final = (1, 4, 16, 64, 256, 1024)
"""Lists of names are filled up to these lengths with their own last name: few shapes, and the same
rows, since the reports only ask whether something is among them."""


class Name(str):
    """A text argument of a query that is a value, not part of the query's shape."""

    __slots__ = ()


def ask(
    lake: Lake,
    build: Callable[..., Any],
    catalogue: Catalogue,
    filters: Filters,
    *more: Any,
) -> pd.DataFrame:
    """The rows of the expression `build(lake, catalogue, filters, *more)`.

    Args:
        lake: runs it, and remembers the shape.
        build: makes the expression; a function of a module that depends on nothing else. Days and
            names reach it as expressions, which it passes to the engine and cannot use in Python
            (see `lake.parameters`).
        catalogue: the codes; the shape belongs to this one.
        filters: the filters of the query; areas are spelled out to all codes at or below them.
        more: keys to count by and the like belong to the shape; dates and `Name`s are values.

    Raises:
        ReportError: unknown area.
    """
    if filters.areas:
        filters = replace(filters, areas=codes_below(catalogue, filters.areas))
    asked = (filters, *more)
    values: list[Value] = []
    shape = _split(asked, values)

    def made(chosen: tuple[Any, ...]) -> Any:
        return build(lake, catalogue, *_filled(asked, iter(chosen)))

    key = (build.__module__, build.__qualname__, id(catalogue), shape)
    # The catalogue is kept with the shape, so that its id cannot come to mean another one.
    return lake.ask(key, made, tuple(values), keep=catalogue)


def _split(part: Any, values: list[Value]) -> Any:
    """The shape of one argument of the query; its values are appended to `values`."""
    if isinstance(part, date):
        values.append(part)
        return _DAY
    if isinstance(part, Name):
        values.append(str(part))
        return _NAME
    if isinstance(part, Filters):
        return tuple(_split_field(getattr(part, f.name), values) for f in fields(part))
    if isinstance(part, tuple):
        return tuple(_split(one, values) for one in part)
    return part


def _split_field(part: Any, values: list[Value]) -> Any:
    if isinstance(part, tuple) and part and all(isinstance(one, str) for one in part):
        size = _size(part)
        values.extend(part + part[-1:] * (size - len(part)))
        return size
    if is_dataclass(part):
        return tuple(_split_field(getattr(part, f.name), values) for f in fields(part))
    return _split(part, values)


def _size(names: tuple[str, ...]) -> int:
    return next((size for size in _SIZES if size >= len(names)), len(names))


def _filled(part: Any, values: Iterator[Any]) -> Any:
    """The same argument with `values` in place of its own, in the order of `_split`."""
    if isinstance(part, date | Name):
        return next(values)
    if isinstance(part, Filters):
        return replace(part, **_filled_fields(part, values))
    if isinstance(part, tuple):
        return tuple(_filled(one, values) for one in part)
    return part


def _filled_fields(part: Any, values: Iterator[Any]) -> dict[str, Any]:
    return {f.name: _filled_field(getattr(part, f.name), values) for f in fields(part)}


def _filled_field(part: Any, values: Iterator[Any]) -> Any:
    if isinstance(part, tuple) and part and all(isinstance(one, str) for one in part):
        return tuple(islice(values, _size(part)))
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **_filled_fields(part, values))
    return _filled(part, values)
