"""Dots and whiskers draw the estimate and its interval, and name the better side."""

import pandas as pd
import pytest
from tests.sentences import numbers_in

from mesodash.figures.dot_whisker import dot_whisker, spread_rows, wrapped

FRAME = pd.DataFrame(
    {
        "label": ["Cellulite", "Knee"],
        "n": [12, 7],
        "value": [-1.5, -0.5],
        "low": [-2.0, float("nan")],
        "high": [-1.0, float("nan")],
    }
)


def draw(frame=FRAME, **options):
    return dot_whisker(frame, title="Change", subtitle="s", unit="points", **options)


def test_dots_and_whiskers_equal_the_frame():
    (trace,) = draw().figure.data

    assert list(trace.x) == [-1.5, -0.5]
    assert list(trace.error_x.array) == [0.5, 0]
    assert list(trace.error_x.arrayminus) == [0.5, 0]
    assert list(trace.y) == ["Cellulite (n\N{NO-BREAK SPACE}12)", "Knee (n\N{NO-BREAK SPACE}7)"]


@pytest.mark.parametrize(
    ("better", "left", "right"),
    [("lower", "← better", "worse →"), ("higher", "← worse", "better →")],
)
def test_the_better_side_is_named(better, left, right):
    layout = draw(better=better).figure.layout

    low, high = layout.xaxis.range
    assert {note.text: note.x for note in layout.annotations} == {left: low, right: high}
    assert low == -high


def test_no_side_is_named_better_where_it_depends():
    assert draw(better="depends").figure.layout.annotations == ()


def test_limits_are_the_axis():
    layout = draw(limits=(1.0, 5.0), better="lower").figure.layout

    assert layout.xaxis.range == (1.0, 5.0)
    assert layout.shapes == ()


def test_shares_are_per_cent():
    frame = pd.DataFrame({"label": ["A"], "n": [20], "value": [0.6], "low": [0.4], "high": [0.8]})

    chart = draw(frame, share=True)

    (trace,) = chart.figure.data
    assert (trace.x[0], trace.error_x.array[0]) == pytest.approx((60, 20))
    assert numbers_in(chart.alt) == [95, 20, 60, 40, 80]


def test_long_labels_are_broken_at_blanks():
    frame = FRAME.assign(label=["Phosphatidylcholine and deoxycholate, abdomen", "Knee"])

    (trace,) = draw(frame).figure.data
    assert "<br>" in trace.y[0]
    assert trace.y[0].replace("<br>", " ").startswith("Phosphatidylcholine and deoxycholate,")


def test_a_word_longer_than_a_line_is_broken_too():
    assert wrapped("Maria-von-Hohenstein", 8) == "Maria-vo<br>n-Hohens<br>tein"
    assert wrapped("Knee pains", 8) == "Knee<br>pains"


def test_rare_shares_may_have_a_shorter_axis():
    frame = FRAME.assign(value=0.02, low=0.01, high=0.04)

    assert list(draw(frame, share=True).figure.layout.xaxis.range) == [-3, 103]
    short = draw(frame, share=True, limits=(0, 0.05)).figure.layout.xaxis.range
    assert list(short) == pytest.approx([-0.15, 5.15])


def test_thousands_are_grouped_as_in_tables():
    (trace,) = draw(FRAME.assign(n=1297)).figure.data

    assert "1\N{NO-BREAK SPACE}297" in trace.y[0].replace("<br>", " ")


def test_a_spread_is_drawn_as_given_and_said_in_the_order_given():
    rows = [("dr-2", 40, (0.5, 0.8, 1.0, 1.1, 1.5)), ("dr-1", 12, (0.9, 1.0, 1.0, 1.0, 1.0))]
    chart = spread_rows(rows, title="Dose", subtitle="2026")
    (box,) = chart.figure.data
    assert [label.split(" ")[0] for label in box.y] == ["dr-2", "dr-1"]
    assert list(box.q1) == [80, 100]
    assert list(box.median) == [100, 100]
    assert list(box.upperfence) == [150, 100]
    low, high = chart.figure.layout.xaxis.range
    assert low < 50
    assert high > 150
    assert chart.alt.index("dr-2") < chart.alt.index("dr-1")
    assert "half at 100" in chart.alt
