"""How far a group's ratio may lie from 1 by chance alone: the limits of a funnel.

Source: Spiegelhalter DJ, Stat Med 2005;24:1185-202.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from mesodash.reports.stats.clustering import Array

INNER: Final = 0.95
OUTER: Final = 0.998
"""Shares of groups within the limits if there were only chance: two and three standard errors."""


def limits(expected: ArrayLike, share: float) -> tuple[Array, Array]:
    """The ratios between which a Poisson count over its mean lies with this probability.

    Between whole numbers the distribution function is drawn on smoothly, so that the limits are
    curves and not steps; the lower one is 0 where even no case is usual.
    """
    usual = np.maximum(np.asarray(expected, float), 1e-9)
    tail = (1 - share) / 2
    low = np.where(np.exp(-usual) >= tail, 0.0, special.pdtrik(tail, usual))
    high = special.pdtrik(1 - tail, usual)
    return low / usual, high / usual
