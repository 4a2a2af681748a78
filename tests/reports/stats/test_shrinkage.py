"""Shrunken ratios: by their formula, against the truth, and where nothing differs."""

import numpy as np
import pytest

from mesodash.reports.stats.shrinkage import shrunken_ratios, variance_between


def test_by_hand():
    observed, expected = [4, 0, 9], [2.0, 1.0, 9.0]
    variance = ((4 - 2) ** 2 - 2 + 1 - 1 + 0 - 9) / (4 + 1 + 81)
    assert variance_between(observed, expected) == max(variance, 0) == 0
    assert shrunken_ratios(observed, expected).tolist() == [1, 1, 1]
    observed = [12, 0, 9]
    variance = ((12 - 2) ** 2 - 2 + 0 - 9) / (4 + 1 + 81)
    assert variance_between(observed, expected) == pytest.approx(variance)
    a = 1 / variance
    assert shrunken_ratios(observed, expected).tolist() == pytest.approx(
        [(12 + a) / (2 + a), a / (1 + a), 1]
    )


def test_nearer_to_the_truth_than_raw_ones():
    rng = np.random.default_rng(1)
    true = rng.gamma(4, 1 / 4, 2000)
    expected = rng.uniform(0.5, 6, 2000)
    observed = rng.poisson(true * expected)
    assert variance_between(observed, expected) == pytest.approx(0.25, abs=0.05)
    shrunken = np.mean((shrunken_ratios(observed, expected) - true) ** 2)
    assert shrunken < 0.6 * np.mean((observed / expected - true) ** 2)


def test_none_expected_is_no_ratio_of_its_own():
    assert shrunken_ratios([0, 1], [0.0, 0.0]).tolist() == [1, 1]
