"""The cumulative sum and its p-value: by hand, by full enumeration, and where nothing changed."""

from itertools import product

import numpy as np
import pytest

from mesodash.reports.stats.cusum import ALLOWED, DRAWS, heights, rise


def by_hand(counts, expected):
    height, sums = 0.0, []
    for seen, usual in zip(counts, expected, strict=True):
        height = max(0.0, height + seen - usual / np.log(2))
        sums.append(height)
    return sums


def test_the_sum_begins_anew_at_zero():
    counts, expected = np.array([0.0, 3, 0, 0, 4, 5]), np.full(6, 2.0)
    assert heights(counts, expected).tolist() == pytest.approx(by_hand(counts, expected))
    found = rise(counts, np.ones(6), np.random.default_rng(1))
    assert (found.since, found.seen, found.expected) == (4, 9, 4.0)
    assert found.height == pytest.approx(9 - 2 * ALLOWED * 2)


@pytest.mark.parametrize("counts", [(0, 0, 5), (1, 0, 3), (0, 2, 2)])
def test_the_chance_is_that_of_all_ways_the_same_number_may_fall(counts):
    exposure = np.array([1.0, 2.0, 1.5])
    shares, total = exposure / exposure.sum(), sum(counts)
    observed = by_hand(counts, total * shares)[-1]
    exact = sum(
        np.prod(shares[list(fall)])
        for fall in product(range(3), repeat=total)
        if by_hand(np.bincount(fall, minlength=3), total * shares)[-1] >= observed - 1e-9
    )
    found = rise(counts, exposure, np.random.default_rng(2)).p_value
    error = np.sqrt(exact * (1 - exact) / DRAWS)
    assert found == pytest.approx(exact, abs=4 * error + 2 / DRAWS)


def test_nothing_seen_and_nothing_rising():
    rng = np.random.default_rng(3)
    assert rise([0, 0, 0], [1, 1, 1], rng).p_value == 1
    falling = rise([9, 3, 0], [1, 1, 1], rng)
    assert (falling.height, falling.since, falling.p_value, falling.seen) == (0, None, 1, 0)


def test_what_does_not_change_is_seldom_striking():
    rng = np.random.default_rng(4)
    striking = [
        rise(rng.multinomial(30, np.full(12, 1 / 12)), np.ones(12), rng).p_value < 0.05
        for _ in range(200)
    ]
    assert np.mean(striking) < 0.11  # 0.05, but for the draws
