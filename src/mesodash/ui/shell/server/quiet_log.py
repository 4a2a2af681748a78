"""What the server's log may contain: fixed words and source locations, never user input."""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mesodash.language import _

LEFT_OUT = "its words are left out, as they could name a patient"
_HIDDEN = "..."
# Streamlit's own messages are fixed words with places for values; others put values in themselves.
_FIXED_WORDS = "streamlit"


def describe_error(error: BaseException) -> str:
    """An exception without its message: its type and its traceback, innermost line last.

    An exception's message often contains the wrong value, as that of a KeyError does, and so may
    that of its cause. Neither is logged.
    """
    places = [
        f"{'/'.join(Path(frame.f_code.co_filename).parts[-2:])}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return f"{type(error).__qualname__} at {' > '.join(places) or 'no line'} ({LEFT_OUT})"


def _hidden(value: Any) -> Any:
    return value if isinstance(value, int | float) else _HIDDEN


def _without_values(args: Any) -> Any:
    """The values for a message: numbers unchanged, anything else as dots."""
    if isinstance(args, Mapping):
        return {name: _hidden(value) for name, value in args.items()}
    return tuple(_hidden(value) for value in args or ())


def record_without_values(*given: Any, **named: Any) -> logging.LogRecord:
    """Make a log record as the standard library does, without exceptions' messages and values."""
    record = logging.LogRecord(*given, **named)
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(record.msg, BaseException):
        error, record.msg, record.args = record.msg, "Error", ()
    if record.name.partition(".")[0] == _FIXED_WORDS:
        record.args = _without_values(record.args)
    elif error is not None or record.levelno >= logging.WARNING:
        record.msg, record.args = f"{record.name} reports a problem ({LEFT_OUT})", ()
    if error is not None:
        record.msg = f"{record.msg}: {describe_error(error)}"
    record.exc_info = record.exc_text = None
    return record


def note(sentence: str) -> None:
    """Write a line of our own, which holds nothing that a person entered, to the server's log."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _thread_ended(what: threading.ExceptHookArgs) -> None:
    if what.exc_value is not None and what.exc_type is not SystemExit:
        sys.stderr.write(
            _("A thread ended: {error}\n").format(error=describe_error(what.exc_value))
        )
        sys.stderr.flush()


@contextmanager
def quiet_log() -> Iterator[None]:
    """Keep user input out of all logs of this process, including those of failing threads."""
    records, threads = logging.getLogRecordFactory(), threading.excepthook
    logging.setLogRecordFactory(record_without_values)
    threading.excepthook = _thread_ended
    try:
        yield
    finally:
        logging.setLogRecordFactory(records)
        threading.excepthook = threads
