"""Marks that call for caution: a fact whose source nobody read, an interval from few patients."""

from typing import Any, Final

from mesodash.catalogue.reading import is_second_hand
from mesodash.catalogue.types import Catalogue
from mesodash.language import N_, _
from mesodash.reports.stats.survival import ENOUGH_FOLLOWED, ENOUGH_PATIENTS

TOLD_MARK: Final = "†"
"""Marks a fact that only web pages give, or whose source was not read; the card explains it."""


MEANING: Final = N_("† told by a page, or not read in its source")


def marked(catalogue: Catalogue, part: str, code: str, text: str) -> str:
    """A row's words, with the mark if nobody read its source."""
    return f"{text} {TOLD_MARK}" if is_second_hand(catalogue, part, code) else text


def has_mark(value: Any, mark: str = TOLD_MARK) -> bool:
    """Whether any text within a template's values has the mark."""
    if isinstance(value, str):
        return mark in value
    if isinstance(value, dict):
        return any(has_mark(one, mark) for one in value.values())
    return isinstance(value, list | tuple) and any(has_mark(one, mark) for one in value)


UNSURE_MARK: Final = "≈"
"""Marks an interval that simulations found to contain the truth less often than it claims."""


def unsure(words: str, *, reliable: bool) -> str:
    """An interval in words, with the mark where it may be too narrow."""
    return words if reliable else f"{words} {UNSURE_MARK}"


def unsure_meaning() -> str:
    """What the mark behind an interval means."""
    return _(
        "≈ fewer than {patients} patients, or fewer than {followed} would still be followed by then"
        " had none ended: the interval may be too narrow."
    ).format(patients=ENOUGH_PATIENTS, followed=ENOUGH_FOLLOWED)
