"""Waiting: for a report without holding its visitor up, and for the browser to draw what it has."""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

import streamlit as st

from mesodash.reports.filters import Filters
from mesodash.reports.look import Look, Rows
from mesodash.ui import access

TURN_S: Final = 0.05
"""How long a run waits before it lets a newer one overtake it."""

DRAWN_S: Final = 0.03
"""How long a browser has to begin with what it was sent before more of the page follows."""

_T = TypeVar("_T")


class Asked:
    """Questions under way, each asked once however many wait for it. Nothing is kept of answers."""

    def __init__(self, threads: int = 2) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="report")
        self._lock = threading.RLock()  # a short work is done before its callback is set
        self._under_way: dict[Hashable, Future[object]] = {}

    def ask(self, question: Hashable, work: Callable[[], _T]) -> Future[_T]:
        """The answer to come; `work` runs in another thread, so it calls nothing of Streamlit."""
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
    """What comes of it. Between turns Streamlit may end this run, as for a newer click.

    Raises:
        Exception: whatever the work raised.
    """
    while True:
        try:
            return future.result(timeout=TURN_S)
        except TimeoutError:
            if future.done():  # then it is the work's own
                return future.result()
            # Reading the state is where Streamlit looks whether a newer run waits.
            st.session_state.get("waiting")


def rows(look: Look, name: str, filters: Filters, by: tuple[str, ...]) -> Rows:
    """`Look.rows`; while it takes its time, a newer click is not held up.

    Raises:
        ReportError, LakeError, RecordError: as `Reader.report`.
    """
    found = look.at_hand(name, filters, by)
    if found is not None:
        return found
    question = (access.clinic(), name, filters, by)
    return wait_for(questions_under_way().ask(question, lambda: look.rows(name, filters, by)))


@cache
def questions_under_way() -> Asked:
    """The process's questions. Each is named by its clinic and all its filters; no answer stays."""
    return Asked()


def let_the_browser_draw() -> None:
    """Wait a moment between what a click asked for and what merely follows from it.

    The browser begins to draw anew with whatever arrives meanwhile: sent in one go, the answer to a
    click stands there only when the last and heaviest part of the page is drawn as well.
    """
    time.sleep(DRAWN_S)
