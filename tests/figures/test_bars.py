"""Bars over time draw the frame's numbers, and gaps where there are none."""

import pandas as pd

from mesodash.figures.bars import OTHERS, by_time

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


def test_parts_that_overlap_are_lines():
    chart = draw(part="protocol", part_words="protocol", adds_up=False)

    assert [(line.type, list(line.y)) for line in chart.figure.data] == [
        ("scatter", [3, None, 4]),
        ("scatter", [None, None, 5]),
    ]


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

    assert [line.name for line in chart.figure.data] == [*"ABCDEF"]


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
