"""The findings' level and number follow the counts, without a page."""

import pandas as pd
import pytest

from mesodash.ui.month.findings import how_much

EARLIER = [100, 104, 98, 101, 99, 103, 97, 102, 100, 99, 101, 100]
NOW = pd.Series({"patients": 80})


@pytest.mark.parametrize(("count", "level"), [(101, "steady"), (150, "change"), (40, "change")])
def test_a_month_is_a_change_outside_its_usual_variation_only(count, level):
    assert how_much([*EARLIER, count], NOW, "September 2026").level == level


def test_a_running_month_and_a_young_clinic_are_not_judged():
    assert how_much([*EARLIER, 3], NOW, "September 2026", running=True).level == "early"
    assert how_much([*EARLIER[:7], 3], NOW, "September 2026").level == "early"


def test_months_that_a_shared_view_hides_are_no_zeros():
    hidden = [float("nan")] * 4
    assert how_much([*hidden, *EARLIER[:8], 101], NOW, "September 2026").level == "steady"


def test_every_level_has_a_sign_and_a_word():
    for running in (True, False):
        finding = how_much([*EARLIER, 150], NOW, "September 2026", running=running)
        assert finding.sign
        assert finding.words
