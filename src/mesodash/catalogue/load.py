"""Loading the catalogue from its folder of CSV files, as its row classes declare them."""

import csv
import io
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

from mesodash.catalogue.checks import cross_check
from mesodash.catalogue.fields import EMPTY, Column
from mesodash.catalogue.types import Catalogue

_LONGEST_CELL: Final = 100_000


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One row: `name` says where it is ("areas.csv, row 5"), `cells` holds its texts by column."""

    name: str
    cells: dict[str, str]


def read_csv(
    path: Path, columns: Sequence[str], numbers: Sequence[str], faults: list[str]
) -> Iterator[CatalogueRow]:
    """The rows of a file, with the numbers a spreadsheet shows.

    Accepts what spreadsheets write: a byte order mark, Windows line ends, semicolons between cells
    with decimal commas in the columns of numbers (as a European Excel saves), a `sep=` line,
    columns in another order, spaces around a column's name, blank columns and blank rows.

    Args:
        path: the file.
        columns: the names that its header must have, in any order, and no others.
        numbers: those of them that hold numbers.
        faults: gets one sentence for each thing that cannot be read; a missing file or column
            leaves no rows, a row of another length is left out.
    """
    try:
        header, lines = _parsed(path)
    except ValueError as error:
        faults.append(f"{path.name}: {error}")
        return
    wrong = [f"the column {c} is missing" for c in columns if c not in header]
    wrong += [f'the column "{c}" is not known' for c in header if c and c not in columns]
    wrong += [
        f'the column "{c}" stands there twice' for c in set(header) if c and header.count(c) > 1
    ]
    if wrong:
        faults.append(f"{path.name}: {'; '.join(sorted(wrong))}; see README.md beside it.")
        return
    for number, line in lines:
        where = f"{path.name}, row {number}"
        try:
            cells = _cells(header, line)
        except ValueError as error:
            faults.append(f"{where}: {error}")
            continue
        if header.decimal_comma:
            cells |= {column: cells[column].replace(",", ".") for column in numbers}
        yield CatalogueRow(where, cells)


class _Header(list[str]):
    """The names of a file's columns; `decimal_comma` if its cells are separated by semicolons."""

    decimal_comma = False


def _parsed(path: Path) -> tuple[_Header, list[tuple[int, list[str]]]]:
    """The header, and each non-blank row with its number; ValueError says what is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ValueError("the file is missing from the catalogue's folder.") from None
    except UnicodeDecodeError:
        raise ValueError("the file is not UTF-8; save it as CSV UTF-8.") from None
    first_row = 1
    if text[:4].lower() == "sep=":
        text, first_row = text.partition("\n")[2], 2
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = list(reader)
    except csv.Error:
        raise ValueError("its quotation marks do not pair; save it as CSV UTF-8 again.") from None
    header = _Header(cell.strip() for cell in (lines[0] if lines else []))
    header.decimal_comma = delimiter == ";"
    while header and not header[-1]:
        header.pop()
    numbered = enumerate(lines[1:], start=first_row + 1)
    return header, [(n, line) for n, line in numbered if any(cell.strip() for cell in line)]


def _cells(header: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    """The cells of a row by column; ValueError says what is wrong with the row."""
    cells = list(line)
    while len(cells) > len(header) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(header):
        raise ValueError(
            f"it has {len(cells)} cells where the header has {len(header)};"
            " put quotes around text with commas."
        )
    pairs = list(zip(header, cells, strict=True))
    if any(cell.strip() for column, cell in pairs if not column):
        raise ValueError("a cell stands in a column without a name; empty it.")
    if max(map(len, cells)) > _LONGEST_CELL:
        raise ValueError(f"a cell is longer than {_LONGEST_CELL} characters; shorten it.")
    return {column: cell for column, cell in pairs if column}


FILES: Final[Mapping[str, Any]] = {
    name: typing.get_args(hint)[1]
    for name, hint in typing.get_type_hints(Catalogue).items()
    if not name.startswith("_")
}
"""Part of the catalogue, and name of its file (`areas`, without `.csv`) -> the class of a row."""


class CatalogueError(ValueError):
    """The catalogue's files are wrong: `faults` has one plain sentence for each fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class Declared:
    """What a row class declares about one column.

    Attributes:
        name: of the column.
        column: its meaning, the files it refers to, what to do if it must not be empty.
        choices: the words it can hold; empty where it holds others.
        is_number: whether it holds a number.
    """

    name: str
    column: Column
    choices: tuple[str, ...]
    is_number: bool


