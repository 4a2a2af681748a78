"""One look at the reports: many questions, and the lake's age is asked once; the answers kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from mesodash.lake.engines import Lake
    from mesodash.reports.filters import Filters

Rows = tuple[dict[str, Any], ...]
_REMEMBERED: Final = 512
_ROWS: Final = "rows of"


class Memory:
    """The latest answers, shared between threads; the oldest unused one goes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """What is kept under a key, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, answer: Any) -> None:
        """Keep an answer, and forget the one that was not asked for longest."""
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)

    def __len__(self) -> int:
        """How many answers are kept."""
        return len(self._kept)

    def clear(self) -> None:
        """Forget all."""
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
        """Take what the reader lends.

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
        """The rows of a report if they are remembered and still true; None would take a while."""
        if not self._asked:
            self._asked, self._on = True, self._stand(False)
        if self._on is None:
            return None
        key = (self._on[1], name, filters, by)
        rows: Rows | None = self._memory.get((_ROWS, *key))
        if rows is None and (frame := self._memory.get(key)) is not None:
            rows = tuple(frame.to_dict("records"))
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
        rows = tuple(self._answer(lake, name, filters, by).to_dict("records"))
        if lake.state() == state:  # else another process published in between
            self._memory.keep((_ROWS, state, name, filters, by), rows)
        return rows
