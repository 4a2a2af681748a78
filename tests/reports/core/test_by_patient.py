"""Sums by patient, on tables in memory."""

import math

import ibis
import pandas as pd
import pytest
from tests.reports.by_patient import design_effect, share_of

from mesodash.reports.core.by_patient import (
    stacked,
    sum_names,
    sums_by_patient,
    totals_of,
    with_patient_share,
)

# Ibis asks pandas for an option that its next version will not have.
pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")

ROWS = pd.DataFrame(
    {
        "clinic_id": ["a", "a", "a", "b", "b"],
        "patient": [1, 2, 3, 1, 2],
        "ill": [2, 0, None, 3, 0],
        "sessions": [2, 3, 1, 4, 0],
    }
)
NAMES = ("share", "low", "high")


def summed(rows):
    own = ibis.memtable(rows)
    return own.agg(**sums_by_patient(own, "ill", "sessions")).to_pandas()


def test_sums_are_those_of_the_rows_one_by_one():
    frame = summed(ROWS)
    assert list(frame.columns) == list(sum_names("ill"))
    assert frame.iloc[0].tolist() == [4, 5, 10, 13, 16, 30]

    found = with_patient_share(frame, totals_of(frame, "ill"), NAMES, "effect")

    who = [0] * 2 + [1] * 3 + [2] + [3] * 4  # who had no session is not among them
    marked = [True] * 2 + [False] * 4 + [True] * 3 + [False]
    assert found.loc[0, list(NAMES)].tolist() == pytest.approx(share_of(who, marked), abs=1e-12)
    assert found.loc[0, "effect"] == pytest.approx(design_effect(who, marked), rel=1e-9)


def test_clinics_add_up():
    parts = [summed(ROWS[ROWS["clinic_id"] == clinic]) for clinic in ("a", "b")]
    assert (parts[0] + parts[1]).equals(summed(ROWS))


def test_nothing_counted_is_no_share():
    frame = summed(ROWS[ROWS["sessions"] == 0])
    found = with_patient_share(frame, totals_of(frame, "ill"), NAMES, "effect")
    assert all(math.isnan(found.loc[0, name]) for name in (*NAMES, "effect"))


def test_one_question_for_two_answers():
    own = ibis.memtable(ROWS)
    parts = {
        "all": own.group_by(key=own.clinic_id).agg(n=own.count()),
        "sums": own.group_by(key=own.clinic_id).agg(ill=own.ill.sum()),
    }
    frame = stacked(parts, ("key",), {"n": "int64", "ill": "float64"}).to_pandas()
    frame = frame.sort_values(["what", "key"], ignore_index=True)
    assert frame[["what", "key"]].to_numpy().tolist() == [
        ["all", "a"], ["all", "b"], ["sums", "a"], ["sums", "b"],
    ]  # fmt: skip
    assert frame["n"].dropna().tolist() == [3, 2]
    assert frame["ill"].dropna().tolist() == [2, 3]
