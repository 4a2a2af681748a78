"""The months offered for the monthly report: whole ones, the latest first."""

from datetime import UTC, datetime

from mesodash.ui.review.monthly_report import MONTHS_OFFERED, months


def test_the_last_whole_month_comes_first():
    offered = months(datetime(2026, 1, 1, tzinfo=UTC))

    assert offered[:2] == ["2025-12", "2025-11"]
    assert len(offered) == MONTHS_OFFERED
