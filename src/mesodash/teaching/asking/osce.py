"""A checklist for an observer: what a learner demonstrates, and what must not be missed.

A critical item that was not shown fails the station, whatever the share of the others.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from mesodash.teaching.lesson import Lesson
from mesodash.teaching.statements import Statement

PASS_SHARE: Final = 0.8
_LEFT_OUT: Final = frozenset({("who", "plain"), ("expect", "plain"), ("consent", "plain")})


@dataclass(frozen=True, slots=True)
class ObservedItem:
    """One item to observe: its number from 1, the step, what, and whether it is critical."""

    number: int
    step: str
    text: str
    critical: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObservedScore:
    """How a station went: items shown, of how many, and the critical ones that were missed."""

    shown: int
    of: int
    missed: tuple[int, ...]

    @property
    def passed(self) -> bool:
        """PASS_SHARE of the items, and no critical one missed."""
        return not self.missed and self.shown >= PASS_SHARE * self.of


def checklist(lesson: Lesson) -> tuple[ObservedItem, ...]:
    """What to observe of a lesson, in its order; what no source says is not on the list."""
    kept = [
        (step.title, one)
        for step in lesson.steps
        for one in step.statements
        if one.tone != "unknown" and (step.code, one.tone) not in _LEFT_OUT
    ]
    return tuple(
        ObservedItem(number, title, _words(one), one.tone == "stop", one.sources)
        for number, (title, one) in enumerate(kept, start=1)
    )


def _words(one: Statement) -> str:
    return f"{one.text}: {'; '.join(one.lines)}" if one.lines else one.text


def observed(items: Collection[ObservedItem], shown: Collection[int]) -> ObservedScore:
    """Score a station by the numbers of the items that were shown."""
    missed = tuple(one.number for one in items if one.critical and one.number not in shown)
    return ObservedScore(sum(one.number in shown for one in items), len(items), missed)
