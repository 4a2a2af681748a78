"""Small groups leave a shared view, and one alone takes another with it."""

import pandas as pd
import pytest
from tests.sentences import numbers_in

from mesodash.documents.small_groups import OF_SINGLE_PATIENTS, left_out, suppressed
from mesodash.reports.core import registry

VOLUMES = pd.DataFrame(
    {
        "protocol": ["a", "b", "c", "d"],
        "sessions": [40, 9, 8, 3],
        "patients": [30, 7, 4, 2],
        "new_patients": [3, 0, 1, 1],
    }
)


def test_groups_under_five_are_dropped_and_counted():
    kept = suppressed(VOLUMES, "volumes")

    assert kept["protocol"].tolist() == ["a", "b"]
    assert kept.attrs["suppressed"] == 2
    assert numbers_in(left_out(kept)) == [2, 5]  # groups left out, the smallest that is shown


def test_one_small_group_alone_takes_the_next_smallest_with_it():
    kept = suppressed(VOLUMES.iloc[:3], "volumes")

    assert kept["protocol"].tolist() == ["a"]
    assert kept.attrs["suppressed"] == 2


def test_a_total_of_few_is_not_shown_and_one_of_five_is():
    assert suppressed(VOLUMES.iloc[[2]], "volumes").empty
    assert len(suppressed(VOLUMES.iloc[[1]], "volumes")) == 1


def test_none_is_no_small_group():
    nobody = VOLUMES.iloc[[0]].assign(sessions=0, patients=0, new_patients=0)

    assert suppressed(nobody, "volumes")["sessions"].tolist() == [0]


def test_one_to_four_new_patients_are_blanked_and_zero_stays():
    kept = suppressed(VOLUMES, "volumes")

    assert kept["new_patients"].isna().tolist() == [True, False]
    assert kept["new_patients"].iloc[1] == 0


def test_the_original_frame_stays_whole():
    before = VOLUMES.copy()

    suppressed(VOLUMES, "volumes")

    pd.testing.assert_frame_equal(VOLUMES, before)


@pytest.mark.parametrize("report", sorted(OF_SINGLE_PATIENTS))
def test_lists_of_single_patients_are_emptied(report):
    frame = pd.DataFrame({"patient_id": ["P-1", "P-2"]})

    assert suppressed(frame, report).empty


def test_every_report_says_how_large_its_groups_are_or_counts_no_people():
    of_groups = {"looks", "late"}  # counts of looks; late effects are never left out

    without = {name for name in registry.names() if not registry.spec(name).groups}
    assert without - OF_SINGLE_PATIENTS == of_groups


def test_an_unknown_report_is_never_shared():
    with pytest.raises(KeyError):
        suppressed(VOLUMES, "something_new")


def test_nothing_left_out_says_nothing():
    assert left_out(suppressed(VOLUMES.iloc[:2], "volumes")) == ""


def test_small_counts_of_grades_are_blanked_in_the_reaction_table():
    frame = pd.DataFrame(
        {"effect": ["a", "b"], "patients_with": [40, 30], "mild": [30, 25], "moderate": [3, 0],
         "severe": [0, 1], "not_graded": [7, 4]}
    )  # fmt: skip

    kept = suppressed(frame, "reactions")

    assert kept["moderate"].isna().tolist() == [True, False]
    assert kept["severe"].isna().tolist() == [False, True]
    assert kept["mild"].tolist() == [30, 25]


@pytest.mark.parametrize("report", ["signals", "clusters"])
def test_few_cases_elsewhere_are_blanked_with_all_that_gives_them_away(report):
    frame = pd.DataFrame(
        {"value": ["a", "b", "c"], "with_effect": [18, 9, 7], "other_with_effect": [5, 4, 0],
         "expected": [0.6, 0.4, 0.0], "other_rate": [0.01, 0.02, 0.0], "rate": [0.4, 0.3, 0.2]}
    )  # fmt: skip

    kept = suppressed(frame, report)

    for column in ("other_with_effect", "expected", "other_rate"):
        assert kept[column].isna().tolist() == [False, True, False], column
    assert kept["rate"].tolist() == [0.4, 0.3, 0.2]


def test_what_stands_out_is_no_part_of_a_total_and_stays():
    """A small signal next to a large one: nothing printed gives the small one back."""
    rows = pd.DataFrame(
        {
            "with_effect": [9, 3],
            "patients_with": [7, 3],
            "other_with_effect": [8, 0],
        }
    )
    assert suppressed(rows, "signals")["with_effect"].tolist() == [9]
    assert suppressed(rows.iloc[1:], "signals").empty
