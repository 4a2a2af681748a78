"""One cell: from text to the value the clinic keeps, or the reason why not."""

import json
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from mesodash.catalogue.types import Catalogue
from mesodash.exchange.columns import Column
from mesodash.exchange.errors import CellError
from mesodash.exchange.parameters import parameters_of
from mesodash.exchange.text import unprotect

Value = str | int | float | None
Parser = Callable[[str], Value]

YEARS = (1900, 2100)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII)
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.,]+(Z|[+-]\d{2}(:?\d{2})?)", re.ASCII)
_UTC = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+00:00", re.ASCII)
_PARTIAL = re.compile(r"\d{4}(-\d{2})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,15}(\.0+)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,15}(\.\d{1,30})?", re.ASCII)
_REAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,4})?", re.ASCII)
_DIGITS_KEPT = 3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the catalogue lets a cell say.

    Attributes:
        codes: the known codes by what they are codes of (area, indication, ...).
        sides: the sides an area can have, `both` included, by area.
        scales: the lowest and highest value of a scale (None: not bounded), by scale.
        effect_for_term: the effect whose code, name or synonym a term is, if any.
    """

    codes: Mapping[str, Collection[str]]
    sides: Mapping[str, tuple[str, ...]]
    scales: Mapping[str, tuple[float | None, float | None]]
    effect_for_term: Callable[[str], str | None]


def vocabulary_of(catalogue: Catalogue) -> Vocabulary:
    """Pick from the catalogue what an import needs."""
    return Vocabulary(
        codes={
            "area": dict.fromkeys(catalogue.areas),
            "question": dict.fromkeys(catalogue.questions),
            "indication": dict.fromkeys(catalogue.indications),
            "protocol": dict.fromkeys(catalogue.protocols),
            "technique": dict.fromkeys(catalogue.techniques),
            "scale": dict.fromkeys(catalogue.scales),
            "effect": {**dict.fromkeys(catalogue.side_effects), "other": None},
        },
        sides={code: _sides(catalogue, code) for code in catalogue.areas},
        scales={scale.code: (scale.low, scale.high) for scale in catalogue.scales.values()},
        effect_for_term=catalogue.side_effect_for_term,
    )


def _sides(catalogue: Catalogue, code: str) -> tuple[str, ...]:
    """An area's own sides; a parent also has those of the areas below it, and the midline."""
    area = catalogue.areas[code]
    found = set(area.sides)
    below = [a for a in catalogue.areas if a != code and catalogue.within(a, code)]
    if below:
        found.update(side for a in below for side in catalogue.areas[a].sides)
        if not area.sides:
            found.add("midline")
    if {"left", "right"} <= found:
        found.add("both")
    return tuple(side for side in ("left", "right", "both", "midline") if side in found)


def parser_for(column: Column, vocabulary: Vocabulary) -> Parser:
    """The function that reads this column's cells; it raises CellError with the reason."""
    low, high, longest = column.low, column.high, column.longest
    if column.kind == "word":
        return _one_of(column.allowed, "one of " + ", ".join(column.allowed))
    if column.kind == "code":
        codes = vocabulary.codes[column.codes]
        return _one_of(codes, f"a code of the catalogue ({column.codes})")
    if column.kind == "codes":
        return _some_of(vocabulary.codes[column.codes], column.codes)
    if column.kind == "parameters":
        return lambda text: parameters_of(text, vocabulary.codes["technique"])
    parsers: dict[str, Parser] = {
        "id": lambda text: _identifier(text, longest),
        "text": lambda text: _free_text(text, longest, required=column.required),
        "day": _day,
        "partial": _partial,
        "date": _date,
        "moment": _moment,
        "integer": lambda text: _integer(text, low, high),
        "thousandths": lambda text: _thousandths(text, high),
        "real": lambda text: _real(text, low, high),
    }
    return parsers[column.kind]


def _one_of(allowed: Collection[str], what: str) -> Parser:
    # The vocabulary's own string is kept, so a million rows share it.
    own = {word: word for word in allowed}

    def parse(text: str) -> str:
        word = own.get(text) or own.get(text.strip())
        if word is None:
            raise CellError(f"is not known here; write {what}")
        return word

    return parse


