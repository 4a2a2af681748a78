"""A report under way holds nobody up who has clicked on."""

import threading

import pytest
import streamlit as st

from mesodash.ui.parts import waiting


class OvertakenError(BaseException):
    """As Streamlit ends a run: past `Exception`."""


class State(dict):
    """A session state that lets a newer run overtake at the second look."""

    looks = 0

    def get(self, key, default=None):
        self.looks += 1
        if self.looks == 2:
            raise OvertakenError
        return super().get(key, default)


def test_a_newer_run_overtakes_while_the_work_goes_on(monkeypatch):
    goes_on, asked = threading.Event(), waiting.PendingReports()
    monkeypatch.setattr(st, "session_state", State())
    future = asked.ask("slow", lambda: goes_on.wait(60))
    with pytest.raises(OvertakenError):
        waiting.wait_for(future)
    assert not future.done()
    # Another question is answered meanwhile.
    assert asked.ask("quick", lambda: "there").result(60) == "there"
    goes_on.set()
    assert waiting.wait_for(future) is True


def test_the_same_question_is_asked_once_while_it_is_under_way():
    goes_on, asked, times = threading.Event(), waiting.PendingReports(), []

    def work():
        times.append(1)
        goes_on.wait(60)
        return len(times)

    first, second = asked.ask("same", work), asked.ask("same", work)
    goes_on.set()
    assert (first.result(60), second.result(60), times) == (1, 1, [1])


def test_a_question_that_was_answered_is_asked_anew():
    asked = waiting.PendingReports()
    answers = [asked.ask("again", lambda n=n: n).result(60) for n in range(20)]
    assert answers == list(range(20))


@pytest.mark.parametrize("error", [ValueError("no lake"), TimeoutError("of the work itself")])
def test_what_goes_wrong_is_raised_to_who_waits(error):
    def work():
        raise error

    with pytest.raises(type(error), match=str(error)):
        waiting.wait_for(waiting.PendingReports().ask("wrong", work))
