"""Shares and rates by patient against statsmodels' cluster-robust models; what must always hold."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mesodash.reports.stats.clustering import (
    Totals,
    design_effect_within,
    greenwood,
    mean,
    patient_sums,
    rate,
    share,
)


def made(seed, patients=40):
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 8, patients)
    return rng.binomial(n, rng.beta(1, 2, patients)), n


@pytest.mark.parametrize("seed", range(5))
def test_the_variance_of_a_rate_is_that_of_a_clustered_poisson_model(seed):
    x, n = made(seed)
    rows = sm.GLM(x, np.ones_like(x), family=sm.families.Poisson(), offset=np.log(n)).fit(
        cov_type="cluster", cov_kwds={"groups": np.arange(x.size)}, tol=1e-14
    )
    found = Totals.of(x, n)
    assert math.isclose(found.ratio, math.exp(rows.params[0]), rel_tol=1e-9)
    # log's variance by the delta method
    assert math.isclose(found.variance / found.ratio**2, rows.cov_params()[0, 0], rel_tol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_variance_of_a_share_is_that_of_a_clustered_regression(seed):
    x, n = made(seed)
    who = np.repeat(np.arange(x.size), n)
    hit = np.concatenate([np.arange(k) < some for some, k in zip(x, n, strict=True)]).astype(float)
    rows = sm.OLS(hit, np.ones_like(hit)).fit(cov_type="cluster", cov_kwds={"groups": who})
    found = Totals.of(x, n)
    assert math.isclose(found.ratio, rows.params[0], rel_tol=1e-9)
    assert math.isclose(found.variance, rows.cov_params()[0, 0], rel_tol=1e-9)


def test_clinics_add_up():
    x, n = made(9)
    parts = Totals.of(x[:13], n[:13]) + Totals.of(x[13:], n[13:])
    whole = Totals.of(x, n)
    for name in ("patients", "x", "n", "xx", "xn", "nn"):
        assert getattr(parts, name) == getattr(whole, name)
    assert share(parts) == share(whole)


def test_patients_that_are_wholly_alike_count_once():
    n = np.full(30, 6)
    alike = share(Totals.of(np.where(np.arange(30) < 12, 6, 0), n))
    single = share(Totals.of(np.arange(30) < 12, np.ones(30)))
    # 30/29, the factor between patients, is all that is left between the two
    np.testing.assert_allclose(alike, single, atol=0.01)
    ignoring = share(Totals.of(np.arange(180) < 72, np.ones(180)))
    assert alike[2] - alike[1] > 2 * (ignoring[2] - ignoring[1])


def test_none_and_all_have_an_interval_that_counts_patients():
    n = np.full(20, 5)
    none, every = share(Totals.of(np.zeros(20), n)), share(Totals.of(n, n))
    assert none[:2] == (0.0, 0.0)
    assert every[0] == every[2] == 1.0
    t = stats.t.ppf(0.975, 19) ** 2
    assert math.isclose(none[2], t / (20 + t), rel_tol=1e-9)
    assert math.isclose(every[1], 20 / (20 + t), rel_tol=1e-9)
    _, low, high = rate(Totals.of(np.zeros(20), n))
    assert low == 0
    assert math.isclose(high, -math.log(0.025) / 20, rel_tol=1e-9)


def test_one_session_a_patient_is_the_exact_poisson_interval():
    x = np.append(np.zeros(60), np.full(8, 1))
    found = Totals.of(x, np.ones(68))
    effect = found.design_effect(found.ratio / found.n)
    assert effect == 1.0  # less than a Poisson's spread is not believed
    value, low, high = rate(found)
    assert value == 8 / 68
    assert math.isclose(low, stats.chi2.ppf(0.025, 16) / 2 / 68, rel_tol=1e-9)
    assert math.isclose(high, stats.chi2.ppf(0.975, 18) / 2 / 68, rel_tol=1e-9)


def test_nothing_counted_is_not_known():
    nothing = Totals.of([], [])
    assert all(map(math.isnan, (*share(nothing), *rate(nothing), *mean(nothing))))


def test_a_mean_of_one_value_a_patient_has_the_t_interval():
    values = np.random.default_rng(4).normal(-2, 3, 37)
    expected = stats.t.interval(0.95, 36, values.mean(), stats.sem(values))
    found = mean(Totals.of(values, np.ones(37)))
    np.testing.assert_allclose(found, (values.mean(), *expected), rtol=1e-9)
    alone = mean(Totals.of([4.0], [1]))
    assert alone[0] == 4.0
    assert all(map(math.isnan, alone[1:]))


def test_a_mean_of_several_values_a_patient_is_that_of_a_clustered_regression():
    rng = np.random.default_rng(5)
    who = np.sort(rng.integers(0, 25, 90))
    values = rng.normal(0, 1, 90) + rng.normal(0, 1, 25)[who]
    rows = sm.OLS(values, np.ones(90)).fit(cov_type="cluster", cov_kwds={"groups": who})
    found = Totals.of(np.bincount(who, values, 25), np.bincount(who, minlength=25))
    assert math.isclose(found.ratio, rows.params[0], rel_tol=1e-9)
    assert math.isclose(found.variance, rows.cov_params()[0, 0], rel_tol=1e-9)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40).filter(
        lambda rows: any(b for _, b in rows)
    )
)
def test_an_interval_holds_its_share(rows):
    n = np.array([max(a, b) for a, b in rows])
    x = np.array([min(a, b) for a, b in rows])
    value, low, high = share(Totals.of(x, n))
    assert 0 <= low <= value + 1e-12
    assert value - 1e-12 <= high <= 1
    value, low, high = rate(Totals.of(x, n))
    assert 0 <= low <= value + 1e-12 <= high + 2e-12


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 9), st.booleans()), min_size=1, max_size=60
    )
)
def test_the_sums_are_those_of_the_definition(rows):
    """Every patient's influence, written down as the contract has it, squared and added."""
    who, days, over = (np.array(column) for column in zip(*rows, strict=True))
    grid, place = np.unique(days, return_inverse=True)
    ended = np.bincount(place, over.astype(float))
    at_risk = np.array([(days >= t).sum() for t in grid], float)
    sums = patient_sums(who, place, over, ~over, at_risk=at_risk, all_ended=ended)
    found = sums.variance_of_log(greenwood(at_risk, ended))
    for index, t in enumerate(grid):
        if (ended[: index + 1] == at_risk[: index + 1]).any():
            break  # S is 0
        total = 0.0
        for patient in set(who.tolist()):
            own = who == patient
            influence = 0.0
            for s, d, y in zip(grid, ended, at_risk, strict=True):
                if s <= t:
                    gone = (own & over & (days == s)).sum()
                    watched = (own & (days >= s)).sum()
                    influence -= (gone - watched * d / y) / (y * (1 - d / y))
            total += influence**2
        assert math.isclose(found[index], total, rel_tol=1e-9, abs_tol=1e-12)


def test_a_design_effect_within_strata():
    """Of one stratum that of the share without k/(k-1); of several the spreads added up."""
    one = Totals.of([2, 0, 1, 0], [2, 3, 1, 4])
    p = 0.3
    spread = (2 - 2 * p) ** 2 + (3 * p) ** 2 + (1 - p) ** 2 + (4 * p) ** 2
    assert design_effect_within([one]) == pytest.approx(spread / (10 * p * (1 - p)))
    other = Totals.of([1, 0, 0], [1, 1, 1])
    both = (spread + 2 / 3) / (10 * p * (1 - p) + 2 / 3)
    assert design_effect_within([one, other]) == pytest.approx(both)


def test_a_design_effect_where_nothing_varies():
    assert design_effect_within([Totals.of([0, 0], [3, 4])]) == 1
    assert design_effect_within([Totals.of([3, 4], [3, 4])]) == pytest.approx(25 / 7)
    strangers = Totals.of([1, 0, 0, 1], [1, 1, 1, 1])
    assert design_effect_within([strangers]) == pytest.approx(1)
