"""Mapping files: how a clinic's own columns and words become those of the exchange files.

docs/exchange.md is the manual. Everything in the YAML is read as text, so `no`, `NA` and `1` mean
what they look like.
"""

from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import yaml

from mesodash.exchange.cell_text import cleaned
from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.files import BY_FILE, EXCHANGE_FILES
from mesodash.exchange.contract.times import WORDS as FORMATS
from mesodash.exchange.contract.times import is_format
from mesodash.exchange.errors import MappingError
from mesodash.language import _

MAX_BYTES = 1_000_000
KINDS = ("column", "constant", "join", "look_up", "effect", "first", "latest_session")
"""The kinds of rules: exactly one of these words is in each."""

_EXTRAS = {
    "column": {"values", "take", "when", "date_format"},
    "constant": {"when"},
    "join": {"with", "when"},
    "look_up": {"in", "key", "values", "take", "when", "date_format"},
    "effect": {"values", "when"},
    "first": {"when", "date_format"},
    "latest_session": {"when", "date_format"},
}
TAKES = ("year", "date", "full_date")
_OF_A_FILE = ("from", "sheet", "date_format", "decimal", "skip_when", "once", "each", "known")
"""What a file's description may contain besides its columns."""

_OF_THE_MAPPING = ("missing", "date_format", "decimal")

Words = MappingABC[str, frozenset[str]]
"""Source column -> words in lower case; "" is an empty cell."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one exchange column is filled from a source row.

    Attributes:
        kind: one of KINDS.
        columns: the source columns it reads, in order.
        text: the constant; or the text between joined parts.
        values: source word -> our word, as written and in lower case; "" gives nothing.
        take: the part of a date to take, one of TAKES, or nothing.
        formats: how dates are written besides ISO 8601, tried in order.
        when: source column -> words; the rule gives nothing unless every column has one of them.
        rules: those tried in order by `first`; the time and the patient of `latest_session`.
        file, key: the other source file of a look-up, and the column that is the key in both.
    """

    kind: str
    columns: tuple[str, ...] = ()
    text: str = ""
    values: MappingABC[str, str] | None = None
    take: str = ""
    formats: tuple[str, ...] = ()
    when: Words | None = None
    rules: tuple["Rule", ...] = ()
    file: str = ""
    key: str = ""

    def needs(self) -> set[str]:
        """All source columns this rule reads in its own file."""
        own = {self.key} if self.kind == "look_up" else set(self.columns)
        return own | set(self.when or ()) | {c for rule in self.rules for c in rule.needs()}

    def named_words(self) -> list[tuple[str, frozenset[str]]]:
        """(source column, words it knows there) of every rule in it that looks at words."""
        own = list((self.when or {}).items())
        if self.values and self.kind in ("column", "effect"):
            own.append((self.columns[0], frozenset(word.casefold() for word in self.values)))
        return own + [found for rule in self.rules for found in rule.named_words()]

    def look_ups(self) -> set[tuple[str, str, str]]:
        """(file, key, column) of every look-up in it."""
        own = {(self.file, self.key, self.columns[0])} if self.kind == "look_up" else set()
        return own | {found for rule in self.rules for found in rule.look_ups()}

    def latest_patients(self) -> list["Rule"]:
        """The rules that give the patient of every `latest_session` in it."""
        own = [self.rules[1]] if self.kind == "latest_session" else []
        return own + [found for rule in self.rules for found in rule.latest_patients()]

    def label(self) -> str:
        """The source column that a person would correct; empty where it is not a single one."""
        if self.kind == "latest_session":
            return ""
        if self.columns:
            return self.columns[0]
        return next((rule.label() for rule in self.rules if rule.label()), "")


