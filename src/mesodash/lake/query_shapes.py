"""Compiled queries whose values are parameters: SQL that is made once and bound many times.

While a query is compiled, each value is replaced by a stand-in that cannot occur otherwise (a day
of the year 1601, a text in section signs). Its literal is found in the SQL and turned into a
parameter, so one compilation serves every period, area or name. If a stand-in cannot be found, the
SQL depends on the value: then there is no shape, and the query is compiled each time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NoReturn

Value = date | str

_YEAR: Final = 1601
_MARK: Final = "\N{SECTION SIGN}"
_DAY = re.compile(rf"MAKE_DATE\({_YEAR}, (\d+), (\d+)\)")
_TEXT = re.compile(rf"'{_MARK}([mt])(\d+){_MARK}'")
_LEFT_OVER = re.compile(rf"{_YEAR}|{_MARK}")


class NoShapeError(TypeError):
    """The query computes with a value in Python instead of passing it to the engine."""


class OpenDay(date):
    """The stand-in for the day with this number; it only knows its order."""

    number: int

    @classmethod
    def numbered(cls, number: int) -> "OpenDay":
        """The stand-in number 0 to 300; later ones compare greater."""
        made = cls(_YEAR, 1 + number // 28, 1 + number % 28)
        made.number = number
        return made

    def __format__(self, how: str) -> str:
        """The stand-in for the day's month, as `f"{day:%Y-%m}"`; nothing else can be written."""
        return f"{_MARK}m{self.number}{_MARK}" if how == "%Y-%m" else self._refuse()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise NoShapeError("the SQL depends on the days")

    def _place(self, other: object) -> int:
        return self.number - other.number if isinstance(other, OpenDay) else self._refuse()

    def __lt__(self, other: object) -> bool:
        return self._place(other) < 0

    def __le__(self, other: object) -> bool:
        return self._place(other) <= 0

    def __gt__(self, other: object) -> bool:
        return self._place(other) > 0

    def __ge__(self, other: object) -> bool:
        return self._place(other) >= 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OpenDay) and self.number == other.number

    def __hash__(self) -> int:
        return hash((OpenDay, self.number))

    __add__ = __radd__ = __sub__ = __rsub__ = replace = _refuse
    __str__ = isoformat = strftime = weekday = toordinal = _refuse


class OpenText(str):
    """The stand-in for the text with this number."""

    __slots__ = ()

    @classmethod
    def numbered(cls, number: int) -> "OpenText":
        """The stand-in with this number."""
        return cls(f"{_MARK}t{number}{_MARK}")


def stand_ins(values: Sequence[Value]) -> tuple[Value, ...]:
    """A stand-in for each value, of the same kind."""
    return tuple(
        OpenDay.numbered(number) if isinstance(value, date) else OpenText.numbered(number)
        for number, value in enumerate(values)
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """SQL with parameters.

    Attributes:
        sql: with `$d3` for the day, `$m3` for the month and `$t3` for the text with number 3.
        names: the parameters that occur.
    """

    sql: str
    names: frozenset[str]

    def parameters(self, values: Sequence[Value]) -> Mapping[str, Any]:
        """What to bind, from the values in the order of their stand-ins."""
        bound: dict[str, Any] = {}
        for name in self.names:
            value = values[int(name[1:])]
            bound[name] = f"{value:%Y-%m}" if name[0] == "m" else value
        return bound


def shape_of(sql: str) -> Shape:
    """The shape of SQL that was compiled with stand-ins.

    Raises:
        NoShapeError: a stand-in went into the SQL in another way than as a value.
    """
    names = set()

    def name(kind: str, number: int) -> str:
        names.add(f"{kind}{number}")
        return f"${kind}{number}"

    found = _DAY.sub(lambda m: f"CAST({name('d', _number(m))} AS DATE)", sql)
    found = _TEXT.sub(lambda m: name(m[1], int(m[2])), found)
    if _LEFT_OVER.search(found):
        raise NoShapeError("a value cannot be found again in the SQL")
    return Shape(found, frozenset(names))


def _number(found: re.Match[str]) -> int:
    return (int(found[1]) - 1) * 28 + int(found[2]) - 1
