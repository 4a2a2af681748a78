"""What followed a demo session: contacts, and the side effects as the clinic came to know them.

Every effect has a true begin and end that nobody sees; the clinic sees it only through contacts, so
its records are exact, between two contacts, still open, or never followed up - as in life.
"""

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from random import Random

from mesodash.demo.effects import (
    GRAVER,
    MILD,
    ODDS,
    OTHER,
    OTHER_TERMS,
    RAISED,
    SYSTEMIC,
    Odds,
)
from mesodash.demo.ledger import Ledger, pick, stamp
from mesodash.demo.recipes import Recipe
from mesodash.demo.treated import Plan, Site

_CALLS = (1, 3, 7, 14)
_LATER_CALLS = (28, 42, 70, 120, 200)
_IN_THE_CLINIC = timedelta(minutes=25)
_LATE = timedelta(days=5)
_CHANNELS = (("phone", 0.4), ("message", 0.45), ("portal", 0.15))
_RELATED = (("definite", 0.5), ("probable", 0.38), ("possible", 0.1), ("unlikely", 0.02))
_RELATED_SYSTEMIC = (("probable", 0.3), ("possible", 0.45), ("unlikely", 0.2), ("none", 0.05))
_LATER_CHANNELS = (("phone", 0.5), ("visit", 0.5))
_WORRIED = 0.85
_ASKED_AT_VISITS = 0.8
_RECALLED = 0.5
_DATE_ONLY = 0.35
_MONTH_ONLY = 0.012
_WORSE_FIRST = (1.25, 1.05, 0.95)


@dataclass(frozen=True, slots=True)
class _Truth:
    """An effect as it really was."""

    odds: Odds
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """A held session, as far as what follows it depends on it.

    Attributes:
        number: the session's.
        at: when it was held.
        turn: 1 for the first session of its course.
        later: the course's following sessions that were held.
        raised_lot: whether the lot with the raised rate was used.
    """

    number: int
    at: datetime
    turn: int
    later: tuple[datetime, ...]
    raised_lot: bool


def write_what_followed(
    ledger: Ledger,
    recipe: Recipe,
    plan: Plan,
    visit: Visit,
    *,
    answers: float,
    known: Collection[str],
    rng: Random,
) -> None:
    """Write one held session's follow-ups and side effects.

    Args:
        ledger: takes the rows.
        recipe: what was done, and so what may follow.
        plan: where it was done.
        visit: the session.
        answers: the patient's readiness to answer, 0 to 1.
        known: the catalogue's side effects; others are left out.
        rng: the clinic's random numbers.
    """
    truths = [truth for truth in _truths(recipe, visit, rng) if truth.odds.effect in known]
    contacts = _contacts(ledger.now, visit, truths, answers, rng)
    times = sorted(contacts)
    for at in times:
        ledger.rows["follow_ups"].append((visit.number, stamp(at), contacts[at]))
    for truth in truths:
        _write_effect(ledger, plan, visit, truth, times, rng)


def _truths(recipe: Recipe, visit: Visit, rng: Random) -> list[_Truth]:
    worse = _WORSE_FIRST[min(visit.turn, len(_WORSE_FIRST)) - 1]
    odds = [*ODDS[recipe.family], OTHER]
    if visit.raised_lot:
        odds.append(RAISED)
    truths: dict[str, _Truth] = {}
    for one in odds:
        if rng.random() < one.rate * (1.0 if one is RAISED else worse):
            minutes = 5 if one.onset[1] > 0.01 else 1
            begin = visit.at + _rounded(rng.uniform(*one.onset), minutes)
            lasted = exp(rng.gauss(log(one.median), one.spread))
            truths[one.effect] = _Truth(one, begin, begin + _rounded(lasted, minutes))
    return list(truths.values())


def _rounded(days: float, minutes: int) -> timedelta:
    return timedelta(minutes=max(minutes, round(days * 1440 / minutes) * minutes))


