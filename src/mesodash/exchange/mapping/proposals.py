"""Proposals, not decisions, for the kind of a file and the meaning of its columns and words.

The page Import shows them for a person to confirm. Names are compared by rapidfuzz, words with the
vocabulary of their column; nothing here is used by an import that a mapping file governs.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

import yaml
from rapidfuzz import fuzz, process, utils

from mesodash.exchange.cell_text import cleaned
from mesodash.exchange.contract.cells import NOT_KNOWN, Vocabulary
from mesodash.exchange.contract.columns import ExchangeColumn, ExchangeFile
from mesodash.exchange.contract.files import EXCHANGE_FILES
from mesodash.exchange.contract.times import order_seen
from mesodash.exchange.sources.folder import open_source

SAMPLED: Final = 20_000
"""Rows of a file that are looked at; the dry run reports words that come later."""

SHOWN: Final = 5
MOST_WORDS: Final = 40
ALIKE: Final = 80
"""Of 100: how alike a name must be to be proposed (rapidfuzz's WRatio)."""

_DATES: Final = ("day", "partial", "date")
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "patient_id": ("patient", "client", "client no", "patient number", "usubjid", "chart number"),
    "session_id": ("visit", "appointment", "appt", "session", "treatment number"),
    "practitioner_id": ("practitioner", "doctor", "clinician", "provider", "staff"),
    "course_id": ("course", "series", "package"),
    "side_effect_id": ("event", "adverse event", "aeno", "reaction number"),
    "sex": ("gender", "sex at birth"),
    "birth_year": ("year of birth", "yob", "born", "date of birth", "dob"),
    "held_at": ("date", "visit date", "treatment date", "when", "appointment date", "start"),
    "state": ("status",),
    "area": ("site", "region", "body site", "zone", "location"),
    "side": ("laterality",),
    "volume_ml": ("volume", "ml", "dose ml", "amount"),
    "product": ("product name", "medication", "drug"),
    "lot": ("batch", "lot number", "batch number"),
    "effect": ("term", "side effect", "reaction", "adverse event term"),
    "onset_at": ("onset", "start date", "began", "aestdtc"),
    "resolved_at": ("resolved", "end", "end date", "aeendtc"),
    "note": ("notes", "comment", "remarks"),
    "name": ("practitioner name", "full name"),
}
"""Other names that programs give to a column."""

_SHARED: Final = ("at", "of", "the")

