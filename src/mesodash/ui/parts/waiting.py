"""Waiting for reports without blocking newer clicks, and for the browser to draw."""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

import streamlit as st

from mesodash.reports.core.filters import Filters
from mesodash.reports.core.snapshot import Look, Rows
from mesodash.ui.shell import context

TURN_S: Final = 0.05
"""Seconds that a run waits before it checks whether a newer run has started."""

DRAWN_S: Final = 0.03
"""Seconds given to the browser to draw what it has before more of the page is sent."""

_T = TypeVar("_T")


class PendingReports:
    """Reports being computed, each once however many runs wait for it; results are not kept."""

    def __init__(self, threads: int = 2) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="report")
        self._lock = threading.RLock()  # a short work is done before its callback is set
        self._under_way: dict[Hashable, Future[object]] = {}

    def ask(self, question: Hashable, work: Callable[[], _T]) -> Future[_T]:
        """The future result; `work` runs in another thread and must not call Streamlit."""
        with self._lock:
            future = self._under_way.get(question)
            if future is None or future.done():
                future = self._under_way[question] = self._pool.submit(work)
                future.add_done_callback(lambda done: self._drop(question, done))
        return future  # type: ignore[return-value] # the same question has the same answer's type

    def _drop(self, question: Hashable, done: Future[object]) -> None:
        with self._lock:
            if self._under_way.get(question) is done:
                del self._under_way[question]


def wait_for(future: Future[_T]) -> _T:
    """The result, once it is there; meanwhile Streamlit may end this run for a newer click.

    Raises:
        Exception: whatever the work raised.
    """
    while True:
        try:
            return future.result(timeout=TURN_S)
        except TimeoutError:
            if future.done():  # then it is the work's own
                return future.result()
            # Streamlit checks for a newer run whenever the session's state is read.
            st.session_state.get("waiting")


def rows(look: Look, name: str, filters: Filters, by: tuple[str, ...]) -> Rows:
    """`Look.rows`, computed in another thread so that a newer click is not held up.

    Raises:
        ReportError, LakeError, RecordError: as `Reader.report`.
    """
    found = look.at_hand(name, filters, by)
    if found is not None:
        return found
    question = (context.clinic(), name, filters, by)
    return wait_for(questions_under_way().ask(question, lambda: look.rows(name, filters, by)))


@cache
def questions_under_way() -> PendingReports:
    """The reports this process is computing, keyed by clinic, report and filters."""
    return PendingReports()


def let_the_browser_draw(seconds: float = DRAWN_S) -> None:
    """Pause between the answer to a click and the rest of the page.

    The browser draws whatever has arrived. If all is sent at once, the answer to a click is seen
    only when the last and heaviest part of the page has been drawn as well.
    """
    time.sleep(seconds)
