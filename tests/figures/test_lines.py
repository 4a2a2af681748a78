"""Individual lines: one a patient, apart from each other, the mean over them with its n."""

import pandas as pd

from mesodash.figures.lines import individual_lines

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
    assert list(mean.customdata) == [2, 2]
    assert "n 2 patients" in chart.subtitle
    assert "n by sessions 0: 2, 2: 2" in chart.subtitle
    assert chart.alt.endswith("Mean after 2 sessions: -2.5 (n 2).")


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