def _some_of(allowed: Collection[str], what: str) -> Parser:
    def parse(text: str) -> str:
        codes = [code.strip() for code in text.split(";")]
        for code in codes:
            if code not in allowed:
                raise CellError(
                    f"names {code[:64]!r}, which is no code of the catalogue ({what}); write codes"
                    " with ; between them"
                )
        return json.dumps(codes)

    return parse


def _characters(text: str, allowed: str) -> None:
    if text.isprintable():
        return
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in allowed:
            raise CellError(
                f"holds the control character U+{ord(character):04X}; delete that character"
            )


def _identifier(text: str, longest: int) -> str:
    text = unprotect(text.strip(" "))
    _characters(text, "")
    if not text or text != text.strip():
        raise CellError("is not an id; write letters, digits and signs without blanks around them")
    if len(text) > longest:
        raise CellError(f"is longer than {longest} characters; shorten the id")
    return text


def _free_text(text: str, longest: int, *, required: bool) -> str:
    text = unprotect(text)
    if required and not text.strip():
        raise CellError("is blank; fill it in")
    _characters(text, "\t\n\r")
    if len(text) > longest:
        raise CellError(f"is longer than {longest} characters; shorten the text")
    return text


def _day(text: str) -> str:
    text = text.strip()
    if _ZONED.fullmatch(text):
        raise CellError("has a time zone; write the clinic's local time, as 2024-01-31T14:30")
    try:
        if _DAY.fullmatch(text):
            year = date.fromisoformat(text).year
        elif _MOMENT.fullmatch(text):
            year = datetime.fromisoformat(text).year
        else:
            raise CellError("is not a date; write it as 2024-01-31 or 2024-01-31T14:30")
    except ValueError as error:
        raise CellError("is a date that does not exist; look it up and correct it") from error
    _year(year)
    return text


def _date(text: str) -> str:
    if len(text.strip()) > len("2024-01-31"):
        raise CellError("is not a day; write it as 2024-01-31, without a time")
    return _day(text)


def _moment(text: str) -> str:
    text = text.strip()
    if not _UTC.fullmatch(text):
        raise CellError("is not a UTC time; write it as 2024-01-31T14:30:00+00:00")
    _day(text[:19])
    return text


def _partial(text: str) -> str:
    text = text.strip()
    if not _PARTIAL.fullmatch(text):
        try:
            return _day(text)
        except CellError as error:
            if str(error).startswith("is not a date"):
                raise CellError(
                    "is not a date; write it as 2024-01-31, 2024-01-31T14:30, 2024-01 or 2024"
                ) from error
            raise
    if len(text) > 4 and not 1 <= int(text[5:]) <= 12:
        raise CellError("is a date that does not exist; look it up and correct it")
    _year(int(text[:4]))
    return text


def _year(year: int) -> None:
    low, high = YEARS
    if not low <= year <= high:
        raise CellError(f"is not between {low} and {high}; correct the year")


def _integer(text: str, low: int, high: int) -> int:
    text = text.strip()
    if not _INTEGER.fullmatch(text):
        raise CellError("is not a whole number; write digits only")
    number = int(text.split(".")[0])
    _within(number, low, high, str(low), str(high))
    return number


def _thousandths(text: str, high: int) -> int:
    text = text.strip()
    if not _DECIMAL.fullmatch(text):
        raise CellError("is not a number; write it as 1.5, with a point and no unit")
    amount = Decimal(text) * 1000
    _within(amount, 0, high, "0", str(high // 1000))
    if amount != int(amount):
        raise CellError(f"has more than {_DIGITS_KEPT} decimals; round it to what was measured")
    return int(amount)


def _real(text: str, low: int, high: int) -> float:
    text = text.strip()
    if not _REAL.fullmatch(text):
        raise CellError("is not a number; write it as 12.5, with a point and no unit")
    number = float(text)
    if not math.isfinite(number):
        raise CellError(f"is not between {low} and {high}; correct the number")
    _within(number, low, high, str(low), str(high))
    return number + 0.0  # -0.0 becomes 0.0


def _within(number: float | Decimal, low: int, high: int, low_text: str, high_text: str) -> None:
    if not low <= number <= high:
        raise CellError(f"is not between {low_text} and {high_text}; correct the number")
