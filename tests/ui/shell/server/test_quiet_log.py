"""The server's log keeps what went wrong and where, and nothing that was typed."""

import json
import logging
import re
import threading

import pytest
from streamlit import error_util
from streamlit.logger import get_logger

from mesodash.ui.shell.server.quiet_log import LEFT_OUT, describe_error, note, quiet_log

TYPED = "ANNA 1984"


def failed():
    """An error that names a patient, and so do the one it came from and its notes."""
    try:
        return {}[TYPED]
    except KeyError as error:
        error.add_note(TYPED)
        error.__cause__ = ValueError(TYPED)
        return error


class Kept(logging.Handler):
    """Keeps lines as a handler of Streamlit's would write them."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def kept():
    handler = Kept()
    names = ("streamlit.error_util", "asyncio", "uvicorn.error")
    loggers = [get_logger("streamlit.error_util"), *map(logging.getLogger, names[1:])]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler.lines
    for logger in loggers:
        logger.removeHandler(handler)


def speak():
    """Everything that is known to bring values into a log."""
    error_util._LOGGER.error("Uncaught app execution", exc_info=failed())
    error_util._LOGGER.warning("No widget %s, page %d", TYPED, 7)
    error_util._LOGGER.warning("No widget %(name)s", {"name": TYPED})
    error_util._LOGGER.warning(failed())
    logging.getLogger("asyncio").error(TYPED, exc_info=failed())
    logging.getLogger("uvicorn.error").warning("Bad request to /%s", TYPED)


def test_what_went_wrong_and_where_stands_there_and_nothing_typed(kept):
    with quiet_log():
        speak()

    assert [line for line in kept if "ANNA" in line] == []
    where = (
        f"KeyError at server/test_quiet_log.py:{failed.__code__.co_firstlineno + 3} ({LEFT_OUT})"
    )
    assert kept == [
        f"Uncaught app execution: {where}",
        "No widget ..., page 7",
        "No widget ...",
        f"Error: {where}",
        f"asyncio reports a problem ({LEFT_OUT}): {where}",
        f"uvicorn.error reports a problem ({LEFT_OUT})",
    ]


def test_without_it_each_line_names_the_patient(kept):
    with quiet_log():
        pass
    speak()

    assert [TYPED in line for line in kept] == [True] * 6


def test_a_thread_that_ends_says_no_more(capsys):
    def end():
        raise failed()

    with quiet_log():
        thread = threading.Thread(target=end)
        thread.start()
        thread.join()

    said = capsys.readouterr().err
    assert re.search(r": KeyError at [\w.]+/threading\.py:", said)
    assert TYPED not in said


def test_an_error_that_was_never_raised_has_no_line():
    assert describe_error(ValueError(TYPED)) == f"ValueError at no line ({LEFT_OUT})"


@pytest.fixture
def as_json(monkeypatch):
    monkeypatch.setenv("MESODASH_LOG", "json")


def test_each_line_of_json_has_the_same_and_no_more(kept, as_json):
    with quiet_log():
        speak()
        logging.getLogger("uvicorn.error").error("Stopped", extra={"patient": TYPED})
        late = logging.getLogger("streamlit.made_later")
        late.addHandler(handler := Kept())
        late.error("No widget %s", TYPED)

    lines = [json.loads(line) for line in kept + handler.lines]
    assert {tuple(line) for line in lines} == {
        ("time", "level", "logger", "message"),
        ("time", "level", "logger", "message", "error", "places"),
    }
    assert [line["level"] for line in lines] == [
        *("error", "warning", "warning", "warning", "error", "warning", "error", "error")
    ]
    assert lines[0]["error"] == "KeyError"
    assert lines[0]["places"][-1].startswith("server/test_quiet_log.py:")
    assert TYPED not in json.dumps(lines)


def test_after_it_lines_are_text_again(kept, as_json):
    with quiet_log():
        pass
    logging.getLogger("uvicorn.error").error("Stopped")

    assert kept == ["Stopped"]


def test_a_line_of_our_own_carries_its_facts(capsys, as_json):
    note("The day's backup failed: full", level=logging.ERROR, incident="7F3A-91C2")

    line = json.loads(capsys.readouterr().err)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "error",
        "logger": "mesodash",
        "message": "The day's backup failed: full",
        "incident": "7F3A-91C2",
    }
