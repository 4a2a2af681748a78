"""Columns and files of the exchange: what a cell may hold, and how a row is identified."""

from dataclasses import dataclass
from typing import Literal

from mesodash.records.store.vocabulary import IMMUTABLE

Kind = Literal[
    "id",  # the row's own id, or that of another row (see `refers`)
    "word",  # one of a closed vocabulary
    "code",  # a code of the catalogue (see `codes`)
    "text",  # anything a person may write
    "day",  # a date, or a date and time
    "partial",  # as `day`, but a year or a month will do
    "integer",
    "thousandths",  # a decimal kept as whole thousandths: mL as microlitres, mm as micrometres
    "real",
    "date",  # a day without a time
    "moment",  # a UTC time with its offset
    "codes",  # some codes of the catalogue, kept as a JSON list
    "parameters",  # a clinic's own parameters of a protocol, kept as JSON
    "mark",  # a short text of one pattern, such as a trade item number (see `pattern`)
]

LONGEST_TEXT = 4000
LONGEST_ID = 64
LONGEST_NAME = 200
MOST_NUMBERED = 1_000_000
USUAL_VOLUME_UL = 100_000
USUAL_DEPTH_UM = 13_000
"""Above these an amount is reported as a likely error of unit or decimal sign: 100 mL in one area,
and the 13 mm of the longest needle that the catalogue's techniques use. They are no limits of a
treatment."""

FIRST_YEAR = 1900
"""No date of a clinic is earlier: an earlier year is an error, or a blank that a program filled."""


@dataclass(frozen=True, slots=True)
class ExchangeColumn:
    """One column of an exchange file.

    Attributes:
        name: as the header spells it.
        kind: what a cell holds.
        required: an empty cell refuses the row, a missing column refuses the file.
        stored: the column of the clinic's file, where it has another name.
        allowed: the words of a `word`.
        codes: which codes of the catalogue a `code` or each of `codes` is one of.
        refers: the table whose id an `id` is, where it is not the row's own.
        low, high: the smallest and largest number kept (in the unit of the clinic's file).
        longest: the longest text, in characters.
        past: it states something that has happened, so it is never after today.
        pattern, example: the regular expression of a `mark`, and an example of one.
        usual: a number above this is accepted with a warning, as it may be a slip (0: no limit).
    """

    name: str
    kind: Kind
    required: bool = False
    stored: str = ""
    allowed: tuple[str, ...] = ()
    codes: str = ""
    refers: str = ""
    low: int = 0
    high: int = 0
    longest: int = LONGEST_TEXT
    past: bool = False
    usual: int = 0
    pattern: str = ""
    example: str = ""

    @property
    def field(self) -> str:
        """The column of the clinic's file."""
        return self.stored or self.name


@dataclass(frozen=True, slots=True)
class ExchangeFile:
    """One exchange file.

    Attributes:
        table: the table of the clinic's file.
        columns: in the contract's order.
        key: the columns that identify a row: its own id, or the natural key.
        name: the file's name without `.csv`, where it is not the table's.
    """

    table: str
    columns: tuple[ExchangeColumn, ...]
    key: tuple[str, ...]
    name: str = ""

    @property
    def file_name(self) -> str:
        """The file's name."""
        return f"{self.name or self.table}.csv"

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def own_id(self) -> str | None:
        """The column with the row's own id, where the file has one."""
        first = self.columns[0]
        return first.name if first.kind == "id" and not first.refers else None

    @property
    def stands(self) -> bool:
        """Whether its rows never change once the clinic has them."""
        return self.table in IMMUTABLE

    def at(self, name: str) -> int:
        """The position of a column."""
        return self.names.index(name)
