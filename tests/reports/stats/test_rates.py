"""Rates against statsmodels and scipy, to 1e-12 (the exact test to 1e-10, relative)."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from mesodash.reports.stats.rates import exact_excess, holm, wilson


@pytest.mark.parametrize(("events", "n"), [(0, 1), (1, 1), (0, 40), (7, 40), (34, 37), (40, 40)])
def test_wilson(events, n):
    share, low, high = wilson(events, n)
    expected = proportion_confint(events, n, alpha=0.05, method="wilson")
    assert share == events / n
    assert (low, high) == pytest.approx(expected, abs=1e-12)


def test_wilson_of_nobody_is_not_known():
    assert all(map(math.isnan, wilson(0, 0)))


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 400), st.integers(0, 4000))
def test_exact_excess(events, without, other_events, other_without):
    n, other_n = events + without, other_events + other_without
    ours = exact_excess(events, n, other_events, other_n)
    if not n or not other_n or not events + other_events:
        assert ours == pytest.approx(1.0)
        return
    table = [[events, without], [other_events, other_without]]
    expected = stats.fisher_exact(table, alternative="greater").pvalue
    assert ours == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_an_outbreak_stands_out():
    # France 2007: 16 of 105 treated fell ill; no case elsewhere in the same practice's records.
    assert exact_excess(16, 105, 0, 400) < 1e-10
    assert exact_excess(1, 105, 4, 400) > 0.5


@pytest.mark.slow
@settings(max_examples=30)  # the other one takes long over each
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm(p_values):
    expected = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == pytest.approx(list(expected), abs=1e-12)


def test_holm_of_nothing():
    assert holm([]) == []
