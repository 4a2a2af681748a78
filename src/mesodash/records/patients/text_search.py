"""Finding a patient by part of the code, name, birth date or telephone number.

The input is first searched for literally. Only if nobody matches, similarly spelled words are
searched for: sqlite-utils' full-text search with trigrams (sqlite.org/fts5.html, "the trigram
tokenizer") gives candidates, and the similarity of the words decides. The index is made in memory
for that one search, so that no name is stored in a second place of the file, from which it would
have to be erased as well.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rapidfuzz import fuzz
from sqlite_utils import Database

from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now

ALIKE: Final = 0.7
"""Share of letters in common from which two words count as one with a typing error."""
_CANDIDATES: Final = 60
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """One patient of a search.

    Attributes:
        patient_id: the id.
        name: given and family name, or "" if none is recorded.
        born: the birth date, else the year, or "".
    """

    patient_id: str
    name: str
    born: str


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What a search gave.

    Attributes:
        found: the patients, best match first.
        more: whether there are more than `limit`.
        nearly: whether nobody matches exactly and these are spelled similarly.
    """

    found: tuple[FoundPatient, ...] = ()
    more: bool = False
    nearly: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """The searchable texts of one patient, folded."""

    patient: FoundPatient
    code: str
    words: tuple[str, ...]
    dates: str
    digits: str


def find_anyone(
    path: Path, asked: str, actor: Actor, *, limit: int = 12, clock: Clock = utc_now
) -> SearchAnswer:
    """The patients who have every word of `asked` in their code, name, birth date or telephone.

    Case, accents and leading zeros of a code are ignored: "129" and "p129" find P-0129. If nobody
    matches all words, patients with similarly spelled words. The view of the list is logged.

    Args:
        path: the clinic's file.
        asked: what was typed; only the first 80 characters count.
        actor: who asks.
        limit: the most patients to return.
        clock: gives the time of the look.
    """
    require(path, actor, "patients.list", clock=clock)
    words = fold(asked[:_LONGEST]).split()
    if not words:
        return SearchAnswer()
    note_view(path, actor, table="patients", key="list", clock=clock)
    with reading(path) as db:
        known = [
            _known(row)
            for row in db.query(
                "SELECT patient_id, given_name, family_name, birth_date, birth_year, phone"
                " FROM patients ORDER BY patient_id"
            )
        ]
    ranked = [(rank, one) for one in known if (rank := _rank(one, words)) is not None]
    if any(rank == 0 for rank, _one in ranked):  # the whole code was typed
        ranked = [pair for pair in ranked if pair[0] == 0]
    nearly = not ranked
    if nearly:
        ranked = _nearly(known, words)
    ranked.sort(key=lambda pair: (pair[0], pair[1].patient.patient_id))
    found = tuple(one.patient for _rank_of, one in ranked[:limit])
    return SearchAnswer(found, len(ranked) > limit, nearly and bool(found))


def fold(text: str) -> str:
    """Lower case without accents; of other characters only - / . + stay, the rest become spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^\w\-/.+]+", " ", kept).strip()


def _code(text: str) -> str:
    """A code without separators and leading zeros: P-0129 -> p129."""
    return "".join(
        part.lstrip("0") or "0" if part.isdecimal() else part
        for part in re.findall(r"\d+|[^\W\d_]+", fold(text))
    )


def _words(names: str) -> tuple[str, ...]:
    """The words of a folded name; a hyphenated one also by its parts."""
    return tuple(dict.fromkeys([*names.split(), *names.replace("-", " ").split()]))


def _known(row: dict[str, Any]) -> _Known:
    names = [row["given_name"] or "", row["family_name"] or ""]
    born = row["birth_date"] or ""
    year, month, day = born.split("-") if born else ("", "", "")
    dates = [born, f"{day}/{month}/{year}", f"{day}.{month}.{year}"] if born else []
    return _Known(
        FoundPatient(
            row["patient_id"], " ".join(filter(None, names)), born or str(row["birth_year"] or "")
        ),
        fold(row["patient_id"]),
        _words(fold(" ".join(names))),
        " ".join([*dates, str(row["birth_year"] or "")]),
        re.sub(r"\D", "", row["phone"] or ""),
    )


def _rank(one: _Known, words: list[str]) -> int | None:
    """How well a patient matches, 0 being best; None if a word is missing."""
    digits = re.sub(r"\D", "", "".join(words))
    whole = " ".join(words)
    if len(digits) >= 4 and not re.search(r"[^\W\d_]", whole) and digits.lstrip("0") in one.digits:
        return 3
    ranks = [_rank_of_word(one, word) for word in words]
    known = [rank for rank in ranks if rank is not None]
    return max(known) if len(known) == len(ranks) else None


def _rank_of_word(one: _Known, word: str) -> int | None:
    code = _code(word)
    if one.code == word:
        return 0
    if code and _code(one.code) == code:
        return 1
    if one.code.startswith(word) or any(name.startswith(word) for name in one.words):
        return 2
    inside = (*one.words, one.code, one.dates)
    if any(word in text for text in inside) or (code and code in _code(one.code)):
        return 4
    return None


def _nearly(known: list[_Known], words: list[str]) -> list[tuple[int, _Known]]:
    """Those who have, for each input word of three letters or more, a similarly spelled word."""
    long = [word for word in words if len(word) >= 3]
    if not long:
        return []
    db = Database(memory=True)
    try:
        table = db.table("names")
        table.insert_all(
            ({"id": n, "text": " ".join((one.code, *one.words))} for n, one in enumerate(known)),
            pk="id",
        )
        if not known:
            return []
        table.enable_fts(["text"], tokenize="trigram")
        parts = {word[i : i + 3] for word in long for i in range(len(word) - 2)}
        query = " OR ".join(f'"{part}"' for part in sorted(parts))
        near = [row["id"] for row in table.search(query, columns=["id"], limit=_CANDIDATES)]
    finally:
        db.close()
    ranked = []
    for number in near:
        one = known[number]
        likeness = [
            max(fuzz.ratio(word, other) for other in (one.code, *one.words)) / 100 for word in long
        ]
        if min(likeness) >= ALIKE:
            ranked.append((100 - round(100 * sum(likeness) / len(likeness)), one))
    return ranked
