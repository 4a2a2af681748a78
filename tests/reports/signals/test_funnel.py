"""Groups and the limits of chance: counts, limits, and a bad lot outside of them."""

import pytest
from tests.reports.signals.test_clusters import clinic_with_lot

from mesodash.reports.core.filters import ReportError
from mesodash.reports.core.reader import Reader
from mesodash.reports.signals.funnel import TYPES


@pytest.fixture(scope="module")
def bad_lot(tmp_path_factory, catalogue):
    return Reader(clinic_with_lot(tmp_path_factory.mktemp("lot") / "c.db", 12), catalogue)


def test_the_bad_lot_lies_outside_and_the_others_within(bad_lot):
    frame = bad_lot.report("funnel", by=())
    assert list(frame.columns) == list(TYPES)
    lots = frame[frame["kind"] == "lot"].set_index("value")
    assert lots.index.tolist() == ["BAD", "OK0", "OK1", "OK2"]  # by name: no ranking
    # 14 of 120 sessions had a lump, 30 used the lot, each of another patient.
    assert lots.loc["BAD", "expected"] == pytest.approx(30 * 14 / 120)
    assert lots.loc["BAD", "effective_expected"] == pytest.approx(30 * 14 / 120)
    assert lots.loc["BAD", "ratio"] == pytest.approx(12 / (30 * 14 / 120))
    assert lots.loc["BAD", "ratio"] > lots.loc["BAD", "outer_high"]
    assert 1 < lots.loc["BAD", "shrunken_ratio"] < lots.loc["BAD", "ratio"]
    rest = lots.drop(index="BAD")
    assert (rest["ratio"] <= rest["inner_high"]).all()
    assert lots["expected"].sum() == pytest.approx(14)


def test_it_is_not_counted_by_anything(bad_lot):
    with pytest.raises(ReportError, match="funnel cannot be counted by"):
        bad_lot.report("funnel", by=("lot",))
