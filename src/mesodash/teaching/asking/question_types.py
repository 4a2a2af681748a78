"""Questions for a learner: a question with its options, and how one is put together.

Each question knows which of its options are right, how many there are, which row it rests on, and
which wrong answers are critical: they fail a case whatever the score.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, TypeVar

from mesodash.catalogue.types import Catalogue, Protocol

OPTIONS: Final = 4
Seen = tuple[float, bool]
"""An effect on a curve: the days it was watched, and whether it had ended then."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class TaughtQuestion:
    """One question with its options.

    Attributes:
        kind: one of KINDS.
        row: the catalogue's row that it is scored by, as `file.code`.
        text: the question.
        options: what can be chosen, in the order shown.
        right: the places in `options` that are right; how many is said where there are several.
        critical: the places whose choice fails a case.
        why: what the row says.
        sources: of that row.
        curve: the effects whose curve is shown with the question; empty for all but that kind.
    """

    kind: str
    row: str
    text: str
    options: tuple[str, ...]
    right: frozenset[int]
    critical: frozenset[int]
    why: str
    sources: tuple[str, ...]
    curve: tuple[Seen, ...] = ()

    def is_right(self, chosen: Iterable[int]) -> bool:
        """Whether exactly the right options were chosen."""
        return frozenset(chosen) == self.right

    def is_critical(self, chosen: Iterable[int]) -> bool:
        """Whether a critical mistake is among those chosen."""
        return not self.critical.isdisjoint(chosen)


@dataclass(frozen=True, slots=True)
class Asked:
    """The subject of a question: a protocol on an area, and the random numbers for its options."""

    catalogue: Catalogue
    protocol: Protocol
    area: str
    sex: str
    chance: Random

    def some(self, options: Sequence[_T]) -> list[_T]:
        """As many of the wrong options as a question takes, in no order."""
        return self.chance.sample(list(options), min(len(options), OPTIONS - 1))

    def make(
        self,
        kind: str,
        row: str,
        text: str,
        right: str,
        wrong: Sequence[str],
        *,
        why: str,
        sources: tuple[str, ...],
        critical: Sequence[str] = (),
    ) -> TaughtQuestion | None:
        """A question with one right option; None where fewer than two wrong ones differ from it."""
        others = [one for one in dict.fromkeys(wrong) if one != right]
        if len(others) < 2:
            return None
        options = [right, *self.some(others)]
        self.chance.shuffle(options)
        return TaughtQuestion(
            kind,
            row,
            text,
            tuple(options),
            frozenset({options.index(right)}),
            frozenset(at for at, one in enumerate(options) if one in critical and one != right),
            why,
            sources,
        )

    def of_protocol(
        self,
        kind: str,
        text: str,
        right: str,
        wrong: Sequence[str],
        why: str,
        critical: Sequence[str] = (),
    ) -> TaughtQuestion | None:
        """A question whose answer is in the protocol's own row; `text` contains {protocol}."""
        p = self.protocol
        text, row = text.format(protocol=p.label), f"protocols.{p.code}"
        return self.make(
            kind, row, text, right, wrong, why=why, sources=p.sources, critical=critical
        )
