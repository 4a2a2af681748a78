"""Whether something became more frequent lately: a cumulative sum, and the chance of one as high.

The sum adds up, month by month, how many more were seen than usual allows, and begins anew at 0
where that would be negative; what is usual is doubled to be looked for. How likely a sum as high
is, is asked given the number seen in all months together: had nothing changed, each would have
fallen on a month with a chance in proportion to what the month was exposed to. So no rate need be
known beforehand, and the answer is exact but for its draws.

Sources: the sum for Poisson counts: Lucas JM, Technometrics 1985;27:129-44; in health care: Woodall
WH, J Qual Technol 2006;38:89-104. Given the total, counts of several months are multinomial;
Monte Carlo tests are exact: Besag J, Clifford P, Biometrika 1991;78:301-4.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from mesodash.reports.stats.clustering import Array

TIMES: Final = 2.0
"""The sum is designed to detect so many times the usual rate."""
ALLOWED: Final = (TIMES - 1) / math.log(TIMES)
"""The multiple of the expected number that is subtracted, the best for `TIMES` (Lucas 1985)."""

DRAWS: Final = 4999
"""How many series are drawn to compare with; no p-value is below 1 / (this number + 1)."""


@dataclass(frozen=True, slots=True)
class Rise:
    """The value of a sum at the last month.

    Attributes:
        height: the sum; 0 where no more was seen than usual allows.
        since: the first month since the sum was last 0, as an index; None where it is 0.
        seen, expected: in the months since then; in the last month where the sum is 0.
        p_value: the probability of a sum as high, had nothing changed.
    """

    height: float
    since: int | None
    seen: int
    expected: float
    p_value: float


def heights(counts: Array, expected: Array) -> Array:
    """The sum after each month: counts are along the last axis, several series before it."""
    sums = np.zeros(counts.shape)
    height = np.zeros(counts.shape[:-1])
    for month in range(counts.shape[-1]):
        height = np.maximum(0.0, height + counts[..., month] - ALLOWED * expected[month])
        sums[..., month] = height
    return sums


def rise(counts: ArrayLike, exposure: ArrayLike, rng: np.random.Generator) -> Rise:
    """The sum of these counts, and how likely one as high is.

    Args:
        counts: seen in each month.
        exposure: what each month's number is proportional to, had nothing changed.
        rng: draws the series to compare with.
    """
    counts, exposure = np.asarray(counts, float), np.asarray(exposure, float)
    total = int(counts.sum())
    if not total or exposure.sum() <= 0:
        return Rise(0.0, None, 0, 0.0, 1.0)
    shares = exposure / exposure.sum()
    expected = total * shares
    sums = heights(counts, expected)
    height = float(sums[-1])
    if height == 0:
        return Rise(0.0, None, int(counts[-1]), float(expected[-1]), 1.0)
    zero = np.flatnonzero(sums == 0)
    since = int(zero[-1]) + 1 if zero.size else 0
    made = rng.multinomial(total, shares, size=DRAWS).astype(float)
    higher = int((heights(made, expected)[:, -1] >= height - 1e-9).sum())
    return Rise(
        height,
        since,
        int(counts[since:].sum()),
        float(expected[since:].sum()),
        (1 + higher) / (1 + DRAWS),
    )