_WORDS: Final[Mapping[str, str]] = {
    "f": "female", "w": "female", "woman": "female", "m": "male", "man": "male", "u": "unknown",
    "l": "left", "lt": "left", "r": "right", "rt": "right", "bilateral": "both", "mid": "midline",
    "arrived": "held", "attended": "held", "completed": "held", "done": "held", "booked": "planned",
    "scheduled": "planned", "canceled": "cancelled", "dna": "no_show", "did not attend": "no_show",
    "no show": "no_show", "y": "yes", "n": "no",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceLook:
    """A preview of a file before anything is imported from it.

    Attributes:
        name: the file's.
        header: its columns' names; those without a name or of the same name only once.
        rows: the first rows, as written.
        notes: what had to be detected to read it.
        words: how many of the first rows have each word, by column.
        orders: day_first or month_first, by columns whose dates tell it.
        read: how many rows were looked at.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    words: Mapping[str, Mapping[str, int]]
    orders: Mapping[str, str]
    read: int


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """What a person has chosen for one exchange column.

    Attributes:
        source: the source column; empty where it is left out.
        words: our word for each of its words; empty for those that mean nothing.
        constant: the same value for every row, in place of a source column.
    """

    source: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    constant: str = ""


def look_at(path: Path) -> SourceLook:
    """Read the head of a file.

    Raises:
        BrokenFileError: it cannot be read.
    """
    with open_source(path, None) as source:
        places = [
            (name, at)
            for at, name in enumerate(source.header)
            if name and source.header.index(name) == at
        ]
        words: dict[str, Counter[str]] = {name: Counter() for name, _ in places}
        first: list[tuple[str, ...]] = []
        count = 0
        for _, cells in islice(source.rows(), SAMPLED):
            count += 1
            padded = cells + [""] * (len(source.header) - len(cells))
            if len(first) < SHOWN:
                first.append(tuple(padded[at] for _, at in places))
            for name, at in places:
                word = cleaned(padded[at])
                if word and (word in words[name] or len(words[name]) < SAMPLED):
                    words[name][word] += 1
        orders = {name: order for name, some in words.items() if (order := order_seen(some))}
        return SourceLook(
            path.name,
            tuple(name for name, _ in places),
            tuple(first),
            tuple(source.notes),
            words,
            orders,
            count,
        )


def proposed_target(look: SourceLook) -> ExchangeFile | None:
    """The exchange file that a file seems to be: by its name, else by the names of its columns."""
    stem = Path(look.name).stem
    by_name = process.extractOne(
        stem,
        {one.table: one.table for one in EXCHANGE_FILES},
        scorer=fuzz.ratio,
        processor=utils.default_process,
        score_cutoff=90,
    )
    if by_name:
        return next(one for one in EXCHANGE_FILES if one.table == by_name[2])
    scored = [(_fit(one, look), -at, one) for at, one in enumerate(EXCHANGE_FILES)]
    best, _, target = max(scored, key=lambda one: one[:2])
    return target if best[0] >= 0.5 else None


def _fit(target: ExchangeFile, look: SourceLook) -> tuple[float, int]:
    """The share of the required columns that some column is like, and how many columns are."""
    found = proposed_columns(look, target)
    needed = [column.name for column in target.columns if column.required]
    return sum(name in found for name in needed) / len(needed), len(found)


def proposed_columns(look: SourceLook, target: ExchangeFile) -> dict[str, str]:
    """Source columns by exchange columns, each source column once, the most alike first."""
    pairs = []
    for column in target.columns:
        names = (column.name.replace("_", " "), *_NAMES.get(column.name, ()))
        for source in look.header:
            score = max(
                fuzz.WRatio(source, name, processor=_telling)
                if min(len(source), len(name)) > 2
                else 100.0 * (source.casefold() == name)
                for name in names
            )
            exact = utils.default_process(source) in names
            if score >= ALIKE:
                pairs.append((exact, score, column.name, source))
    found: dict[str, str] = {}
    for _, _, name, source in sorted(pairs, key=lambda one: (-one[0], -one[1])):
        if name not in found and source not in found.values():
            found[name] = source
    return found


def _telling(name: str) -> str:
    """A column's name in plain letters, without words that many names share."""
    return " ".join(one for one in utils.default_process(name).split() if one not in _SHARED)


def allowed_words(column: ExchangeColumn, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The words that a column takes; empty where it takes more than words."""
    if column.kind == "word":
        return column.allowed
    return tuple(vocabulary.codes[column.codes]) if column.kind == "code" else ()


def proposed_words(
    column: ExchangeColumn,
    words: Iterable[str],
    vocabulary: Vocabulary,
    labels: Mapping[str, str],
) -> dict[str, str]:
    """Our word for each of a column's words, as far as one is alike; "" for words of nothing.

    Args:
        column: the exchange column.
        words: the source's.
        vocabulary: what the column takes.
        labels: our words' names for people, such as an area's, by word.
    """
    allowed = allowed_words(column, vocabulary)
    choices = {word: labels.get(word, word.replace("_", " ").replace(".", " ")) for word in allowed}
    found: dict[str, str] = {}
    for word in words:
        known = _WORDS.get(word.casefold())
        if word in choices:
            found[word] = word
        elif known in choices:
            found[word] = str(known)
        elif word.casefold() in NOT_KNOWN:
            found[word] = ""
        elif column.codes == "effect" and (code := vocabulary.effect_for_term(word)):
            found[word] = code
        else:
            best = process.extractOne(
                word, choices, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=90
            )
            if best:
                found[word] = best[2]
    return found


def mapping_content(
    choices: Sequence[tuple[str, ExchangeFile, Mapping[str, ColumnChoice]]],
    formats: Mapping[str, str],
) -> dict[str, Any]:
    """A mapping's content, as `read_mapping` takes it and YAML keeps it.

    Args:
        choices: file name, what it is taken for, and the choice for each of its columns.
        formats: how dates are written, by file name.
    """
    content: dict[str, Any] = {"missing": ["NA", "N/A", "n/a", "NULL", "None", "NaN", "-", "."]}
    for name, target, columns in choices:
        described: dict[str, Any] = {"from": name, "once": "true"}
        if formats.get(name):
            described["date_format"] = formats[name]
        for column in target.columns:
            chosen = columns.get(column.name)
            if chosen is None or not (chosen.source or chosen.constant):
                continue
            described[column.name] = _rule(column, chosen)
        content[target.file_name] = described
    return content


def _rule(column: ExchangeColumn, chosen: ColumnChoice) -> Any:
    if chosen.constant:
        return {"constant": chosen.constant}
    if column.codes == "effect":
        return {"effect": chosen.source} | ({"values": dict(chosen.words)} if chosen.words else {})
    rule: dict[str, Any] = {"column": chosen.source}
    if chosen.words:
        rule["values"] = dict(chosen.words)
    if column.name == "birth_year":
        rule["take"] = "year"
    return rule


def as_yaml(content: Mapping[str, Any]) -> str:
    """A mapping as a file for the command line."""
    return str(yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False))
