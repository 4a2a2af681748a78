"""Limits of a funnel lie about the counts that scipy's Poisson distribution gives."""

import numpy as np
import pytest
from scipy import stats

from mesodash.reports.stats.funnel_limits import limits


@pytest.mark.parametrize("mean", [0.4, 3.0, 25.0, 400.0])
@pytest.mark.parametrize("share", [0.95, 0.998])
def test_limits_lie_about_the_counts_of_scipy(mean, share):
    low, high = (float(one) * mean for one in limits(mean, share))
    below, above = stats.poisson.ppf([(1 - share) / 2, (1 + share) / 2], mean)
    assert above - 1 <= high <= above
    assert max(below - 1, 0) <= low <= below


def test_limits_are_even_where_nothing_is_expected():
    low, high = limits(np.array([0.0]), 0.95)
    assert low[0] == 0
    assert high[0] >= 0
