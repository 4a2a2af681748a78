"""An open source file of any kind: the line of its header, and its rows with their lines."""

import re
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, Self

from mesodash.exchange.cell_text import cleaned
from mesodash.exchange.errors import N_, BrokenFileError

MAX_ROWS = 5_000_000
MAX_COLUMNS = 2000
MAX_CELL = 131_072
"""What Python's own reader of CSV takes; it also bounds how far an open quote is followed."""

SEARCHED = 30
"""Rows among which the header is looked for beneath a title."""

_REPEATS: Final = (N_("{n} repeated header left out"), N_("{n} repeated headers left out"))
_TWICE: Final = N_("names the column {name!r} twice; rename or delete one")
_EMPTY: Final = N_("is empty; its first line must name the columns")
_TOTAL: Final = re.compile(
    r"(grand |sub ?|sub-)?totals?\b.*|sum(me|a)?\b.*|gesamt.*|totale?\b.*|count\b.*|anzahl\b.*",
    re.IGNORECASE,
)

SourceRow = tuple[int, list[str]]


class SourceFile:
    """An open file: `header`, `notes` on how it was read, and `rows()` of (line, cells).

    Attributes:
        path: the file.
        header: the names of the columns, cleaned; empty or repeated where the file has them so.
        header_line: the line of the header, counted from 1.
        notes: what had to be found out to read it, each a few words.
        decimal: the decimal separator in its numbers.
        total_line: the line of a total below the table, known once `rows` comes to it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: list[str] = []
        self.header_line = 1
        self.notes: list[str] = []
        self.decimal = "."
        self.total_line: int | None = None
        self._ahead: list[SourceRow] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open."""

    def _parsed(self) -> Iterator[SourceRow]:
        raise NotImplementedError

    def in_words(self, text: str) -> str:
        """A text as readers get it; here unchanged, for this runs where no language is known."""
        return text

    def broken(self, what: str, **values: object) -> BrokenFileError:
        """The sentence for this file; `what` has places for the values."""
        said = self.in_words(what).format(**values)
        whole = self.in_words(N_("{file} {what}; nothing was imported."))
        return BrokenFileError(whole.format(file=self.path.name, what=said), what, **values)

    def note(self, what: str, **values: object) -> None:
        """Note how the file was read; `what` has places for the values."""
        self.notes.append(self.in_words(what).format(**values))

    def check_names(self, names: Collection[str]) -> None:
        """Raise unless each of these columns is there once; other columns are not looked at."""
        for name in names:
            if name not in self.header:
                raise self.broken(
                    N_(
                        "has no column {name!r}, which the mapping names; correct the mapping"
                        " (read with {how})"
                    )
                    if self.notes
                    else N_("has no column {name!r}, which the mapping names; correct the mapping"),
                    name=name,
                    how=", ".join(self.notes),
                )
            if self.header.count(name) > 1:
                raise self.broken(_TWICE, name=name)

    def check_all_names(self) -> None:
        """Raise unless every column has a name of its own."""
        if "" in self.header:
            raise self.broken(
                N_(
                    "has no name for column {n}; name it in the first line, or use --mapping, which"
                    " reads only the columns it names"
                ),
                n=self.header.index("") + 1,
            )
        twice = next((n for i, n in enumerate(self.header) if n in self.header[:i]), None)
        if twice is not None:
            raise self.broken(_TWICE, name=twice)

    def _find_header(self, wanted: Collection[str] | None) -> None:
        """Take the first of the first rows that has all `wanted`; the first of all if none has.

        With None the header is not known: the first row as wide as most of the first rows.
        """
        head = list(islice(self._parsed(), SEARCHED))
        if not head:
            raise self.broken(_EMPTY)
        names = [[cleaned(cell) for cell in cells] for _line, cells in head]
        if wanted is None:
            at = _likely_header(names)
        else:
            needed = set(wanted)
            at = next((n for n, row in enumerate(names) if needed and needed <= set(row)), 0)
        if not any(names[at]):
            raise self.broken(_EMPTY)
        if len(names[at]) > MAX_COLUMNS:
            raise self.broken(
                N_("has {n} columns; leave out those that are not needed"), n=len(names[at])
            )
        self.header, self.header_line = names[at], head[at][0]
        if at:
            self.note(N_("the header in line {line}"), line=self.header_line)
        self._ahead = head[at + 1 :]

    def rows(self) -> Iterator[SourceRow]:
        """The rows after the header, without blank lines and repeats of the header.

        Cells beyond the header's last are cut where they are empty: spreadsheets leave such.
        """
        repeats = count = 0
        held: SourceRow | None = None
        width = len(self.header)
        for line, cells in self._all_rows():
            if not any(map(str.strip, cells)):
                continue
            if cells[0] and cleaned(cells[0]) == self.header[0] and _same(cells, self.header):
                repeats += 1
                continue
            count += 1
            if count > MAX_ROWS:
                raise self.broken(N_("has more than {n} rows; import it in parts"), n=MAX_ROWS)
            if held is not None:
                yield held
            if len(cells) > width and not any(cells[width:]) and not self._strict:
                del cells[width:]
            held = (line, cells)
        if repeats:
            self.note(_REPEATS[repeats > 1], n=repeats)
        if held is not None:
            if _is_total(held[1]):
                self.total_line = held[0]
            yield held

    _strict = True

    def _all_rows(self) -> Iterator[SourceRow]:
        ahead, self._ahead = self._ahead, []
        yield from ahead
        yield from self._parsed()


def _same(cells: list[str], header: list[str]) -> bool:
    return [cleaned(cell) for cell in cells] == header


def _is_total(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return 0 < len(filled) < len(cells) and _TOTAL.fullmatch(cleaned(filled[0])) is not None


def _likely_header(rows: list[list[str]]) -> int:
    """The first row whose filled cells are as many as those of most rows."""
    widths = [sum(map(bool, row)) for row in rows]
    usual = max((w for w in widths if w), key=widths.count, default=0)
    return next((at for at, width in enumerate(widths) if width and width >= usual), 0)
