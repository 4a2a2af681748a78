"""Following a mapping: source rows become rows of an exchange file."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as MappingABC
from dataclasses import replace
from pathlib import Path

from mesodash.exchange.cell_text import cleaned
from mesodash.exchange.contract.cells import Parser, Vocabulary, parser_for
from mesodash.exchange.contract.columns import ExchangeColumn
from mesodash.exchange.contract.times import iso_time, looks_like_numbers
from mesodash.exchange.errors import BrokenFileError, CellError, NoDateError
from mesodash.exchange.importing.batch import SKIPPED, Batch, TextRow, Unreadable
from mesodash.exchange.mapping.mapping_file import FileMapping, Mapping, RowEntry, Rule, Words
from mesodash.exchange.mapping.timeline import Timeline, UnclearSessionError
from mesodash.exchange.sources.folder import open_source, ragged, total
from mesodash.exchange.sources.source_file import SourceFile
from mesodash.language import N_, _

_DAY = len("2024-01-31")

Facts = MappingABC[str, str | None]


_YES = frozenset({"1", "yes", "y", "true", "x", "on", "checked"})
_NO = frozenset({"0", "no", "n", "false", "off", "unchecked"})
"""Next to words that are all in `_YES`, those in `_NO` say the opposite and need no naming."""

_DATES = ("day", "partial", "date")
_AT = ExchangeColumn("at", "partial")
_PATIENT = ExchangeColumn("patient", "id")
_MOST_WORDS = 1000
"""Words reported one by one; further ones are counted together."""

OTHER_WORDS = "other words"


class UnnamedWordError(Exception):
    """A column whose words the mapping lists has one that is not among them."""

    def __init__(self, column: str, word: str) -> None:
        super().__init__(word)
        self.column = column
        self.word = word


class Transformer:
    """Fills the rows of exchange files from source rows, by a mapping.

    Attributes:
        timeline: the sessions that `latest_session` looks among.
        unnamed: how many rows have a word that no rule names, by (source file, column, word).
    """

    def __init__(self, folder: Path, mapping: Mapping, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._missing = mapping.missing
        self._vocabulary = vocabulary
        self._tables: dict[tuple[str, str, str], dict[str, str | None]] = {}
        self._accepted: dict[tuple[ExchangeColumn, str], bool] = {}
        self._parsers: dict[ExchangeColumn, Parser] = {}
        self.timeline = Timeline()
        self.unnamed: Counter[tuple[str, str, str]] = Counter()
        self._ways: dict[str, Callable[[Rule, Facts, ExchangeColumn], str | None]] = {
            "column": lambda rule, facts, to: self._taken(rule, facts[rule.columns[0]], to),
            "constant": lambda rule, _, __: rule.text,
            "join": self._join,
            "look_up": self._looked_up,
            "effect": lambda rule, facts, _: self._effect(rule, facts) or _other(rule, facts),
            "first": self._first,
            "latest_session": self._latest,
        }

    def columns(self, source: SourceFile, plan: FileMapping) -> tuple[str, ...]:
        """The exchange columns that the mapping fills, checked against the source's header.

        A column that the mapping does not name is taken from a source column of the same name.

        Raises:
            BrokenFileError: the source has not the columns the mapping names.
        """
        source.check_names(sorted(plan.needs()))
        filled = plan.filled()
        twice = [n for n in plan.target.names if n not in filled and source.header.count(n) > 1]
        for name in twice:
            source.note(
                N_("the column {name!r} occurs twice and no rule names it: not read"), name=name
            )
        present = tuple(
            c.name
            for c in plan.target.columns
            if c.name in filled or (c.name in source.header and c.name not in twice)
        )
        unfilled = [c.name for c in plan.target.columns if c.required and c.name not in present]
        if unfilled:
            raise source.broken(
                N_("gives no {column} for {target}; add it to the mapping"),
                column=unfilled[0],
                target=plan.target.file_name,
            )
        for rule in plan.all_rules():
            for asked in rule.look_ups():
                if asked not in self._tables:
                    self._tables[asked] = self._table(*asked)
        return present

    def _table(self, file: str, key: str, column: str) -> dict[str, str | None]:
        """A look-up's values by key.

        Raises:
            BrokenFileError: the file or a column is missing, or a key has two values.
        """
        path = self._folder / file
        if not path.is_file():
            raise BrokenFileError(
                _(
                    "{file} is not in the folder, but the mapping looks things up in it; nothing"
                    " was imported."
                ).format(file=file)
            )
        table: dict[str, str | None] = {}
        with open_source(path, (key, column)) as source:
            source.check_names((key, column))
            at, value_at = source.header.index(key), source.header.index(column)
            for line, cells in source.rows():
                if len(cells) != len(source.header):
                    continue  # a ragged row has no value to look up; its own import reports it
                name, value = cleaned(cells[at]), self._cell(cells[value_at])
                if table.setdefault(name, value) != value:
                    raise source.broken(
                        N_("has two values of {column} for {key} {name!r} (line {line}); keep one"),
                        column=column,
                        key=key,
                        name=name[:64],
                        line=line,
                    )
        return table

    def _cell(self, text: str) -> str | None:
        return None if cleaned(text) in self._missing else text

    def patients_of(self, source: SourceFile, plan: FileMapping) -> set[str]:
        """The patients whose sessions `latest_session` will ask for; reads the source through."""
        asked = [inner for rule in plan.all_rules() for inner in rule.latest_patients()]
        places = _places(source, plan.needs())
        found: set[str] = set()
        for _line, cells in source.rows() if asked else ():
            if len(cells) == len(source.header):
                facts = {name: self._cell(cells[at]) for name, at in places}
                found.update(v for rule in asked if (v := self._value(rule, facts, _PATIENT)))
        return found

    def rows(self, source: SourceFile, plan: FileMapping, batch: Batch) -> Iterator[TextRow]:
        """The rows of `plan.target`, in the order of `batch.present`."""
        columns = [plan.target.columns[plan.target.at(name)] for name in batch.present]
        base = {
            c.name: plan.rules.get(c.name) or Rule("column", (c.name,))
            for c in columns
            if c.name in plan.rules or c.name in source.header
        }
        made: list[tuple[dict[str, Rule], RowEntry | None]] = [
            (base | dict(one.rules), one) for one in plan.each
        ]
        made = made or [(base, None)]
        known = _named_words(plan)
        places = _places(source, plan.needs() | set(batch.present))
        for line, cells in source.rows():
            if line == source.total_line:
                yield TextRow(line, total(cells))
                continue
            if len(cells) != len(source.header):
                yield TextRow(line, ragged(cells, len(source.header), None))
                continue
            facts = {name: self._cell(cells[at]) for name, at in places}
            if any(_holds(one, facts) for one in plan.skip):
                yield TextRow(line, SKIPPED)
                continue
            unnamed = {
                (column, word)
                for column, words in known.items()
                if (word := cleaned(facts[column] or "")) and word.casefold() not in words
            }
            any_made = False
            for rules, entry in made:
                if entry is not None and not _holds(entry.when, facts):
                    continue
                row = self._row(line, columns, rules, facts, unnamed)
                if entry is not None:
                    row = replace(row, labels=entry.labels())
                if entry is not None and _is_empty(row, columns, entry.rules):
                    continue
                any_made = True
                yield row
            if not any_made:
                yield TextRow(line, SKIPPED)
            self._count(source.path.name, unnamed)

    def _count(self, file: str, unnamed: Iterable[tuple[str, str]]) -> None:
        for column, word in unnamed:
            key = (file, column, word[:80])
            if key not in self.unnamed and len(self.unnamed) >= _MOST_WORDS:
                key = (file, column, OTHER_WORDS)
            self.unnamed[key] += 1

    def _row(
        self,
        line: int,
        columns: list[ExchangeColumn],
        rules: MappingABC[str, Rule],
        facts: Facts,
        unnamed: set[tuple[str, str]],
    ) -> TextRow:
        cells: list[str | None] = []
        left: list[str] = []
        faults: dict[str, str] = {}
        for column in columns:
            cell = None
            try:
                if column.name in rules:
                    cell = self._value(rules[column.name], facts, column)
            except UnclearSessionError as error:
                return TextRow(line, Unreadable(str(error)))
            except UnnamedWordError as error:
                unnamed.add((error.column, error.word))
                # Nothing else of the row changes; without a required value there is no row.
                cell = error.word if column.required else None
                left.append(column.name)
            except CellError as error:
                faults[column.name] = str(error)
            cells.append(cell)
        return TextRow(line, cells, facts, tuple(left), faults)

    def _value(self, rule: Rule, facts: Facts, to: ExchangeColumn) -> str | None:
        if rule.when and not _holds(rule.when, facts):
            return None
        return self._ways[rule.kind](rule, facts, to)

    def _join(self, rule: Rule, facts: Facts, _: ExchangeColumn) -> str | None:
        parts = [cleaned(facts[column] or "") for column in rule.columns]
        return rule.text.join(parts) if all(parts) else None

    def _first(self, rule: Rule, facts: Facts, to: ExchangeColumn) -> str | None:
        """The first that gives something; an unknown effect or unnamed word lets the next try."""
        unnamed: UnnamedWordError | None = None
        other = None
        for inner in rule.rules:
            if inner.kind == "effect":
                if inner.when and not _holds(inner.when, facts):
                    continue
                value = self._effect(inner, facts)
                other = other or _other(inner, facts)
            else:
                try:
                    value = self._value(inner, facts, to)
                except UnnamedWordError as error:
                    unnamed = unnamed or error
                    continue
            if value is not None:
                return value
        if other is None and unnamed is not None:
            raise unnamed
        return other

    def _latest(self, rule: Rule, facts: Facts, _: ExchangeColumn) -> str | None:
        at = self._value(rule.rules[0], facts, _AT)
        patient = self._value(rule.rules[1], facts, _PATIENT)
        return self.timeline.latest(patient, at) if at and patient else None

    def _looked_up(self, rule: Rule, facts: Facts, to: ExchangeColumn) -> str | None:
        key = cleaned(facts[rule.key] or "")
        table = self._tables[rule.file, rule.key, rule.columns[0]]
        return self._taken(rule, table.get(key) if key else None, to)

    def _taken(self, rule: Rule, text: str | None, to: ExchangeColumn) -> str | None:
        if text is None:
            return None
        word = cleaned(text)
        if rule.values:
            ours = rule.values.get(word, rule.values.get(word.casefold()))
            if ours is not None:
                return ours or None
        if rule.take or to.kind in _DATES:
            return _part(self._date(word, rule), rule.take)
        if rule.values and not self._is_accepted(to, word):
            raise UnnamedWordError(rule.columns[0], word)
        return text if to.kind == "text" else word

    def _date(self, word: str, rule: Rule) -> str:
        try:
            return iso_time(word, rule.formats, self._vocabulary.zone)
        except NoDateError as error:
            if rule.formats:
                shown = ", ".join(rule.formats)
                raise CellError(
                    _("is not a date as the mapping says ({formats}); correct it").format(
                        formats=shown
                    )
                ) from error
            if looks_like_numbers(word):
                raise CellError(
                    _(
                        "is a date whose order is not said; say date_format: day_first or"
                        " month_first in the mapping"
                    )
                ) from error
            if word.replace(".", "", 1).isdecimal() and len(word) > len("2024"):
                raise CellError(
                    _(
                        "is not a date; if it is one of Excel's day numbers, say date_format: excel"
                        " in the mapping"
                    )
                ) from error
            raise

    def _is_accepted(self, column: ExchangeColumn, word: str) -> bool:
        """Whether the column takes a word as it is."""
        key = (column, word)
        if key not in self._accepted:
            if column not in self._parsers:
                self._parsers[column] = parser_for(column, self._vocabulary)
            try:
                self._parsers[column](word)
                found = True
            except CellError:
                found = False
            if len(self._accepted) >= _MOST_WORDS:
                return found
            self._accepted[key] = found
        return self._accepted[key]

    def _effect(self, rule: Rule, facts: Facts) -> str | None:
        """The effect that a term is, if it is known."""
        term = facts[rule.columns[0]]
        if term is None:
            return None
        word = cleaned(term)
        mapped = (rule.values or {}).get(word, (rule.values or {}).get(word.casefold()))
        return mapped or self._vocabulary.effect_for_term(word)


def _other(rule: Rule, facts: Facts) -> str | None:
    return None if facts[rule.columns[0]] is None else "other"


def _part(iso: str, take: str) -> str | None:
    if take == "year":
        return iso[:4]
    if take == "date":
        return iso[:_DAY]
    if take == "full_date" and len(iso) < _DAY:
        return None
    return iso


def _holds(words: Words, facts: Facts) -> bool:
    """Whether every column has one of its words."""
    return all(cleaned(facts[name] or "").casefold() in some for name, some in words.items())


def _is_empty(row: TextRow, columns: list[ExchangeColumn], own: Iterable[str]) -> bool:
    """Whether a row of `each` is empty: a required column that it fills itself has no value."""
    if isinstance(row.cells, Unreadable):
        return False
    return any(
        column.required and column.name in own and not cell and column.name not in row.faults
        for column, cell in zip(columns, row.cells, strict=True)
    )


def _places(source: SourceFile, needed: Iterable[str]) -> list[tuple[str, int]]:
    """The positions of the columns that are read; the others are ignored."""
    return [(name, source.header.index(name)) for name in needed if name in source.header]


def _named_words(plan: FileMapping) -> dict[str, set[str]]:
    """The words that some rule names, by the columns whose words decide with `when`."""
    conditions = [entry.when for entry in plan.each]
    for rule in plan.all_rules():
        conditions += _conditions(rule)
    known: dict[str, set[str]] = {column: set() for one in conditions for column in one}
    pairs = [pair for rule in plan.all_rules() for pair in rule.named_words()]
    for condition in (*conditions, *plan.skip, plan.known):
        pairs += condition.items()
    for column, words in pairs:
        if column in known:
            known[column] |= words
    return {column: some | _NO if some <= _YES else some for column, some in known.items()}


def _conditions(rule: Rule) -> list[Words]:
    return [rule.when or {}, *(w for inner in rule.rules for w in _conditions(inner))]
