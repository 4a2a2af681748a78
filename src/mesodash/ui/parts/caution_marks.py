"""Marks that call for caution: a fact whose source nobody read, an interval from few patients."""

from typing import Any, Final

from mesodash.catalogue.reading import is_only_told
from mesodash.catalogue.types import Catalogue
from mesodash.language import N_, _
from mesodash.reports.stats.survival import ENOUGH_PATIENTS, ENOUGH_WATCHED

TOLD_MARK: Final = "†"
"""Behind a fact that only pages tell of, or that was not read; the card says what it means."""


MEANING: Final = N_("† told by a page, or not read in its source")


def marked(catalogue: Catalogue, part: str, code: str, text: str) -> str:
    """A row's words, with the mark if nobody read its source."""
    return f"{text} {TOLD_MARK}" if is_only_told(catalogue, part, code) else text


def has_mark(value: Any, mark: str = TOLD_MARK) -> bool:
    """Whether any text within a template's values has the mark."""
    if isinstance(value, str):
        return mark in value
    if isinstance(value, dict):
        return any(has_mark(one, mark) for one in value.values())
    return isinstance(value, list | tuple) and any(has_mark(one, mark) for one in value)


UNSURE_MARK: Final = "≈"
"""Behind an interval that simulations found to hold the truth less often than it says."""


def unsure(words: str, *, reliable: bool) -> str:
    """An interval in words, with the mark where it may be too narrow."""
    return words if reliable else f"{words} {UNSURE_MARK}"


def unsure_meaning() -> str:
    """What the mark behind an interval means."""
    return _(
        "≈ fewer than {patients} patients, or fewer than {watched} still watched: the interval may"
        " be too narrow."
    ).format(patients=ENOUGH_PATIENTS, watched=ENOUGH_WATCHED)
