"""Dates and times as other programs write them, in a declared format, as the clinic keeps them."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mesodash.exchange.errors import CellError, NoDateError
from mesodash.language import N_, _

WORDS: Final = ("day_first", "month_first", "excel", "excel_1904")
"""Formats that have a name; any other is a pattern, such as `DD.MM.YYYY HH:mm` or `%d%b%Y`.

ISO 8601 is always read: it cannot be mistaken for another format.
"""

_ISO: Final = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?",
    re.ASCII,
)
_CLOCK: Final = (
    r"(?:,?[ T]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)? ?([AaPp]\.?[Mm]\.?)?)?"
)
_NUMBERS: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})" + _CLOCK, re.ASCII)
_NAMED: Final = re.compile(r"(\d{1,2})[ ./-]?([A-Za-z]{3,9})\.?[ ./-]?(\d{4})" + _CLOCK, re.ASCII)
_SERIAL: Final = re.compile(r"\d{1,6}(\.\d{1,15})?", re.ASCII)
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_EPOCH: Final = {"excel": datetime(1899, 12, 30), "excel_1904": datetime(1904, 1, 1)}  # noqa: DTZ001 - Excel's days have no zone
_FIRST_SERIAL: Final = {"excel": 61, "excel_1904": 0}
"""Excel's 1900 system has a 29 February 1900, so its days before 1 March 1900 are one out."""

_TOKENS: Final = (
    ("YYYY", "%Y"), ("MMM", "%b"), ("MM", "%m"), ("DD", "%d"), ("HH", "%H"), ("mm", "%M"),
    ("ss", "%S"),
)  # fmt: skip

NO_DATE: Final = N_("is not a date; write it as 2024-01-31 or 2024-01-31T14:30")
NO_SUCH_DATE: Final = N_("is a date that does not exist; look it up and correct it")


def is_format(text: str) -> bool:
    """Whether `text` is one of `WORDS`, `iso`, or a pattern that names year, month and day."""
    if text in WORDS or text == "iso":
        return True
    pattern = _pattern(text)
    return all(any(word in pattern for word in words) for words in _PARTS)


_PARTS: Final = (("%Y",), ("%m", "%b", "%B"), ("%d",))


def _pattern(text: str) -> str:
    if "%" in text:
        return text
    for token, code in _TOKENS:
        text = text.replace(token, code)
    return text


def iso_time(text: str, formats: Iterable[str] = (), zone: ZoneInfo | None = None) -> str:
    """The whole cell as the clinic keeps dates, at the precision it has.

    Args:
        text: a cleaned cell.
        formats: tried in order after ISO 8601; see `WORDS`.
        zone: the clinic's; a time with an offset is converted to it.

    Returns:
        `2024`, `2024-01`, `2024-01-31`, `2024-01-31T14:30` or `2024-01-31T14:30:05`. A fraction of
        a second is dropped.

    Raises:
        CellError: it is no date in any of the formats, one that does not exist, or has an offset
            where the clinic's zone is not known.
    """
    iso = _ISO.fullmatch(text)
    if iso:
        return _from_iso(text, iso, zone)
    for name in formats:
        found = _READERS.get(name, _by_pattern(name))(text)
        if found is not None:
            return found
    raise NoDateError(_(NO_DATE))


def _from_iso(text: str, found: re.Match[str], zone: ZoneInfo | None) -> str:
    year, month, day, hour, minute, second, offset = found.groups()
    if month is None or day is None:
        if month is not None and not 1 <= int(month) <= 12:
            raise CellError(_(NO_SUCH_DATE))
        return text
    if hour is None:
        return _day(int(year), int(month), int(day))
    made = _moment(year, month, day, hour, minute, second)
    if offset is None:
        return made
    if zone is None:
        raise CellError(
            _(
                "has a time zone, but the clinic's own is not set; set it, or write the"
                " clinic's local time, as 2024-01-31T14:30"
            )
        )
    digits = "+0000" if offset == "Z" else offset.replace(":", "").ljust(5, "0")
    try:
        there = datetime.fromisoformat(made + digits[:3] + ":" + digits[3:])
        local = there.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise CellError(_(NO_SUCH_DATE)) from error
    return local.isoformat(timespec="minutes" if second is None else "seconds")


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise CellError(_(NO_SUCH_DATE)) from error


