"""Signals in words: how many looks, what stands out, p-values and ratios as read."""

from dataclasses import replace

import pandas as pd
import pytest

from mesodash.reports.filters import Filters
from mesodash.ui.review.scope import View
from mesodash.ui.review.signal_views import (
    elsewhere,
    leading,
    noticed_words,
    p_words,
    standing_out,
    times_words,
)

LOOKS = pd.DataFrame(
    {"kind": ["lot", "lot", "site"], "effect": ["a", "b", "a"], "looks": [1200, 5, 9]}
)


MADE = "1 214 comparisons of a group and a side effect were made (lots 1 205, treated areas 9)"
NEAR = pd.DataFrame(
    {
        "kind": ["lot", "lot"],
        "value": ["HA1", "HA2"],
        "effect": ["nodule", "nodule"],
        "sessions": [44, 30],
        "with_effect": [18, 4],
        "expected": [0.62, 1.0],
        "other_with_effect": [5, 9],
        "other_sessions": [352, 200],
        "other_rate": [0.0142, 0.033],
        "rate_ratio": [28.8, 4.0],
        "stands_out": [True, False],
    }
)


@pytest.fixture
def view(catalogue):
    return View("Signals", Filters(), False, catalogue, None, "Clinic")


def test_leading_says_the_most_striking_in_words(view):
    assert leading(view, LOOKS, NEAR) == (
        f"{MADE}: 1 stands out. Lot HA1, lump: 18 of 44 sessions, where 0.6 would be expected."
    )


def test_of_several_the_first_is_said_to_be_the_most_striking(view):
    both = NEAR.assign(stands_out=True)

    assert leading(view, LOOKS, both).startswith(
        f"{MADE}: 2 stand out. The most striking: Lot HA1, lump"
    )


def test_a_shared_view_counts_a_small_signal_but_does_not_name_it(view):
    small = NEAR.iloc[1:].assign(stands_out=True)

    assert leading(replace(view, shared=True), LOOKS, small) == f"{MADE}: 1 stands out."


def test_a_shared_view_keeps_few_cases_elsewhere_to_itself(view):
    few = standing_out(replace(view, shared=True), NEAR.assign(other_with_effect=[4, 9]))

    (row,) = few.to_dict("records")
    assert elsewhere(row).text == "fewer than 5 of 352"
    assert pd.isna([row["expected"], row["other_rate"], row["rate_ratio"]]).all()
    assert leading(replace(view, shared=True), LOOKS, NEAR.assign(other_with_effect=4)).endswith(
        "18 of 44 sessions, and after fewer than 5 elsewhere."
    )


def test_elsewhere_is_a_rate_of_sessions():
    first, second = NEAR.assign(other_rate=[0.0142, 0.0]).to_dict("records")

    assert elsewhere(first).text == "1.4 % of 352"
    assert elsewhere(second).text == "none of 200"


def test_without_a_signal_the_comparisons_are_still_said(view):
    assert leading(view, LOOKS, NEAR.iloc[1:]) == f"{MADE}: nothing stands out."


@pytest.mark.parametrize("looks", [LOOKS.iloc[:0], LOOKS.assign(looks=0)])
def test_nothing_to_compare_is_said(view, looks):
    assert leading(view, looks, NEAR.iloc[:0]) == (
        "Nothing could be compared: that needs a side effect and at least two groups."
    )


def test_a_comparison_that_no_rate_would_pass_says_so():
    assert noticed_words(float("nan")) == "not even at 100 %"
    assert noticed_words(0.544) == "54 %"


@pytest.mark.parametrize(
    ("p", "words"), [(0.0004, "< 0.001"), (0.012, "0.012"), (float("nan"), "–")]
)
def test_p_values(p, words):
    assert p_words(p) == words


@pytest.mark.parametrize(
    ("ratio", "words"), [(3.24, "3.2"), (float("nan"), "none elsewhere"), (2.0, "2")]
)
def test_ratios(ratio, words):
    assert times_words(ratio) == words
