"""Signals: what was compared, what stands out, and what the looks could have seen."""

import math

import pandas as pd
import pytest
from scipy import stats
from tests.reports.signals.test_clusters import clinic_with_lot

from mesodash.reports.core.filters import ReportError
from mesodash.reports.core.reader import Reader
from mesodash.reports.signals.looks import POWER_TYPES
from mesodash.reports.signals.signals import CLUSTER_NAMES, COLUMNS


@pytest.fixture(scope="module")
def bad_lot(tmp_path_factory, catalogue):
    return Reader(clinic_with_lot(tmp_path_factory.mktemp("lot") / "c.db", 12), catalogue)


def test_a_bad_lot_stands_out_with_what_was_compared(bad_lot):
    frame = bad_lot.report("signals")
    assert list(frame.columns) == list(COLUMNS)
    row = frame[frame["value"] == "BAD"].iloc[0]
    assert (row["with_effect"], row["sessions"]) == (12, 30)
    assert (row["other_with_effect"], row["other_sessions"]) == (2, 90)
    assert row["rate_ratio"] == pytest.approx((12 / 30) / (2 / 90))
    assert bool(row["stands_out"])
    assert row["p_corrected"] == pytest.approx(row["p_value"] * row["looks"])


def test_the_shrunken_rate_lies_between_the_raw_and_the_expected(bad_lot):
    row = bad_lot.report("signals").set_index("value").loc["BAD"]
    assert row["other_rate"] < row["shrunken_rate"] < row["rate"]


def test_the_power_of_the_look(bad_lot):
    """At the detectable rate, scipy's tests of scipy's binomial counts find it 8 times in 10."""
    row = bad_lot.report("signals").set_index("value").loc["BAD"]
    level = 0.05 / row["looks"]
    power = sum(
        stats.binom.pmf(k, 30, row["detectable_rate"])
        for k in range(31)
        if stats.fisher_exact([[k, 30 - k], [2, 88]], alternative="greater").pvalue < level
    )
    assert power == pytest.approx(0.8, abs=1e-6)
    assert row["detectable_ratio"] == pytest.approx(row["detectable_rate"] / (2 / 90))


def test_the_clusters_are_those_that_stand_out(bad_lot, reader):
    for one in (bad_lot, reader):
        signals = one.report("signals")
        mine = signals[signals["stands_out"]][list(CLUSTER_NAMES)].reset_index(drop=True)
        clusters = one.clusters()
        pd.testing.assert_frame_equal(mine, clusters)
        assert (signals["p_value"] < 0.05).all()


def test_without_the_correction_noise_would_stand_out(reader):
    """Negative control: an even clinic has small p-values by the number of looks alone."""
    signals = reader.report("signals")
    assert len(signals) > 0
    assert not signals["stands_out"].any()


def test_every_look_is_counted(bad_lot):
    looks = bad_lot.report("looks")
    assert list(looks.columns) == ["kind", "effect", *POWER_TYPES]
    of_kind = looks.groupby("kind")["looks"].sum()
    for row in bad_lot.report("signals").itertuples():
        assert row.looks == of_kind[row.kind]
    lot = looks.set_index("kind").loc["lot"]
    assert (lot["looks"], lot["too_small"], lot["smallest_sessions"]) == (4, 0, 30)


def test_small_groups_are_said_to_be_blind(tmp_path, catalogue):
    reader = Reader(clinic_with_lot(tmp_path / "c.db", 1, sessions=8), catalogue)
    lot = reader.report("looks").set_index("kind").loc["lot"]
    assert lot["too_small"] == lot["looks"] == 4
    assert math.isnan(lot["detectable_rate"])


def test_looks_are_not_counted_by_anything_else(bad_lot):
    with pytest.raises(ReportError, match="signals cannot be counted by"):
        bad_lot.report("signals", by=("area",))
    with pytest.raises(ReportError, match="looks cannot be counted by"):
        bad_lot.report("looks", by=("month",))