@dataclass(frozen=True, slots=True)
class RowEntry:
    """One of the rows that `each` makes of a source row: rules of its own, and when it is made."""

    rules: MappingABC[str, Rule]
    when: Words

    def labels(self) -> dict[str, str]:
        """The source columns of its own rules, by exchange column."""
        return {name: rule.label() or name for name, rule in self.rules.items()}


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How one exchange file is made.

    Attributes:
        target: the exchange file.
        source: the file that it is made from.
        rules: a rule for each of its columns.
        sheet: the sheet of a workbook; the one that fits if empty.
        decimal: the decimal sign; detected if empty.
        skip: rows are left out where every column of one of these has one of its words.
        once: equal repeats of a row are taken once.
        each: the rows that are made of one source row; empty makes one of it.
        known: words of a column that mean nothing here and are not reported.
    """

    target: ExchangeFile
    source: str
    rules: MappingABC[str, Rule]
    sheet: str = ""
    decimal: str = ""
    skip: tuple[Words, ...] = ()
    once: bool = False
    each: tuple[RowEntry, ...] = ()
    known: Words = field(default_factory=dict)

    def all_rules(self) -> list[Rule]:
        """Every rule, those of `each` too."""
        return [*self.rules.values(), *(r for one in self.each for r in one.rules.values())]

    def filled(self) -> set[str]:
        """The exchange columns that a rule fills."""
        return set(self.rules).union(*(one.rules for one in self.each))

    def needs(self) -> set[str]:
        """All source columns that are read."""
        words = [*self.skip, *(one.when for one in self.each)]
        return {c for rule in self.all_rules() for c in rule.needs()}.union(*words)

    def label(self, name: str) -> str:
        """The source column that fills an exchange column, as a person would name it."""
        rules = [self.rules, *(one.rules for one in self.each)]
        return next((r[name].label() for r in rules if name in r and r[name].label()), "")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file; `missing` are the words that mean “not known”."""

    files: tuple[FileMapping, ...]
    missing: frozenset[str]


class _TextLoader(yaml.BaseLoader):
    """Reads every scalar as text, and refuses a repeated key."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if key.value in seen:
                raise MappingError(
                    _("The mapping names {value!r} twice (line {line}); delete one.").format(
                        value=key.value, line=key.start_mark.line + 1
                    )
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping file.

    Raises:
        MappingError: with one sentence that says where it is wrong.
    """
    return read_mapping(read_content(path))


