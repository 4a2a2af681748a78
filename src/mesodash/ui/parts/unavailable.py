"""A report that cannot be read: its message takes its place, and the rest of the page works."""

from collections.abc import Iterator
from contextlib import contextmanager

from mesodash.lake.errors import LakeError
from mesodash.records.store.errors import RecordError
from mesodash.reports.core.filters import ReportError
from mesodash.ui.parts import markup

UNREAD = (LakeError, ReportError, RecordError)
"""What a report raises where the lake or the file cannot be read; each has a plain message."""


@contextmanager
def showing_failure(title: str) -> Iterator[None]:
    """Run a block that needs a report; if that fails, show the message under `title` instead."""
    try:
        yield
    except UNREAD as error:
        markup.show("empty", title=title, text=str(error))
