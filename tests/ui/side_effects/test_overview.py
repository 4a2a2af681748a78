"""The page's lead and what its parts share: promises, medians in words, days that sort."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from tests.sentences import numbers_in

from mesodash.reports.effects.side_effects import EffectCurve
from mesodash.reports.stats.survival import kaplan_meier
from mesodash.ui.parts import phrases
from mesodash.ui.side_effects.overview import (
    day_cell,
    definitions,
    effects_by_number,
    leading,
    measures,
    median_words,
    nine_in_ten_words,
    other_note,
    promise_verdict,
)

NOTHING = float("nan")


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
        (23, 17, NOTHING, "23 days (at least 17 days)"),
        (30, NOTHING, NOTHING, "30 days"),
        (NOTHING, 9, NOTHING, "not reached"),
    ],
)
def test_median_words(half, low, high, words):
    row = {"median_days": half, "median_low": low, "median_high": high, "n": 9, "imprecise": 0}

    assert median_words(row) == words


@pytest.mark.parametrize(
    ("low", "high", "sure", "words"),
    [
        (7, 21, True, "9 days (7–21)"),
        (7, NOTHING, True, "9 days (at least 7 days)"),
        (7, 21, False, "9 days (7–21) ≈"),
    ],
)
def test_nine_in_ten_have_an_interval_with_a_mark_of_its_own(low, high, sure, words):
    row = {"nine_in_ten_days": 9, "nine_in_ten_low": low, "nine_in_ten_high": high}
    row |= {"nine_in_ten_reliable": sure, "reliable": not sure}

    assert nine_in_ten_words(row | {"n": 40, "imprecise": 0}) == words
    assert nine_in_ten_words(row | {"n": 4, "imprecise": 0}) == "too few"


def test_a_median_of_fewer_than_five_is_not_told():
    row = {"median_days": 7, "median_low": 7, "median_high": 8, "n": 5, "imprecise": 1}

    assert median_words(row) == "too few"


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


def curve(code, share, *, n=20, promised=2.0):
    """An effect of which `share` (value, low, high) were gone within the promised time."""
    times = np.arange(1.0, n + 1)
    made = kaplan_meier(times, np.ones(n, int), np.zeros(n, int))
    return EffectCurve(
        keys={"effect": code},
        curve=made,
        resolved=n,
        ongoing=0,
        no_follow_up=0,
        imprecise=0,
        median=made.median(),
        promised_days=promised,
        within_promise=share,
        patients=n,
    )


@pytest.mark.parametrize(
    ("share", "n", "verdict"),
    [
        ((0.7, 0.5, 0.9), 20, "kept"),
        ((0.2, 0.1, 0.49), 20, "broken"),
        ((0.7, 0.4, 0.9), 20, "unclear"),  # more than half, but the interval does not say so
        ((0.3, 0.1, 0.6), 20, "unclear"),
        ((0.0, 0.0, 0.1), 4, "unclear"),  # fewer than five
        ((1.0, NOTHING, NOTHING), 20, "unclear"),
    ],
)
def test_a_promise_is_judged_by_the_interval(share, n, verdict):
    assert promise_verdict(curve("heat", share, n=n)) == verdict


def test_what_was_not_promised_is_not_judged():
    assert promise_verdict(curve("bruise", (0.0, 0.0, 0.1), promised=None)) is None


def test_leading_names_the_kept_the_broken_and_the_unclear(catalogue):
    curves = [
        curve("erythema", (0.7, 0.6, 0.8)),
        curve("discolour", (0.2, 0.1, 0.3)),
        curve("itch", (0.0, 0.0, 0.9), n=2),
        curve("bruise", (0.0, 0.0, 0.1), promised=None),
    ]
    names = [catalogue.side_effects[c].label for c in ("erythema", "discolour", "itch")]

    said = leading(FRAME, curves, catalogue)
    assert numbers_in(said) == [85, 4, 10]  # side effects, kinds, still there when last seen
    kept, broken, unclear = said.split(". ")[1:]
    assert [part.partition(": ")[2].rstrip(".") for part in (kept, broken, unclear)] == names


def test_other_note_counts_terms_without_a_code():
    assert numbers_in(other_note(FRAME))[:2] == [30, 85]
    assert other_note(FRAME.iloc[1:]) is None


def test_every_card_says_how_it_is_counted():
    frame = pd.DataFrame(
        {name: [3] for name in ("n", "resolved", "ongoing", "no_follow_up", "imprecise")}
    )

    assert [label for label, _, _ in measures(frame, 10)] == list(definitions())


def test_a_day_is_read_and_sorted():
    early, late = day_cell("2025-12-31"), day_cell("2026-01-02")

    assert (early.text, late.text) == ("31 Dec 2025", "2 Jan 2026")
    assert late.value - early.value == 2
    assert early.value == date(2025, 12, 31).toordinal()


def test_a_day_that_is_not_known_is_missing():
    assert day_cell(None).text == "–"
    assert day_cell(None).value is None
