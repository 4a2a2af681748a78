"""Signals in words: how many looks, what stands out, p-values and ratios as read."""

from dataclasses import replace

import pandas as pd
import pytest
from tests.sentences import numbers_in

from mesodash.reports.core.filters import Filters
from mesodash.reports.signals.signals import set_apart
from mesodash.ui.review.view import ReviewView
from mesodash.ui.signals.overview import (
    cover_cell,
    elsewhere,
    leading,
    noticed_words,
    p_words,
    standing_out,
    times_words,
)

LOOKS = pd.DataFrame(
    {
        "kind": ["lot", "lot", "site"],
        "effect": ["a", "b", "a"],
        "looks": [1200, 5, 9],
        "too_small": [1000, 5, 0],
    }
)


MADE = "1 214 comparisons of a group and a side effect were made (Lot: 1 205, Treated area: 9)."
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
        "p_corrected": [0.0001, 0.3],
        "followed_share": [0.82, 0.9],
        "other_followed_share": [0.79, 0.6],
        "cover_differs": [None, "more"],
        "stands_out": [True, False],
    }
)


@pytest.fixture
def view(catalogue):
    return ReviewView("Signals", Filters(), False, catalogue, None, "Clinic")


def test_leading_says_the_most_striking_in_words(view):
    said = leading(view, LOOKS, NEAR).removeprefix(MADE)
    assert "Lot HA1, Lump: " in said
    assert numbers_in(said) == [1, 18, 44, 0.6]  # signals; cases, sessions, cases expected


def test_of_several_the_first_is_said_to_be_the_most_striking(view):
    both = NEAR.assign(stands_out=True)

    said = leading(view, LOOKS, both).removeprefix(MADE)
    assert (numbers_in(said)[0], "The most striking: Lot HA1" in said) == (2, True)


def test_a_shared_view_counts_a_small_signal_but_does_not_name_it(view):
    small = NEAR.iloc[1:].assign(stands_out=True)

    assert leading(replace(view, shared=True), LOOKS, small) == f"{MADE} 1 stands out."


def test_a_shared_view_keeps_few_cases_elsewhere_to_itself(view):
    few = standing_out(replace(view, shared=True), NEAR.assign(other_with_effect=[4, 9]))

    (row,) = few.to_dict("records")
    assert elsewhere(row).text == "fewer than 5 of 352"
    assert pd.isna([row["expected"], row["other_rate"], row["rate_ratio"]]).all()
    said = leading(replace(view, shared=True), LOOKS, NEAR.assign(other_with_effect=4))
    assert numbers_in(said)[-3:] == [18, 44, 5]  # fewer than 5 elsewhere


def test_elsewhere_is_a_rate_of_sessions():
    first, second = NEAR.assign(other_rate=[0.0142, 0.0]).to_dict("records")

    assert elsewhere(first).text == "1.4 % of 352"
    assert elsewhere(second).text == "none of 200"


@pytest.mark.parametrize(
    ("too_small", "words"),
    [
        ([1000, 5, 0], "None stands out, but only 209 were large enough to: what they would have"),
        ([1200, 5, 9], "None stands out, but all are too small: not even a case after each"),
        ([0, 0, 0], "None stands out; how large an excess would have been noticed is said below."),
    ],
)
def test_that_nothing_stands_out_is_said_with_what_could_have_been_noticed(view, too_small, words):
    said = leading(view, LOOKS.assign(too_small=too_small), NEAR.iloc[1:])

    assert said.startswith(f"{MADE} {words}")


@pytest.mark.parametrize("looks", [LOOKS.iloc[:0], LOOKS.assign(looks=0)])
def test_nothing_to_compare_is_said(view, looks):
    assert leading(view, looks, NEAR.iloc[:0]).startswith("Nothing could be compared")


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


@pytest.mark.parametrize("differs", ["more", "less"])
def test_what_was_followed_up_otherwise_is_counted_and_not_called(view, differs):
    apart = NEAR.assign(p_corrected=[0.0001, 0.01], cover_differs=[None, differs])

    before, after = (leading(view, LOOKS, one).removeprefix(MADE) for one in (NEAR, apart))

    assert numbers_in(after) == [*numbers_in(before), 1]
    assert set_apart(apart)["value"].tolist() == ["HA2"]
    assert set_apart(NEAR).empty


def test_the_share_followed_up_stands_beside_that_elsewhere():
    alike, more = NEAR.to_dict("records")
    assert numbers_in(cover_cell(alike).text) == [82, 79]
    assert numbers_in(cover_cell(more).text) == [90, 60]
    assert cover_cell(more).value == 0.9
