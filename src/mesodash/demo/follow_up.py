"""What followed a demo session: contacts, and the side effects as the clinic came to know them.

Every effect has a true onset and end that nobody sees; the clinic sees it only through contacts, so
its records are exact, between two contacts, still open, or never followed up - as in life.

Orders of magnitude follow the published ranges of the domain notes (a few minutes of heat, days of
redness and swelling, about a week of bruising, weeks of numbness and lumps after deoxycholic acid,
lumps from week three on as the sign of a mycobacterial infection); the figures are this demo's.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from random import Random

from mesodash.demo.recipes import Recipe
from mesodash.demo.rows import RowBuffer, pick, stamp
from mesodash.demo.treatments import DemoSite, TreatmentPlan

_CALLS = (1, 3, 7, 14)
_LATER_CALLS = (28, 42, 70, 120, 200)
_IN_THE_CLINIC = timedelta(minutes=25)
_SEEN_TO_END = timedelta(minutes=75)
_STAYED = 0.93
"""The share of those whose effect ends soon who stay until it has ended."""
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

_MINUTE = 1 / 1440
_HOUR = 1 / 24


@dataclass(frozen=True, slots=True)
class Odds:
    """One effect in one family of protocols.

    Attributes:
        effect: code in the catalogue (rows of unknown codes are left out).
        rate: probability per session.
        onset: earliest and latest onset in days after the session.
        median: of its duration, in days (log-normal).
        spread: the log-normal's sigma.
    """

    effect: str
    rate: float
    onset: tuple[float, float]
    median: float
    spread: float


_AT_ONCE = (1 * _MINUTE, 10 * _MINUTE)
_SOON = (4 * _MINUTE, 1.5 * _HOUR)
_SAME_DAY = (1 * _HOUR, 8 * _HOUR)
_NEXT_DAYS = (8 * _HOUR, 2.5)
_WEEK_3_TO_8 = (21.0, 56.0)

_NEEDLE = (
    Odds("vasovagal", 0.006, _AT_ONCE, 8 * _MINUTE, 0.5),
    Odds("headache", 0.012, _SAME_DAY, 0.4, 0.6),
    Odds("dizziness", 0.006, _SOON, 0.15, 0.6),
    Odds("fatigue", 0.005, _SAME_DAY, 0.8, 0.5),
    Odds("nausea", 0.004, _SOON, 0.2, 0.6),
    Odds("urticaria", 0.003, _SOON, 0.5, 0.8),
    Odds("infection_bact", 0.0015, (2.0, 6.0), 9.0, 0.4),
    Odds("nodule", 0.004, _WEEK_3_TO_8, 45.0, 0.6),
    Odds("pih", 0.004, (7.0, 20.0), 80.0, 0.6),
    Odds("granuloma", 0.0004, _WEEK_3_TO_8, 150.0, 0.4),
)
_FACE = (
    Odds("heat", 0.30, _AT_ONCE, 17 * _MINUTE, 0.3),
    Odds("erythema", 0.32, _SOON, 1.4, 0.7),
    Odds("swelling", 0.22, _SOON, 1.2, 0.7),
    Odds("bruise", 0.16, _SAME_DAY, 6.5, 0.4),
    Odds("itch", 0.06, _SAME_DAY, 0.9, 0.8),
    Odds("soreness", 0.10, _SAME_DAY, 1.6, 0.6),
    Odds("pain", 0.03, _SOON, 1.2, 0.7),
    Odds("discolour", 0.03, _NEXT_DAYS, 4.5, 0.7),
    Odds("nodule", 0.02, _SAME_DAY, 1.5, 0.4),
    Odds("herpes_react", 0.003, (2.0, 4.0), 8.0, 0.2),
)
_HAIR = (
    Odds("heat", 0.22, _AT_ONCE, 16 * _MINUTE, 0.3),
    Odds("pain", 0.20, _SOON, 0.4, 0.9),
    Odds("erythema", 0.10, _SOON, 0.8, 0.6),
    Odds("itch", 0.09, _SAME_DAY, 1.3, 0.8),
    Odds("headache", 0.05, _SAME_DAY, 0.5, 0.6),
    Odds("soreness", 0.12, _SAME_DAY, 1.2, 0.6),
    Odds("alopecia_site", 0.0008, (20.0, 60.0), 140.0, 0.4),
)
_BODY = (
    Odds("heat", 0.30, _AT_ONCE, 19 * _MINUTE, 0.3),
    Odds("bruise", 0.30, _SAME_DAY, 7.5, 0.4),
    Odds("erythema", 0.22, _SOON, 1.6, 0.7),
    Odds("swelling", 0.18, _SOON, 1.8, 0.7),
    Odds("soreness", 0.25, _SAME_DAY, 2.4, 0.6),
    Odds("itch", 0.08, _SAME_DAY, 1.6, 0.9),
    Odds("discolour", 0.04, _NEXT_DAYS, 6.0, 0.7),
    Odds("haematoma", 0.008, _SAME_DAY, 12.0, 0.4),
)
_LIPOLYSIS = (
    Odds("heat", 0.55, _AT_ONCE, 32 * _MINUTE, 0.4),
    Odds("swelling", 0.80, _SOON, 9.5, 0.7),
    Odds("bruise", 0.60, _SAME_DAY, 9.0, 0.5),
    Odds("pain", 0.55, _SOON, 7.5, 0.8),
    Odds("numbness", 0.50, _SAME_DAY, 30.0, 0.7),
    Odds("erythema", 0.25, _SOON, 3.8, 0.3),
    Odds("induration", 0.20, _NEXT_DAYS, 19.0, 0.6),
    Odds("nodule", 0.09, (3.0, 20.0), 55.0, 0.6),
    Odds("itch", 0.10, _NEXT_DAYS, 7.0, 0.6),
    Odds("nerve_mmn", 0.015, _NEXT_DAYS, 44.0, 0.7),
    Odds("dysphagia", 0.01, _SAME_DAY, 3.0, 0.9),
)
_PAIN = (
    Odds("heat", 0.14, _AT_ONCE, 15 * _MINUTE, 0.3),
    Odds("soreness", 0.12, _SAME_DAY, 1.2, 0.6),
    Odds("bruise", 0.08, _SAME_DAY, 6.0, 0.4),
    Odds("erythema", 0.07, _SOON, 0.8, 0.6),
    Odds("dizziness", 0.03, _SOON, 0.12, 0.6),
)

ODDS: Mapping[str, tuple[Odds, ...]] = {
    "face": _FACE + _NEEDLE,
    "hair": _HAIR + _NEEDLE,
    "body": _BODY + _NEEDLE,
    "lipolysis": _LIPOLYSIS + _NEEDLE,
    "pain": _PAIN + _NEEDLE,
}

#: The raised lot's late nodules, on top of the usual ones.
RAISED = Odds("nodule", 0.35, _WEEK_3_TO_8, 60.0, 0.4)

#: Reported in words that no code covers.
OTHER = Odds("other", 0.006, _SAME_DAY, 1.0, 0.8)
OTHER_TERMS = ("metallic taste", "feeling of tightness", "vivid dreams", "watery eyes")

#: Effects of the whole body, which have no area.
SYSTEMIC = frozenset(
    {"vasovagal", "headache", "dizziness", "fatigue", "nausea", "diarrhoea", "other"}
)

#: Severity 1, 2, 3 of effects that are not mostly mild.
GRAVER: Mapping[str, tuple[tuple[int, float], ...]] = {
    "infection_bact": ((2, 0.6), (3, 0.4)),
    "granuloma": ((2, 0.7), (3, 0.3)),
    "nodule": ((1, 0.6), (2, 0.35), (3, 0.05)),
    "swelling": ((1, 0.6), (2, 0.33), (3, 0.07)),
    "nerve_mmn": ((1, 0.4), (2, 0.5), (3, 0.1)),
    "alopecia_site": ((1, 0.5), (2, 0.5)),
    "vasovagal": ((2, 0.85), (3, 0.15)),
    "herpes_react": ((2, 1.0),),
}
MILD: tuple[tuple[int, float], ...] = ((1, 0.8), (2, 0.17), (3, 0.03))


@dataclass(frozen=True, slots=True)
class _TrueEffect:
    """An effect as it really was."""

    odds: Odds
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class _KnownSpan:
    """When an effect began and ended as far as the clinic knows, in the record's own texts."""

    onset: str
    resolved: str | None = None
    last_seen: str | None = None
    gone_by: str | None = None


