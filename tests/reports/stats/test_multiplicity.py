"""The false discovery rate against scipy's, and what discrete tests must not cost each other."""

import numpy as np
import pytest
from scipy import stats

from mesodash.reports.stats.exact import exact_excesses
from mesodash.reports.stats.multiplicity import (
    false_discovery,
    looks_that_count,
    smallest_possible,
)
from mesodash.reports.stats.strata import stratified_excesses


@pytest.mark.parametrize("seed", range(4))
def test_where_every_look_can_be_striking_it_is_benjamini_and_hochbergs(seed):
    p = np.random.default_rng(seed).random(40) ** 3
    found = false_discovery(p, np.zeros(40), 0.05)
    np.testing.assert_allclose(found, stats.false_discovery_control(p), rtol=1e-12)


def test_looks_that_cannot_be_striking_cost_nothing():
    p = [0.004, 0.03, 0.5] + [0.6] * 200
    smallest = [1e-6, 1e-6, 1e-6] + [0.2] * 200
    found = false_discovery(p, smallest, 0.05)
    np.testing.assert_allclose(found[:3], stats.false_discovery_control(p[:3]), rtol=1e-12)
    assert set(found[3:]) == {1.0}
    assert looks_that_count(smallest, 0.05) == 3
    assert false_discovery([], [], 0.05) == []


@pytest.mark.parametrize("table", [(3, 10, 1, 40), (0, 5, 6, 20), (2, 2, 0, 9), (4, 9, 8, 9)])
def test_the_smallest_possible_is_that_of_the_fullest_table(table):
    events, n, other, other_n = table
    most = min(n, events + other)
    fullest = (most, n, events + other - most, other_n)
    assert smallest_possible([table]) == pytest.approx(exact_excesses([fullest])[0], rel=1e-9)
    again = smallest_possible([table, (1, 6, 1, 30)])
    both = stratified_excesses([[fullest, (2, 6, 0, 30)]])[0]
    assert again == pytest.approx(both, rel=1e-9)
