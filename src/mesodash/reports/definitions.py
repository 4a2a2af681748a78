"""One definition for each column of each report, read from the functions' own docstrings.

The pages show them on hover, downloads carry them, docs/metrics.md is made of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from inspect import cleandoc
from typing import Any, Final

from mesodash.reports import registry

KEYS: Final[dict[str, str]] = {
    "month": "the month, as 2026-03: of the session; for courses, of their start",
    "week": "the week of the session, by its Monday",
    "day": "the day of the session",
    "area": "the treated area's code; empty where none was recorded",
    "side": "the patient's side: left, right, both or midline",
    "region": "the group of areas in the catalogue (face, abdomen ...)",
    "protocol": "the protocol's code: the session's own, else its course's",
    "indication": "what the course treats; empty outside a course",
    "practitioner": "who held the session, by practitioner_id (in a bare lake by clinic and"
    " number); for courses, who held the first session",
    "clinic": "the clinic's id",
    "effect": "the side effect's code, or other",
    "lot": "a lot used in the session; empty where none was recorded",
    "product": "a product used in the session",
    "scale": "the scale's code; scores of different scales are never pooled",
    "kind": "lot, practitioner, site (a treated area) or clinic",
}
"""What the keys mean that reports are counted by."""

_FURTHER: Final[dict[str, tuple[str, str]]] = {
    "due": ("due", "due"),
    "weekday_hours": ("behind", "weekday_hours"),
    "sessions_behind": ("behind", "session_numbers"),
    "open_effects": ("single_effects", "open_effects"),
    "late_effects": ("single_effects", "late_effects"),
    "compared": ("periods", "compared"),
}
"""Lists that the reader makes beside the reports: name -> module, function."""

_ALSO: Final = {"signals": "clusters", "late_effects": "open_effects"}
"""Whose columns begin with those of another."""

_IDS: Final = {
    "patient_id": "the record's id of the patient, for those who may see it",
    "course_id": "the record's id of the course; empty where there is none",
    "session_id": "the record's id of the session",
    "held_at": "when the session was held, as recorded",
    "side_effect_id": "the record's id of the side effect",
}
_NAMED: Final[dict[str, tuple[str, ...]]] = {
    "due": ("patient_id", "course_id"),
    "open_effects": ("side_effect_id", "session_id", "patient_id"),
    "late_effects": ("side_effect_id", "session_id", "patient_id"),
    "sessions_behind": ("session_id", "patient_id", "held_at"),
}
"""The ids that the reader puts in place of the lake's numbers."""
_NUMBERS: Final = frozenset(
    {"clinic", "clinic_id", "patient", "course", "session", "side_effect", "held_on"}
)
"""What the reader leaves out of them."""

_END: Final = {"low": "lower end of the interval:", "high": "upper end of the interval:"}
_ENTRY: Final = re.compile(r"(\w+(?:, \w+)*): (.*)")


@dataclass(frozen=True, slots=True)
class Report:
    """What a report's docstring says.

    Attributes:
        name: the report's.
        about: the paragraphs on what is counted, the first a sentence.
        keys: what it may be counted by.
        columns: column -> definition, without the keys.
    """

    name: str
    about: tuple[str, ...]
    keys: tuple[str, ...]
    columns: dict[str, str]


NAMES: Final = (*registry.FIRST, *registry.MORE, *_FURTHER)
"""All that has definitions."""


@lru_cache(maxsize=64)
def report(name: str) -> Report:
    """What is defined for a report or list of `NAMES`.

    Raises:
        KeyError: there is none of that name.
    """
    module, function = _place(name)
    about, columns = _read(function)
    if name in _ALSO:
        columns = {**report(_ALSO[name]).columns, **columns}
    if name in _NAMED:
        ids = {column: _IDS[column] for column in _NAMED[name]}
        columns = ids | {c: text for c, text in columns.items() if c not in _left_out(name)}
    keys = () if name in _FURTHER or name == "clusters" else _keys(module, name)
    return Report(name, about, keys, {c: t for c, t in columns.items() if c not in keys})


def _left_out(name: str) -> frozenset[str]:
    """What the reader replaces by ids; the lists of side effects keep the day of the session."""
    return _NUMBERS if name == "sessions_behind" else _NUMBERS - {"held_on"}


def columns_of(name: str) -> dict[str, str]:
    """The definition of each key and column of a report or list, a sentence each.

    Of a share, its interval's two ends and the like one sentence speaks; the ends say which they
    are.

    Raises:
        KeyError: there is none of that name.
    """
    known = report(name)
    texts = list(known.columns.values())
    columns = {
        column: f"{_END[column.rpartition('_')[2]]} {text}"
        if column.rpartition("_")[2] in _END and texts.count(text) > 1
        else text
        for column, text in known.columns.items()
    }
    return {key: KEYS[key] for key in known.keys} | columns


def _place(name: str) -> tuple[Any, Callable[..., Any]]:
    if name in _FURTHER:
        file, attribute = _FURTHER[name]
        module = import_module(f"mesodash.reports.{file}")
        return module, getattr(module, attribute)
    function = registry.function(name)
    return import_module(function.__module__), function


def _keys(module: Any, name: str) -> tuple[str, ...]:
    for attribute in (f"{name.upper()}_KEYS", "ALL_KEYS", "KEYS"):
        if hasattr(module, attribute):
            keys: tuple[str, ...] = getattr(module, attribute)
            return keys
    return ()


def _read(function: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The paragraphs and the columns of a docstring."""
    about: list[str] = []
    columns: dict[str, str] = {}
    for part in cleandoc(function.__doc__ or "").split("\n\n"):
        head, _, body = part.partition("\n")
        if head.startswith(("Columns", "Returns")) and ":" in part:
            columns |= _entries(body)
        elif not head.startswith(("Raises:", "Args:")):
            about.append(" ".join(part.split()))
    return tuple(about), columns


def _entries(body: str) -> dict[str, str]:
    """`name, name: text` entries, continued by lines that stand further in."""
    entries: list[str] = []
    for line in body.splitlines():
        if line.startswith("     ") and entries:
            entries[-1] += f" {line.strip()}"
        else:
            entries.append(line.strip())
    found: dict[str, str] = {}
    for entry in entries:
        match = _ENTRY.fullmatch(entry)
        if match:
            text = match[2].rstrip(".")
            found |= dict.fromkeys(match[1].split(", "), text)
    return found
