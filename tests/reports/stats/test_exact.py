"""Exact intervals and power, against scipy, statsmodels and plain counting in fractions."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from mesodash.reports.stats.exact import binomial_tail, clopper_pearson, detectable, fewest_striking
from mesodash.reports.stats.rates import exact_excess, holm


@pytest.mark.parametrize(
    ("events", "n"), [(0, 1), (1, 1), (0, 40), (7, 40), (34, 37), (40, 40), (16, 105), (3, 20_000)]
)
def test_clopper_pearson_equals_two_libraries(events, n):
    share, low, high = clopper_pearson(events, n)
    by_statsmodels = proportion_confint(events, n, alpha=0.05, method="beta")
    by_scipy = stats.binomtest(events, n).proportion_ci(0.95, method="exact")
    assert share == events / n
    for oracle in (by_statsmodels, (by_scipy.low, by_scipy.high)):
        expected = (0.0 if events == 0 else oracle[0], 1.0 if events == n else oracle[1])
        assert (low, high) == pytest.approx(expected, abs=1e-9)


def test_of_nobody_is_not_known():
    assert all(map(math.isnan, clopper_pearson(0, 0)))


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.0, 1.0))
def test_the_tail_is_scipys(events, n, rate):
    expected = stats.binom.sf(events - 1, n, rate)
    assert binomial_tail(events, n, rate) == pytest.approx(expected, abs=1e-10)


def by_counting(events, n, other_events, other_n):
    """Fisher's test in whole fractions, by its definition."""
    total, ill = n + other_n, events + other_events
    ways = sum(
        math.comb(ill, k) * math.comb(total - ill, n - k) for k in range(events, min(n, ill) + 1)
    )
    return Fraction(ways, math.comb(total, n))


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 90), st.integers(0, 300))
def test_the_exact_test_is_what_counting_gives(events, without, other_events, other_without):
    n, other_n = events + without, other_events + other_without
    if not n:
        return
    expected = by_counting(events, n, other_events, other_n)
    ours = exact_excess(events, n, other_events, other_n)
    assert ours == pytest.approx(float(expected), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(
    ("events", "n", "other_events", "other_n"),
    [(300, 4000, 12_000, 400_000), (66, 140, 8, 3429), (5000, 100_000, 90_000, 2_000_000)],
)
def test_the_exact_test_of_many(events, n, other_events, other_n):
    ours = exact_excess(events, n, other_events, other_n)
    expected = stats.hypergeom.sf(events - 1, n + other_n, events + other_events, n)
    assert ours == pytest.approx(expected, rel=1e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_by_its_definition(p_values):
    m = len(p_values)
    ordered = sorted(p_values)
    expected = [
        max(min(1.0, (m - j) * ordered[j]) for j in range(sorted(p_values).index(p) + 1))
        for p in p_values
    ]
    for ours, wanted, p in zip(holm(p_values), expected, p_values, strict=True):
        if ordered.count(p) == 1:
            assert ours == pytest.approx(wanted, abs=1e-12)


GRID = [
    (30, 2, 90, 0.05 / 6),
    (30, 2, 90, 0.05),
    (200, 40, 3000, 0.05 / 500),
    (14, 67, 2720, 0.05 / 15_000),
    (12, 0, 400, 0.05 / 40),
]


@pytest.mark.parametrize(("n", "other_events", "other_n", "level"), GRID)
def test_the_fewest_striking_is_the_first(n, other_events, other_n, level):
    fewest = fewest_striking(n, other_events, other_n, level)
    p_values = [stats.hypergeom.sf(k - 1, n + other_n, k + other_events, n) for k in range(n + 1)]
    assert fewest == next(k for k, p in enumerate(p_values) if p < level)


@pytest.mark.parametrize(("n", "other_events", "other_n", "level"), GRID)
def test_the_power_at_the_detectable_rate_is_80_per_cent(n, other_events, other_n, level):
    """Every count that may come is tested by scipy, and weighted by scipy's binomial."""
    rate, ratio = detectable(n, other_events, other_n, level)

    def power(at):
        return sum(
            stats.binom.pmf(k, n, at)
            for k in range(n + 1)
            if stats.hypergeom.sf(k - 1, n + other_n, k + other_events, n) < level
        )

    assert power(rate) == pytest.approx(0.8, abs=1e-6)
    assert power(0.95 * rate) < 0.8
    if other_events:
        assert ratio == pytest.approx(rate / (other_events / other_n))
    else:
        assert math.isnan(ratio)


def test_a_group_too_small_to_stand_out_says_so():
    assert fewest_striking(2, 300, 1000, 0.05 / 100) is None
    assert all(map(math.isnan, detectable(2, 300, 1000, 0.05 / 100)))
    assert fewest_striking(0, 3, 10, 0.05) is None


@settings(max_examples=30)
@given(st.integers(1, 80), st.integers(0, 20), st.integers(20, 300))
def test_more_sessions_never_see_less(n, other_events, other_n):
    small, large = (detectable(m, other_events, other_n, 0.01)[0] for m in (n, 4 * n))
    assert math.isnan(small) or large < small