def read_content(path: Path) -> Any:
    """What a mapping file says, all of it as text, not checked yet.

    Raises:
        MappingError: it is not there, or no YAML of the kind that is read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _unfit(path, _("There is no mapping file {path}; check its name.")) from error
    if len(raw) > MAX_BYTES:
        raise _unfit(path, _("{file} is larger than 1 MB; that is not a mapping."))
    try:
        text = raw.decode("utf-8-sig")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise _unfit(path, _("{file} uses a YAML alias (*); write the words out."))
        return yaml.load(text, Loader=_TextLoader)  # noqa: S506 - makes text, lists, dicts only
    except UnicodeDecodeError as error:
        raise _unfit(path, _("{file} is not in UTF-8; save it as UTF-8.")) from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        words = _("{file} is not valid YAML; check its indents and quotes.")
        if mark is not None:
            words = _("{file} is not valid YAML (line {line}); check its indents and quotes.")
        raise _unfit(path, words, line=mark and mark.line + 1) from error


def _unfit(path: Path, what: str, **values: object) -> MappingError:
    return MappingError(what.format(file=path.name, path=path, **values))


def read_mapping(content: Any) -> Mapping:
    """Check what a mapping file says; all scalars are text.

    Raises:
        MappingError: with one sentence that says where it is wrong.
    """
    top = _dict(content, _("The mapping"), _("file: column: source column"))
    missing = top.get("missing", ["NA"])
    if not isinstance(missing, list) or not all(isinstance(word, str) for word in missing):
        raise MappingError(_("The mapping's `missing` must be a list of words, such as [NA, n/k]."))
    names = {target.table: target for target in EXCHANGE_FILES} | BY_FILE
    formats = _formats(top.get("date_format", []), "date_format")
    decimal = _decimal(top.get("decimal", ""), "decimal")
    files: dict[str, FileMapping] = {}
    for name, columns in top.items():
        if name in _OF_THE_MAPPING:
            continue
        target = names.get(name)
        if target is None:
            _fail(name, _("is not an exchange file; use one of {files}"), files=", ".join(BY_FILE))
        if target.table in files:
            _fail(name, _("is described twice; keep one"))
        described = _dict(columns, name, _("column: source column"))
        files[target.table] = _file(target, described, formats, decimal)
    if not files:
        raise MappingError(_("The mapping describes no file; add one, such as `patients.csv:`."))
    return Mapping(
        tuple(files[target.table] for target in EXCHANGE_FILES if target.table in files),
        frozenset(map(cleaned, missing)) | {""},
    )


def _file(
    target: ExchangeFile, columns: dict[str, Any], formats: tuple[str, ...], decimal: str
) -> FileMapping:
    at = target.file_name
    source = columns.get("from", at)
    if not _is_file_name(source):
        _fail(f"{at}, from", _("must be a file name in the import folder"))
    sheet = columns.get("sheet", "")
    if not isinstance(sheet, str):
        _fail(f"{at}, sheet", _("must be the name of a sheet"))
    formats = _formats(columns.get("date_format", list(formats)), f"{at}, date_format")
    decimal = _decimal(columns.get("decimal", decimal), f"{at}, decimal")
    once = columns.get("once", "false")
    if once not in ("true", "false", "yes", "no"):
        _fail(f"{at}, once", _("must be true or false"))
    rules = _rules(target, columns, formats)
    each = _each(target, columns.get("each", []), formats)
    skip = columns.get("skip_when", [])
    skip = [skip] if isinstance(skip, dict) else skip
    if not isinstance(skip, list):
        _fail(f"{at}, skip_when", _("must be written as `column: words`, or a list of such"))
    made = FileMapping(
        target,
        source,
        rules,
        sheet=sheet,
        decimal=decimal,
        skip=tuple(_words(one, f"{at}, skip_when") for one in skip),
        once=once in ("true", "yes"),
        each=each,
        known=_words(columns.get("known", {}), f"{at}, known"),
    )
    if any(_has_effect(rule) for rule in made.all_rules()) and "term" not in made.filled():
        _fail(at, _("uses `effect` but not `term`; map the term, so that it is kept"))
    return made


def _rules(
    target: ExchangeFile, columns: dict[str, Any], formats: tuple[str, ...]
) -> dict[str, Rule]:
    rules = {}
    for name, rule in columns.items():
        if name in _OF_A_FILE:
            continue
        where = f"{target.file_name}, {name}"
        if name not in target.names:
            _fail(
                where,
                _("is not a column of it; use one of {columns}"),
                columns=", ".join(target.names),
            )
        rules[name] = _rule(rule, where, formats)
        if rules[name].kind == "latest_session" and name != "session_id":
            _fail(where, _("cannot be filled by latest_session; that gives a session_id"))
    return rules


def _each(target: ExchangeFile, content: Any, formats: tuple[str, ...]) -> tuple[RowEntry, ...]:
    where = f"{target.file_name}, each"
    if not isinstance(content, list):
        _fail(where, _("must be a list, with the columns of one row in each item"))
    found = []
    for one in content:
        columns = dict(_dict(one, where, _("column: source column")))
        when = _words(columns.pop("when", {}), f"{where}, when")
        rules = _rules(target, columns, formats)
        if not rules:
            _fail(where, _("has an item without a column; name what is different in that row"))
        found.append(RowEntry(rules, when))
    return tuple(found)


def _formats(content: Any, where: str) -> tuple[str, ...]:
    words = _texts(content, where) if content else []
    for word in words:
        if not is_format(word):
            what = _("is {word!r}; use one of {formats}, or a pattern such as DD.MM.YYYY")
            _fail(where, what, word=word, formats=", ".join(FORMATS))
    return tuple(words)


def _decimal(content: Any, where: str) -> str:
    if content not in ("", ".", ",", "point", "comma"):
        _fail(where, _('must be "." or ","'))
    return str({"point": ".", "comma": ","}.get(content, content))


def _words(content: Any, where: str) -> dict[str, frozenset[str]]:
    given = _dict(content, where, _("column: words"))
    return {
        cleaned(column): frozenset(
            cleaned(word).casefold() for word in _texts(words, f"{where} {column}")
        )
        for column, words in given.items()
    }


def _has_effect(rule: Rule) -> bool:
    return rule.kind == "effect" or any(_has_effect(inner) for inner in rule.rules)


def _rule(content: Any, where: str, formats: tuple[str, ...]) -> Rule:
    if isinstance(content, str):
        if not content:
            _fail(where, _("is empty; name a source column"))
        return Rule("column", (cleaned(content),), formats=formats)
    known = ", ".join(KINDS)
    rule = _dict(content, where, _("a source column, or one of {kinds}").format(kinds=known))
    kinds = [kind for kind in KINDS if kind in rule]
    if len(kinds) != 1:
        _fail(where, _("must have exactly one of {kinds}"), kinds=known)
    kind = kinds[0]
    for word in sorted(set(rule) - {kind} - _EXTRAS[kind]):
        what = _("has the unknown word {word!r} beside {kind}; delete it")
        _fail(where, what, word=word, kind=kind)
    take = rule.get("take", "")
    if take not in ("", *TAKES):
        _fail(
            where, _("cannot take {word!r}; use one of {takes}"), word=take, takes=", ".join(TAKES)
        )
    formats = _formats(rule.get("date_format", list(formats)), f"{where}, date_format")
    base = Rule(
        kind,
        values=_values(rule.get("values", {}), where),
        take=take,
        formats=formats,
        when=_words(rule.get("when", {}), f"{where}, when"),
    )
    return _details(base, rule, where)


def _values(content: Any, where: str) -> dict[str, str]:
    """Our words by the source's, as they are written and, where that is clear, in lower case."""
    values = _dict(content, f"{where}, values", _("source word: our word"))
    if not all(isinstance(word, str) for word in values.values()):
        _fail(f"{where}, values", _("must give one word for each source word"))
    exact = {cleaned(word): ours for word, ours in values.items()}
    folded: dict[str, set[str]] = {}
    for word, ours in exact.items():
        folded.setdefault(word.casefold(), set()).add(ours)
    return {word: ours.pop() for word, ours in folded.items() if len(ours) == 1} | exact


