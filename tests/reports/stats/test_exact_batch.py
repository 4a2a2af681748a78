"""Many exact tests at once give what one at a time gives, and what an independent library gives."""

import numpy as np
import pytest
from scipy import stats

from mesodash.reports.stats.exact import exact_excesses
from mesodash.reports.stats.rates import exact_excess


def drawn(seed, highest):
    rng = np.random.default_rng(seed)
    tables = []
    for _ in range(300):
        n, other_n = rng.integers(0, highest + 1, 2).tolist()
        rate = rng.choice([0, 0.001, 0.02, 0.3, 0.99, 1])
        other_rate = rng.choice([rate, rate / 2, min(1, 2 * rate), rng.random()])
        events, other = rng.binomial(n, rate), rng.binomial(other_n, other_rate)
        tables.append((int(events), n, int(other), other_n))
    return tables


@pytest.mark.parametrize("highest", [3, 40, 2_000, 900_000])
def test_the_same_as_one_at_a_time(highest):
    tables = drawn(highest, highest)
    ours = exact_excesses(tables)
    assert ours == pytest.approx([exact_excess(*table) for table in tables], rel=1e-13, abs=1e-15)
    assert all(0 <= p <= 1 for p in ours)
    assert len(set(ours)) > 5  # a blind test would compare equal constants


@pytest.mark.parametrize("highest", [40, 2_000])
def test_as_scipy_has_it(highest):
    tables = drawn(highest + 1, highest)
    expected = [
        stats.hypergeom.sf(k - 1, n + other_n, k + other, n) for k, n, other, other_n in tables
    ]
    assert exact_excesses(tables) == pytest.approx(expected, rel=1e-8, abs=1e-12)


def test_no_tables():
    assert exact_excesses([]) == []
