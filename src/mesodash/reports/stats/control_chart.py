"""The usual variation of a count by month: an individuals chart, as used for quality control.

Sources: Shewhart WA, Economic Control of Quality of Manufactured Product, 1931; Wheeler DJ,
Chambers DS, Understanding Statistical Process Control, 2nd ed. 1992, chapter 3 (individuals and
moving ranges, factor 2.66 = 3 / 1.128); Nelson LS, J Qual Technol 1984;16:237-9 (rules 1 and 2,
here with eight on one side, as in Western Electric's handbook).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

FEWEST = 8
"""The fewest earlier months from which the usual variation can be estimated."""

RUN = 8
"""How many in a row on one side of the mean are a change, however small each is."""

_OF_THE_MOVING_RANGE = 2.66

Change = Literal["above", "below", "usual", "rising", "falling"]


@dataclass(frozen=True, slots=True)
class UsualVariation:
    """What a month is compared with.

    Attributes:
        mean: of the earlier months.
        low, high: the limits, mean -/+ 2.66 times the mean moving range; `low` not below 0.
        months: how many earlier months they rest on.
    """

    mean: float
    low: float
    high: float
    months: int


def usual_variation(earlier: Sequence[float]) -> UsualVariation | None:
    """The usual variation of earlier months, oldest first; None from fewer than `FEWEST`."""
    if len(earlier) < FEWEST:
        return None
    counts = np.asarray(earlier, dtype="float64")
    mean = float(counts.mean())
    reach = _OF_THE_MOVING_RANGE * float(np.abs(np.diff(counts)).mean())
    return UsualVariation(mean, max(mean - reach, 0.0), mean + reach, len(earlier))


def change_of(count: float, earlier: Sequence[float]) -> Change | None:
    """What a month's count is beside the earlier ones (oldest first); None if they are too few.

    `above` or `below`: outside the limits. `rising` or `falling`: within them, but the last of
    `RUN` months in a row above, or below, the mean of all earlier months. Else `usual`.
    """
    band = usual_variation(earlier)
    if band is None:
        return None
    if count > band.high:
        return "above"
    if count < band.low:
        return "below"
    last = [*earlier, count][-RUN:]
    if all(one > band.mean for one in last):
        return "rising"
    if all(one < band.mean for one in last):
        return "falling"
    return "usual"
