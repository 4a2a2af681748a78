"""What changed between two periods, in words."""

import pytest

from mesodash.ui.review.volume_words import change, overlaps, what_changed

NOW = {"sessions": 121, "patients": 40, "new_patients": 7}


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (121, 108, "13 more than 108 (+12 %)"),
        (95, 108, "13 fewer than 108 (−12 %)"),
        (108, 108, "as before (108)"),
        (12, 4, "8 more than 4"),  # no per cent from so small a base
        (12, None, "no earlier period to compare with"),
        (None, 12, "12 before"),
    ],
)
def test_change(now, before, words):
    assert change(now, before) == words


@pytest.mark.parametrize(
    ("before", "days", "words"),
    [
        (None, None, "121 sessions for 40 patients, 7 of them new."),
        (
            {"sessions": 108},
            365,
            (
                "121 sessions for 40 patients, 7 of them new. 13 more sessions than the 108 of the"
                " 365 days before (+12 %)."
            ),
        ),
        (
            {"sessions": 122},
            30,
            (
                "121 sessions for 40 patients, 7 of them new. 1 fewer session than the 122 of the"
                " 30 days before (−1 %)."
            ),
        ),
        (
            {"sessions": 121},
            30,
            (
                "121 sessions for 40 patients, 7 of them new. As many sessions as in the 30 days"
                " before."
            ),
        ),
        (
            {"sessions": 0},
            30,
            (
                "121 sessions for 40 patients, 7 of them new. No session is recorded in the 30 days"
                " before."
            ),
        ),
    ],
)
def test_what_changed(before, days, words):
    assert what_changed(NOW, before, days) == words


@pytest.mark.parametrize(
    ("measure", "split", "answer"),
    [
        ("sessions", None, False),
        ("sessions", "protocol", False),
        ("sessions", "region", True),
        ("volume_ml", "region", False),
        ("areas_treated", "region", False),
        ("patients", "practitioner", True),
    ],
)
def test_overlaps(measure, split, answer):
    assert overlaps(measure, split) is answer
