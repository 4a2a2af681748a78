"""Following a mapping: source rows become rows of an exchange file."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from pathlib import Path

from mesodash.exchange.batch import Batch, Unreadable
from mesodash.exchange.cells import Vocabulary
from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.mapping import FileMapping, Mapping, Rule
from mesodash.exchange.rules import before
from mesodash.exchange.sheet import SourceFile
from mesodash.exchange.sources import TextRow, ragged

_DAY = len("2024-01-31")

Facts = MappingABC[str, str | None]


class UnclearSessionError(Exception):
    """The session of a row cannot be told; the message is the reason for rejects.csv."""


@dataclass(slots=True)
class Timeline:
    """The held sessions of each patient in order of time: the files' and the clinic's.

    Attributes:
        of: patient -> sorted (held_at, session_id).
        unclear: patients with a refused session whose time is not known.
    """

    of: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)

    def latest(self, patient: str, at: str) -> str:
        """The latest session at or before a time, else the first.

        Times are compared at the precision both have; at one time, the last id counts.

        Raises:
            UnclearSessionError: the patient has no session, or one whose time is not known.
        """
        if patient in self.unclear:
            raise UnclearSessionError(
                "a session of this patient was refused and has no readable time, so the session"
                " this belongs to cannot be told; mend that session first"
            )
        sessions = self.of.get(patient)
        if not sessions:
            raise UnclearSessionError(
                f"the patient {patient[:64]!r} has no held session, neither in the files nor in"
                " the clinic; add the session first"
            )
        # Sessions that are not after `at`: `before(at, held)` is monotone over sorted sessions.
        after = bisect_right([before(at, held) for held, _ in sessions], False)
        return sessions[max(after - 1, 0)][1]


def timeline(batch: Batch | None, clinic: Iterable[tuple[str, str, str]]) -> Timeline:
    """Put the sessions just read beside those the clinic has; the files' word goes first.

    A refused session whose time can be read stays in the line: what belongs to it is then refused
    with it, and not put to another session.

    Args:
        batch: the sessions of this import, if it has any.
        clinic: the clinic's held sessions, as (patient_id, held_at, session_id).
    """
    line = Timeline()
    known: dict[str, tuple[str, str]] = {}
    for patient, held_at, session in clinic:
        known[session] = (patient, held_at)
    if batch is not None:
        sheet = batch.sheet
        who, when, state = sheet.at("patient_id"), sheet.at("held_at"), sheet.at("state")
        for row in batch.rows:
            known.pop(str(row.values[0]), None)
            if row.values[state] == "held":
                known[str(row.values[0])] = (str(row.values[who]), str(row.values[when]))
        for session, patient, held_at in batch.doubtful:
            if session and held_at:
                known[session] = (patient, held_at)
            else:
                line.unclear.add(patient)
    for session, (patient, held_at) in known.items():
        line.of.setdefault(patient, []).append((held_at, session))
    for sessions in line.of.values():
        sessions.sort()
    return line


class Transformer:
    """Fills the rows of exchange files from source rows, by a mapping."""

    def __init__(self, folder: Path, mapping: Mapping, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._missing = mapping.missing
        self._vocabulary = vocabulary
        self._tables: dict[tuple[str, str, str], dict[str, str | None]] = {}
        self.timeline = Timeline()
        self._ways: dict[str, Callable[[Rule, Facts], str | None]] = {
            "column": lambda rule, facts: self._taken(rule, facts[rule.columns[0]]),
            "constant": lambda rule, _: rule.text,
            "join": self._join,
            "look_up": self._looked_up,
            "effect": self._effect,
            "first": self._first,
            "latest_session": self._latest,
        }

    def columns(self, source: SourceFile, plan: FileMapping) -> tuple[str, ...]:
        """The exchange columns that the mapping fills, checked against the source's header.

        A column that the mapping does not name is taken from a source column of the same name.

        Raises:
            BrokenFileError: the source has not the columns the mapping names.
        """
        needed = {column for rule in plan.rules.values() for column in rule.needs()}
        missing = sorted(needed - set(source.header))
        if missing:
            raise source.broken(
                f"has no column {missing[0]!r}, which the mapping names; correct the mapping"
            )
        present = tuple(
            c.name for c in plan.sheet.columns if c.name in plan.rules or c.name in source.header
        )
        unfilled = [c.name for c in plan.sheet.columns if c.required and c.name not in present]
        if unfilled:
            raise source.broken(
                f"gives no {unfilled[0]} for {plan.sheet.file}; add it to the mapping"
            )
        for rule in plan.rules.values():
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
                f"{file} is not in the folder, but the mapping looks things up in it;"
                " nothing was imported."
            )
        table: dict[str, str | None] = {}
        with SourceFile(path) as source:
            for name in (key, column):
                if name not in source.header:
                    raise source.broken(
                        f"has no column {name!r}, which the mapping names; correct the mapping"
                    )
            at, value_at = source.header.index(key), source.header.index(column)
            for line, cells in source.rows():
                if len(cells) != len(source.header):
                    continue  # a ragged row has no value to look up; its own import tells of it
                value = self._cell(cells[value_at])
                if table.setdefault(cells[at], value) != value:
                    raise source.broken(
                        f"has two values of {column} for {key} {cells[at][:64]!r} (line {line});"
                        " keep one"
                    )
        return table

    def _cell(self, text: str) -> str | None:
        return None if text.strip() in self._missing else text

    def patients_of(self, source: SourceFile, plan: FileMapping) -> set[str]:
        """The patients whose sessions `latest_session` will ask for; reads the source through."""
        asked = [inner for rule in plan.rules.values() for inner in rule.latest_patients()]
        found: set[str] = set()
        for _, cells in source.rows() if asked else ():
            if len(cells) == len(source.header):
                facts = dict(zip(source.header, map(self._cell, cells), strict=True))
                found.update(v.strip() for rule in asked if (v := self._value(rule, facts)))
        return found

    def rows(self, source: SourceFile, plan: FileMapping, batch: Batch) -> Iterator[TextRow]:
        """The rows of `plan.sheet`, in the order of `batch.present`."""
        header = source.header
        rules = [plan.rules.get(name) or Rule("column", (name,)) for name in batch.present]
        for line, cells in source.rows():
            if len(cells) != len(header):
                yield line, ragged(cells, len(header), None)
                continue
            facts = dict(zip(header, map(self._cell, cells), strict=True))
            try:
                yield line, [self._value(rule, facts) for rule in rules]
            except UnclearSessionError as error:
                yield line, Unreadable(str(error))

    def _value(self, rule: Rule, facts: Facts) -> str | None:
        for column, words in (rule.when or {}).items():
            if (facts[column] or "") not in words:
                return None
        return self._ways[rule.kind](rule, facts)

    def _join(self, rule: Rule, facts: Facts) -> str | None:
        parts = [facts[column] for column in rule.columns]
        return rule.text.join(p for p in parts if p) if all(parts) else None

    def _first(self, rule: Rule, facts: Facts) -> str | None:
        values = (self._value(inner, facts) for inner in rule.rules)
        return next((value for value in values if value is not None), None)

    def _latest(self, rule: Rule, facts: Facts) -> str | None:
        at, patient = (self._value(inner, facts) for inner in rule.rules)
        return self.timeline.latest(patient.strip(), at.strip()) if at and patient else None

    def _looked_up(self, rule: Rule, facts: Facts) -> str | None:
        key = facts[rule.key]
        table = self._tables[rule.file, rule.key, rule.columns[0]]
        return self._taken(rule, table.get(key) if key else None)

    def _taken(self, rule: Rule, text: str | None) -> str | None:
        if text is None:
            return None
        text = (rule.values or {}).get(text.strip(), text)
        if rule.take == "year":
            return text.strip()[:4]
        if rule.take == "date":
            return text.strip()[:_DAY]
        if rule.take == "full_date" and len(text.strip()) < _DAY:
            return None
        return text

    def _effect(self, rule: Rule, facts: Facts) -> str | None:
        term = facts[rule.columns[0]]
        if term is None:
            return None
        mapped = (rule.values or {}).get(term.strip())
        return mapped or self._vocabulary.effect_for_term(term) or "other"
