"""How long an effect lasted, in words: open ones, silence where few are known."""

import numpy as np
from tests.sentences import numbers_in

from mesodash.reports.effects.side_effects import EffectCurve
from mesodash.reports.stats.survival import kaplan_meier
from mesodash.ui.side_effects.durations import gone_by, patient_sentence


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
