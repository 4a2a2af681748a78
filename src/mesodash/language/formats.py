"""Numbers, dates and lengths of time as the language in use writes them (Babel).

In every language, digits are grouped in threes by a space and a space stands before the per cent
sign, as ISO 80000-1 (7.3) has it; the decimal sign, the names of months and the order of a date
are the language's. What is missing (None, NaN, pandas' NA) is shown as missing, never as 0.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any, Final, Literal

from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from babel.lists import format_list as babel_list
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol
from babel.units import format_unit

from mesodash.language.texts import ENGLISH, _, current, pgettext

MISSING: Final = "–"
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_MINUTES_A_DAY: Final = 24 * 60
_LONGEST_IN_MINUTES: Final = 90
WORD_JOINER: Final = "\N{WORD JOINER}"
_UNITS: Final = "[cmµn]?m[²³]?|[mµcd]?L|[kmµn]?g|[MkG]?Hz|IU|U|G|J|W|h|s"
_NUMBER_AND_UNIT: Final = re.compile(
    rf"(?<=[\d}}]) (?=\d{{3}}\b|[%‰°×±]|[^\W\d]{{3}}|(?:{_UNITS})(?![^\W\d]))"
    r"|(?<=×) (?=\d)|(?<=\bSD) (?=\d)|(?<=\bn) (?=\d)"
)
_UNIT_A_UNIT: Final = re.compile(rf"(?<=[^\W\d])/(?=(?:{_UNITS}|min|day)(?![^\W\d]))")
_UNIT_OF_DATE: Final = {4: "y", 7: "MMM y"}


def is_missing(value: Any) -> bool:
    """None, NaN, NaT and pandas' NA are missing."""
    if value is None:
        return True
    try:
        return bool(value != value)  # noqa: PLR0124 - only what is not a number differs from itself
    except TypeError:  # pandas' NA is neither equal to itself nor not
        return True


def format_number(value: Any, digits: int = 0) -> str:
    """A number with so many decimals, or the sign for missing: `1 070`, `0.50`."""
    if is_missing(value):
        return MISSING
    return _decimal(float(value), "#,##0" + (f".{'0' * digits}" if digits else ""))


def format_trimmed(value: Any, digits: int = 2) -> str:
    """A number without needless zeros: `4`, `1.5`, `0.02`; digits are not grouped."""
    if is_missing(value):
        return MISSING
    return _decimal(float(value), f"0.{'#' * digits}")


def format_change(value: Any, digits: int = 1) -> str:
    """A change with its sign, a true minus: `+0.4`, `−1.2`, `+0.0`."""
    if is_missing(value):
        return MISSING
    rounded = round(float(value), digits) + 0.0  # turns -0.0 into 0.0
    text = _decimal(abs(rounded), "0" + (f".{'0' * digits}" if digits else ""))
    return f"{'−' if rounded < 0 else '+'}{text}"


def format_percent(share: Any, digits: int = 0) -> str:
    """A share (0 to 1) in per cent: `12 %`."""
    if is_missing(share):
        return MISSING
    return _("{number} %").format(number=format_number(100 * float(share), digits))


def format_interval(words: Callable[[Any], str], value: Any, low: Any, high: Any) -> str:
    """`12 % (9 % to 16 %)`; the value alone where its interval is not known.

    Args:
        words: how each of the three is written, such as `format_percent`.
        value: the estimate.
        low: the interval's lower end.
        high: its upper end.
    """
    if is_missing(low) or is_missing(high):
        return words(value)
    return _("{value} ({low} to {high})").format(
        value=words(value), low=words(low), high=words(high)
    )


def format_range(low: Any, high: Any, digits: int = 2) -> str:
    """`6–8`, `6` where both are one, `at least 6`, `at most 8`, or the sign for missing."""
    if is_missing(low) and is_missing(high):
        return MISSING
    if is_missing(low):
        return _("at most {number}").format(number=format_trimmed(high, digits))
    if is_missing(high):
        return _("at least {number}").format(number=format_trimmed(low, digits))
    if low == high:
        return format_trimmed(low, digits)
    return f"{format_trimmed(low, digits)}–{format_trimmed(high, digits)}"


def format_duration(days: Any, length: Literal["short", "long"] = "short") -> str:
    """A length of time in the unit people would say: minutes, hours or days.

    0 days means that onset and end were recorded on one day, not that there was no time at all.

    Args:
        days: the length, in days.
        length: `short` writes `14 min` and `12 h`, `long` writes `14 minutes` and `12 hours`.
    """
    if is_missing(days):
        return MISSING
    days = float(days)
    if days == 0:
        return _("the same day")
    minutes = max(1, round(days * _MINUTES_A_DAY))
    if minutes < _LONGEST_IN_MINUTES:
        return _("{n} min").format(n=minutes) if length == "short" else _unit(minutes, "minute")
    if days < 1:
        hours = round(days * 24)
        return _("{n} h").format(n=hours) if length == "short" else _unit(hours, "hour")
    return _unit(round(days, 1), "day")


