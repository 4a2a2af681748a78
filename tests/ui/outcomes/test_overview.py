"""Charts that leave out what rests on too few patients, and what a change is called."""

from dataclasses import replace

import pandas as pd
from tests.sentences import numbers_in

from mesodash.ui.outcomes.overview import (
    change_cell,
    change_chart,
    mcid_mark,
    responder_chart,
)

FRAME = pd.DataFrame(
    {
        "protocol": ["cellulite_mix", "fat_pcdc", "cellulite_mix"],
        "scale": ["circumference", "circumference", "nrs"],
        "patients": [11, 4, 6],
        "change_mean": [-1.1, -3.0, -1.5],
        "change_low": [-2.0, -5.0, -2.2],
        "change_high": [-0.2, -1.0, -0.8],
        "responder_rate": [float("nan"), float("nan"), 0.5],
        "rate_low": [float("nan"), float("nan"), 0.19],
        "rate_high": [float("nan"), float("nan"), 0.81],
    }
)


def test_the_change_chart_draws_only_enough_patients(catalogue):
    drawn = change_chart(FRAME, catalogue, catalogue.scales["circumference"], "All time")

    (trace,) = drawn.figure.data
    assert list(trace.x) == [-1.1]
    assert drawn.title == "Change from baseline, cm"


def test_a_change_without_a_control_group_says_what_that_means(catalogue):
    change = change_chart(FRAME, catalogue, catalogue.scales["circumference"], "All time.")
    own = catalogue.scales["gais"]
    score = change_chart(FRAME.assign(scale="gais"), catalogue, own, "All time.")

    assert "regression to the mean" in change.subtitle
    assert own.is_change
    assert "regression to the mean" not in score.subtitle


def test_no_chart_without_a_responder_rule(catalogue):
    assert responder_chart(FRAME, catalogue, catalogue.scales["circumference"], "x") is None


def test_responders_are_per_cent(catalogue):
    (trace,) = responder_chart(FRAME, catalogue, catalogue.scales["nrs"], "x").figure.data

    assert list(trace.x) == [50]


def test_the_smallest_change_that_matters_stands_on_the_better_side(catalogue):
    scale = replace(catalogue.scales["nrs"], mcid=2.0)

    drawn = change_chart(FRAME, replace_scale(catalogue, scale), scale, "All time.")

    assert mcid_mark(scale) == -2.0
    assert [shape.x0 for shape in drawn.figure.layout.shapes if shape.line.dash == "dash"] == [-2.0]
    assert numbers_in(drawn.subtitle.partition("Dashed: ")[2])[0] == 2


def test_a_scale_without_one_draws_none(catalogue):
    assert mcid_mark(replace(catalogue.scales["nrs"], mcid=None)) is None


def replace_scale(catalogue, scale):
    return replace(catalogue, scales={**catalogue.scales, scale.code: scale})


def test_a_score_that_is_a_change_is_called_a_score():
    row = {"change_mean": 2.25, "change_low": 1.751, "change_high": 2.749}

    assert change_cell(row, own=True).text == "score 2.2 (1.8 to 2.7)"
    assert change_cell(row, own=False).text == "+2.2 (+1.8 to +2.7)"
    assert change_cell(row, own=True).value == 2.25
