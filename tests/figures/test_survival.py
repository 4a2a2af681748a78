"""Curves of how long: steps, bands, censor marks and numbers at risk are the curve's own."""

import numpy as np
import pytest
from tests.sentences import numbers_in

from mesodash.figures.survival import at_risk, lasting_curves, time_axis
from mesodash.reports.stats.survival import kaplan_meier

# Ends at 1, 2, 4 days; still there when last seen at 3 and 5.
CURVE = kaplan_meier(
    np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
    np.array([1, 1, 0, 1, 0]),
    np.array([0, 0, 1, 0, 1]),
)
HEAT = kaplan_meier(np.array([10.0, 20.0]) / 1440, np.array([1, 1]), np.array([0, 0]))


def draw(curves=None, **options):
    return lasting_curves(
        curves or {"Swelling": CURVE}, effect="Swelling", period="All time", **options
    )


def named(chart, name):
    return [trace for trace in chart.figure.data if trace.name == name]


def test_the_step_line_is_the_curve_in_per_cent():
    (line,) = named(draw(), "Swelling")

    assert line.line.shape == "hv"
    assert list(line.x) == list(CURVE.times)
    assert list(line.y) == pytest.approx(list(100 * CURVE.survival))


def test_a_curve_starts_at_the_whole_where_many_end_on_the_first_day():
    at_once = kaplan_meier(np.array([0.0, 0.0, 4.0]), np.array([1, 1, 1]), np.array([0, 0, 0]))

    (line,) = named(draw({"Swelling": at_once}), "Swelling")

    assert list(line.x) == [0, 0, 4]
    assert list(line.y) == pytest.approx([100, 100 / 3, 0])
    assert numbers_in(line.customdata[0]) == [100, 3]  # still there, followed until then


def test_gone_is_the_rest():
    (line,) = named(draw(gone=True), "Swelling")

    assert list(line.y) == pytest.approx(list(100 * (1 - CURVE.survival)))


def test_the_band_is_the_interval_as_far_as_it_exists():
    chart = draw()
    (lower,), (upper,) = named(chart, "lower"), named(chart, "upper")

    known = np.isfinite(CURVE.low)
    assert list(lower.y) == pytest.approx(list(100 * CURVE.low[known]))
    assert list(upper.y) == pytest.approx(list(100 * CURVE.high[known]))


def test_the_open_ones_are_marked_where_they_were_last_seen():
    (marks,) = named(draw(), "still there when last seen")

    assert list(marks.x) == [3.0, 5.0]


def test_numbers_at_risk_stand_under_the_marks():
    (row,) = named(draw(), "at risk: Swelling")

    assert list(zip(row.x, row.text, strict=True)) == [
        (0.0, "5"),
        (1.0, "5"),
        (2.0, "4"),
        (3.0, "3"),
        (4.0, "2"),
        (5.0, "1"),
    ]


def test_at_risk_after_the_end_is_none():
    assert at_risk(CURVE, 5.5) == 0


def test_median_and_promise_are_lines():
    shapes = draw(promised_days=2.0).figure.layout.shapes

    dotted = [(s.x0, s.x1) for s in shapes if s.line.dash == "dot"]
    dashed = [(s.x0, s.y0, s.x1, s.y1) for s in shapes if s.line.dash == "dash"]
    assert dotted == [(2.0, 2.0)]
    assert dashed == [(0, 50, 4.0, 50), (4.0, 50, 4.0, 0)]


def test_a_median_not_reached_is_not_drawn():
    mostly_open = kaplan_meier(np.array([1.0, 9.0]), np.array([1, 0]), np.array([0, 3]))

    chart = draw({"Lump": mostly_open})

    assert [s for s in chart.figure.layout.shapes if s.line.dash == "dash"] == []
    assert "half not gone in the" in chart.alt


def test_heat_is_shown_in_minutes():
    chart = draw({"Heat": HEAT}, promised_days=20 / 1440)

    assert chart.figure.layout.xaxis.title.text == "minutes since onset"
    (line,) = named(chart, "Heat")
    assert list(line.x) == pytest.approx([0, 10, 20])
    assert numbers_in(chart.alt)[-2:] == [2, 10]
    assert chart.alt.endswith(" 10 min.")


def test_groups_share_the_axis_and_the_subtitle_gives_each_n():
    chart = draw({"Face": CURVE, "Leg": CURVE})

    assert chart.figure.layout.showlegend is True
    assert chart.subtitle.startswith("Face n 5, Leg n 5.")


def test_at_most_four_groups_are_drawn():
    chart = draw(dict.fromkeys("ABCDE", CURVE))

    assert named(chart, "D")
    assert named(chart, "E") == []


def test_the_promise_is_named_above_the_curves():
    chart = draw(promised_days=2.0)

    (note,) = [one for one in chart.figure.layout.annotations if one.text == "promised"]
    assert 100 < note.y < chart.figure.layout.yaxis.range[1]
    assert draw().figure.layout.yaxis.range == (-2, 102)


@pytest.mark.parametrize(
    ("days", "unit", "ticks"),
    [
        (40 / 1440, "minutes", (0, 10, 20, 30, 40)),
        (2 / 24, "minutes", (0, 20, 40, 60, 80, 100, 120)),
        (1.0, "hours", (0, 4, 8, 12, 16, 20, 24)),
        (3.0, "hours", (0, 12, 24, 36, 48, 60, 72)),
        (6.5, "days", (0, 1, 2, 3, 4, 5, 6)),
        (90.0, "days", (0, 14, 28, 42, 56, 70, 84)),
    ],
)
def test_time_axis(days, unit, ticks):
    axis = time_axis(days)

    assert (axis.unit, axis.ticks) == (unit, ticks)
    assert axis.end == pytest.approx(days * axis.per_day)


def test_time_axis_of_nothing_is_one_minute():
    assert time_axis(0.0).end == 1.0


def test_time_axis_of_years_keeps_few_marks():
    assert len(time_axis(4000.0).ticks) <= 8
