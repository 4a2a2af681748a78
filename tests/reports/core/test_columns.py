"""What several reports share: medians of counted values, shares, planned intervals."""

import math
from datetime import date

import pandas as pd
import pytest

from mesodash.catalogue.watching import last_check
from mesodash.reports.core.columns import (
    median_of,
    planned_interval,
    ripe_on,
    typed,
    whole,
    with_share,
)
from mesodash.reports.stats.exact import clopper_pearson
from mesodash.reports.stats.rates import wilson


def test_the_median_of_counted_values_lies_between_the_two_middles():
    assert median_of([3, 1, 2], [1, 1, 1]) == 2
    assert median_of([1, 2], [1, 1]) == 1.5
    assert median_of([-4, 0, 9], [1, 5, 2]) == 0
    assert math.isnan(median_of([], []))


def test_shares_beside_their_counts():
    frame = pd.DataFrame({"k": [3, 0, None], "n": [10, 0, 5]})
    made = with_share(frame, "k", "n", ("share", "low", "high"))
    assert made.loc[0, ["share", "low", "high"]].tolist() == list(wilson(3, 10))
    assert made.loc[1:, ["share", "low", "high"]].isna().all(axis=None)
    exact = with_share(frame, "k", "n", ("share", "low", "high"), clopper_pearson)
    assert exact.loc[0, "low"] == clopper_pearson(3, 10)[1]


def test_no_row_is_truly_none():
    assert whole(pd.DataFrame({"n": [None, 2.0]}), ("n",))["n"].tolist() == [0, 2]
    empty = typed([], ("key",), {"n": "int64"})
    assert empty.dtypes.astype(str).to_dict() == {"key": "str", "n": "int64"}


def test_a_courses_own_interval_stands_before_its_protocols(catalogue):
    assert planned_interval(catalogue, "neck_pn", 10) == (10, 10)
    assert planned_interval(catalogue, "neck_pn", None) == (21, 28)
    assert planned_interval(catalogue, "fat_submental_dc", float("nan")) == (30, 30)
    assert all(map(math.isnan, planned_interval(catalogue, "migraine_acute", None)))
    assert all(map(math.isnan, planned_interval(catalogue, None, None)))


@pytest.mark.parametrize("events", [0, 4])
def test_a_share_of_none_is_not_known(events):
    frame = with_share(pd.DataFrame({"k": [events], "n": [0]}), "k", "n", ("s", "l", "h"))
    assert frame[["s", "l", "h"]].isna().all(axis=None)


def test_a_months_row_says_from_when_it_is_ripe():
    months = pd.DataFrame({"month": ["2026-02", "2024-02", "2026-12", None]})
    assert ripe_on(months, 28).tolist() == [
        date(2026, 3, 28), date(2024, 3, 28), date(2027, 1, 28), None
    ]  # fmt: skip
    assert ripe_on(pd.DataFrame({"n": [1]}), 28).tolist() == [None]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["side_effects", "incidence"])
def test_reports_by_month_have_it_and_others_do_not(reader, catalogue, name):
    row = reader.report(name, by=("effect", "month")).iloc[0]
    first = date.fromisoformat(f"{row['month']}-01")
    assert (row["ripe_on"] - first).days - last_check(catalogue) in {27, 28, 29, 30}
    assert reader.report(name, by=("effect",))["ripe_on"].isna().all()
