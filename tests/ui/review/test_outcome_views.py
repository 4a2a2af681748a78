"""Scales in words, and charts that leave out what rests on too few patients."""

from dataclasses import replace

import pandas as pd

from mesodash.ui.review.outcome_views import (
    change_chart,
    leading,
    mcid_mark,
    responder_chart,
    scale_words,
    scales,
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


def test_scales_with_most_patients_come_first():
    assert scales(FRAME) == ["circumference", "nrs"]


def test_leading_counts_what_is_too_small():
    assert leading(FRAME) == (
        "2 protocols measured on 2 scales. 1 of 3 pairs rest on fewer than 5 patients and show no"
        " figures."
    )


def test_the_change_chart_draws_only_enough_patients(catalogue):
    drawn = change_chart(FRAME, catalogue, catalogue.scales["circumference"], "All time")

    (trace,) = drawn.figure.data
    assert list(trace.x) == [-1.1]
    assert drawn.title == "Change from baseline, cm"


def test_no_chart_without_a_responder_rule(catalogue):
    assert responder_chart(FRAME, catalogue, catalogue.scales["circumference"], "x") is None


def test_responders_are_per_cent(catalogue):
    (trace,) = responder_chart(FRAME, catalogue, catalogue.scales["nrs"], "x").figure.data

    assert list(trace.x) == [50]


def test_a_scale_in_words_flags_ordinal_and_change(catalogue):
    words = scale_words(catalogue.scales["gais"])

    assert words.startswith("Range 1–5 level; lower is better; ordinal: steps need not be equal")
    assert "each score is itself a change" in words


def test_a_scale_without_range_gives_its_unit(catalogue):
    assert scale_words(catalogue.scales["circumference"]) == (
        "Cm; lower is better; no responder rule."
    )


def test_the_smallest_change_that_matters_stands_on_the_better_side(catalogue):
    scale = replace(catalogue.scales["nrs"], mcid=2.0)

    drawn = change_chart(FRAME, replace_scale(catalogue, scale), scale, "All time.")

    assert mcid_mark(scale) == -2.0
    assert [shape.x0 for shape in drawn.figure.layout.shapes if shape.line.dash == "dash"] == [-2.0]
    assert "Dashed: the smallest change that matters, 2." in drawn.subtitle


def test_a_scale_without_one_draws_none(catalogue):
    assert mcid_mark(replace(catalogue.scales["nrs"], mcid=None)) is None


def replace_scale(catalogue, scale):
    return replace(catalogue, scales={**catalogue.scales, scale.code: scale})
