"""Correction for many comparisons: the false discovery rate of discrete tests.

An exact test of a small group cannot become striking, whatever happens; such looks must not make
the others pay for them. Sources: Benjamini Y, Hochberg Y, JRSS B 1995;57:289-300 (the rate holds
under the positive dependence of one-sided tests: Benjamini & Yekutieli, Ann Stat 2001;29:1165-88).
Leaving out what could not reach the level: Tarone RE, Biometrics 1990;46:515-22; with the false
discovery rate: Gilbert PB, Appl Stat 2005;54:143-58.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
Table = tuple[int, int, int, int]


def smallest_possible(strata: Sequence[Table]) -> float:
    """The smallest p-value that a one-sided exact test of these tables could have had.

    All events that can be in the group are in it; in several strata the product.

    Args:
        strata: events, n, other_events, other_n of each.
    """
    log = 0.0
    for events, n, other_events, other_n in strata:
        total, every = n + other_n, events + other_events
        most = min(n, every)
        log += float(_log_choose(every, most) + _log_choose(total - every, n - most))
        log -= float(_log_choose(total, n))
    return min(float(np.exp(log)), 1.0)


def _log_choose(of: int, some: int) -> float:
    return float(
        special.gammaln(of + 1) - special.gammaln(some + 1) - special.gammaln(of - some + 1)
    )


def looks_that_count(smallest: Sequence[float], level: float) -> int:
    """For how many looks a correction must pay: the least k with no more than k looks whose
    smallest possible p-value is below level / k (Tarone's number); at least 1.
    """  # noqa: D205
    sizes = np.sort(np.asarray(smallest, float))
    for k in range(1, sizes.size + 1):
        if np.searchsorted(sizes, level / k, side="left") <= k:
            return k
    return max(sizes.size, 1)


def false_discovery(
    p_values: Sequence[float], smallest: Sequence[float], level: float
) -> list[float]:
    """Adjusted p-values: the false discovery rate at which each look would be called, in order.

    Looks that could never have been called at `level` are 1 and cost the others nothing.

    Args:
        p_values: of the looks.
        smallest: the smallest p-value that each could have had.
        level: the rate wanted.
    """
    p, least = np.asarray(p_values, float), np.asarray(smallest, float)
    adjusted = np.ones(p.size)
    able = np.flatnonzero(least < level / looks_that_count(smallest, level))
    if able.size:
        order = able[np.argsort(p[able], kind="stable")]
        raw = p[order] * able.size / np.arange(1, able.size + 1)
        adjusted[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    found: list[float] = adjusted.tolist()
    return found
