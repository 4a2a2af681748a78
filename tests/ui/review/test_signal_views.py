"""Signals in words: how many looks, what stands out, p-values and ratios as read."""

import pandas as pd
import pytest

from mesodash.ui.review.signal_views import leading, p_words, times_words

LOOKS = pd.DataFrame(
    {"kind": ["lot", "lot", "site"], "effect": ["a", "b", "a"], "looks": [1200, 5, 9]}
)


def test_leading_counts_looks_and_what_stands_out():
    near = pd.DataFrame({"stands_out": [True, False, False]})

    assert leading(LOOKS, near) == (
        "1 214 looks were taken at a group and an effect (lot 1 205, treated area 9): 1 stands out."
    )


def test_without_a_signal_the_looks_are_still_said():
    assert leading(LOOKS, pd.DataFrame({"stands_out": []})).endswith(": nothing stands out.")


def test_nothing_to_compare_is_said():
    assert leading(LOOKS.iloc[:0], LOOKS) == (
        "Nothing could be compared: a look needs an effect and at least two groups."
    )


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
