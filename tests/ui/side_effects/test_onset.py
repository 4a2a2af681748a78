"""Onset by day and worst grades: shares as the report has them, few never taken for none."""

import pandas as pd

from mesodash.ui.side_effects.onset import GRADES, ONSET_DAYS, onset_row
from mesodash.ui.side_effects.onset import _of as of_words


def test_onset_takes_the_latest_share_up_to_each_day():
    rows = pd.DataFrame({"day": [0, 2, 9], "share_by": [0.5, 0.8, 1.0]})

    assert list(onset_row(rows)) == list(ONSET_DAYS)
    assert list(onset_row(rows).values()) == [0.5, 0.5, 0.8, 0.8, 1.0, 1.0]


def test_nothing_had_begun_before_the_first_day():
    assert onset_row(pd.DataFrame({"day": [5], "share_by": [1.0]}))[3] == 0.0


def test_none_and_few_are_told_apart():
    assert of_words(0, 40).text == "0"
    assert of_words(None, 40).text == "fewer than 5"
    assert of_words(10, 40).text == "10 (25 %)"


def test_every_ctcae_grade_has_a_word():
    assert list(GRADES) == [1, 2, 3, 4, 5]
