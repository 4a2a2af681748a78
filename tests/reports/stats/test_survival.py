"""The statistics against lifelines and statsmodels, and against what must always hold.

Precision stated: Kaplan-Meier and its interval agree to 1e-12, the Turnbull estimate to 1e-5 (the
oracle itself stops there), medians exactly.
"""

import csv
import gzip
import math
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times
from statsmodels.duration.survfunc import SurvfuncRight

from mesodash.reports.stats.survival import kaplan_meier, turnbull

TRIAL = Path(__file__).parents[2] / "data" / "cdiscpilot01"


def simulated():
    rng = np.random.default_rng(20260101)
    for size in (1, 2, 5, 30, 400):
        for share_lost in (0.0, 0.3, 0.9):
            exact = rng.exponential(5, size)
            for times in (exact, np.floor(exact), np.round(exact * 4) / 4):
                yield times, rng.random(size) >= share_lost


def trial_durations():
    """Days from onset per event term, by the contract's rules, straight from the trial's files."""
    with gzip.open(TRIAL / "dm.csv.gz", "rt", encoding="utf-8") as file:
        last_contact = {row["USUBJID"]: row["RFPENDTC"] for row in csv.DictReader(file)}
    found = defaultdict(list)
    with gzip.open(TRIAL / "ae.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            onset, end = row["AESTDTC"], row["AEENDTC"]
            over = row["AEOUT"] == "RECOVERED/RESOLVED"
            if end == "NA":
                end, over = last_contact[row["USUBJID"]][:10], False
            if len(onset) < 10 or len(end) < 10:
                continue
            days = (date.fromisoformat(end[:10]) - date.fromisoformat(onset[:10])).days
            if days >= 0 or not over:
                found[row["AEDECOD"]].append((max(days, 0), over))
    return {
        term: (np.array([d for d, _ in rows], float), np.array([over for _, over in rows]))
        for term, rows in found.items()
        if len(rows) >= 10
    }


def assert_same_as_lifelines(times, over):
    curve = kaplan_meier(times, over, ~over)
    oracle = KaplanMeierFitter().fit(times, over)
    np.testing.assert_array_equal(curve.times, oracle.survival_function_.index)
    expected = oracle.survival_function_.to_numpy().ravel()
    np.testing.assert_allclose(curve.survival, expected, rtol=0, atol=1e-12)
    table = oracle.event_table
    np.testing.assert_array_equal(curve.events, table["observed"])
    np.testing.assert_array_equal(curve.censored, table["censored"])
    assert curve.at_risk[0] == len(times)
    np.testing.assert_array_equal(curve.at_risk[1:], table["at_risk"].to_numpy()[1:])
    median, low, high = curve.median()
    same(median, oracle.median_survival_time_)
    # Where S is 0 lifelines draws an interval without width; we give none there (as R).
    left = curve.survival > 0
    assert np.isnan([curve.low[~left], curve.high[~left]]).all()
    if left.any():
        bounds = oracle.confidence_interval_[left]
        np.testing.assert_allclose(curve.low[left], bounds.iloc[:, 0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(curve.high[left], bounds.iloc[:, 1], rtol=0, atol=1e-12)
        limits = median_survival_times(bounds).to_numpy().ravel()
        same(low, limits[0])
        same(high, limits[1])


def same(ours, theirs):
    """Equal, where the oracle's infinity is our "not reached"."""
    if math.isinf(theirs) or math.isnan(theirs):
        assert math.isnan(ours)
    else:
        assert ours == theirs


def assert_same_as_statsmodels(times, over):
    curve = kaplan_meier(times, over, ~over)
    oracle = SurvfuncRight(times, over.astype(int))
    at = np.searchsorted(curve.times, oracle.surv_times)
    np.testing.assert_allclose(curve.survival[at], oracle.surv_prob, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(curve.at_risk[at], oracle.n_risk)
    np.testing.assert_array_equal(curve.events[at], oracle.n_events)
    if not np.isclose(curve.survival, 0.5).any():  # statsmodels wants S below 0.5, the contract at
        same(curve.median()[0], oracle.quantile(0.5))
    low, high = oracle.quantile_ci(0.5, method="cloglog")
    if curve.survival[-1] > 0 or not np.isnan(curve.median()[2]):  # else theirs is where S is 0
        same(curve.median()[1], low)
        same(curve.median()[2], high)


@pytest.mark.parametrize("sample", list(simulated()))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the oracles' own divisions by zero
def test_kaplan_meier_on_simulated_data(sample):
    assert_same_as_lifelines(*sample)
    if sample[1].any():
        assert_same_as_statsmodels(*sample)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_kaplan_meier_on_a_real_trial():
    durations = trial_durations()
    assert len(durations) >= 20
    for times, over in durations.values():
        assert_same_as_lifelines(times, over)
        if over.any():
            assert_same_as_statsmodels(times, over)


def test_the_oracle_would_notice_dropped_censoring():
    times, over = trial_durations()["APPLICATION SITE ERYTHEMA"]
    dropped = kaplan_meier(times[over], over[over], ~over[over])
    oracle = KaplanMeierFitter().fit(times, over)
    assert dropped.median()[0] < oracle.median_survival_time_


def test_counts_and_single_rows_give_one_curve():
    rows = kaplan_meier([1, 1, 2, 2, 2], [1, 1, 1, 0, 0], [0, 0, 0, 1, 1])
    counts = kaplan_meier([2, 1, 2], [1, 2, 0], [0, 0, 2])
    for name in ("times", "survival", "low", "high", "at_risk", "events", "censored"):
        np.testing.assert_array_equal(getattr(rows, name), getattr(counts, name))
    assert rows.n == counts.n == 5


def test_a_curve_by_hand():
    curve = kaplan_meier([0, 2, 4, 4], [1, 1, 1, 0], [0, 0, 0, 1])
    np.testing.assert_allclose(curve.survival, [0.75, 0.5, 0.25], atol=1e-15)
    assert curve.median()[0] == 2
    assert curve.resolved_by(3)[0] == 0.5
    assert curve.resolved_by(4)[0] == 0.75
    assert math.isnan(curve.resolved_by(5)[0])


def test_nobody():
    curve = kaplan_meier([], [], [])
    assert (curve.n, curve.times.tolist(), curve.survival.tolist()) == (0, [0.0], [1.0])
    assert all(map(math.isnan, (*curve.median(), *curve.resolved_by(0))))


def test_all_still_affected_is_not_reached_and_not_zero():
    curve = kaplan_meier([1, 5], [0, 0], [1, 1])
    assert math.isnan(curve.median()[0])
    share, low, high = curve.resolved_by(4)
    assert (share, low) == (0.0, 0.0)
    assert high == pytest.approx(0.975)  # of the one that is still watched
    assert math.isnan(curve.resolved_by(5)[2])
    assert math.isnan(curve.resolved_by(5.1)[0])


def test_all_over_stays_over_and_its_interval_counts_patients():
    curve = kaplan_meier([1, 2, 2], [1, 1, 1], [0, 0, 0])
    share, low, high = curve.resolved_by(1000)
    assert (share, high) == (1.0, 1.0)
    assert low == pytest.approx(0.025 ** (1 / 3))
    one_patient = kaplan_meier([1, 2, 2], [1, 1, 1], [0, 0, 0], [7, 7, 7])
    assert one_patient.resolved_by(1000)[1] == pytest.approx(0.025)


def test_all_over_of_those_left_says_little_of_those_lost_before():
    """Fifty are lost on day 2 and the last one ends on day 3: that S is 0 rests on one patient."""
    curve = kaplan_meier([1, 2, 3], [50, 0, 1], [0, 50, 0])
    share, low, high = curve.resolved_by(3)
    upper = 1 - curve.resolved_by(2)[1]
    assert (share, high) == (1.0, 1.0)
    assert low == pytest.approx(1 - upper * 0.975)
    assert not curve.reliable(3)
    assert curve.reliable(1)


def test_followed_on_is_the_share_kept_in_sight_whatever_ended():
    """Of 100, a half is lost on day 2: 50 would still be followed, were it 90 that had ended."""
    ends_late, ends_soon = (
        kaplan_meier([1, 2, 4], [ended, 0, (100 - ended) / 2], [0, (100 - ended) / 2, 0])
        for ended in (0, 90)
    )
    assert ends_late.reliable(3)
    assert ends_soon.reliable(3)
    few = kaplan_meier([1, 2, 4], [10, 0, 15], [0, 75, 0])  # of the 90 left, 75 are lost
    assert not few.reliable(3)


@pytest.mark.parametrize("n", [2, 3, 4, 8])
def test_a_median_of_few_has_an_open_upper_end(n):
    """With the last end for its upper end the interval of two held the truth 49.5 times of 100.

    What is left to miss: all n lasted longer than the median.
    """
    rng = np.random.default_rng(n)
    held = 0
    for _ in range(2000):
        curve = kaplan_meier(rng.exponential(1 / np.log(2), n), np.ones(n), np.zeros(n))
        _, low, high = curve.median()
        held += low <= 1 and not high < 1
    assert held / 2000 > min(0.95, 1 - 0.5**n) - 0.02


counts = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30
)


@given(counts)
def test_kaplan_meier_falls_from_one_within_its_bounds(rows):
    times, events, lost = (np.array(column, float) for column in zip(*rows, strict=True))
    curve = kaplan_meier(times / 4, events, lost)
    assert ((curve.survival >= 0) & (curve.survival <= 1)).all()
    assert (np.diff(curve.survival) <= 0).all()
    known = ~np.isnan(curve.low)
    assert (curve.low[known] <= curve.survival[known] + 1e-12).all()
    assert (curve.high[known] >= curve.survival[known] - 1e-12).all()
    assert curve.n == events.sum() + lost.sum()
    assert curve.events.sum() == events.sum()


@given(counts)
def test_turnbull_of_exact_and_censored_rows_is_kaplan_meier(rows):
    times, events, lost = (np.array(column, float) for column in zip(*rows, strict=True))
    if not events.sum() + lost.sum():
        return
    plain = kaplan_meier(times, events, lost)
    lower = np.concatenate([times[events > 0], times[lost > 0]])
    upper = np.concatenate([times[events > 0], np.full((lost > 0).sum(), np.inf)])
    curve = turnbull(lower, upper, np.concatenate([events[events > 0], lost[lost > 0]]))
    at = np.searchsorted(plain.times, curve.times)
    for name, tolerance in (
        ("survival", 1e-6),
        ("low", 1e-5),
        ("high", 1e-5),
        ("at_risk", 1e-4),
        ("events", 1e-4),
        ("censored", 0),
    ):
        ours, theirs = getattr(curve, name), getattr(plain, name)[at]
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance, err_msg=name)


def checked_between_visits(seed, size=80):
    """Ends seen only between visits; steps chosen so that no visit day is also an exact end."""
    rng = np.random.default_rng(seed)
    ends = rng.exponential(6, size)
    gap = rng.choice([1.0, 2.0, 3.0], size)
    lower = np.floor(ends / gap) * gap
    upper = lower + gap
    upper[rng.random(size) < 0.2] = np.inf
    exact = rng.random(size) < 0.2
    lower[exact] = upper[exact] = np.floor(ends[exact]) + 0.5
    return lower, upper


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.filterwarnings("ignore")  # the oracle's own
def test_turnbull_against_lifelines(seed):
    lower, upper = checked_between_visits(seed)
    curve = turnbull(lower, upper, np.ones(lower.size))
    # The oracle takes an interval as closed; a hair keeps its (2, 4] from touching our (1, 2].
    left = np.where(lower == upper, lower, lower + 1e-7)
    oracle = KaplanMeierFitter().fit_interval_censoring(left, upper, tol=1e-9)
    # Where in its interval a step is drawn is convention; which steps there are is the estimate.
    ours = steps_of(curve.survival)
    theirs = steps_of(oracle.survival_function_["NPMLE_estimate_upper"].to_numpy())
    assert len(ours) > 10
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def steps_of(survival):
    steps = -np.diff(np.append(1.0, survival))
    return steps[steps > 1e-5]


@pytest.mark.parametrize("seed", range(5))
def test_turnbull_is_the_maximum(seed):
    """The likelihood cannot be raised: at its maximum every gradient is n or less (Gentleman &
    Geyer, Biometrika 1994;81:618-23), equal where there is a step.
    """
    lower, upper = checked_between_visits(seed, 60)
    curve = turnbull(lower, upper, np.ones(60))
    ends = curve.times[np.diff(np.append(1.0, curve.survival)) < 0]
    steps = -np.diff(np.append(1.0, curve.survival))
    steps = steps[steps > 0]
    ends, steps = np.append(ends, np.inf), np.append(steps, curve.survival[-1])
    exact = lower == upper
    covers = np.where(
        exact[:, None],
        ends == upper[:, None],
        (ends > lower[:, None]) & (ends <= upper[:, None]),
    )
    gradient = (covers / (covers @ steps)[:, None]).sum(axis=0)
    np.testing.assert_allclose(gradient[steps > 1e-6], 60, rtol=1e-4)
    assert (gradient <= 60 + 1e-2).all()


def test_turnbull_median_is_when_it_must_be_over():
    curve = turnbull([2.0, 2.0, 0.0], [5.0, 5.0, 1.0], [2, 1, 1])
    assert curve.times.tolist() == [0.0, 1.0, 5.0]
    np.testing.assert_allclose(curve.survival, [1, 0.75, 0], atol=1e-9)
    assert curve.median()[0] == 5.0
