"""The order of the scales, so that the page opens on a telling one; scales in words."""

import pandas as pd
from tests.sentences import numbers_in

from mesodash.ui.outcomes.scales import leading, level_words, scale_words, scales, session_numbers

FRAME = pd.DataFrame(
    {
        "protocol": ["face_ncha", "face_ncha", "cellulite_mix", "fat_pcdc", "cellulite_mix"],
        "scale": ["gais", "wsrs", "circumference", "circumference", "nrs"],
        "patients": [90, 40, 45, 4, 6],
    }
)
MEANS = pd.DataFrame(
    {
        "scale": ["gais"] * 3 + ["wsrs"] * 3 + ["circumference"] * 3 + ["nrs"] * 2,
        "protocol": ["face_ncha"] * 6 + ["cellulite_mix"] * 5,
        "after_sessions": [1, 2, 3, 0, 2, 4, 0, 2, 3, 0, 3],
        "patients": [90, 80, 70, 40, 30, 20, 45, 40, 4, 6, 6],
    }
)


def test_numbers_of_sessions_count_with_enough_patients_only():
    assert session_numbers(MEANS).to_dict() == {
        ("circumference", "cellulite_mix"): 2,
        ("gais", "face_ncha"): 3,
        ("nrs", "cellulite_mix"): 2,
        ("wsrs", "face_ncha"): 3,
    }


def test_first_a_scale_with_a_course_to_see_last_one_that_is_a_change_itself(catalogue):
    assert scales(FRAME, MEANS, catalogue) == ["wsrs", "circumference", "nrs", "gais"]


def test_without_a_course_the_scale_with_most_patients_is_first(catalogue):
    alone = FRAME[FRAME["scale"] != "wsrs"]

    assert scales(alone, MEANS.iloc[:0], catalogue) == ["circumference", "nrs", "gais"]


def test_a_scale_that_the_catalogue_no_longer_has_is_still_offered(catalogue):
    old = FRAME.assign(scale="gone")

    assert scales(old, MEANS.iloc[:0], catalogue) == ["gone"]


def test_leading_counts_what_is_too_small():
    # Protocols, scales; pairs without figures, pairs, the fewest patients.
    assert numbers_in(leading(FRAME)) == [3, 4, 1, 5, 5]


def test_a_scale_in_words_flags_ordinal_and_change(catalogue):
    words = scale_words(catalogue.scales["gais"])

    assert words.startswith("Levels 1–5; lower is better; ordinal")
    assert "each score is itself a" in words


def test_a_scale_without_range_gives_its_unit(catalogue):
    unit, better, rule = scale_words(catalogue.scales["circumference"]).split("; ")
    assert (unit, better) == ("Measured in cm", "lower is better")
    assert rule.startswith("no ")


def test_a_measured_scale_gives_its_range(catalogue):
    assert scale_words(catalogue.scales["hexsel_css"]).startswith("Range 0–15 points; lower")


def test_levels_have_the_scales_own_words(catalogue):
    assert level_words(catalogue.scales["gais"]) == {
        1: "very much improved",
        2: "much improved",
        3: "improved",
        4: "no change",
        5: "worse",
    }
    assert level_words(catalogue.scales["wsrs"]) == {1: "absent", 5: "extreme"}
    # Ranges and sentences are no levels.
    assert level_words(catalogue.scales["hexsel_css"]) == {}
    assert level_words(catalogue.scales["pull_test"]) == {}
