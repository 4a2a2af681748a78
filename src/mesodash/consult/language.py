"""The words of what patients are given, one file a language: texts, names, dates and numbers."""

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, Final

import yaml

from mesodash.bodymap.choice import AreaSide

NO_BREAK: Final = "\u00a0"
_CODE: Final = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?", re.ASCII)
_BEFORE_UNIT: Final = re.compile(r"(?<=\d) (?=[^\W\d]{3}|[cm]m\b|mL\b)")
_MINUTES_A_DAY: Final = 24 * 60


class LanguageError(ValueError):
    """A language or one of its texts is missing; the message is one plain sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language, made by `load_language`.

    Attributes:
        code: ISO 639-1, such as `fr`.
        name: in the language itself.
        texts: every text by its dotted key (`titles.aftercare`, `areas.face.cheek`).
    """

    code: str
    name: str
    texts: Mapping[str, str]

    def text(self, key: str, **values: object) -> str:
        """The text of a key with its placeholders filled in.

        Raises:
            LanguageError: the file has no such key, or the text names what was not given.
        """
        try:
            return self.texts[key].format_map(values)
        except KeyError as error:
            raise LanguageError(
                f'The language file {self.code}.yaml does not fit at "{key}"; add it there.'
            ) from error

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return bool(self.texts.get(key))

    def number(self, value: float, digits: int = 2) -> str:
        """A number with the language's decimal sign and without needless zeros."""
        text = f"{value:.{digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", self.texts["numbers.decimal"])

    def count(self, unit: str, number: float) -> str:
        """A number with its unit: `1 day`, `12 jours`; `unit` is one of `units` in the file."""
        low, high = float(self.texts["numbers.one_from"]), float(self.texts["numbers.one_to"])
        form = "one" if low <= number <= high else "other"
        return self.text(f"units.{unit}.{form}", n=self.number(number, 1))

    def span(self, unit: str, low: float, high: float) -> str:
        """From one number to another with their unit: `7–15 days`; one number where they agree."""
        if low == high:
            return self.count(unit, low)
        return self.text(f"units.{unit}.other", n=f"{self.number(low, 1)}–{self.number(high, 1)}")

    def duration(self, days: float) -> str:
        """A length of time in the unit people would say; 0 days began and ended on one day."""
        if days == 0:
            return self.text("units.same_day")
        minutes = max(1, round(days * _MINUTES_A_DAY))
        if minutes < 90:
            return self.count("minute", minutes)
        if days < 1:
            return self.count("hour", round(days * 24))
        return self.count("day", round(days, 1))

    def day(self, day: date, form: str = "long") -> str:
        """A date in words: `long` for a text, `short` with its weekday for a list."""
        number = self.texts["dates.first"] if day.day == 1 else str(day.day)
        return self.text(
            f"dates.{form}",
            day=number,
            month=self.text(f"dates.months.{day.month}"),
            month_short=self.text(f"dates.months_short.{day.month}"),
            weekday=self.text(f"dates.weekdays_short.{day.isoweekday()}"),
            year=day.year,
        )

    def time(self, at: time) -> str:
        """A time of day: `9:05`, `9 h 05`."""
        return self.text("dates.time", hour=at.hour, minute=f"{at.minute:02d}")

    def area(self, site: AreaSide) -> str:
        """An area with the patient's side: `Cheek, left`; the midline says no side."""
        name = self.text(f"areas.{site.area}")
        if site.side == "midline":
            return name
        return self.text(f"sides.{site.side}", area=name)

    def areas(self, sites: Sequence[AreaSide]) -> tuple[str, ...]:
        """Areas in their order, the left and the right of one said together."""
        chosen = set(sites)
        said: dict[str, None] = {}
        for site in sites:
            pair = {AreaSide(site.area, "left"), AreaSide(site.area, "right")}
            whole = site in pair and pair <= chosen
            said[self.area(AreaSide(site.area, "both") if whole else site)] = None
        return tuple(said)

    def listed(self, parts: Sequence[str]) -> str:
        """`a`, `a and b`, `a, b and c`."""
        if len(parts) < 2:
            return "".join(parts)
        return self.text("lists.last", first=", ".join(parts[:-1]), last=parts[-1])


def available(folder: Path) -> tuple[str, ...]:
    """The codes of the languages there are, in order."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml") if _CODE.fullmatch(path.stem)))


def load_language(folder: Path, code: str) -> Language:
    """Read one language.

    Signs that the language sets off with a space (`typography` in the file) get one that does not
    break, and so does a number before its unit.

    Raises:
        LanguageError: no such file, or one that is not made of texts.
    """
    path = folder / f"{code}.yaml"
    if not _CODE.fullmatch(code) or not path.is_file():
        raise LanguageError(
            f'There is no language "{code[:16]}"; choose {" or ".join(available(folder))}.'
        )
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        texts = dict(_flat(data, ""))
    except (yaml.YAMLError, TypeError) as error:
        raise LanguageError(f"{path.name} cannot be read: {error}") from error
    before = texts.pop("typography.no_break_before", "")
    after = texts.pop("typography.no_break_after", "")
    return Language(
        code=texts.pop("code"),
        name=texts.pop("name"),
        texts={key: _set(text, before, after) for key, text in texts.items()},
    )


def placeholders(text: str) -> frozenset[str]:
    """The names a text asks to be filled in."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _flat(value: Any, above: str) -> Iterator[tuple[str, str]]:
    """Every text with its dotted key; an empty one is left out."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _flat(below, f"{above}.{key}" if above else str(key))
    elif isinstance(value, list):
        for number, below in enumerate(value, 1):
            yield from _flat(below, f"{above}.{number}")
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield above, " ".join(str(value).split(" "))
    elif value is not None:
        raise TypeError(f"{above} is not a text; put it between quotation marks")


def _set(text: str, before: str, after: str) -> str:
    for sign in before:
        text = text.replace(f" {sign}", f"{NO_BREAK}{sign}")
    for sign in after:
        text = text.replace(f"{sign} ", f"{sign}{NO_BREAK}")
    text = _BEFORE_UNIT.sub(NO_BREAK, text)
    return re.sub(r"^(\{n\}) ", rf"\1{NO_BREAK}", text)
