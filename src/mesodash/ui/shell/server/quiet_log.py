"""What the server's log may contain: fixed words and source locations, never user input.

With `MESODASH_LOG=json` each line is a JSON object: `time` (UTC), `level`, `logger`, `message` and,
where there are some, `error` (an exception's type), `places` (lines of the source, innermost last)
and `incident` (the number that a person was given).
"""

import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from mesodash.language import _
from mesodash.settings import log_is_json

LEFT_OUT = "its words are left out, as they could name a patient"
_HIDDEN = "..."
# Streamlit's own messages are fixed words with places for values; others put values in themselves.
_FIXED_WORDS = "streamlit"


def describe_error(error: BaseException) -> str:
    """An exception without its message: its type and its traceback, innermost line last.

    An exception's message often contains the wrong value, as that of a KeyError does, and so may
    that of its cause. Neither is logged.
    """
    facts = facts_of(error)
    return f"{facts['error']} at {' > '.join(facts['places']) or 'no line'} ({LEFT_OUT})"


def facts_of(error: BaseException) -> dict[str, Any]:
    """What a line of JSON says of an exception: its type, and the lines it passed."""
    places = [
        f"{'/'.join(Path(frame.f_code.co_filename).parts[-2:])}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return {"error": type(error).__qualname__, "places": places}


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
        record.mesodash_facts = facts_of(error)
    record.exc_info = record.exc_text = None
    return record


class JsonLines(logging.Formatter):
    """Writes a record as a line of JSON: the fields above and no others.

    What a caller gives a record as `extra` is left out, as it could name a patient.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        made_at = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": made_at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        return json.dumps(line | getattr(record, "mesodash_facts", {}), ensure_ascii=False)


_JSON_LINES: Final = JsonLines()


class _JsonLogger(logging.Logger):
    """A logger whose handlers write lines of JSON, whatever they were given."""

    def addHandler(self, hdlr: logging.Handler) -> None:  # noqa: N802 - logging's own name
        hdlr.setFormatter(_JSON_LINES)
        super().addHandler(hdlr)


def note(sentence: str, *, level: int = logging.INFO, **facts: Any) -> None:
    """Write a line of our own, which holds nothing that a person entered, to the server's log.

    Args:
        sentence: the line.
        level: of the logging module.
        facts: further fields of a line of JSON.
    """
    if log_is_json():
        record = logging.LogRecord("mesodash", level, "", 0, sentence, None, None)
        record.mesodash_facts = facts
        sentence = _JSON_LINES.format(record)
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _thread_ended(what: threading.ExceptHookArgs) -> None:
    if what.exc_value is not None and what.exc_type is not SystemExit:
        note(
            _("A thread ended: {error}").format(error=describe_error(what.exc_value)),
            level=logging.ERROR,
            **facts_of(what.exc_value),
        )


def _loggers() -> Iterator[logging.Logger]:
    yield logging.getLogger()
    for one in tuple(logging.Logger.manager.loggerDict.values()):
        if isinstance(one, logging.Logger):
            yield one


@contextmanager
def _json_lines() -> Iterator[None]:
    """Let all handlers of this process, and those to come, write lines of JSON."""
    before = {handler: handler.formatter for one in _loggers() for handler in one.handlers}
    kind = logging.getLoggerClass()
    for handler in before:
        handler.setFormatter(_JSON_LINES)
    logging.setLoggerClass(_JsonLogger)
    try:
        yield
    finally:
        logging.setLoggerClass(kind)
        for handler, formatter in before.items():
            handler.setFormatter(formatter)


@contextmanager
def quiet_log() -> Iterator[None]:
    """Keep user input out of all logs of this process, including those of failing threads."""
    records, threads = logging.getLogRecordFactory(), threading.excepthook
    logging.setLogRecordFactory(record_without_values)
    threading.excepthook = _thread_ended
    try:
        with _json_lines() if log_is_json() else nullcontext():
            yield
    finally:
        logging.setLogRecordFactory(records)
        threading.excepthook = threads
