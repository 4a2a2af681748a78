"""Dots of incidence: values, whiskers, an axis that starts at 0 and holds them."""

import pandas as pd
import pytest

from mesodash.figures.incidence import incidence_dots

FRAME = pd.DataFrame(
    {
        "label": ["Redness", "Nodule", "Nothing"],
        "n": [30, 2, 0],
        "of": [400, 400, 0],
        "value": [0.075, 0.005, None],
        "low": [0.053, 0.0014, None],
        "high": [0.105, 0.018, None],
    }
)


def test_a_dot_and_its_interval():
    chart = incidence_dots(FRAME, title="Sessions followed by", per="sessions", period="2026")
    (trace,) = chart.figure.data
    assert list(trace.x) == pytest.approx([7.5, 0.5])
    assert list(trace.error_x.array) == pytest.approx([3.0, 1.3])
    assert list(trace.error_x.arrayminus) == pytest.approx([2.2, 0.36])
    assert list(trace.y) == [
        "Redness (n\N{NO-BREAK SPACE}30/400)",
        "Nodule (n\N{NO-BREAK SPACE}2/400)",
    ]
    low, high = chart.figure.layout.xaxis.range
    assert low < 0
    assert 10.5 < high < 25
    assert "Redness, n 30: 7.5 % (5.3 to 10.5)" in chart.alt
    assert chart.subtitle == "2026. Line: 95 % interval."


def test_nothing_followed():
    chart = incidence_dots(FRAME.iloc[:0], title="T", per="patients", period="2026")
    assert chart.alt.endswith("none.")