def _moment(year: str, month: str, day: str, hour: str, minute: str, second: str | None) -> str:
    numbers = [int(part) for part in (year, month, day, hour, minute, second or "0")]
    try:
        made = datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001 - local to the clinic
    except ValueError as error:
        raise CellError(_(NO_SUCH_DATE)) from error
    return made.isoformat(timespec="minutes" if second is None else "seconds")


def _numbers(text: str, *, day_first: bool) -> str | None:
    found = _NUMBERS.fullmatch(text)
    if found:
        one, _sign, two, year, *clock = found.groups()
        day, month = (one, two) if day_first else (two, one)
        return _with_clock(year, month, day, *clock)
    named = _NAMED.fullmatch(text)
    if named is None:
        return None
    day, word, year, *clock = named.groups()
    months = [n for n, name in enumerate(_MONTHS, 1) if name.startswith(word.lower())]
    return _with_clock(year, str(months[0]), day, *clock) if len(months) == 1 else None


def _with_clock(
    year: str, month: str, day: str, hour: str | None, minute: str, second: str, half: str | None
) -> str:
    if hour is None:
        return _day(int(year), int(month), int(day))
    if half:
        if not 1 <= int(hour) <= 12:
            raise CellError(_(NO_SUCH_DATE))
        hour = str(int(hour) % 12 + (12 if half.lower().startswith("p") else 0))
    return _moment(year, month, day, hour, minute, second)


def _serial(text: str, system: str) -> str | None:
    if not _SERIAL.fullmatch(text):
        return None
    number = float(text)
    if number < _FIRST_SERIAL[system]:
        raise CellError(_("is not one of Excel's day numbers after February 1900; write the date"))
    whole = int(number)
    seconds = round((number - whole) * 86_400)
    made = _EPOCH[system] + timedelta(days=whole, seconds=seconds)
    if "." not in text or seconds == 0:
        return made.date().isoformat()
    return made.isoformat(timespec="seconds" if made.second else "minutes")


def _by_pattern(name: str) -> Callable[[str], str | None]:
    pattern = _pattern(name)
    timed = any(code in pattern for code in ("%H", "%I"))
    unit = "seconds" if "%S" in pattern else "minutes"

    def read(text: str) -> str | None:
        try:
            made = datetime.strptime(text, pattern)  # noqa: DTZ007 - local to the clinic
        except ValueError:
            return None
        return made.isoformat(timespec=unit) if timed else made.date().isoformat()

    return read


_READERS: Final[dict[str, Callable[[str], str | None]]] = {
    "iso": lambda _text: None,
    "day_first": lambda text: _numbers(text, day_first=True),
    "month_first": lambda text: _numbers(text, day_first=False),
    "excel": lambda text: _serial(text, "excel"),
    "excel_1904": lambda text: _serial(text, "excel_1904"),
}


def order_seen(texts: Iterable[str]) -> str:
    """Which of day_first and month_first the dates of a column must be; empty where both may be.

    Only a number over 12 decides, and only if nothing speaks against it: 25/04/2024 is day first.
    """
    seen = set()
    for text in texts:
        found = _NUMBERS.fullmatch(text)
        if found:
            one, two = int(found[1]), int(found[3])
            if one > 12 >= two:
                seen.add("day_first")
            elif two > 12 >= one:
                seen.add("month_first")
    return seen.pop() if len(seen) == 1 else ""


def looks_like_numbers(text: str) -> bool:
    """Whether a date is written in numbers of ambiguous order, such as 05/04/2024."""
    return _NUMBERS.fullmatch(text) is not None


def hour_in(zone: ZoneInfo, text: str) -> str:
    """Whether a local time occurs `once`, `twice` or `never` on its day in a zone.

    Clocks that go forward skip an hour, clocks that go back repeat one (PEP 495).
    """
    if len(text) <= len("2024-01-31"):
        return "once"
    local = datetime.fromisoformat(text)
    early, late = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if early == late:
        return "once"
    # In a gap the offset after the change is the larger one.
    return "never" if early is not None and late is not None and early < late else "twice"
