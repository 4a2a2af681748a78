"""The individuals chart against its formula by hand, and its false alarms by simulation."""

import numpy as np
import pytest

from mesodash.reports.stats.control_chart import change_of, usual_variation

EARLIER = [10, 12, 9, 11, 13, 10, 8, 11]
# Mean 10.5; moving ranges 2 3 2 2 3 2 3, mean 17/7; 2.66 * 17/7 = 6.46.


def test_limits_by_hand():
    band = usual_variation(EARLIER)

    assert band.mean == 10.5
    assert band.low == pytest.approx(10.5 - 2.66 * 17 / 7, abs=1e-12)
    assert band.high == pytest.approx(10.5 + 2.66 * 17 / 7, abs=1e-12)
    assert band.months == 8


def test_a_limit_is_never_below_nothing():
    assert usual_variation([0, 9, 0, 9, 0, 9, 0, 9]).low == 0


@pytest.mark.parametrize(
    ("count", "change"), [(17, "above"), (16, "usual"), (5, "usual"), (4, "below")]
)
def test_a_month_is_called_by_the_limits(count, change):
    assert change_of(count, EARLIER) == change


def test_eight_months_on_one_side_are_a_change():
    earlier = [8, 8, 8, 8, 8, *[12, 13, 12, 13, 12, 13, 12]]
    assert change_of(13, earlier) == "rising"
    assert change_of(13, [*earlier[:-1], 8]) == "usual"
    assert change_of(7, [12, 12, 12, 12, 12, *[8, 7, 8, 7, 8, 7, 8]]) == "falling"


def test_seven_earlier_months_are_too_few():
    assert usual_variation(EARLIER[:7]) is None
    assert change_of(100, EARLIER[:7]) is None


def test_false_alarms_of_a_month_that_is_like_the_others():
    """docs/statistics.md: of months that do not differ, one in thirty or fewer is called."""
    random = np.random.default_rng(20261129)
    for mean in (20, 100, 400):
        months = random.poisson(mean, (4000, 13))
        called = np.mean([change_of(one[-1], list(one[:-1])) != "usual" for one in months])
        assert 0.005 < called < 1 / 30, (mean, called)


def test_negative_control_a_month_twice_as_large_is_called():
    random = np.random.default_rng(1)
    months = random.poisson(100, (500, 12))
    called = [change_of(random.poisson(200), list(one)) == "above" for one in months]
    assert np.mean(called) > 0.99
