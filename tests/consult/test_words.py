"""Numbers in sentences."""

import pytest

from mesodash.consult.words import between, days, plain


@pytest.mark.parametrize(
    ("value", "text"), [(4, "4"), (4.0, "4"), (1.5, "1.5"), (0.02, "0.02"), (None, "–")]
)
def test_a_number_without_needless_zeros(value, text):
    assert plain(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(6, 8, "6–8"), (6, 6, "6"), (30, None, "at least 30"), (None, 6, "at most 6"),
     (None, None, "–")],
)  # fmt: skip
def test_a_span_says_which_end_is_open(low, high, text):
    assert between(low, high) == text


def test_days_agree_with_their_number():
    assert (days(1), days(12)) == ("1 day", "12 days")