@dataclass(frozen=True, slots=True)
class HeldSession:
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


def write_follow_up(
    buffer: RowBuffer,
    recipe: Recipe,
    plan: TreatmentPlan,
    visit: HeldSession,
    *,
    answers: float,
    known: Collection[str],
    rng: Random,
) -> None:
    """Write one held session's follow-ups and side effects.

    Args:
        buffer: takes the rows.
        recipe: what was done, and so what may follow.
        plan: where it was done.
        visit: the session.
        answers: the patient's readiness to answer, 0 to 1.
        known: the catalogue's side effects; others are left out.
        rng: the clinic's random numbers.
    """
    truths = [truth for truth in _true_effects(recipe, visit, rng) if truth.odds.effect in known]
    contacts = _contacts(buffer.now, visit, truths, answers, rng)
    times = sorted(contacts)
    for at in times:
        buffer.rows["follow_ups"].append((visit.number, stamp(at), contacts[at]))
    for truth in truths:
        _write_effect(buffer, plan, visit, truth, times, rng)


def _true_effects(recipe: Recipe, visit: HeldSession, rng: Random) -> list[_TrueEffect]:
    worse = _WORSE_FIRST[min(visit.turn, len(_WORSE_FIRST)) - 1]
    odds = [*ODDS[recipe.family], OTHER]
    if visit.raised_lot:
        odds.append(RAISED)
    truths: dict[str, _TrueEffect] = {}
    for one in odds:
        if rng.random() < one.rate * (1.0 if one is RAISED else worse):
            minutes = 5 if one.onset[1] > 0.01 else 1
            begin = visit.at + _rounded(rng.uniform(*one.onset), minutes)
            lasted = exp(rng.gauss(log(one.median), one.spread))
            truths[one.effect] = _TrueEffect(one, begin, begin + _rounded(lasted, minutes))
    return list(truths.values())


