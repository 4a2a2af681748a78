"""Bars over time draw the frame's numbers, and gaps where there are none."""

import pandas as pd
import pytest

from mesodash.figures.bars import LINE_HEIGHT, OTHERS, by_time

MONTHS = ["2026-01", "2026-02", "2026-03"]
FRAME = pd.DataFrame(
    {
        "month": ["2026-01", "2026-03", "2026-03"],
        "protocol": ["A", "A", "B"],
        "sessions": [3, 4, 5],
    }
)


def draw(frame=FRAME, **options):
    settings = {"value": "sessions", "unit": "sessions", "subtitle": "s", "times": MONTHS}
    return by_time(frame, **(settings | options))


def test_bars_without_parts_sum_the_month():
    chart = draw()

    (bar,) = chart.figure.data
    assert (bar.type, list(bar.x), list(bar.y)) == ("bar", MONTHS, [3, None, 9])
    assert chart.figure.layout.showlegend is False
    assert chart.title == "Sessions by month"


def test_parts_that_add_up_are_stacked_the_largest_first():
    chart = draw(part="protocol", part_words="protocol")

    assert chart.figure.layout.barmode == "stack"
    assert [(bar.type, bar.name, list(bar.y)) for bar in chart.figure.data] == [
        ("bar", "A", [3, None, 4]),
        ("bar", "B", [None, None, 5]),
    ]
    assert chart.title == "Sessions by month, by protocol"


def test_parts_that_overlap_are_bars_in_rows_of_one_scale():
    chart = draw(part="protocol", part_words="protocol", adds_up=False)

    assert [(bar.type, bar.yaxis, list(bar.y)) for bar in chart.figure.data] == [
        ("bar", "y", [3, None, 4]),
        ("bar", "y2", [None, None, 5]),
    ]
    layout = chart.figure.layout
    assert layout.yaxis.range == layout.yaxis2.range == (0, 1.08 * 5)
    assert layout.yaxis.domain[0] > layout.yaxis2.domain[1]
    assert [note.text for note in layout.annotations] == ["A", "B"]
    assert layout.showlegend is False


def test_a_long_name_of_a_row_takes_two_lines_and_more_height():
    frame = FRAME.replace(
        {"protocol": {"A": "Hyaluronic acid, polynucleotides or vitamins for scars"}}
    )

    long, short = (draw(f, part="protocol", adds_up=False).figure for f in (frame, FRAME))

    assert long.layout.annotations[0].text == (
        "Hyaluronic acid, polynucleotides or vitamins<br>for scars"
    )
    assert long.layout.height - short.layout.height == 2 * LINE_HEIGHT


@pytest.mark.parametrize(
    ("grain", "times", "ends", "days"),
    [
        ("month", ["2026-11"], ["2026-08-03 00:00", "2027-01-30 00:00"], 22.5),
        ("day", ["2026-11-01", "2026-11-02"], ["2026-10-29 12:00", "2026-11-04 12:00"], 0.75),
    ],
)
def test_few_bars_are_no_wall(grain, times, ends, days):
    frame = pd.DataFrame({grain: times, "sessions": [5] * len(times)})

    figure = draw(frame, times=times, grain=grain).figure

    assert list(figure.layout.xaxis.range) == ends
    assert figure.data[0].width == pytest.approx(days * 24 * 3600 * 1000)
    assert draw(times=[f"2026-0{n}" for n in range(1, 7)]).figure.data[0].width is None


def many_parts():
    return pd.DataFrame(
        {"month": ["2026-01"] * 8, "protocol": list("ABCDEFGH"), "sessions": range(8, 0, -1)}
    )


def test_more_than_six_parts_are_pooled_where_they_add_up():
    chart = draw(many_parts(), part="protocol")

    assert [bar.name for bar in chart.figure.data] == [*"ABCDEF", OTHERS]
    assert chart.figure.data[-1].y[0] == 2 + 1


def test_more_than_six_parts_are_left_out_where_they_overlap():
    chart = draw(many_parts(), part="protocol", adds_up=False)

    assert [bar.name for bar in chart.figure.data] == [*"ABCDEF"]


def test_hover_has_the_right_plural():
    frame = pd.DataFrame({"month": MONTHS, "sessions": [1, 1297, 30.5]})

    assert list(draw(frame).figure.data[0].customdata) == [
        "1 session",
        "1 297 sessions",
        "30.5 sessions",
    ]


def test_alt_text_names_the_highest_month():
    assert draw().alt == (
        "Bars of sessions by month, 2026-01 to 2026-03. Highest in 2026-03: 9 sessions."
    )


def test_alt_text_of_an_empty_frame_says_so():
    assert draw(FRAME.head(0)).alt == "No sessions by month in this period."


def test_the_frame_is_left_as_it_was():
    before = FRAME.copy(deep=True)

    draw(part="protocol")

    pd.testing.assert_frame_equal(FRAME, before)