def _contacts(
    now: datetime, visit: Visit, truths: list[_Truth], answers: float, rng: Random
) -> dict[datetime, str]:
    """The times at which the clinic heard of the patient before `now`, with the channel."""
    calls = [(day, pick(rng, _CHANNELS)) for day in _CALLS if rng.random() < answers]
    if visit.later:  # the next session asks what the calls after it would have asked
        days = (visit.later[0] - visit.at).days
        calls = [(day, channel) for day, channel in calls if day < days]
    for truth in truths:
        if truth.begin - visit.at > _LATE and rng.random() < _WORRIED:
            calls.append(((truth.begin - visit.at).days + rng.randint(1, 4), "phone"))
    ends = max((truth.end for truth in truths), default=visit.at)
    if rng.random() < answers:  # some are lost for good
        for day in _LATER_CALLS:
            if visit.at + timedelta(days=day - 14) < ends and rng.random() < answers:
                calls.append((day + rng.randint(-2, 2), pick(rng, _LATER_CHANNELS)))
    contacts = {}
    for day, channel in calls:
        at = visit.at.replace(hour=rng.randint(9, 17), minute=rng.randint(0, 59))
        contacts[at + timedelta(days=day)] = channel
    for turn, at in enumerate(visit.later):
        if (turn == 0 or at < ends + timedelta(days=30)) and rng.random() < _ASKED_AT_VISITS:
            contacts[at] = "visit"
    return {at: channel for at, channel in contacts.items() if at < now}


def _write_effect(
    ledger: Ledger,
    plan: Plan,
    visit: Visit,
    truth: _Truth,
    times: list[datetime],
    rng: Random,
) -> None:
    effect = truth.odds.effect
    in_the_clinic = truth.begin - visit.at <= _IN_THE_CLINIC
    heard = times[bisect_left(times, truth.begin) :]
    if truth.begin >= ledger.now or not (heard or in_the_clinic):
        return  # nobody ever knew
    onset: str | None
    resolved = seen = gone = None
    onset = stamp(truth.begin)
    still = [at for at in heard if at < truth.end]
    over = heard[len(still)] if len(still) < len(heard) else None
    if in_the_clinic and truth.end - visit.at < timedelta(minutes=75) and rng.random() < 0.93:
        resolved = stamp(truth.end)
    elif over is None:
        seen = stamp(still[-1]) if still else None
    elif rng.random() < _RECALLED or truth.end.date() == truth.begin.date():
        onset, resolved = _remembered(truth, in_the_clinic=in_the_clinic, rng=rng)
    else:
        seen, gone = (stamp(still[-1]) if still else None), stamp(over)
    area, side = (None, None) if effect in SYSTEMIC else _where(rng.choice(plan.sites), rng)
    severity = pick(rng, GRAVER.get(effect, MILD))
    serious = severity == 3 and effect in GRAVER and rng.random() < 0.25
    ledger.side_effect(
        visit.number,
        (
            area,
            side,
            effect,
            rng.choice(OTHER_TERMS) if effect == "other" else None,
            onset,
            resolved,
            seen,
            gone,
            severity if rng.random() < 0.96 else None,
            "yes" if serious else "no",
            pick(rng, _RELATED_SYSTEMIC if effect in SYSTEMIC else _RELATED),
            None,
        ),
    )


def _remembered(truth: _Truth, *, in_the_clinic: bool, rng: Random) -> tuple[str, str]:
    """Begin and end as a patient tells them: by the hour if short, by the day or month if not."""
    begin, end = truth.begin, truth.end
    if end - begin < timedelta(days=1):
        return begin.isoformat(timespec="minutes"), end.isoformat(timespec="minutes")
    if not in_the_clinic and rng.random() < _MONTH_ONLY:
        return begin.isoformat()[:7], end.date().isoformat()
    if not in_the_clinic and rng.random() < _DATE_ONLY:
        return begin.date().isoformat(), end.date().isoformat()
    return begin.isoformat(timespec="minutes"), end.date().isoformat()


def _where(site: Site, rng: Random) -> tuple[str, str]:
    if site.side == "both":
        return site.area.code, pick(rng, (("both", 0.5), ("left", 0.25), ("right", 0.25)))
    return site.area.code, site.side
