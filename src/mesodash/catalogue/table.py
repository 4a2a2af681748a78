"""Reading one CSV file of the catalogue: cells to values, each fault one sentence with its row."""

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
KEY = re.compile(r"[A-Z][A-Z0-9_]*")


def listed(words: tuple[str, ...]) -> str:
    """The words in a row, told apart even where one of them has a comma."""
    return ("; " if any("," in word for word in words) else ", ").join(words)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `name` says where it is ("areas.csv, row 5"); faults found go to `faults`."""

    name: str
    cells: dict[str, str]
    faults: list[str]

    def fault(self, sentence: str) -> None:
        """Note a fault of this row."""
        self.faults.append(f"{self.name}: {sentence}")

    def optional(self, column: str) -> str | None:
        """The text of a cell; None if it is empty."""
        return self.cells[column].strip() or None

    def text(self, column: str) -> str:
        """The text of a cell that must not be empty."""
        value = self.cells[column].strip()
        if not value:
            self.fault(f"{column} is empty; fill it in.")
        return value

    def code(self, column: str = "code") -> str:
        """A code in lower snake case, with dots for parents."""
        value = self.text(column)
        if value and not CODE.fullmatch(value):
            self.fault(f'{column} "{value}" must be lower case letters, digits, _ and dots.')
        return value

    def key(self, column: str = "key") -> str:
        """A source's key in capitals."""
        value = self.text(column)
        if value and not KEY.fullmatch(value):
            self.fault(f'{column} "{value}" must be capital letters, digits and _.')
        return value

    def number(self, column: str) -> float | None:
        """A number of zero or more, with a decimal point; None if the cell is empty."""
        value = self.optional(column)
        if value is None:
            return None
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if math.isfinite(number) and number >= 0:
            return number
        self.fault(f'{column} "{value}" is not a number; write it like 0.5, or leave it empty.')
        return None

    def whole(self, column: str) -> int | None:
        """A whole number of zero or more; None if the cell is empty."""
        number = self.number(column)
        if number is None or number.is_integer():
            return None if number is None else int(number)
        self.fault(f'{column} "{self.cells[column].strip()}" must be a whole number.')
        return None

    def choice(self, column: str, allowed: tuple[str, ...]) -> str:
        """One of the allowed words."""
        value = self.cells[column].strip()
        if value not in allowed:
            self.fault(f'{column} "{value}" must be one of {listed(allowed)}.')
        return value

    def choice_or_empty(self, column: str, allowed: tuple[str, ...]) -> str | None:
        """One of the allowed words, or None if the cell is empty."""
        return self.choice(column, allowed) if self.optional(column) else None

    def scope(self, column: str = "scope") -> Literal["all"] | tuple[str, ...]:
        """`all`, or at least one code of what a row applies to."""
        codes = self.many(column)
        if not codes:
            self.fault(f"{column} is empty; write all, or the codes it applies to.")
        return "all" if codes == ("all",) else codes

    def country_fault(self, column: str, country: str) -> None:
        """Note a fault unless this is a country's two capital letters."""
        if not (len(country) == len("FR") and country.isascii() and country.isupper()):
            self.fault(f'{column} "{country}" must be a country\'s two capital letters, like FR.')

    def yes(self, column: str) -> bool:
        """Whether a yes-or-no cell says yes."""
        return self.choice(column, ("yes", "no")) == "yes"

    def many(self, column: str) -> tuple[str, ...]:
        """The parts of a cell, which stand between semicolons; each may stand there once."""
        parts = [part.strip() for part in self.cells[column].split(";")]
        if parts == [""]:
            return ()
        if "" in parts:
            self.fault(f"{column} has an empty part between semicolons; take it out.")
        for part in sorted({p for p in parts if p and parts.count(p) > 1}):
            self.fault(f'{column} names "{part}" twice; take one out.')
        return tuple(part for part in parts if part)

    def choices(self, column: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Some of the allowed words, at least one."""
        values = self.many(column)
        if not values:
            self.fault(f"{column} is empty; fill it in.")
        for value in values:
            if value not in allowed:
                self.fault(f'{column} "{value}" must be one of {listed(allowed)}.')
        return values

    def ordered(self, low: float | None, high: float | None, what: str) -> None:
        """Check that a smallest value is not above the largest one."""
        if low is not None and high is not None and low > high:
            self.fault(f"the smallest {what} ({low:g}) is above the largest ({high:g}).")


@dataclass(frozen=True, slots=True)
class Table:
    """One file's rows. A missing file or column is a fault, and then there are no rows."""

    path: Path
    columns: tuple[str, ...]
    faults: list[str]
    rows: list[Row] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.rows.extend(self._read())

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def _read(self) -> Iterator[Row]:
        name = self.path.name
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self.faults.append(f"{name}: the file is missing from the catalogue's folder.")
            return
        except UnicodeDecodeError:
            self.faults.append(f"{name}: the file is not UTF-8; save it as CSV UTF-8.")
            return
        lines = csv.reader(io.StringIO(text, newline=""))
        header = next(lines, [])
        wrong = [f"the column {c} is missing" for c in self.columns if c not in header]
        wrong += [f'the column "{c}" is not known' for c in header if c not in self.columns]
        wrong += [
            f'the column "{c}" stands there twice' for c in set(header) if header.count(c) > 1
        ]
        if wrong:
            self.faults.append(f"{name}: {'; '.join(sorted(wrong))}; see README.md beside it.")
            return
        for number, cells in enumerate(lines, start=2):
            where = f"{name}, row {number}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                self.faults.append(
                    f"{where}: it has {len(cells)} cells where the header has {len(header)};"
                    " put quotes around text with commas."
                )
                continue
            yield Row(where, dict(zip(header, cells, strict=True)), self.faults)
