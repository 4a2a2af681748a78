"""Every report by name, found where it is declared: a module that holds a `ReportSpec`.

Looking one up imports the reports and with them the engine, so the app asks only when it must.
"""

import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

from mesodash import reports
from mesodash.reports.core.spec import ReportSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FIRST = ("volumes", "side_effects", "outcomes", "courses", "clusters", "due")
"""The contract's reports lead every list; the others follow by where they are declared."""


@cache
def specs() -> "Mapping[str, ReportSpec]":
    """All reports and lists, by name."""
    found: dict[str, ReportSpec] = {}
    for module in _modules():
        for value in vars(module).values():
            if isinstance(value, ReportSpec) and value.function.__module__ == module.__name__:
                found[value.name] = value
    order = [*_FIRST, *(name for name in found if name not in _FIRST)]
    return MappingProxyType({name: found[name] for name in order})


def _modules() -> "Iterator[ModuleType]":
    for room in sorted(one.name for one in pkgutil.iter_modules(reports.__path__) if one.ispkg):
        package = import_module(f"{reports.__name__}.{room}")
        for one in pkgutil.iter_modules(package.__path__):
            yield import_module(f"{package.__name__}.{one.name}")


def spec(name: str) -> ReportSpec:
    """What a report declares.

    Raises:
        KeyError: there is no such report.
    """
    return specs()[name]


def names() -> tuple[str, ...]:
    """The reports that are counted by keys and name nobody."""
    return tuple(name for name, one in specs().items() if one.counted)