def declared(kind: Any) -> tuple[Declared, ...]:
    """The columns of a file by its row's class, in order.

    A field with a default is no column: it is filled from another file. A `Column` on a field
    fills what the one inside its type leaves open: a type says what its cells refer to, a field
    what they mean.
    """
    hints = typing.get_type_hints(kind, include_extras=True)
    plainly = typing.get_type_hints(kind)
    found = []
    for name in (f.name for f in fields(kind) if f.default is MISSING):
        said = [part for part in getattr(hints[name], "__metadata__", ()) if _is_column(part)]
        column = Column(
            meaning=next((c.meaning for c in reversed(said) if c.meaning), ""),
            refers=next((c.refers for c in reversed(said) if c.refers), ()),
            hint=next((c.hint for c in reversed(said) if c.hint != Column().hint), Column().hint),
        )
        plain = plainly[name]
        words = tuple(w for w in _words(plain) if w != "all")
        found.append(Declared(name, column, words, _holds(plain, float) or _holds(plain, int)))
    return tuple(found)


def load_catalogue(folder: Path) -> Catalogue:
    """Read every file of the catalogue in `folder`; once all cells are good, cross-check them.

    Raises:
        CatalogueError: with one sentence per fault, naming file, row and column.
    """
    faults: list[str] = []
    where: dict[tuple[str, str], str] = {}
    parts = {
        part: dict(_read(folder / f"{part}.csv", kind, where, faults))
        for part, kind in FILES.items()
    }
    for protocol in parts["protocols"].values():
        parts["protocols"][protocol.code] = replace(
            protocol,
            schedules=tuple(s for s in parts["schedules"].values() if s.protocol == protocol.code),
            sites=tuple(s for s in parts["protocol_sites"].values() if s.protocol == protocol.code),
        )
    catalogue = Catalogue(**parts)
    # A cell that could not be read would also break the links to it: say the cause alone.
    faults = faults or [*_references(catalogue, where), *cross_check(catalogue, where)]
    if faults:
        raise CatalogueError(faults)
    return catalogue


def _read(
    path: Path, kind: Any, where: dict[tuple[str, str], str], faults: list[str]
) -> Iterator[tuple[str, Any]]:
    columns = _DECLARED[kind]
    names = [column.name for column in columns]
    numbers = [column.name for column in columns if column.is_number]
    adapter = _ADAPTERS[kind]
    for row in read_csv(path, names, numbers, faults):
        try:
            made = adapter.validate_python(row.cells)
        except ValidationError as error:
            faults += [f"{row.name}: {sentence}" for sentence in _sentences(error, columns)]
            continue
        faults += [f"{row.name}: {sentence}" for sentence in getattr(made, "faults", tuple)()]
        if (path.name, made.code) in where:
            first = where[path.name, made.code]
            faults.append(f'{row.name}: the {names[0]} "{made.code}" is already in {first}.')
            continue
        where[path.name, made.code] = row.name
        yield made.code, made


def _sentences(error: ValidationError, columns: Iterable[Declared]) -> Iterator[str]:
    """Each fault of a row in plain words, beginning with the column."""
    known = {column.name: column for column in columns}
    for fault in error.errors():
        column = known[str(fault["loc"][0])]
        match fault["type"]:
            case "value_error":
                said = str(fault["ctx"]["error"])
                hint = f"; {column.column.hint}." if said == EMPTY else ""
                yield f"{column.name} {said}{hint}"
            case "literal_error":
                words = ("; " if any("," in w for w in column.choices) else ", ").join(
                    column.choices
                )
                yield f'{column.name} "{fault["input"]}" must be one of {words}.'
            case _:
                yield f'{column.name} "{fault["input"]}" cannot be read; see README.md beside it.'


def _references(catalogue: Catalogue, where: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Every code that a column names must be in one of the files it refers to."""
    for part, kind in FILES.items():
        referring = [column for column in _DECLARED[kind] if column.column.refers]
        for code, row in getattr(catalogue, part).items():
            for column in referring:
                files = column.column.refers
                for named in _named(getattr(row, column.name)):
                    if not any(named in getattr(catalogue, file) for file in files):
                        targets = " or ".join(f"{file}.csv" for file in files)
                        place = where[f"{part}.csv", code]
                        yield f'{place}: {column.name} "{named}" is not in {targets}.'


def _named(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return () if value in (None, "all") else (str(value),)


def _is_column(part: object) -> bool:
    return isinstance(part, Column)


def _words(hint: Any) -> tuple[str, ...]:
    """The words of the Literal inside a type."""
    if typing.get_origin(hint) is Literal:
        return typing.get_args(hint)
    return tuple(word for part in typing.get_args(hint) if part is not ... for word in _words(part))


def _holds(hint: Any, kind: type[Any]) -> bool:
    """Whether a type is this one, or this one or None."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return kind in typing.get_args(hint)
    return hint is kind


# What the classes say, worked out once: both take longer than reading all the files.
_DECLARED: Final = {kind: declared(kind) for kind in FILES.values()}
_ADAPTERS: Final = {kind: TypeAdapter(kind) for kind in FILES.values()}
