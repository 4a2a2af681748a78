"""Mapping files: how a clinic's own columns and words become those of the exchange files.

docs/exchange.md is the manual. Everything in the YAML is read as text, so `no`, `NA` and `1` mean
what they look like.
"""

from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import yaml

from mesodash.exchange.columns import BY_FILE, SHEETS, Sheet
from mesodash.exchange.errors import MappingError

MAX_BYTES = 1_000_000
KINDS = ("column", "constant", "join", "look_up", "effect", "first", "latest_session")
"""What a rule can be: exactly one of these words stands in it."""

_EXTRAS = {
    "column": {"values", "take", "when"},
    "constant": {"when"},
    "join": {"with", "when"},
    "look_up": {"in", "key", "values", "take", "when"},
    "effect": {"values", "when"},
    "first": {"when"},
    "latest_session": {"when"},
}
TAKES = ("year", "date", "full_date")


@dataclass(frozen=True, slots=True)
class Rule:
    """How one exchange column is filled from a source row.

    Attributes:
        kind: one of KINDS.
        columns: the source columns it reads, in order.
        text: the constant; or what stands between joined parts.
        values: source word -> our word; other words stay as they are.
        take: the part of a date to take, one of TAKES, or nothing.
        when: source column -> words; the rule gives nothing unless every column has one of them.
        rules: those tried in order by `first`; the time and the patient of `latest_session`.
        file, key: the other source file of a look-up, and the column that is the key in both.
    """

    kind: str
    columns: tuple[str, ...] = ()
    text: str = ""
    values: MappingABC[str, str] | None = None
    take: str = ""
    when: MappingABC[str, tuple[str, ...]] | None = None
    rules: tuple["Rule", ...] = ()
    file: str = ""
    key: str = ""

    def needs(self) -> set[str]:
        """All source columns this rule reads in its own file."""
        own = {self.key} if self.kind == "look_up" else set(self.columns)
        return own | set(self.when or ()) | {c for rule in self.rules for c in rule.needs()}

    def look_ups(self) -> set[tuple[str, str, str]]:
        """(file, key, column) of every look-up in it."""
        own = {(self.file, self.key, self.columns[0])} if self.kind == "look_up" else set()
        return own | {found for rule in self.rules for found in rule.look_ups()}

    def latest_patients(self) -> list["Rule"]:
        """The rules that give the patient of every `latest_session` in it."""
        own = [self.rules[1]] if self.kind == "latest_session" else []
        return own + [found for rule in self.rules for found in rule.latest_patients()]

    def label(self) -> str:
        """The source column that a person would mend; empty where it is no single one."""
        if self.kind == "latest_session":
            return ""
        if self.columns:
            return self.columns[0]
        return next((rule.label() for rule in self.rules if rule.label()), "")


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How one exchange file is made: its source file, and a rule for each of its columns."""

    sheet: Sheet
    source: str
    rules: MappingABC[str, Rule]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file; `missing` are the words that mean “not known”."""

    files: tuple[FileMapping, ...]
    missing: frozenset[str]


