"""Saying that a report could not be had, in its place, so that the rest of the page stands."""

from collections.abc import Iterator
from contextlib import contextmanager

from mesodash.lake.errors import LakeError
from mesodash.records.errors import RecordError
from mesodash.reports.filters import ReportError
from mesodash.ui import markup

UNREAD = (LakeError, ReportError, RecordError)
"""What a report raises where the lake or the file cannot be read, each with a plain sentence."""


@contextmanager
def told(title: str) -> Iterator[None]:
    """Draw what needs a report; where that cannot be had, its sentence under `title` instead."""
    try:
        yield
    except UNREAD as error:
        markup.show("empty", title=title, text=str(error))