def _rounded(days: float, minutes: int) -> timedelta:
    return timedelta(minutes=max(minutes, round(days * 1440 / minutes) * minutes))


def _contacts(
    now: datetime, visit: HeldSession, truths: list[_TrueEffect], answers: float, rng: Random
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
    buffer: RowBuffer,
    plan: TreatmentPlan,
    visit: HeldSession,
    truth: _TrueEffect,
    times: list[datetime],
    rng: Random,
) -> None:
    """Write an effect as the clinic knows it; nothing where nobody ever knew of it."""
    known = _known_span(buffer.now, visit, truth, times, rng)
    if known is None:
        return
    effect = truth.odds.effect
    area, side = (None, None) if effect in SYSTEMIC else _where(rng.choice(plan.sites), rng)
    severity = pick(rng, GRAVER.get(effect, MILD))
    serious = severity == 3 and effect in GRAVER and rng.random() < 0.25
    buffer.side_effect(
        visit.number,
        (
            area,
            side,
            effect,
            rng.choice(OTHER_TERMS) if effect == "other" else None,
            known.onset,
            known.resolved,
            known.last_seen,
            known.gone_by,
            severity if rng.random() < 0.96 else None,
            "yes" if serious else "no",
            pick(rng, _RELATED_SYSTEMIC if effect in SYSTEMIC else _RELATED),
            None,
        ),
    )


def _known_span(
    now: datetime, visit: HeldSession, truth: _TrueEffect, times: list[datetime], rng: Random
) -> _KnownSpan | None:
    """What the clinic came to know of an effect through the contacts at `times`."""
    in_the_clinic = truth.begin - visit.at <= _IN_THE_CLINIC
    heard = times[bisect_left(times, truth.begin) :]
    if truth.begin >= now or not (heard or in_the_clinic):
        return None
    onset = truth.begin.isoformat(timespec="minutes")
    still = [at for at in heard if at < truth.end]
    last_seen = stamp(still[-1]) if still else None
    over = heard[len(still)] if len(still) < len(heard) else None
    if in_the_clinic and truth.end - visit.at < _SEEN_TO_END and rng.random() < _STAYED:
        return _KnownSpan(onset, resolved=stamp(truth.end))
    if over is None:
        return _KnownSpan(onset, last_seen=last_seen)
    if rng.random() < _RECALLED or truth.end.date() == truth.begin.date():
        begin, end = _remembered(truth, in_the_clinic=in_the_clinic, rng=rng)
        return _KnownSpan(begin, resolved=end)
    return _KnownSpan(onset, last_seen=last_seen, gone_by=stamp(over))


def _remembered(truth: _TrueEffect, *, in_the_clinic: bool, rng: Random) -> tuple[str, str]:
    """Onset and end as a patient reports them: to the hour if short, else to the day or month."""
    begin, end = truth.begin, truth.end
    if end - begin < timedelta(days=1):
        return begin.isoformat(timespec="minutes"), end.isoformat(timespec="minutes")
    if not in_the_clinic and rng.random() < _MONTH_ONLY:
        return begin.isoformat()[:7], end.date().isoformat()
    if not in_the_clinic and rng.random() < _DATE_ONLY:
        return begin.date().isoformat(), end.date().isoformat()
    return begin.isoformat(timespec="minutes"), end.date().isoformat()


def _where(site: DemoSite, rng: Random) -> tuple[str, str]:
    if site.side == "both":
        return site.area.code, pick(rng, (("both", 0.5), ("left", 0.25), ("right", 0.25)))
    return site.area.code, site.side
