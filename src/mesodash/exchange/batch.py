"""The rows of one exchange file on their way in: read cell by cell, good ones kept, others told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mesodash.exchange.cells import Parser, Value, Vocabulary, parser_for
from mesodash.exchange.columns import Sheet
from mesodash.exchange.errors import BrokenFileError, CellError
from mesodash.exchange.rules import Fault, faults_of

Cells = Sequence[str | None]

MOST_REFUSED = 50_000
"""Refused rows of one file that are told one by one; a file with more is another kind of file."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that has no cells to look at: why, and the id it seems to have."""

    reason: str
    own_id: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken, as it stands in rejects.csv."""

    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose cells are good: values in the sheet's column order, None where missing."""

    line: int
    values: tuple[Value, ...]


@dataclass(slots=True)
class Batch:
    """One exchange file's rows.

    Attributes:
        sheet: which exchange file.
        source: the file they were read from.
        present: the columns that were given; the others are left as the clinic has them.
        rows: the good ones so far.
        rejects: the others.
        refused: ids of refused rows (the sheet's own id column) and the line they stand in.
        read: rows read.
        doubtful: (session_id, patient_id, held_at) of refused sessions, as far as known.
        labels: the source's own name of a column, for rejects.csv.
        lost: where rows are never changed, the keys of refused ones as far as they can be read,
            and their lines.
    """

    sheet: Sheet
    source: str
    present: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    read: int = 0
    doubtful: list[tuple[str, str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    lost: dict[tuple[Value, ...], int] = field(default_factory=dict)

    def refuse(self, line: int, faults: Sequence[Fault], cells: dict[str, str]) -> None:
        """Keep a row out, told by its first fault; more faults are named after it."""
        column, reason = faults[0]
        for other, why in faults[1:]:
            reason += f"; also {self.labels.get(other, other)} {why}"
        value = cells.get(column, "")
        self.rejects.append(
            Reject(self.source, line, self.labels.get(column, column), value, reason)
        )

    def keep(self, good: list[Row], bad: Iterable[tuple[Row, Fault]]) -> None:
        """Go on with `good`, and refuse `bad` with what was found among the files."""
        for row, fault in bad:
            self.drop(row, fault)
        self.rows = good

    def drop(self, row: Row, fault: Fault) -> None:
        """Refuse a row whose cells are good, with what was found among the files."""
        cells = {
            name: "" if value is None else str(value)
            for name, value in zip(self.sheet.names, row.values, strict=True)
        }
        self.refuse(row.line, [fault], cells)
        if self.sheet.own_id:
            self.refused.setdefault(cells[self.sheet.own_id], row.line)
        self.lose(row.values, row.line)

    def check_number(self) -> None:
        """Raise BrokenFileError where more rows are refused than anybody would mend one by one."""
        if len(self.rejects) > MOST_REFUSED:
            first = self.rejects[0]
            raise BrokenFileError(
                f"{self.source} has more than {MOST_REFUSED} rows that cannot be taken, the first"
                f" in line {first.line} ({first.reason}); check that it is the right file;"
                " nothing was imported."
            )

    def lose(self, values: Sequence[Value], line: int) -> None:
        """Remember the key of a refused row where rows are never changed."""
        if self.sheet.stands:
            key = tuple(values[self.sheet.at(name)] for name in self.sheet.key)
            self.lost.setdefault(key, line)


class RowReader:
    """Turns the text of a row into a Row of one sheet, or says what is wrong with it."""

    def __init__(self, sheet: Sheet, present: tuple[str, ...], vocabulary: Vocabulary) -> None:
        self.sheet = sheet
        self.present = present
        self.vocabulary = vocabulary
        self._required = {column.name for column in sheet.columns if column.required}
        self._parsers: list[tuple[str, Parser]] = [
            (name, parser_for(sheet.columns[sheet.at(name)], vocabulary)) for name in present
        ]
        self._names = sheet.names
        # With columns left to the clinic, the rules wait until its values are known (links.py).
        self._whole = not is_partial(sheet, present)
        self._order = [present.index(n) if n in present else -1 for n in self._names]
        # Cells of few different contents (codes, words, days) are parsed once.
        self._known: list[dict[str, Value]] = [{} for _ in present]
        self._cached = [
            sheet.columns[sheet.at(name)].kind in ("word", "code", "integer", "thousandths", "day")
            for name in present
        ]

    def read(self, cells: Cells) -> tuple[tuple[Value, ...], list[Fault]]:
        """The values in the sheet's order and all faults (none: the row is good so far)."""
        values: list[Value] = []
        faults: list[Fault] = []
        for at, text in enumerate(cells):
            if not text:
                values.append(None)
                if self.present[at] in self._required:
                    faults.append((self.present[at], "is missing; fill it in"))
                continue
            known = self._known[at]
            if text in known:
                values.append(known[text])
                continue
            try:
                value = self._parsers[at][1](text)
            except CellError as error:
                values.append(None)
                faults.append((self.present[at], str(error)))
                continue
            values.append(value)
            if self._cached[at] and len(known) < _MOST_KNOWN:
                known[text] = value
        ordered = tuple(None if at < 0 else values[at] for at in self._order)
        if not faults and self._whole:
            facts = dict(zip(self._names, ordered, strict=True))
            faults = faults_of(self.sheet, facts, self.vocabulary)
        return ordered, faults


_MOST_KNOWN = 10_000


def is_partial(sheet: Sheet, present: Sequence[str]) -> bool:
    """Whether rows must be put beside the clinic's before the rules within a row can be asked."""
    return sheet.table == "side_effects" and len(present) < len(sheet.names)


def fill_batch(
    batch: Batch, rows: Iterable[tuple[int, Cells | Unreadable]], vocabulary: Vocabulary
) -> Iterator[int]:
    """Read rows of text into `batch`, yielding 1 for each so that progress can be shown.

    Args:
        batch: what to fill.
        rows: line and cells in the order of `batch.present`, or why there are none.
        vocabulary: what the catalogue allows.
    """
    reader = RowReader(batch.sheet, batch.present, vocabulary)
    own = batch.sheet.own_id
    own_at = batch.sheet.at(own) if own else 0
    key_at = [batch.sheet.at(name) for name in batch.sheet.key]
    first_line: dict[tuple[Value, ...], int] = {}
    for line, cells in rows:
        batch.read += 1
        batch.check_number()
        if isinstance(cells, Unreadable):
            batch.rejects.append(Reject(batch.source, line, "", "", cells.reason))
            batch.lose((None,) * len(batch.sheet.names), line)
            if cells.own_id:
                batch.refused.setdefault(cells.own_id, line)
            yield 1
            continue
        values, faults = reader.read(cells)
        if faults:
            texts = dict(zip(batch.present, (cell or "" for cell in cells), strict=True))
            batch.refuse(line, faults, texts)
            batch.lose(values, line)
            if own and values[own_at] is not None:
                batch.refused.setdefault(str(values[own_at]), line)
            if batch.sheet.table == "sessions":
                named = dict(zip(batch.sheet.names, values, strict=True))
                session, patient, held_at = (
                    str(named[name] or "") for name in ("session_id", "patient_id", "held_at")
                )
                batch.doubtful.append((session, patient, held_at))
        else:
            row = Row(line, values)
            earlier = first_line.setdefault(tuple(values[at] for at in key_at), line)
            if earlier == line:
                batch.rows.append(row)
            else:
                same = _named(batch.sheet.key)
                why = f"is there already in line {earlier} (same {same}); keep one of the two"
                batch.drop(row, (batch.sheet.key[0], why))
        yield 1
    batch.check_number()


def _named(key: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(key[:-1]), key[-1])))