def _details(base: Rule, rule: dict[str, Any], where: str) -> Rule:
    kind, content = base.kind, rule[base.kind]
    if kind == "first":
        if not isinstance(content, list) or not content:
            _fail(where, _("needs a list of rules under `first`"))
        inner_rules = tuple(_rule(inner, where, base.formats) for inner in content)
        return replace(base, rules=inner_rules)
    if kind == "join":
        between = rule.get("with", "-")
        if not isinstance(between, str):
            _fail(where, _("needs text under `with`"))
        return replace(
            base, columns=tuple(map(cleaned, _texts(content, f"{where}, join"))), text=between
        )
    if kind == "latest_session":
        asked = _dict(content, f"{where}, latest_session", _("patient: column, at: column"))
        if set(asked) != {"patient", "at"}:
            _fail(where, _("needs `patient` and `at` under latest_session"))
        inner = tuple(
            _rule(asked[name], f"{where}, {name}", base.formats) for name in ("at", "patient")
        )
        return replace(base, rules=inner)
    if not isinstance(content, str):
        _fail(where, _("needs one name under `{kind}`"), kind=kind)
    if kind == "constant":
        return replace(base, text=content)
    file, key = rule.get("in", ""), rule.get("key", "")
    if kind == "look_up" and not (_is_file_name(file) and key and isinstance(key, str)):
        _fail(where, _("needs `in` (a source file) and `key` (a column of both files)"))
    return replace(base, columns=(cleaned(content),), file=file, key=cleaned(key))


def _is_file_name(name: Any) -> bool:
    return isinstance(name, str) and bool(name) and "/" not in name and "\\" not in name


def _dict(content: Any, where: str, shape: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        _fail(where, _("must be written as `{shape}`").format(shape=shape))
    return content


def _texts(content: Any, where: str) -> list[str]:
    words = [content] if isinstance(content, str) else content
    if not isinstance(words, list) or not words or not all(isinstance(w, str) for w in words):
        _fail(where, _("must be a list of words"))
    return words


def _fail(where: str, what: str, **values: object) -> NoReturn:
    what = what.format(**values) if values else what
    raise MappingError(_("In the mapping, {where} {what}.").format(where=where, what=what))
