"""Parameters of compiled queries: SQL that is compiled once and bound many times.

While a query is built, each of its values is an Ibis expression: a call of a function that no
engine has, with the value's number as its argument. In the syntax tree of the compiled query each
such call is replaced by a parameter of the engine (`$d3`), so one compilation serves every period,
area and name. An expression cannot be compared, formatted or counted with in Python: a report that
tried to would raise TypeError instead of fixing a value in its SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import ibis
import sqlglot.expressions as sge
from ibis.expr.types import DateScalar

Value = date | str


def _value(number: int) -> Any:
    """The value with this number; the engine never calls it."""


def _function(name: str, kind: str) -> Any:
    return ibis.udf.scalar.builtin(_value, name=name, signature=(("int64",), kind))


_day: Final = _function("parameter_day", "date")
_month: Final = _function("parameter_month", "string")
_text: Final = _function("parameter_text", "string")
_LETTERS: Final = {"parameter_day": "d", "parameter_month": "m", "parameter_text": "t"}


def parameters(values: Sequence[Value]) -> tuple[Any, ...]:
    """An expression for each value, of its type: a date for a day, a string for a text."""
    return tuple(
        _day(number) if isinstance(value, date) else _text(number)
        for number, value in enumerate(values)
    )


def as_day(value: Any) -> Any:
    """The expression of a day: a literal for a date; a parameter as it is."""
    return ibis.literal(value) if isinstance(value, date) else value


def as_month(value: Any) -> Any:
    """The month of a day, as 2026-03: of a parameter another one, which the engine compares as fast
    as a text and by which it skips files.
    """  # noqa: D205
    if isinstance(value, DateScalar):
        (number,) = value.op().args
        return _month(number.to_expr())
    return f"{value:%Y-%m}"


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """SQL with parameters.

    Attributes:
        sql: with `$d3` for the day, `$m3` for its month and `$t3` for the text with number 3.
        names: the parameters that occur.
    """

    sql: str
    names: frozenset[str]

    def bound(self, values: Sequence[Value]) -> Mapping[str, Any]:
        """The values by the parameters' names, from all values in the order of their numbers."""
        found: dict[str, Any] = {}
        for name in self.names:
            value = values[int(name[1:])]
            found[name] = f"{value:%Y-%m}" if name[0] == "m" else value
        return found


def prepared(backend: Any, expression: Any) -> PreparedQuery:
    """Compile an expression for a backend; its calls of `parameters` become the engine's own."""
    names = set()

    def replaced(node: sge.Expression) -> sge.Expression:
        letter = _LETTERS.get(node.name) if isinstance(node, sge.Anonymous) else None
        if letter is None:
            return node
        name = f"{letter}{node.expressions[0].name}"
        names.add(name)
        parameter = sge.Parameter(this=sge.Var(this=name))
        return sge.cast(parameter, "date") if letter == "d" else parameter

    # In a copy: Ibis puts one node in several places of its tree, and only one would be changed.
    tree = backend.compiler.to_sqlglot(expression).transform(replaced)
    return PreparedQuery(tree.sql(dialect=backend.dialect), frozenset(names))
