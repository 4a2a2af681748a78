"""Cover: whether a group was followed up as the others were, so that its rate can be compared.

Patients asked more often report more, those asked less often report less. So a group is
called out only where its cover is that of the others: one that was followed up more may have been
heard of more, and the rate of one that was followed up less rests on those who got in touch by
themselves. Compared are the sessions without the effect, since a patient with one gets in touch by
herself; within the same protocols, like the effects.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

from mesodash.language import N_
from mesodash.reports.core.spec import ReportColumn, alike
from mesodash.reports.stats.clustering import NOT_KNOWN, Z95, Totals, design_effect_within

COVER_COLUMNS: Final = (
    *alike(
        {"followed_share": N_("Followed up"), "other_followed_share": N_("Followed up elsewhere")},
        "float64",
        N_(
            "of the sessions without the effect, the share followed up (a recorded contact or"
            " another visit of the patient) within the days on which the catalogue asks about"
            " anything, of it and of the same protocols elsewhere; only sessions whose days had"
            " passed are counted, so that the last lot is held against no longer a time than the"
            " first"
        ),
        "share",
    ),
    ReportColumn(
        "cover_differs",
        "str",
        N_(
            "more or less, if those shares differ by ten points or more and by more than chance:"
            " such a rate cannot be compared with the others, so it is not called; else empty"
        ),
        label=N_("Cover"),
    ),
)
"""What the reports that compare rates say of it."""
DIFFERENCE_WORDS: Final = {1: "more", -1: "less", 0: None}
"""Of `Cover.difference`."""
POINTS: Final = 0.10
"""Shares followed up that differ by less are alike for comparing rates: a choice of this report."""


@dataclass(frozen=True, slots=True)
class CoverStratum:
    """Sessions without the effect after one protocol, of those whose days to be asked had passed.

    Attributes:
        n, followed: of the group, and how many of them were followed up.
        other_n, other_followed: of the others.
        here, everywhere: the sums over patients of those sessions and of those followed up, with
            the effect or not, of the group and of all together.
    """

    n: int
    followed: int
    other_n: int
    other_followed: int
    here: Totals
    everywhere: Totals


@dataclass(frozen=True, slots=True)
class Cover:
    """The strata of one comparison."""

    strata: tuple[CoverStratum, ...]

    @property
    def n(self) -> int:
        """Sessions of the group without the effect."""
        return sum(one.n for one in self.strata)

    @property
    def share(self) -> float:
        """Of these, the share followed up; NaN if there is none."""
        return sum(one.followed for one in self.strata) / self.n if self.n else NOT_KNOWN

    @property
    def other_share(self) -> float:
        """The share elsewhere, each protocol weighed as here; NaN where nothing is compared."""
        told = [one for one in self.strata if one.n and one.other_n]
        weight = sum(one.n for one in told)
        if not weight:
            return NOT_KNOWN
        return sum(one.n * one.other_followed / one.other_n for one in told) / weight

    @property
    def difference(self) -> int:
        """1 if the group was followed up more than the others, -1 if less, 0 if alike.

        They differ if by ten points or more, and by more than chance (two-sided 5 %, by patient).
        """
        gap = self.share - self.other_share
        if math.isnan(gap) or abs(gap) < POINTS:
            return 0
        return (1 if gap > 0 else -1) if abs(gap) > Z95 * self._error else 0

    @property
    def _error(self) -> float:
        """The standard error of the gap, had both the same share in each protocol."""
        here = design_effect_within([one.here for one in self.strata])
        everywhere = design_effect_within([one.everywhere for one in self.strata])
        variance = 0.0
        for one in self.strata:
            if one.n and one.other_n:
                # One more of each, so that a share of 0 or 1 is not taken for certain.
                p = (one.followed + one.other_followed + 1) / (one.n + one.other_n + 2)
                spread = here / one.n + everywhere / one.other_n
                variance += (one.n / self.n) ** 2 * p * (1 - p) * spread
        return math.sqrt(variance)


def cover_cells(cover: Cover) -> dict[str, Any]:
    """The cells of `COVER_COLUMNS`."""
    return {
        "followed_share": cover.share,
        "other_followed_share": cover.other_share,
        "cover_differs": DIFFERENCE_WORDS[cover.difference],
    }
