"""Simulated censoring with known truth: a small, seeded run of what docs/statistics.md shows.

Bounds are those of the binomial: with 400 draws a true coverage of 95 % gives less than 92 % or
more than 98 % less than once in a thousand.
"""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from tools.simulate_censoring import (
    BETWEEN,
    HEAD,
    SHARES,
    TRUE_MEDIAN,
    covers,
    draw,
    simulate,
    simulate_between,
    why,
)
from tools.simulate_censoring import DRAWS as DRAWS_OF_PAGE

PAGE = Path(__file__).parents[2] / "docs" / "statistics.md"
DRAWS = 400
LOW, HIGH = (100 * stats.binom.ppf(q, DRAWS, 0.95) / DRAWS for q in (0.0005, 0.9995))


@pytest.fixture(scope="module")
def results():
    return {share: simulate(200, share, draws=DRAWS) for share in SHARES}


@pytest.mark.parametrize("share", SHARES)
def test_the_interval_holds_the_truth_as_often_as_it_says(results, share):
    assert LOW <= results[share].coverage <= HIGH


@pytest.mark.parametrize("share", SHARES)
def test_the_share_left_open_is_the_one_asked_for(results, share):
    n = 200 * DRAWS
    reach = 400 * np.sqrt(share / 100 * (1 - share / 100) / n)
    assert abs(results[share].open - share) <= reach


@pytest.mark.parametrize("share", SHARES)
def test_the_median_is_not_biased(results, share):
    assert abs(results[share].middle) < 4
    assert results[share].reached > 99


@pytest.mark.parametrize("share", [share for share in SHARES if share >= 20])
def test_negative_control_dropping_the_open_ones_fails(results, share):
    """What a report of the closed ones would have said is short by about the share left open."""
    result = results[share]
    assert result.closed_coverage < LOW
    assert result.closed_median == pytest.approx(-share, abs=4)
    assert result.closed_mean == pytest.approx(-share, abs=4)


def test_without_censoring_both_say_the_same(results):
    assert results[0].coverage == results[0].closed_coverage
    assert results[0].open == 0


def test_draws_are_seeded():
    assert simulate(30, 40, draws=20) == simulate(30, 40, draws=20)


def test_the_draws_have_the_median_they_claim():
    for shape in (1.0, 2.0):
        times, seen = draw(np.random.default_rng(1), 40_000, 0, shape)
        assert seen.all()
        assert np.median(times) == pytest.approx(TRUE_MEDIAN, rel=0.03)


def test_a_median_not_reached_is_a_long_one():
    median, held, open_end = covers(np.array([1.0, 2.0, 9.0]), np.array([True, False, False]))
    assert (median, open_end) == (np.inf, True)
    assert held


def test_ends_between_contacts():
    result = simulate_between(150, 30, 60)
    assert abs(result.bias) < 3
    assert result.at_contact < -5  # the first contact without it comes late
    assert stats.binom.ppf(0.001, 60, 0.95) / 0.6 <= result.coverage


def test_the_page_has_the_words_of_the_tool():
    text = PAGE.read_text("utf-8")
    head = HEAD.format(draws=DRAWS_OF_PAGE, error=200 * np.sqrt(0.95 * 0.05 / DRAWS_OF_PAGE))
    assert text.startswith(head)
    assert BETWEEN in text


def test_the_page_says_of_every_setting_outside_why():
    """Each row of the two tables: within 93 to 97 %, or with a reason."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text("utf-8").splitlines()
        if line.count("|") == 12 and line[2].isdigit()
    ]
    assert len(rows) == 64
    for row in rows:
        assert bool(row[10]) == (not 93 <= float(row[5]) <= 97), row


def test_a_reason_is_given_for_what_is_outside():
    inside = simulate(100, 0, draws=100)
    assert why(inside) == "" or not 93 <= inside.coverage <= 97
