"""Individual lines: one a patient, apart from each other, the mean over them with its n."""

import pandas as pd
from tests.sentences import numbers_in

from mesodash.figures.patient_lines import individual_lines

LINES = pd.DataFrame(
    {
        "line": ["0", "0", "1", "1", "1"],
        "after_sessions": [0, 2, 0, 1, 2],
        "score": [6.0, 4.0, 5.0, 5.0, 2.0],
        "change": [0.0, -2.0, 0.0, 0.0, -3.0],
    }
)
MEAN = pd.DataFrame(
    {
        "after_sessions": [0, 1, 2],
        "patients": [2, 1, 2],
        "score_mean": [5.5, 5.0, 3.0],
        "change_mean": [0.0, 0.0, -2.5],
        "change_low": [0.0, None, -8.9],
        "change_high": [0.0, None, 3.9],
    }
)


def draw(**options):
    settings = {"scale": "Pain", "unit": "points", "period": "2026"}
    return individual_lines(LINES, MEAN, **(settings | options))


def test_a_line_a_patient_and_the_mean_of_more_than_one():
    chart = draw()
    single, mean = chart.figure.data
    assert list(single.x) == [0, 2, None, 0, 1, 2, None]
    assert list(single.y) == [0, -2, None, 0, 0, -3, None]
    assert (list(mean.x), list(mean.y)) == ([0, 2], [0, -2.5])
    assert [numbers_in(said) for said in mean.customdata] == [[0, 0, 2], [2, -2.5, 2]]
    assert "2 patients, faint lines." in chart.subtitle
    assert "0: 2, 2: 2" in chart.subtitle  # sessions: n
    assert numbers_in(chart.says) == [2, -2.5, 2]


def test_the_smallest_change_that_matters_on_the_better_side():
    def lines(**options):
        return {shape.y0 for shape in draw(mcid=1.5, **options).figure.layout.shapes}

    assert lines(better="lower") == {0, -1.5}
    assert lines(better="higher") == {0, 1.5}
    assert lines(better="depends") == {0, -1.5, 1.5}
    assert {shape.y0 for shape in draw().figure.layout.shapes} == {0}


def test_scores_instead_of_changes():
    chart = draw(value="score", mcid=1.0, ordinal=True)
    assert list(chart.figure.data[1].y) == [5.5, 3.0]
    assert not chart.figure.layout.shapes
    assert "summary only" in chart.subtitle


def test_scored_once_is_drawn_as_dots_side_by_side():
    once = pd.DataFrame(
        {"line": ["0", "1", "2"], "after_sessions": [3, 3, 3], "score": [2.0, 2.0, 4.0]}
    )
    mean = pd.DataFrame(
        {
            "after_sessions": [3],
            "patients": [3],
            "score_mean": [2.7],
            "score_low": [1.0],
            "score_high": [4.0],
        }
    )
    chart = individual_lines(
        once, mean, scale="GAIS", unit="level", period="2026", value="score", limits=(1.0, 5.0)
    )
    dots, middle = chart.figure.data
    assert dots.mode == "markers"
    assert list(dots.y) == [2, 2, 4]
    assert list(dots.x) == [2.97, 3.03, 3]
    assert list(chart.figure.layout.xaxis.range) == [2.5, 3.5]
    low, high = chart.figure.layout.yaxis.range
    assert low < 1
    assert high > 5
    assert list(middle.error_y.array) == [4.0 - 2.7]
    assert "3 patients, a faint dot" in chart.subtitle


def test_lines_of_an_ordinal_scale_are_set_apart():
    plain, apart = draw().figure.data[0], draw(ordinal=True).figure.data[0]
    assert list(plain.x) == list(apart.x)
    assert [plain.y[0], plain.y[3]] == [0, 0]
    assert apart.y[0] != apart.y[3]
    assert apart.y[1] - apart.y[0] == plain.y[1] - plain.y[0]
    assert "set a little apart" in draw(ordinal=True).subtitle


def test_without_patients_to_draw_the_mean_stands_alone():
    chart = individual_lines(LINES.iloc[:0], MEAN, scale="Pain", unit="points", period="2026")
    assert chart.title.startswith("Pain: mean")
    assert "patients" not in chart.subtitle
    assert numbers_in(chart.subtitle)[:2] == [2026, 95]
