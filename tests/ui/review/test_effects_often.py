"""Small shares keep a decimal, so that 4 in 1 000 is not nothing."""

import pytest

from mesodash.ui.review.effects_often import exact_percent


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.004, "0.4 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (0.5, "50 %"), (float("nan"), "–")],
)
def test_share(share, words):
    assert exact_percent(share) == words
