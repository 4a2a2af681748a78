"""What a cell of the catalogue may hold and what its column means: one declaration per field.

A row class annotates each field with one of the types below and a `Column`. From that the reader
(`load`), the references between files (`checks`) and the tables of README.md (`documents`) follow.
A validator takes the text of a cell and gives its value, or raises ValueError with the end of a
sentence that begins with the column's name.
"""

import math
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator

_CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_KEY = re.compile(r"[A-Z][A-Z0-9_]*")
_DIGITS = re.compile(r"[0-9]+")

SCOPE_FILES = ("protocols", "indications", "components")
"""The files whose codes a scope can name."""


@dataclass(frozen=True, slots=True)
class Column:
    """What is declared about a column.

    Attributes:
        meaning: the text for README.md; empty if the name is clear enough.
        refers: the files (without `.csv`) in one of which every code in its cells must exist.
        hint: what to do if a required cell is empty.
    """

    meaning: str = ""
    refers: tuple[str, ...] = ()
    hint: str = "fill it in"


EMPTY = "is empty"
"""What a validator says of an empty cell; the column's hint is added to it."""


def _text(cell: str) -> str:
    value = cell.strip()
    if not value:
        raise ValueError(EMPTY)
    return value


def _text_or_none(cell: str) -> str | None:
    return cell.strip() or None


def _code(cell: str) -> str:
    value = _text(cell)
    if not _CODE.fullmatch(value):
        raise ValueError(f'"{value}" must be lower case letters, digits, _ and dots.')
    return value


def _code_or_none(cell: str) -> str | None:
    return _code(cell) if cell.strip() else None


def _key(cell: str) -> str:
    value = _text(cell)
    if not _KEY.fullmatch(value):
        raise ValueError(f'"{value}" must be capital letters, digits and _.')
    return value


def _digits_or_none(cell: str) -> str | None:
    value = cell.strip()
    if value and not _DIGITS.fullmatch(value):
        raise ValueError(f'"{value}" must be digits only; format the column as text.')
    return value or None


def _number_or_none(cell: str) -> float | None:
    value = cell.strip()
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if math.isfinite(number) and number >= 0:
        return number
    raise ValueError(f'"{value}" is not a number; write it like 0.5, or leave it empty.')


def _number(cell: str) -> float:
    _text(cell)
    return _number_or_none(cell) or 0.0


def _whole_or_none(cell: str) -> int | None:
    number = _number_or_none(cell)
    if number is None or number.is_integer():
        return None if number is None else int(number)
    raise ValueError(f'"{cell.strip()}" must be a whole number.')


def _whole(cell: str) -> int:
    _text(cell)
    return _whole_or_none(cell) or 0


def _yes(cell: str) -> bool:
    value = cell.strip()
    if value not in ("yes", "no"):
        raise ValueError(f'"{value}" must be one of yes, no.')
    return value == "yes"


def _several(cell: str) -> tuple[str, ...]:
    parts = [part.strip() for part in cell.split(";")]
    if parts == [""]:
        return ()
    if "" in parts:
        raise ValueError("has an empty part between semicolons; take it out.")
    for part in parts:
        if parts.count(part) > 1:
            raise ValueError(f'names "{part}" twice; take one out.')
    return tuple(parts)


def _numbers(cell: str) -> tuple[float, ...]:
    return tuple(_number(part) for part in _several(cell))


def _some(cell: str) -> tuple[str, ...]:
    parts = _several(cell)
    if not parts:
        raise ValueError(EMPTY)
    return parts


def _scope(cell: str) -> Literal["all"] | tuple[str, ...]:
    codes = _several(cell)
    if not codes:
        raise ValueError(f"{EMPTY}; write all, or the codes it applies to.")
    return "all" if codes == ("all",) else codes


def _scope_or_none(cell: str) -> Literal["all"] | tuple[str, ...]:
    return _scope(cell) if cell.strip() else ()


def _country(cell: str) -> str:
    value = _text(cell)
    if not (len(value) == len("FR") and value.isascii() and value.isupper()):
        raise ValueError(f'"{value}" must be a country\'s two capital letters, like FR.')
    return value


def _country_or_everywhere(cell: str) -> str | None:
    return None if cell.strip() == "everywhere" else _country(cell)


def _countries(cell: str) -> tuple[str, ...]:
    return tuple(_country(part) for part in _several(cell))


Text = Annotated[str, BeforeValidator(_text)]
"""Words that must be there."""
TextOrNone = Annotated[str | None, BeforeValidator(_text_or_none)]
"""Words, or None for an empty cell."""
Code = Annotated[str, BeforeValidator(_code)]
"""Lower snake case, with dots for parents in areas."""
CodeOrNone = Annotated[str | None, BeforeValidator(_code_or_none)]
"""A code, or None for an empty cell."""
SourceKey = Annotated[str, BeforeValidator(_key)]
"""The key of a source, in capitals."""
DigitsOrNone = Annotated[str | None, BeforeValidator(_digits_or_none)]
"""An identifier of digits alone, which a spreadsheet may not have rounded; None if empty."""
Number = Annotated[float, BeforeValidator(_number)]
"""A number of zero or more, with a decimal point."""
NumberOrNone = Annotated[float | None, BeforeValidator(_number_or_none)]
"""The same, or None for an empty cell: not published or not known, never zero."""
Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number of zero or more."""
WholeOrNone = Annotated[int | None, BeforeValidator(_whole_or_none)]
"""The same, or None for an empty cell."""
YesOrNo = Annotated[bool, BeforeValidator(_yes)]
"""`yes` or `no`."""
Several = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""Any number of parts between semicolons, each once."""
Some = Annotated[tuple[str, ...], BeforeValidator(_some)]
"""The same, at least one."""
Numbers = Annotated[tuple[float, ...], BeforeValidator(_numbers)]
"""Numbers between semicolons."""
Scope = Annotated[Literal["all"] | tuple[str, ...], BeforeValidator(_scope)]
"""What a row applies to: `all`, or codes of protocols, indications or components."""
ScopeOrNone = Annotated[Literal["all"] | tuple[str, ...], BeforeValidator(_scope_or_none)]
"""The same; an empty cell names nothing."""
CountryOrEverywhere = Annotated[str | None, BeforeValidator(_country_or_everywhere)]
"""Two capital letters (ISO 3166), `EU`, or None for `everywhere`."""
Countries = Annotated[tuple[str, ...], BeforeValidator(_countries)]
"""Countries between semicolons."""

Choice = BeforeValidator(str.strip)
"""Beside a Literal: one of its words."""
ChoiceOrNone = BeforeValidator(_text_or_none)
"""Beside a Literal or None: one of its words, or an empty cell."""
Choices = BeforeValidator(_some)
"""Beside a tuple of a Literal: some of its words, at least one."""
ChoicesOrNone = BeforeValidator(_several)
"""Beside a tuple of a Literal: any of its words, or an empty cell."""

Sources = Annotated[tuple[str, ...], BeforeValidator(_several), Column(refers=("sources",))]
"""Keys of sources.csv; may be empty where the row states no figure."""
SourcesNeeded = Annotated[
    tuple[str, ...],
    BeforeValidator(_some),
    Column(refers=("sources",), hint="name where it comes from"),
]
"""Keys of sources.csv, at least one."""


def ordered(low: float | None, high: float | None, what: str) -> tuple[str, ...]:
    """A sentence if the smallest value is above the largest one, else nothing."""
    if low is not None and high is not None and low > high:
        return (f"the smallest {what} ({low:g}) is above the largest ({high:g}).",)
    return ()
