"""Which protocol is followed first by session number."""

import pandas as pd

from mesodash.ui.outcomes.trajectory import protocols


def means(**scored):
    """Trajectory rows: protocol -> {sessions before: patients}."""
    return pd.DataFrame(
        [
            {"scale": "wsrs", "protocol": name, "after_sessions": after, "patients": n}
            for name, numbers in scored.items()
            for after, n in numbers.items()
        ]
    )


def test_a_course_to_see_goes_before_many_patients():
    scored = means(
        once={3: 90}, twice={0: 50, 3: 50}, course={0: 9, 2: 8, 4: 7}, larger={0: 20, 1: 20, 2: 20},
        more={0: 12, 1: 12, 2: 12, 3: 12},
    )  # fmt: skip

    assert protocols(scored) == ["larger", "more", "course", "twice", "once"]


def test_too_few_are_not_offered():
    assert protocols(means(few={0: 4, 2: 4}, enough={0: 5, 2: 4})) == ["enough"]
