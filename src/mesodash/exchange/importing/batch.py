"""The rows of one exchange file being imported: read cell by cell, then kept or refused."""

from array import array
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from mesodash.exchange.contract.cells import Parser, Value, Vocabulary, parser_for
from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.row_rules import Fault, faults_of
from mesodash.exchange.contract.times import hour_in
from mesodash.exchange.errors import BrokenFileError, CellError
from mesodash.exchange.importing.row_store import ExchangeRow, RowStore
from mesodash.language import _, format_list

Cells = Sequence[str | None]

MOST_REFUSED = 50_000
"""The most refused rows of one file; a file with more is some other kind of file."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row whose cells cannot be read: why, the id it seems to have, and whether it is one."""

    reason: str
    own_id: str = ""
    is_row: bool = True


SKIPPED = Unreadable("")
"""A source row that the mapping leaves out."""

UNREAD: Final = object()
"""A part of a refused row's key that cannot be read."""

Key = tuple[Any, ...]
"""What a row is known by, in the order of `ExchangeFile.key`."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row as text, before its cells are read.

    Attributes:
        line: its line in the source.
        cells: in the order of `Batch.present`, or why there are none.
        facts: the source's own cells by its column names, where a mapping made this row of them.
        left: columns whose word no rule names: they stay as the clinic has them.
        faults: what the mapping could not follow, by column.
        labels: the source's own name of a column, where this row has another than its batch.
    """

    line: int
    cells: Cells | Unreadable
    facts: Mapping[str, str | None] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reject:
    """A refused row, as written to rejects.csv."""

    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Batch:
    """One exchange file's rows.

    Attributes:
        target: which exchange file.
        source: the file they were read from.
        present: the columns that were given; the others are left as the clinic has them.
        once: equal repeats of a row are taken once.
        rows: the good ones so far.
        rejects: the others.
        refused: ids of refused rows (the target's own id column) and their lines.
        read: rows read.
        skipped: those that the mapping leaves out on purpose.
        repeated: equal repeats that were taken once.
        notes: what a reader must know about accepted rows: how many, and the first one's line.
        doubtful: (session_id, patient_id, held_at) of refused sessions, as far as known.
        labels: the source's own name of a column, for rejects.csv.
        how: what had to be detected to read the file.
        lost: where rows are never changed, the keys of refused ones as far as they can be read,
            and their lines.
        refused_keys: where each refused row stands (file, line), and its key; `UNREAD` where a part
            of it cannot be read.
    """

    target: ExchangeFile
    source: str
    present: tuple[str, ...]
    once: bool = False
    rows: RowStore = field(default_factory=RowStore)
    rejects: list[Reject] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    read: int = 0
    skipped: int = 0
    repeated: int = 0
    notes: dict[str, tuple[int, int]] = field(default_factory=dict)
    doubtful: list[tuple[str, str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    lost: dict[tuple[Value, ...], int] = field(default_factory=dict)
    refused_keys: list[tuple[tuple[str, int], Key]] = field(default_factory=list)
    how: tuple[str, ...] = ()

    def note(self, what: str, line: int) -> None:
        """Note something about an accepted row."""
        count, first = self.notes.get(what, (0, line))
        self.notes[what] = (count + 1, first)

    def refuse(
        self,
        line: int,
        faults: Sequence[Fault],
        cells: dict[str, str],
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """Refuse a row, reported by its first fault; further faults are named after it."""
        names = {**self.labels, **(labels or {})}
        column, reason = faults[0]
        for other, why in faults[1:]:
            reason = _("{reason}; also {column} {why}").format(
                reason=reason, column=names.get(other, other), why=why
            )
        value = cells.get(column, "")
        self.rejects.append(Reject(self.source, line, names.get(column, column), value, reason))

    def keep(self, good: RowStore, bad: Iterable[tuple[ExchangeRow, Fault]]) -> None:
        """Go on with `good`, and refuse `bad` with what was found among the files."""
        for row, fault in bad:
            self.drop(row, fault)
        self.rows = good

    def drop(self, row: ExchangeRow, fault: Fault) -> None:
        """Refuse a row whose cells are good, with what was found among the files."""
        cells = {
            name: "" if value is None else str(value)
            for name, value in zip(self.target.names, row.values, strict=True)
        }
        self.refuse(row.line, [fault], cells)
        if self.target.own_id:
            self.refused.setdefault(cells[self.target.own_id], row.line)
        self.lose(row.values, row.line)

    def check_number(self) -> None:
        """Raise BrokenFileError if more rows are refused than anybody would correct one by one."""
        if len(self.rejects) > MOST_REFUSED:
            first = self.rejects[0]
            raise BrokenFileError(
                _(
                    "{file} has more than {n} rows that cannot be taken, the first in line {line}"
                    " ({reason}); check that it is the right file; nothing was imported."
                ).format(file=self.source, n=MOST_REFUSED, line=first.line, reason=first.reason)
            )

    def lose(self, values: Sequence[Value], line: int, unread: Container[str] = ()) -> None:
        """Keep the key of a refused row, as far as it can be read (not in the columns `unread`)."""
        key = tuple(values[self.target.at(name)] for name in self.target.key)
        if self.target.stands:
            self.lost.setdefault(key, line)
        named = zip(self.target.key, key, strict=True)
        read = tuple(UNREAD if name in unread else part for name, part in named)
        self.refused_keys.append(((self.source, line), read))

    def lose_resources(self, lost: Iterable[tuple[str, str, str, int]]) -> None:
        """Keep the keys of refused FHIR resources: table, own id if it has one, file, line."""
        for table, own, file, line in lost:
            if table == self.target.table:
                first = own or UNREAD
                rest = [UNREAD] * (len(self.target.key) - 1)
                self.refused_keys.append(((file, line), (first, *rest)))


class RowReader:
    """Turns the text of a row into an ExchangeRow of one target, or into its faults."""

    def __init__(
        self, target: ExchangeFile, present: tuple[str, ...], vocabulary: Vocabulary
    ) -> None:
        self.target = target
        self.present = present
        self.vocabulary = vocabulary
        self._required = {column.name for column in target.columns if column.required}
        self._parsers: list[tuple[str, Parser]] = [
            (name, parser_for(target.columns[target.at(name)], vocabulary)) for name in present
        ]
        self._names = target.names
        # With columns left to the clinic, the rules wait until its values are known (links.py).
        self._whole = not is_partial(target, present)
        self._order = [present.index(n) if n in present else -1 for n in self._names]
        # Cells of few different contents (codes, words, days) are parsed once.
        self._known: list[dict[str, Value]] = [{} for _name in present]
        self._cached = [
            target.columns[target.at(name)].kind
            in ("word", "code", "integer", "thousandths", "day")
            for name in present
        ]

    def read(
        self, cells: Cells, told: Mapping[str, str] | None = None
    ) -> tuple[tuple[Value, ...], list[Fault]]:
        """The values in the target's order and all faults (none: the row is good so far).

        `told` holds faults that are known before the cells are read, by column.
        """
        values: list[Value] = []
        faults: list[Fault] = []
        for at, text in enumerate(cells):
            if told and self.present[at] in told:
                values.append(None)
                faults.append((self.present[at], told[self.present[at]]))
                continue
            if not text:
                values.append(None)
                if self.present[at] in self._required:
                    faults.append((self.present[at], _("is missing; fill it in")))
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
            faults = faults_of(self.target, facts, self.vocabulary)
        return ordered, faults


_MOST_KNOWN = 10_000


def is_partial(target: ExchangeFile, present: Sequence[str]) -> bool:
    """Whether rows need the clinic's values before the rules within a row can be checked."""
    return target.table == "side_effects" and len(present) < len(target.names)


def fill_batch(batch: Batch, rows: Iterable[TextRow], vocabulary: Vocabulary) -> Iterator[int]:
    """Read rows of text into `batch`, yielding 1 for each so that progress can be shown.

    Args:
        batch: what to fill.
        rows: in the order of `batch.present`.
        vocabulary: what a cell may say.
    """
    reader = RowReader(batch.target, batch.present, vocabulary)
    keys = _SeenKeys(batch)
    watched = _Watched(batch, vocabulary)
    for row in rows:
        batch.read += 1
        batch.check_number()
        if row.cells is SKIPPED:
            batch.skipped += 1
        elif isinstance(row.cells, Unreadable):
            batch.rejects.append(Reject(batch.source, row.line, "", "", row.cells.reason))
            own, none = row.cells.own_id or None, (None,) * (len(batch.target.names) - 1)
            if row.cells.is_row:
                batch.lose((own, *none), row.line, () if own else batch.target.key)
            if own:
                batch.refused.setdefault(own, row.line)
        else:
            values, faults = reader.read(row.cells, row.faults)
            if faults:
                _refuse(batch, row, row.cells, values, faults)
            else:
                watched.look(row.line, values)
                batch.rows.append(ExchangeRow(row.line, values, row.left))
                keys.add(values)
        yield 1
    keys.drop_repeats()
    batch.check_number()


def _refuse(
    batch: Batch, row: TextRow, cells: Cells, values: tuple[Value, ...], faults: list[Fault]
) -> None:
    """Refuse a row for its cells; its readable ids are kept for the rows that depend on it."""
    texts = dict(zip(batch.present, (cell or "" for cell in cells), strict=True))
    for name in batch.present:
        written = row.facts.get(row.labels.get(name) or batch.labels.get(name, name))
        if written:
            texts[name] = written
    batch.refuse(row.line, faults, texts, row.labels)
    batch.lose(values, row.line, {column for column, _reason in faults})
    own = batch.target.own_id
    if own and values[batch.target.at(own)] is not None:
        batch.refused.setdefault(str(values[batch.target.at(own)]), row.line)
    if batch.target.table == "sessions":
        named = dict(zip(batch.target.names, values, strict=True))
        session, patient, held_at = (
            str(named[name] or "") for name in ("session_id", "patient_id", "held_at")
        )
        batch.doubtful.append((session, patient, held_at))


class _Watched:
    """Values that are accepted with a warning: ambiguous hours, amounts that may be slips."""

    def __init__(self, batch: Batch, vocabulary: Vocabulary) -> None:
        self._batch = batch
        self._zone = vocabulary.zone
        columns = [(c, batch.target.at(c.name)) for c in batch.target.columns]
        self._timed = [(c.name, at) for c, at in columns if c.kind in ("day", "partial")]
        self._amounts = [(c.name, c.usual, at) for c, at in columns if c.usual]

    def look(self, line: int, values: tuple[Value, ...]) -> None:
        """Note such values of a row."""
        for name, at in self._timed if self._zone else ():
            value = values[at]
            if self._zone and value and hour_in(self._zone, str(value)) == "twice":
                self._batch.note(
                    _("{column} in an hour that occurs twice, taken as the earlier").format(
                        column=name
                    ),
                    line,
                )
        for name, usual, at in self._amounts:
            amount = values[at]
            if isinstance(amount, int) and amount > usual:
                self._batch.note(
                    _("{column} above {usual}, which may be a slip").format(
                        column=name, usual=usual // 1000
                    ),
                    line,
                )


class _SeenKeys:
    """Finds rows that have the same key, with 8 bytes a row: by their hashes, then for sure."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._at = [batch.target.at(name) for name in batch.target.key]
        self._hashes = array("q")

    def add(self, values: tuple[Value, ...]) -> None:
        """Note the key of the row just added."""
        self._hashes.append(hash(tuple(values[at] for at in self._at)))

    def drop_repeats(self) -> None:
        """Refuse rows whose key an earlier one has; with `once`, equal repeats are taken once."""
        hashes, counts = np.unique(np.asarray(self._hashes, np.int64), return_counts=True)
        if not (counts > 1).any():
            return
        several = set(hashes[counts > 1].tolist())
        batch = self._batch
        first: dict[tuple[Value, ...], ExchangeRow] = {}
        good = RowStore()
        for row in batch.rows:
            key = tuple(row.values[at] for at in self._at)
            earlier = first.setdefault(key, row) if hash(key) in several else row
            if earlier is row:
                good.append(row)
            elif batch.once and earlier.values == row.values:
                batch.repeated += 1
            else:
                batch.drop(row, (batch.target.key[0], self._why(earlier, row)))
                batch.check_number()  # a file of repeats is not read to its end
        batch.rows = good

    def _why(self, earlier: ExchangeRow, row: ExchangeRow) -> str:
        key = format_list(self._batch.target.key)
        if not self._batch.once:
            why = _("is there already in line {line} (same {key}); keep one of the two")
            return why.format(line=earlier.line, key=key)
        names = self._batch.target.names
        pairs = zip(names, earlier.values, row.values, strict=True)
        other = next(name for name, one, two in pairs if one != two)
        why = _(
            "is there already in line {line} (same {key}, another {other}); correct one of the two"
        )
        return why.format(line=earlier.line, key=key, other=other)
