"""The exact test within strata, against exact fractions, scipy, statsmodels and R's own example."""

from fractions import Fraction
from math import comb
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from mesodash.reports.stats import strata as module
from mesodash.reports.stats.strata import effective, stratified_excesses

# Rabbits of Mantel & Haenszel as R's documentation of mantelhaen.test gives them: cured and all
# without delay, cured and all after 1.5 h, by five doses of penicillin.
RABBITS = [(0, 6, 0, 5), (3, 6, 0, 6), (6, 6, 2, 6), (5, 6, 6, 6), (2, 2, 5, 5)]

tables = st.integers(1, 25).flatmap(
    lambda n: st.integers(1, 40).flatmap(
        lambda other_n: st.tuples(
            st.integers(0, n), st.just(n), st.integers(0, other_n), st.just(other_n)
        )
    )
)


def in_fractions(strata):
    """The definition: the distributions multiplied out number by number."""
    whole = {0: Fraction(1)}
    for events, n, other_events, other_n in strata:
        every = events + other_events
        of_one = {
            k: Fraction(comb(n, k) * comb(other_n, every - k), comb(n + other_n, every))
            for k in range(max(0, every - other_n), min(n, every) + 1)
        }
        added: dict[int, Fraction] = {}
        for so_far, weight in whole.items():
            for k, of_k in of_one.items():
                added[so_far + k] = added.get(so_far + k, Fraction(0)) + weight * of_k
        whole = added
    observed = sum(events for events, *_ in strata)
    return float(sum(weight for number, weight in whole.items() if number >= observed))


@pytest.mark.parametrize("few", [512, 0], ids=["multiplied out", "transformed"])
@given(strata=st.lists(tables, min_size=1, max_size=6))
def test_to_the_last_digit_that_matters(few, strata):
    with patch.object(module, "_FEW", few):
        (found,) = stratified_excesses([strata])
    exact = in_fractions(strata)
    if len(strata) > 1 and found == 1.0:  # not above the mean, so nothing was computed
        assert exact >= 0.5
    else:
        assert found == pytest.approx(exact, rel=1e-9)


def test_one_stratum_is_fishers_test():
    found = stratified_excesses([[(12, 30, 2, 90)], [(1, 4, 0, 9)]])
    assert found == pytest.approx(
        [
            stats.fisher_exact([[12, 18], [2, 88]], alternative="greater").pvalue,
            stats.fisher_exact([[1, 3], [0, 9]], alternative="greater").pvalue,
        ],
        rel=1e-9,
    )


def test_the_published_example():
    """R's documentation: S = 16, exact two-sided p = 0.03994; the upper tail is ours."""
    (upper,) = stratified_excesses([RABBITS])
    tails = {total: in_fractions(with_sum(total)) for total in range(9, 18)}
    assert upper == pytest.approx(tails[16], rel=1e-12)
    single = {total: tail - tails.get(total + 1, 0) for total, tail in tails.items()}
    lower = sum(p for total, p in single.items() if total < 16 and p <= single[16])
    assert round(upper + lower, 5) == 0.03994


def with_sum(total):
    """The rabbits with another number cured without delay (9 to 17), all margins kept."""
    moved, left = [], total - 16
    for events, n, other_events, other_n in RABBITS:
        by = min(max(left, -events, other_events - other_n), n - events, other_events)
        moved.append((events + by, n, other_events - by, other_n))
        left -= by
    return moved


def test_strata_that_tell_nothing_change_nothing():
    told = [(9, 30, 5, 60), (4, 10, 2, 20)]
    empty = [(0, 30, 0, 60), (5, 5, 9, 9), (0, 0, 3, 9), (3, 9, 0, 0)]
    assert stratified_excesses([told, told + empty, empty, []]) == [
        pytest.approx(in_fractions(told), rel=1e-9),
        stratified_excesses([told])[0],
        1.0,
        1.0,
    ]


def test_very_small_and_very_large():
    """A tail of 1e-90 keeps its digits, and so does one of large numbers (statsmodels, normal)."""
    far = [(40, 40, 2, 160), (30, 30, 1, 170)]
    assert in_fractions(far) < 1e-60
    assert stratified_excesses([far]) == pytest.approx([in_fractions(far)], rel=1e-8)
    large = [(1_530, 5_000, 15_000, 50_000), (840, 2_000, 8_000, 20_000), (470, 900, 4_500, 9_000)]
    cells = [np.array([[k, n - k], [ok, on - ok]]) for k, n, ok, on in large]
    normal = StratifiedTable(cells).test_null_odds(correction=True).pvalue / 2
    assert stratified_excesses([large]) == pytest.approx([normal], rel=0.02)


def test_pooling_would_have_misled():
    """Negative control: within each stratum nothing differs, thrown together everything does."""
    strata = [(9, 30, 30, 100), (1, 10, 100, 1_000)]
    pooled = [tuple(np.sum(strata, axis=0).tolist())]
    mine, thrown_together = stratified_excesses([strata, pooled])
    assert mine > 0.5
    assert thrown_together < 0.05


def test_counts_that_no_patient_repeats_stay_as_they_are():
    tables = ((3, 20, 1, 100), (0, 5, 2, 30))
    assert effective(tables, 1.0, 1.0 + 1e-12) == tables


@pytest.mark.parametrize("here", [1.0, 1.3, 2.0, 7.5])
@pytest.mark.parametrize("elsewhere", [1.0, 1.9])
def test_effective_counts_are_the_divided_sums(here, elsewhere):
    tables = ((3, 20, 1, 100), (1, 5, 2, 30), (2, 9, 0, 12), (0, 1, 1, 1))
    made = effective(tables, here, elsewhere)
    sums = [sum(column) for column in zip(*tables, strict=True)]
    divided = [sums[0] / here, sums[1] / here, sums[2] / elsewhere, sums[3] / elsewhere]
    found = [sum(column) for column in zip(*made, strict=True)]
    assert all(abs(a - b) <= 1 for a, b in zip(found, divided, strict=True))
    assert all(0 <= k <= n and 0 <= ok <= on for k, n, ok, on in made)


def test_clustered_counts_are_less_striking():
    table = ((6, 24, 3, 300),)
    alone, clustered = stratified_excesses([table, effective(table, 6.0, 1.0)])
    assert alone < 0.001
    assert clustered > 0.025
