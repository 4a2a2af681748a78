"""Shrunken ratios: a group's own few cases, weighed against how much groups differ at all.

A small group's raw rate is far from its true one more often than a large group's, so the most
striking of many are mostly small ones by luck. Each group's ratio of observed to expected is drawn
towards 1, the more the fewer it expects and the less the groups differ beyond chance.

Sources: the gamma-Poisson model: Clayton D, Kaldor J, Biometrics 1987;43:671-81; the variance
between groups by moments: Böhning D, et al., Stat Neerl 2002;56:346-64.
"""

import numpy as np
from numpy.typing import ArrayLike

from mesodash.reports.stats.clustering import Array


def variance_between(observed: ArrayLike, expected: ArrayLike) -> float:
    """How much the groups' true ratios vary around 1, beyond what counts vary by chance; 0 or more.

    A count varies by its mean and, if ratios vary, by the square of it times their variance:
    the mean of (O - E)^2 is E + variance E^2.
    """
    seen, usual = np.asarray(observed, float), np.asarray(expected, float)
    squares = float((usual * usual).sum())
    if squares <= 0:
        return 0.0
    return max(float(((seen - usual) ** 2 - usual).sum()) / squares, 0.0)


def shrunken_ratios(observed: ArrayLike, expected: ArrayLike) -> Array:
    """The mean of each group's ratio given its count: (O + a) / (E + a), a = 1 / variance.

    All are 1 where the groups do not differ beyond chance.
    """
    seen, usual = np.asarray(observed, float), np.asarray(expected, float)
    variance = variance_between(seen, usual)
    # Multiplied by the variance, so that none of it is a division by zero.
    ratios: Array = (seen * variance + 1) / (usual * variance + 1)
    return ratios