class _TextLoader(yaml.BaseLoader):
    """Reads every scalar as text, and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise MappingError(
                    f"The mapping names {key.value!r} twice (line {key.start_mark.line + 1});"
                    " delete one."
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping file.

    Raises:
        MappingError: with one sentence that says where it is wrong.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise MappingError(f"There is no mapping file {path}; check its name.") from error
    if len(raw) > MAX_BYTES:
        raise MappingError(f"{path.name} is larger than 1 MB; that is no mapping.")
    try:
        text = raw.decode("utf-8-sig")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise MappingError(f"{path.name} uses a YAML alias (*); write the words out.")
        content = yaml.load(text, Loader=_TextLoader)  # noqa: S506 - makes text, lists, dicts only
    except UnicodeDecodeError as error:
        raise MappingError(f"{path.name} is not in UTF-8; save it as UTF-8.") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise MappingError(
            f"{path.name} is not valid YAML{where}; check its indents and quotes."
        ) from error
    return read_mapping(content)


def read_mapping(content: Any) -> Mapping:
    """Check what a mapping file says; all scalars are text.

    Raises:
        MappingError: with one sentence that says where it is wrong.
    """
    top = _dict(content, "The mapping", "file: column: source column")
    missing = top.get("missing", ["NA"])
    if not isinstance(missing, list) or not all(isinstance(word, str) for word in missing):
        raise MappingError("The mapping's `missing` must be a list of words, such as [NA, n/k].")
    names = {sheet.table: sheet for sheet in SHEETS} | BY_FILE
    files: dict[str, FileMapping] = {}
    for name, columns in top.items():
        if name == "missing":
            continue
        sheet = names.get(name)
        if sheet is None:
            _fail(name, f"is not an exchange file; use one of {', '.join(BY_FILE)}")
        if sheet.table in files:
            _fail(name, "is described twice; keep one")
        files[sheet.table] = _file(sheet, _dict(columns, name, "column: source column"))
    if not files:
        raise MappingError("The mapping describes no file; add one, such as `patients.csv:`.")
    return Mapping(
        tuple(files[sheet.table] for sheet in SHEETS if sheet.table in files),
        frozenset(missing) | {""},
    )


def _file(sheet: Sheet, columns: dict[str, Any]) -> FileMapping:
    source = columns.get("from", sheet.file)
    if not _is_file_name(source):
        _fail(f"{sheet.file}, from", "must be a file name in the import folder")
    rules = {}
    for name, rule in columns.items():
        if name == "from":
            continue
        where = f"{sheet.file}, {name}"
        if name not in sheet.names:
            _fail(where, f"is not a column of it; use one of {', '.join(sheet.names)}")
        rules[name] = _rule(rule, where)
        if rules[name].kind == "latest_session" and name != "session_id":
            _fail(where, "cannot be filled by latest_session; that gives a session_id")
    if any(_has_effect(rule) for rule in rules.values()) and "term" not in rules:
        _fail(sheet.file, "uses `effect` but not `term`; map the term, so that it is kept")
    return FileMapping(sheet, source, rules)


def _has_effect(rule: Rule) -> bool:
    return rule.kind == "effect" or any(_has_effect(inner) for inner in rule.rules)


def _rule(content: Any, where: str) -> Rule:
    if isinstance(content, str):
        if not content:
            _fail(where, "is empty; name a source column")
        return Rule("column", (content,))
    rule = _dict(content, where, "a source column, or one of " + ", ".join(KINDS))
    kinds = [kind for kind in KINDS if kind in rule]
    if len(kinds) != 1:
        _fail(where, f"must have exactly one of {', '.join(KINDS)}")
    kind = kinds[0]
    unknown = set(rule) - {kind} - _EXTRAS[kind]
    if unknown:
        _fail(where, f"has the unknown word {min(unknown)!r} beside {kind}; delete it")
    when = {
        column: tuple(_texts(words, f"{where}, when {column}"))
        for column, words in _dict(rule.get("when", {}), f"{where}, when", "column: words").items()
    }
    values = _dict(rule.get("values", {}), f"{where}, values", "source word: our word")
    if not all(isinstance(word, str) for word in values.values()):
        _fail(f"{where}, values", "must give one word for each source word")
    take = rule.get("take", "")
    if take not in ("", *TAKES):
        _fail(where, f"cannot take {take!r}; use one of {', '.join(TAKES)}")
    base = Rule(kind, values=values, take=take, when=when)
    return _details(base, rule, where)


def _details(base: Rule, rule: dict[str, Any], where: str) -> Rule:
    kind, content = base.kind, rule[base.kind]
    if kind == "first":
        if not isinstance(content, list) or not content:
            _fail(where, "needs a list of rules under `first`")
        return replace(base, rules=tuple(_rule(inner, where) for inner in content))
    if kind == "join":
        between = rule.get("with", "-")
        if not isinstance(between, str):
            _fail(where, "needs text under `with`")
        return replace(base, columns=tuple(_texts(content, f"{where}, join")), text=between)
    if kind == "latest_session":
        asked = _dict(content, f"{where}, latest_session", "patient: column, at: column")
        if set(asked) != {"patient", "at"}:
            _fail(where, "needs `patient` and `at` under latest_session")
        inner = tuple(_rule(asked[name], f"{where}, {name}") for name in ("at", "patient"))
        return replace(base, rules=inner)
    if not isinstance(content, str):
        _fail(where, f"needs one name under `{kind}`")
    if kind == "constant":
        return replace(base, text=content)
    file, key = rule.get("in", ""), rule.get("key", "")
    if kind == "look_up" and not (_is_file_name(file) and key and isinstance(key, str)):
        _fail(where, "needs `in` (a source file) and `key` (a column of both files)")
    return replace(base, columns=(content,), file=file, key=key)


def _is_file_name(name: Any) -> bool:
    return isinstance(name, str) and bool(name) and "/" not in name and "\\" not in name


def _dict(content: Any, where: str, shape: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        _fail(where, f"must be written as `{shape}`")
    return content


def _texts(content: Any, where: str) -> list[str]:
    words = [content] if isinstance(content, str) else content
    if not isinstance(words, list) or not words or not all(isinstance(w, str) for w in words):
        _fail(where, "must be a list of words")
    return words


def _fail(where: str, what: str) -> NoReturn:
    raise MappingError(f"In the mapping, {where} {what}.")
