"""How long an effect lasted, in words: open ones, silence where few are known."""

import numpy as np
from tests.sentences import numbers_in

from mesodash.reports.effects.side_effects import EffectCurve
from mesodash.reports.stats.survival import kaplan_meier
from mesodash.ui.parts.caution_marks import UNSURE_MARK
from mesodash.ui.side_effects.durations import DAYS, cells_of, gone_by, patient_sentence


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
        patients=len(events),
    )


def test_a_sentence_for_a_patient():
    ended = effect(range(1, 11), [1] * 10)

    assert numbers_in(patient_sentence(ended)) == [5, 9]  # days of half, of nine in ten


def test_the_open_ones_are_named():
    some_open = effect(range(1, 11), [1] * 8 + [0] * 2)

    assert numbers_in(patient_sentence(some_open)) == [5, 2, 10]  # 2 of 10 without an end


def test_too_few_reports_keep_silent():
    assert numbers_in(patient_sentence(effect([1, 2, 3, 4], [1, 1, 1, 1]))) == [5]


def test_a_step_that_rests_on_one_patient_is_not_told():
    """Nineteen are lost by day 10; the last one ends on day 400 and takes the curve to 0."""
    lost = effect([*range(1, 20), 400], [0] * 19 + [1])

    assert lost.median[0] == 400  # the estimate itself is what it is
    assert gone_by(lost, 0.5) is None
    assert numbers_in(patient_sentence(lost)) == [19, 20]
    assert patient_sentence(lost).startswith("Half had not gone")


def row_of(curve, reported):
    """What the cells of the table need of a row of the report."""
    low = {f"resolved_by_{day}d_low": curve.resolved_by(day)[1] for day in DAYS}
    high = {f"resolved_by_{day}d_high": curve.resolved_by(day)[2] for day in DAYS}
    sure = {f"resolved_by_{day}d_reliable": curve.reliable(day) for day in DAYS}
    share = {f"resolved_by_{day}d": curve.resolved_by(day)[0] for day in DAYS}
    names = ("median_days", "median_low", "median_high")
    return {
        "effect": "swelling", "n": reported, "imprecise": 0, "resolved": 0, "ongoing": 0,
        "no_follow_up": 0, "per_100_sessions": 1.0, "promised_days": 2.0, "within_promise": 0.5,
        "reliable": curve.reliable(), **dict(zip(names, curve.median(), strict=True)),
        **low, **high, **sure, **share,
    }  # fmt: skip


def test_a_share_of_few_who_are_still_followed_is_marked(catalogue):
    """Of 40, 25 are lost by day 8: 15 would be left by day 14, so that share alone is marked."""
    curve = kaplan_meier(
        [2.5] * 10 + [6.5] * 2 + [8.0] * 25 + [13.0, 15.0, 15.0],
        [1] * 12 + [0] * 25 + [1, 0, 0],
        [0] * 12 + [1] * 25 + [0, 1, 1],
    )
    cells = cells_of(row_of(curve, 40), catalogue, "effect")
    shares = [cell for cell in cells if getattr(cell, "value", None) in
              [curve.resolved_by(day)[0] for day in DAYS]]  # fmt: skip
    marked = [UNSURE_MARK in cell.text for cell in shares]
    assert [curve.reliable(day) for day in DAYS] == [True, True, True, False]
    assert marked == [False, False, False, True]


def test_the_shares_of_few_patients_are_all_marked(catalogue):
    curve = effect(range(1, 21), [1] * 20).curve
    texts = [getattr(cell, "text", cell) for cell in
             cells_of(row_of(curve, 20), catalogue, "effect")]  # fmt: skip
    assert sum(UNSURE_MARK in text for text in texts) == 1 + len(DAYS)  # and the median