def format_days(number: float) -> str:
    """A number of days: `1 day`, `12 days`, `0 days`."""
    return _unit(number, "day")


def format_day(value: Any, style: Literal["medium", "long", "weekday"] = "medium") -> str:
    """A day, given as a date or in ISO form; a partial one (`2026-03`) keeps its precision.

    Args:
        value: a date, a date-time, or ISO text; of a date-time the time is left out.
        style: `3 Mar 2026` (medium), `3 March 2026` (long) or `Tue 3 Mar 2026` (weekday).
    """
    if is_missing(value):
        return MISSING
    if isinstance(value, date):
        return _day(value, style)
    text = str(value)
    if len(text) in _UNIT_OF_DATE:
        first = date.fromisoformat(f"{text}-01-01"[:10])
        return babel_date(first, _UNIT_OF_DATE[len(text)], locale=current().locale)
    return _day(date.fromisoformat(text[:10]), style)


def format_month(value: Any, style: Literal["long", "short"] = "long") -> str:
    """A month, given as a date or in ISO form: `March 2026` (long), `Mar 26` (short)."""
    if is_missing(value):
        return MISSING
    day = value if isinstance(value, date) else date.fromisoformat(f"{value}-01"[:10])
    pattern = (
        pgettext("date pattern", "MMMM y")
        if style == "long"
        else pgettext("date pattern", "MMM yy")
    )
    return babel_date(day, pattern, locale=current().locale)


def decimal_sign() -> str:
    """The decimal separator, `.` or `,`; for documents that set numbers."""
    return get_decimal_symbol(current().locale)


def format_moment(value: Any, zone: tzinfo | None = None) -> str:
    """A day with its time, to the minute: `3 Mar 2026, 10:15`; a day alone as `format_day`.

    Args:
        value: a date-time, or ISO text.
        zone: where a date-time with a time zone is read; None is the computer's own.
    """
    if is_missing(value):
        return MISSING
    if isinstance(value, datetime):
        value = (value if value.tzinfo is None else value.astimezone(zone)).isoformat()
    text = str(value)
    if len(text) <= len("2026-03-03"):
        return format_day(text)
    return _("{day}, {time}").format(
        day=format_day(text), time=format_time(time.fromisoformat(text[11:16]))
    )


def format_time(value: time, style: Literal["clock", "spoken"] = "clock") -> str:
    """A time of day: `09:05` (clock), or `9:05` (spoken), as in a sentence."""
    pattern = (
        pgettext("time pattern", "HH:mm") if style == "clock" else pgettext("time pattern", "H:mm")
    )
    return babel_time(value, pattern, locale=current().locale)


def format_list(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    language = current()
    # The English of the United States has a comma before the "and"; the rest of English has none.
    locale = "en_001" if language.code == ENGLISH else language.locale
    return babel_list(list(parts), locale=locale) if parts else ""


def format_choice(parts: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    language = current()
    locale = "en_001" if language.code == ENGLISH else language.locale
    return babel_list(list(parts), style="or", locale=locale) if parts else ""


def keep_units_together(text: str) -> str:
    """The text with spaces that do not break within numbers and before their units.

    A unit such as mg/mL is not broken after its stroke either.
    """
    return _UNIT_A_UNIT.sub(f"/{WORD_JOINER}", _NUMBER_AND_UNIT.sub(NO_BREAK, text))


def units_together(value: Any) -> Any:
    """`keep_units_together` for every text within lists and mappings; keys and numbers stay."""
    if isinstance(value, str):
        return keep_units_together(value)
    if isinstance(value, Mapping):
        return {name: units_together(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [units_together(one) for one in value]
    return value


def _decimal(value: float, pattern: str) -> str:
    locale = current().locale
    text = format_decimal(value, pattern, locale=locale)
    return text.replace(get_group_symbol(locale), " ") if "," in pattern else text


def _unit(number: float, unit: str) -> str:
    """A number with its unit in words, in the plural that the number asks for."""
    return format_unit(number, f"duration-{unit}", "long", "0.#", locale=current().locale)


def _day(day: date, style: str) -> str:
    patterns = {
        "medium": pgettext("date pattern", "d MMM y"),
        "long": pgettext("date pattern", "d MMMM y"),
        "weekday": pgettext("date pattern", "EEE d MMM y"),
    }
    pattern = patterns[style]
    first = pgettext("first day of the month", "1")
    if day.day == 1 and first != "1":  # French writes 1er, which no pattern of CLDR has
        pattern = re.sub(r"(?<![\w'])d(?![\w'])", f"'{first}'", pattern)
    return babel_date(day, pattern, locale=current().locale)
