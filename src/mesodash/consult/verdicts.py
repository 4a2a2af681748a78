"""What a screening says: the levels, their words, and a verdict with its reasons."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from mesodash.language import N_

Level = Literal["offered", "caution", "unknown", "excluded", "banned", "stop"]

LEVELS: Final[tuple[Level, ...]] = (
    "offered", "caution", "unknown", "excluded", "banned", "stop",
)  # fmt: skip
"""Mildest first; a verdict has the worst of its reasons."""

BLOCKED: Final = frozenset({"excluded", "banned", "stop"})
"""What may not be planned."""

LEVEL_WORDS: Final[dict[Level, str]] = {
    "offered": N_("Nothing argues against it"),
    "caution": N_("With care"),
    "unknown": N_("Ask first"),
    "excluded": N_("Not for this patient"),
    "banned": N_("Not allowed in this country"),
    "stop": N_("Stop and refer"),
}

Weight = Literal["absolute", "relative", "caution", "stop", "banned", "unknown", "note"]

WEIGHT_WORDS: Final[dict[Weight, str]] = {
    "absolute": N_("Do not treat"),
    "relative": N_("Weigh it"),
    "caution": N_("Take care"),
    "stop": N_("Stop and refer"),
    "banned": N_("Not allowed"),
    "unknown": N_("Ask first"),
    "note": N_("Note"),
}

_LEVEL_OF: Final[dict[Weight, Level]] = {
    "absolute": "excluded",
    "relative": "caution",
    "caution": "caution",
    "stop": "stop",
    "banned": "banned",
    "unknown": "unknown",
    "note": "offered",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is what it is.

    Attributes:
        code: of the contraindication, question, component or regulation; or `sex`,
            `country_unknown`, `unanswered`.
        weight: how much it weighs in the catalogue; WEIGHT_WORDS says it.
        sentence: plain words, a whole sentence.
        action: what to do, if the treatment must stop; None otherwise.
        question: the question answered with yes; None if nothing was asked.
        answered_on: when that yes was said or confirmed; None if the record says it.
        sources: keys of sources.csv.
    """

    code: str
    weight: Weight
    sentence: str
    action: str | None = None
    question: str | None = None
    answered_on: date | None = None
    sources: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """What this reason alone makes of a protocol."""
        return _LEVEL_OF[self.weight]


@dataclass(frozen=True, slots=True)
class ScreeningVerdict:
    """What may be done with one protocol in one area.

    Attributes:
        level: the worst of the reasons; LEVEL_WORDS says it.
        reasons: worst first.
        notes: what the country says that does not change the level (off-label, approved, a device).
        unanswered: codes of the questions still to be asked or confirmed, in their order.
    """

    protocol: str
    area: str
    level: Level
    reasons: tuple[Reason, ...]
    notes: tuple[Reason, ...]
    unanswered: tuple[str, ...]

    @property
    def blocked(self) -> bool:
        """Whether it may not be planned."""
        return self.level in BLOCKED
