"""Promised against observed: the median with its interval, the promise, the source's span."""

import math

import pandas as pd
import pytest

from mesodash.figures.promises import promised_against_observed

NAN = float("nan")
FRAME = pd.DataFrame(
    [
        {"label": "Swelling", "n": 111, "median_days": 8.0, "median_low": 7.0, "median_high": 9.0,
         "promised_days": 2.0, "promised_share": 0.07, "source_kind": "median",
         "source_low_days": 8.5, "source_high_days": 20.0},
        {"label": "Nodule", "n": 12, "median_days": NAN, "median_low": 50.0, "median_high": NAN,
         "promised_days": NAN, "promised_share": NAN, "source_kind": NAN,
         "source_low_days": NAN, "source_high_days": NAN},
        {"label": "Bruise", "n": 9, "median_days": 6.0, "median_low": NAN, "median_high": NAN,
         "promised_days": NAN, "promised_share": NAN, "source_kind": NAN,
         "source_low_days": NAN, "source_high_days": NAN},
    ]
)  # fmt: skip


def test_what_is_drawn():
    chart = promised_against_observed(FRAME, period="2026")
    traces = {trace.name: trace for trace in chart.figure.data}
    assert list(traces["promised"].x) == [2.0]
    assert list(traces["promised"].customdata) == ["7 % gone by then"]
    assert list(traces["published for the protocol"].x) == [8.5, 20.0]
    seen = traces["half gone, observed"]
    assert list(seen.x) == [8.0, 6.0]
    assert list(seen.error_x.array) == [1.0, 0]
    assert list(seen.error_x.arrayminus) == [1.0, 0]
    low, high = chart.figure.layout.xaxis.range
    assert low < math.log10(2)
    assert high > math.log10(50)
    assert chart.figure.layout.xaxis.type == "log"


def test_said_in_words():
    alt = promised_against_observed(FRAME, period="2026").alt
    assert "Swelling, n 111: half gone by 8 days, promised 2 days, 7 % gone by then" in alt
    assert "Nodule, n 12: half not gone in the time followed" in alt


@pytest.mark.parametrize("rows", [0, 2])
def test_few_rows(rows):
    chart = promised_against_observed(FRAME.iloc[1 : 1 + rows], period="2026")
    assert {trace.name for trace in chart.figure.data} == {"half gone, observed"}
