"""How long an effect lasted, in words: intervals, open ones, silence where few are known."""

import numpy as np
import pandas as pd
import pytest

from mesodash.reports.side_effects import EffectCurve
from mesodash.reports.survival import kaplan_meier
from mesodash.ui import phrases
from mesodash.ui.review.effect_views import (
    MEANT,
    effects_by_number,
    gone_by,
    leading,
    measures,
    median_words,
    other_note,
    patient_sentence,
)

NOTHING = float("nan")


def effect(times, ended, code="swelling"):
    """An effect that ended (1) or was last seen (0) at the times, in days."""
    events = np.array(ended)
    curve = kaplan_meier(np.array(times, float), events, 1 - events)
    return EffectCurve(
        keys={"effect": code},
        curve=curve,
        resolved=int(events.sum()),
        ongoing=int((1 - events).sum()),
        no_follow_up=0,
        imprecise=0,
        median=curve.median(),
        promised_days=2.0,
        within_promise=curve.resolved_by(2.0),
    )


def test_a_sentence_for_a_patient():
    ended = effect(range(1, 11), [1] * 10)

    assert patient_sentence(ended) == "Half had gone by 5 days and nine in ten by 9 days."


def test_the_open_ones_are_named():
    some_open = effect(range(1, 11), [1] * 8 + [0] * 2)

    assert patient_sentence(some_open) == ("Half had gone by 5 days; 2 of 10 were not seen to end.")


def test_too_few_reports_keep_silent():
    assert patient_sentence(effect([1, 2, 3, 4], [1, 1, 1, 1])) == (
        "Fewer than 5 reports with a known duration: too few to say how long."
    )


def test_a_step_that_rests_on_one_patient_is_not_told():
    """Nineteen are lost by day 10; the last one ends on day 400 and takes the curve to 0."""
    lost = effect([*range(1, 20), 400], [0] * 19 + [1])

    assert lost.median[0] == 400  # the estimate itself is what it is
    assert gone_by(lost, 0.5) is None
    assert patient_sentence(lost) == (
        "Half had not gone while enough were followed; 19 of 20 were not seen to end."
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "the same day"), (20 / 1440, "20 min"), (0.5, "12 h"), (1.0, "1 day"), (2.5, "2.5 days")],
)
def test_length(days, words):
    assert phrases.duration(days) == words


@pytest.mark.parametrize(
    ("half", "low", "high", "words"),
    [
        (7, 7, 8, "7 days (7–8)"),
        (0.8, 0.4, 2, "19 h (10 h to 2 days)"),
        (1, 0, 4, "1 day (the same day to 4 days)"),
        (23, 17, NOTHING, "23 days (17 days or more)"),
        (30, NOTHING, NOTHING, "30 days"),
        (NOTHING, 9, NOTHING, "not reached"),
    ],
)
def test_median_words(half, low, high, words):
    row = {"median_days": half, "median_low": low, "median_high": high, "n": 9, "imprecise": 0}

    assert median_words(row) == words


def test_a_median_of_imprecise_reports_only_is_missing():
    row = {"median_days": NOTHING, "median_low": NOTHING, "median_high": NOTHING}

    assert median_words(row | {"n": 3, "imprecise": 3}) == "–"


FRAME = pd.DataFrame(
    {
        "effect": ["other", "erythema", "discolour", "bruise"],
        "n": [30, 20, 10, 25],
        "ongoing": [3, 1, 2, 4],
        "promised_days": [NOTHING, 2.0, 2.0, NOTHING],
        "within_promise": [NOTHING, 0.7, 0.2, NOTHING],
    }
)


def test_effects_by_number_puts_other_last():
    assert effects_by_number(FRAME) == ["bruise", "erythema", "discolour", "other"]


def test_leading_names_the_broken_promises(catalogue):
    assert leading(FRAME, catalogue) == (
        "85 side effects of 4 kinds reported; 10 still there when last seen. Fewer than half were"
        " gone within the promised time: discolouration."
    )


def test_leading_says_so_where_promises_held(catalogue):
    assert leading(FRAME.iloc[:2], catalogue).endswith(
        "Of every kind with a promise, half or more were gone within it."
    )


def test_other_note_counts_terms_without_a_code():
    assert other_note(FRAME).startswith("30 reports of 85 carry a term that the catalogue has no")
    assert other_note(FRAME.iloc[1:]) is None


def test_every_card_says_how_it_is_counted():
    frame = pd.DataFrame(
        {name: [3] for name in ("n", "resolved", "ongoing", "no_follow_up", "imprecise")}
    )

    assert [label for label, _, _ in measures(frame, 10)] == list(MEANT)
