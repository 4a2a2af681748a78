"""Bars over time draw the frame's numbers, and gaps where there are none."""

import re

import pandas as pd
import pytest

from mesodash.figures.bars import LINE_HEIGHT, by_time, others
from mesodash.language import use_language
from mesodash.ui.parts import phrases

MONTHS = ["2026-01", "2026-02", "2026-03"]
FRAME = pd.DataFrame(
    {
        "month": ["2026-01", "2026-03", "2026-03"],
        "protocol": ["A", "A", "B"],
        "sessions": [3, 4, 5],
    }
)


def draw(frame=FRAME, **options):
    settings = {
        "value": "sessions",
        "what": "Sessions",
        "unit": "sessions",
        "words": phrases.sessions,
        "subtitle": "s",
        "times": MONTHS,
    }
    return by_time(frame, **(settings | options))


def test_bars_without_parts_sum_the_month():
    chart = draw()

    (bar,) = chart.figure.data
    assert (bar.type, list(bar.x), list(bar.y)) == ("bar", MONTHS, [3, None, 9])
    assert chart.figure.layout.showlegend is False
    assert chart.title == "Sessions by month"


@pytest.mark.parametrize("adds_up", [True, False])
def test_parts_are_bars_in_rows_of_one_scale_the_largest_first(adds_up):
    chart = draw(part="protocol", adds_up=adds_up)

    assert [(bar.type, bar.name, bar.yaxis, list(bar.y)) for bar in chart.figure.data] == [
        ("bar", "A", "y", [3, None, 4]),
        ("bar", "B", "y2", [None, None, 5]),
    ]
    assert chart.title == "Sessions by month, by protocol"
    layout = chart.figure.layout
    assert layout.yaxis.range == layout.yaxis2.range == (0, 1.08 * 5)
    assert layout.yaxis.domain[0] > layout.yaxis2.domain[1]
    assert [note.text for note in layout.annotations] == ["A", "B"]
    assert layout.showlegend is False


def test_a_long_name_of_a_row_takes_two_lines_and_more_height():
    name = "Hyaluronic acid, polynucleotides or vitamins for scars"
    frame = FRAME.replace({"protocol": {"A": name}})

    long, short = (draw(f, part="protocol", adds_up=False).figure for f in (frame, FRAME))

    assert long.layout.annotations[0].text == name.replace(" for scars", "<br>for scars")
    assert long.layout.height - short.layout.height == 2 * LINE_HEIGHT


@pytest.mark.parametrize(
    ("grain", "times", "ends"),
    [
        ("month", ["2026-11"], [-3, 3]),
        ("day", ["2026-11-01", "2026-11-02"], [-2.5, 3.5]),
    ],
)
def test_few_bars_are_no_wall(grain, times, ends):
    frame = pd.DataFrame({grain: times, "sessions": [5] * len(times)})

    figure = draw(frame, times=times, grain=grain).figure

    assert list(figure.layout.xaxis.range) == ends
    assert draw(times=[f"2026-0{n}" for n in range(1, 7)]).figure.layout.xaxis.range is None


def test_months_of_which_the_period_holds_a_part_are_hatched():
    (bar,) = draw(partial=["2026-01", "2026-03"]).figure.data

    assert list(bar.marker.pattern.shape) == ["/", "", "/"]
    assert list(draw().figure.data[0].marker.pattern.shape) == ["", "", ""]


def test_marks_carry_the_year_where_it_begins_and_changes():
    times = ["2025-11", "2025-12", "2026-01"]
    axis = draw(FRAME.assign(month="2026-01"), times=times).figure.layout.xaxis

    assert list(axis.tickvals) == times
    assert list(axis.ticktext) == ["Nov<br>2025", "Dec", "Jan<br>2026"]


def test_marks_and_words_are_in_the_language_in_use():
    with use_language("fr"):
        figure = draw().figure

    assert list(figure.layout.xaxis.ticktext)[1] == "févr."


def many_parts():
    return pd.DataFrame(
        {"month": ["2026-01"] * 8, "protocol": list("ABCDEFGH"), "sessions": range(8, 0, -1)}
    )


def test_more_than_six_parts_are_pooled_where_they_add_up():
    chart = draw(many_parts(), part="protocol")

    assert [bar.name for bar in chart.figure.data] == [*"ABCDEF", others()]
    assert chart.figure.data[-1].y[0] == 2 + 1


def test_more_than_six_parts_are_left_out_where_they_overlap():
    chart = draw(many_parts(), part="protocol", adds_up=False)

    assert [bar.name for bar in chart.figure.data] == [*"ABCDEF"]


def test_hover_has_the_right_plural():
    frame = pd.DataFrame({"month": MONTHS, "sessions": [1, 1297, 30]})

    assert list(draw(frame).figure.data[0].customdata) == [
        "January 2026: 1 session",
        "February 2026: 1 297 sessions",
        "March 2026: 30 sessions",
    ]


def test_a_chart_says_its_highest_and_lowest_complete_month():
    chart = draw()

    assert re.findall(r"(\w+ 2026): (\d+)", chart.says) == [("Mar 2026", "9"), ("Feb 2026", "0")]
    assert chart.alt == f"{chart.title}. {chart.says}"
    cut = draw(partial=["2026-02"])
    assert re.findall(r"(\w+ 2026): (\d+)", cut.says) == [("Mar 2026", "9"), ("Jan 2026", "3")]


def test_a_split_chart_says_its_largest_part():
    said = draw(part="protocol").says
    assert re.findall(r": (\w), (\d+)", said) == [("A", "7"), ("B", "5")]


def test_an_empty_frame_says_so():
    assert draw(FRAME.head(0)).says == "Nothing in this period."


def test_the_frame_is_left_as_it_was():
    before = FRAME.copy(deep=True)

    draw(part="protocol")

    pd.testing.assert_frame_equal(FRAME, before)
