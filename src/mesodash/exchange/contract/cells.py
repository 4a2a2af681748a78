"""One cell: from text to the stored value, or the reason why it is refused."""

import json
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from mesodash.catalogue.types import Catalogue
from mesodash.exchange.cell_text import cleaned, unprotect
from mesodash.exchange.contract.columns import FIRST_YEAR, ExchangeColumn
from mesodash.exchange.contract.times import NO_DATE, hour_in, iso_time
from mesodash.exchange.errors import CellError, NoDateError
from mesodash.language import _
from mesodash.records.courses.protocol_versions import Parameters

Value = str | int | float | None
Parser = Callable[[str], Value]

YEARS = (FIRST_YEAR, 2100)
NOT_KNOWN = frozenset(
    {"", ".", "-", "--", "?", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing"}
)
"""Words by which other programs say that a value is not known, in lower case."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII)
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.,]+(Z|[+-]\d{2}(:?\d{2})?)", re.ASCII)
_UTC = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+00:00", re.ASCII)
_PARTIAL = re.compile(r"\d{4}(-\d{2})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,15}(\.0+)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,15}(\.\d{1,30})?", re.ASCII)
_REAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,4})?", re.ASCII)
_DIGITS_KEPT = 3
_LONGEST_PARAMETERS = 20_000
_PARAMETERS_OF_WORDS = ("needle", "mixture")
_WHOLE_PARAMETERS = ("points", "sessions", "interval_days", "top_up_days")
_LARGEST_PARAMETER = 100_000
_PARAMETER_NAMES = tuple(field.name for field in fields(Parameters))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a cell may contain: the catalogue's codes, and the clinic's day and zone.

    Attributes:
        codes: the known codes by what they are codes of (area, indication, ...).
        sides: the sides an area can have, `both` included, by area.
        scales: the lowest and highest value of a scale (None: not bounded), by scale.
        effect_for_term: the effect whose code, name or synonym a term is, if any.
        today: the clinic's day; nothing that has happened is after it.
        zone: the clinic's, where it is known.
        decimal: the decimal sign, `.` or `,`.
    """

    codes: Mapping[str, Collection[str]]
    sides: Mapping[str, tuple[str, ...]]
    scales: Mapping[str, tuple[float | None, float | None]]
    effect_for_term: Callable[[str], str | None]
    today: date = date.max
    zone: ZoneInfo | None = None
    decimal: str = "."


def vocabulary_of(
    catalogue: Catalogue, today: date = date.max, zone: ZoneInfo | None = None
) -> Vocabulary:
    """Pick from the catalogue what an import needs; see `Vocabulary` for the others."""
    return Vocabulary(
        codes={
            "area": dict.fromkeys(catalogue.areas),
            "question": dict.fromkeys(catalogue.questions),
            "indication": dict.fromkeys(catalogue.indications),
            "protocol": dict.fromkeys(catalogue.protocols),
            "technique": dict.fromkeys(catalogue.techniques),
            "departure": dict.fromkeys(catalogue.departures),
            "scale": dict.fromkeys(catalogue.scales),
            "effect": {**dict.fromkeys(catalogue.side_effects), "other": None},
        },
        sides={code: _sides(catalogue, code) for code in catalogue.areas},
        scales={scale.code: (scale.low, scale.high) for scale in catalogue.scales.values()},
        effect_for_term=catalogue.side_effect_for_term,
        today=today,
        zone=zone,
    )


def _sides(catalogue: Catalogue, code: str) -> tuple[str, ...]:
    """An area's own sides; a parent also has those of the areas below it, and the midline."""
    area = catalogue.areas[code]
    found: set[str] = set(area.sides)
    below = [a for a in catalogue.areas if a != code and catalogue.within(a, code)]
    if below:
        found.update(side for a in below for side in catalogue.areas[a].sides)
        if not area.sides:
            found.add("midline")
    if {"left", "right"} <= found:
        found.add("both")
    return tuple(side for side in ("left", "right", "both", "midline") if side in found)


def parser_for(column: ExchangeColumn, vocabulary: Vocabulary) -> Parser:
    """The function that reads this column's cells; it raises CellError with the reason."""
    parse = _parser(column, vocabulary)

    def hinting(text: str) -> Value:
        try:
            return parse(text)
        except CellError as error:
            if text.strip().casefold() in NOT_KNOWN:
                raise CellError(
                    _(
                        "{reason}; if it says that this is not known, leave the cell empty, or list"
                        " the word under `missing` in a mapping"
                    ).format(reason=error)
                ) from error
            raise

    return hinting


def _parser(column: ExchangeColumn, vocabulary: Vocabulary) -> Parser:
    low, high, longest = column.low, column.high, column.longest
    zone, decimal = vocabulary.zone, vocabulary.decimal
    latest = vocabulary.today if column.past else date.max
    if column.kind == "word":
        return _one_of(column.allowed)
    if column.kind == "code":
        codes = vocabulary.codes[column.codes]
        return _one_of(codes, column.codes)
    if column.kind == "codes":
        return _some_of(vocabulary.codes[column.codes], column.codes)
    if column.kind == "mark":
        return _mark(re.compile(column.pattern, re.ASCII), column.example)
    if column.kind == "parameters":
        return lambda text: parameters_json(text, vocabulary.codes["technique"])
    parsers: dict[str, Parser] = {
        "id": lambda text: _identifier(text, longest),
        "text": lambda text: _free_text(text, longest, required=column.required),
        "day": lambda text: _day(text, zone, latest),
        "partial": lambda text: _partial(text, zone, latest),
        "date": lambda text: _date(text, latest),
        "moment": lambda text: _moment(text, latest),
        "integer": lambda text: _integer(
            text, low, min(high, latest.year) if column.past else high
        ),
        "thousandths": lambda text: _thousandths(text, low, high, decimal),
        "real": lambda text: _real(text, low, high, decimal),
    }
    return parsers[column.kind]


def _one_of(allowed: Collection[str], codes: str = "") -> Parser:
    """A parser of words; `codes` says of what they are the catalogue's codes."""
    # The vocabulary's own string is kept, so a million rows share it.
    own = {word: word for word in allowed}

    def parse(text: str) -> str:
        word = own.get(text) or own.get(cleaned(text))
        if word is None:
            raise CellError(
                _("is not known here; write a code of the catalogue ({kind})").format(kind=codes)
                if codes
                else _("is not known here; write one of {words}").format(words=", ".join(allowed))
            )
        return word

    return parse


def _mark(pattern: re.Pattern[str], example: str) -> Parser:
    def parse(text: str) -> str:
        mark = cleaned(text)
        if not pattern.fullmatch(mark):
            raise CellError(
                _("is not written as it must be; write it as {example}").format(example=example)
            )
        return mark

    return parse


def _some_of(allowed: Collection[str], what: str) -> Parser:
    def parse(text: str) -> str:
        codes = [cleaned(code) for code in text.split(";")]
        for code in codes:
            if code not in allowed:
                raise CellError(
                    _(
                        "names {code!r}, which is not a code of the catalogue ({kind}); write codes"
                        " with ; between them"
                    ).format(code=code[:64], kind=what)
                )
        return json.dumps(codes)

    return parse


def _characters(text: str, allowed: str) -> None:
    if text.isprintable():
        return
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in allowed:
            raise CellError(
                _("holds the control character U+{number:04X}; delete that character").format(
                    number=ord(character)
                )
            )


def _identifier(text: str, longest: int) -> str:
    _characters(text.strip(), "")
    text = unprotect(cleaned(text))
    if not text or text != text.strip():
        raise CellError(
            _("is not an id; write letters, digits and signs without blanks around them")
        )
    if len(text) > longest:
        raise CellError(_("is longer than {n} characters; shorten the id").format(n=longest))
    return text


def _free_text(text: str, longest: int, *, required: bool) -> str:
    text = unprotect(text)
    if required and not text.strip():
        raise CellError(_("is blank; fill it in"))
    _characters(text, "\t\n\r")
    if len(text) > longest:
        raise CellError(_("is longer than {n} characters; shorten the text").format(n=longest))
    return text


def _day(text: str, zone: ZoneInfo | None, latest: date) -> str:
    text = cleaned(text)
    if not (_DAY.fullmatch(text) or _MOMENT.fullmatch(text) or _ZONED.fullmatch(text)):
        raise NoDateError(_(NO_DATE))
    found = iso_time(text, (), zone)
    _year(int(found[:4]))
    if zone is not None and hour_in(zone, found) == "never":
        raise CellError(
            _(
                "is an hour that the clocks of {zone} leave out on that day; correct the time"
            ).format(zone=zone.key)
        )
    _not_after(found, latest)
    return found


def _date(text: str, latest: date) -> str:
    if len(cleaned(text)) > len("2024-01-31"):
        raise CellError(_("is not a day; write it as 2024-01-31, without a time"))
    return _day(text, None, latest)


def _moment(text: str, latest: date) -> str:
    text = text.strip()
    if not _UTC.fullmatch(text):
        raise CellError(_("is not a UTC time; write it as 2024-01-31T14:30:00+00:00"))
    _day(text[:19], None, latest)
    return text


def _partial(text: str, zone: ZoneInfo | None, latest: date) -> str:
    text = cleaned(text)
    if not _PARTIAL.fullmatch(text):
        try:
            return _day(text, zone, latest)
        except NoDateError as error:
            raise CellError(
                _("is not a date; write it as 2024-01-31, 2024-01-31T14:30, 2024-01 or 2024")
            ) from error
    found = iso_time(text)
    _year(int(found[:4]))
    _not_after(found, latest)
    return found


def _year(year: int) -> None:
    low, high = YEARS
    if not low <= year <= high:
        raise CellError(
            _("is not between {low} and {high}; correct the year").format(low=low, high=high)
        )


def _not_after(text: str, latest: date) -> None:
    if text[:10] > latest.isoformat()[: len(text)]:
        raise CellError(_("is after today; correct the date"))


def _decimal_text(text: str, decimal: str) -> str:
    text = cleaned(text)
    if decimal == ",":
        if "." in text:
            raise CellError(
                _("has a point where this file writes decimal commas; correct the number")
            )
        text = text.replace(",", ".")
    return text


def _integer(text: str, low: int, high: int) -> int:
    text = cleaned(text)
    if not _INTEGER.fullmatch(text):
        raise CellError(_("is not a whole number; write digits only"))
    number = int(text.split(".")[0])
    _within(number, low, high, str(low), str(high))
    return number


def _thousandths(text: str, low: int, high: int, decimal: str) -> int:
    text = _decimal_text(text, decimal)
    if not _DECIMAL.fullmatch(text):
        raise CellError(_("is not a number; write it as 1.5, with a point and no unit"))
    amount = Decimal(text) * 1000
    _within(amount, low, high, f"{low / 1000:g}", str(high // 1000))
    if amount != int(amount):
        raise CellError(
            _("has more than {n} decimals; round it to what was measured").format(n=_DIGITS_KEPT)
        )
    return int(amount)


def _real(text: str, low: int, high: int, decimal: str) -> float:
    text = _decimal_text(text, decimal)
    if not _REAL.fullmatch(text):
        raise CellError(_("is not a number; write it as 12.5, with a point and no unit"))
    number = float(text)
    if not math.isfinite(number):
        raise CellError(
            _("is not between {low} and {high}; correct the number").format(low=low, high=high)
        )
    _within(number, low, high, str(low), str(high))
    return number + 0.0  # -0.0 becomes 0.0


def _within(number: float | Decimal, low: int, high: int, low_text: str, high_text: str) -> None:
    if not low <= number <= high:
        raise CellError(
            _("is not between {low} and {high}; correct the number").format(
                low=low_text, high=high_text
            )
        )


def parameters_json(text: str, techniques: Collection[str]) -> str:
    """The cell in the spelling that the clinic's file keeps.

    Raises:
        CellError: it is no JSON object, or holds a name, number or code that is not known.
    """
    if len(text) > _LONGEST_PARAMETERS:
        raise CellError(
            _("is longer than {n} characters; shorten the text").format(n=_LONGEST_PARAMETERS)
        )
    try:
        given = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_each_name_once)
    except (ValueError, RecursionError) as error:
        raise CellError(_('is not JSON; write it as {"sessions": 4, "depth_mm": 2.5}')) from error
    if not isinstance(given, dict):
        raise CellError(_('is not a JSON object; write it as {"sessions": 4, "depth_mm": 2.5}'))
    for name, value in given.items():
        _check_parameter(name, value, techniques)
    return json.dumps(given, sort_keys=True)


def _check_parameter(name: str, value: Any, techniques: Collection[str]) -> None:
    if name not in _PARAMETER_NAMES:
        raise CellError(
            _("names {name!r}, which is not known; use {known}").format(
                name=name[:64], known=", ".join(_PARAMETER_NAMES)
            )
        )
    if name == "technique":
        if not isinstance(value, str) or value not in techniques:
            raise CellError(
                _("has a technique that is not a code of the catalogue; write its code")
            )
    elif name in _PARAMETERS_OF_WORDS:
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise CellError(
                _("has no plain words as {name}; write words or leave it out").format(name=name)
            )
    elif isinstance(value, bool) or not isinstance(
        value, int if name in _WHOLE_PARAMETERS else int | float
    ):
        raise CellError(
            (
                _("has no whole number as {name}; write digits without quotes")
                if name in _WHOLE_PARAMETERS
                else _("has no number as {name}; write digits without quotes")
            ).format(name=name)
        )
    elif not (math.isfinite(value) and 0 < value <= _LARGEST_PARAMETER):
        raise CellError(
            _("has a {name} that is not above 0 and at most {most}; correct it").format(
                name=name, most=_LARGEST_PARAMETER
            )
        )


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _value in pairs]
    for name in names:
        if names.count(name) > 1:
            raise CellError(_("names {name!r} twice; keep one").format(name=name[:64]))
    return dict(pairs)
