"""Small shares keep a decimal, so that 4 in 1 000 is not nothing."""

import pandas as pd
import pytest

from mesodash.ui.review.effects_often import axis_end, exact_percent


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.004, "0.4 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (0.5, "50 %"), (float("nan"), "–")],
)
def test_share(share, words):
    assert exact_percent(share) == words


@pytest.mark.parametrize(
    ("highs", "end"), [([0.031, 0.044], 0.05), ([0.31], 0.5), ([0.98, 0.2], 1.0), ([0.2], 0.2)]
)
def test_the_axis_of_rare_effects_is_not_mostly_empty(highs, end):
    assert axis_end(pd.Series(highs)) == end
