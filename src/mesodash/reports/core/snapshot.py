"""A snapshot of the reports: many questions with one check of the lake's state, and their cache."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

from pandas.api.types import is_numeric_dtype

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import pandas as pd

    from mesodash.lake.engines import Lake
    from mesodash.reports.core.filters import Filters

Rows = tuple[dict[str, Any], ...]
_REMEMBERED: Final = 512
_ROWS: Final = "rows of"


def plain_rows(frame: pd.DataFrame) -> Rows:
    """The rows of a report by column; what is missing is None, and NaN only among numbers.

    pandas has NaN for a missing word too, which is neither None nor false: a session without an
    area passed for one with an area of that name.
    """
    words = [name for name in frame.columns if not is_numeric_dtype(frame[name])]
    rows: list[dict[str, Any]] = list(frame.to_dict("records"))  # type: ignore[arg-type]
    for row in rows:
        for name in words:
            if row[name] != row[name]:
                row[name] = None
    return tuple(rows)


class Memory:
    """The latest answers, shared between threads; the oldest unused one goes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """The answer stored under a key, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, answer: Any) -> None:
        """Store an answer, and drop the least recently used one if there are too many."""
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)

    def __len__(self) -> int:
        """How many answers are stored."""
        return len(self._kept)

    def clear(self) -> None:
        """Drop all answers."""
        with self._lock:
            self._kept.clear()


class Look:
    """The reports as of one moment, for one run of a page; made by `Reader.look`.

    What was recorded after the first question is not in the answers of later ones, so that all of
    a page says the same.
    """

    def __init__(
        self,
        memory: Memory,
        *,
        stand: Callable[[bool], tuple[Lake, Hashable] | None],
        answer: Callable[[Lake, str, Filters, tuple[str, ...]], Any],
    ) -> None:
        """Set what the reader provides.

        Args:
            memory: the reader's.
            stand: the up-to-date lake and its state; None where that needs a publish, which it
                does if it is given True.
            answer: asks a report of a lake.
        """
        self._memory, self._stand, self._answer = memory, stand, answer
        self._on: tuple[Lake, Hashable] | None = None
        self._asked = False

    def at_hand(self, name: str, filters: Filters, by: tuple[str, ...]) -> Rows | None:
        """The rows of a report if they are cached and still valid; else None."""
        if not self._asked:
            self._asked, self._on = True, self._stand(False)
        if self._on is None:
            return None
        key = (self._on[1], name, filters, by)
        rows: Rows | None = self._memory.get((_ROWS, *key))
        if rows is None and (frame := self._memory.get(key)) is not None:
            rows = plain_rows(frame)
            self._memory.keep((_ROWS, *key), rows)
        return rows

    def rows(self, name: str, filters: Filters, by: tuple[str, ...]) -> Rows:
        """The rows of a report (its columns by name); publishes what changed, if need be."""
        found = self.at_hand(name, filters, by)
        if found is not None:
            return found
        self._on = self._on or self._stand(True)
        assert self._on is not None  # noqa: S101 - with True it always stands
        lake, state = self._on
        rows = plain_rows(self._answer(lake, name, filters, by))
        if lake.state() == state:  # else another process published in between
            self._memory.keep((_ROWS, state, name, filters, by), rows)
        return rows
