"""How demo patients' complaints changed, on the scales of their indication."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from mesodash.catalogue.types import OutcomeScale
from mesodash.demo.recipes import Recipe
from mesodash.demo.rows import RowBuffer, pick

_MISSING, _MISSING_IF_LEFT = 0.25, 0.6
_FORGOTTEN = 0.04
_PLACED = 0.2
_SHORT = 3
_SCALES_A_COURSE = 2

#: Share of the complaint gone at the end of a course, on average, by evidence letter.
_IMPROVEMENT = {"A": 0.38, "B": 0.28, "C": 0.24, "X": 0.15}
_NOISE = 0.22
#: Improvement on a scale that counts down from "very much improved".
_GLOBAL = ((1, 0.07), (2, 0.25), (3, 0.36), (4, 0.27), (5, 0.05))


@dataclass(frozen=True, slots=True)
class _Start:
    """A measure without a closed range: mean and spread at the start, the most it may improve."""

    mean: float
    spread: float
    most: float
    digits: int = 1


_OPEN: Mapping[str, _Start] = {
    "circumference": _Start(88.0, 12.0, 0.06),
    "fat_ultrasound": _Start(28.0, 7.0, 0.3),
    "skin_hydration": _Start(45.0, 8.0, 0.4),
    "hair_density": _Start(140.0, 30.0, 0.25, 0),
    "hair_diameter": _Start(55.0, 9.0, 0.2),
    "tv_ratio": _Start(2.4, 0.5, 0.6),
    "pull_test": _Start(7.0, 2.0, 0.8, 0),
    "hair_wash": _Start(140.0, 40.0, 0.6, 0),
    "hair_shed_60s": _Start(24.0, 8.0, 0.6, 0),
    "headache_days": _Start(11.0, 4.0, 0.8, 0),
    "midas": _Start(20.0, 8.0, 0.8, 0),
}


#: Units that are counted in whole numbers, and the scores that are not although they are points.
_WHOLE_UNITS = ("points", "level", "grade", "stage", "days", "hairs", "%")
_FINE = frozenset({"masi", "mmasi", "womac"})


def write_outcomes(
    buffer: RowBuffer,
    recipe: Recipe,
    *,
    patient: int,
    course: int,
    visits: list[tuple[int, date]],
    planned: int,
    area: str,
    rng: Random,
) -> None:
    """Write a course's scores: at the first session, half-way and some weeks after the last.

    Args:
        buffer: takes the rows.
        recipe: its scales are used; its evidence letter sets the mean improvement.
        patient: the patient's number.
        course: the course's number.
        visits: number and day of the held sessions, top-ups included, oldest first.
        planned: how many sessions were planned.
        area: named with the scores of measures without a range, which belong to one place.
        rng: the clinic's random numbers.
    """
    turns = min(len(visits), planned)
    middle = visits[planned // 2] if planned > _SHORT and len(visits) > planned // 2 else None
    ends = visits[turns - 1][1] + timedelta(
        days=14 if recipe.family == "pain" else rng.randint(21, 60)
    )
    seen_again = rng.random() > (_MISSING if turns == planned else _MISSING_IF_LEFT)
    change = rng.gauss(_IMPROVEMENT.get(recipe.evidence, 0.2), _NOISE)
    for scale in _chosen(recipe.scales, rng):
        place = area if scale.code in _OPEN or rng.random() < _PLACED else None
        start = None if scale.is_change else _baseline(scale, rng)
        own = change + rng.gauss(0, _NOISE / 3)
        scores: list[tuple[int | None, float, date, str]] = []
        if start is not None:
            if rng.random() < _FORGOTTEN:
                continue
            scores.append((visits[0][0], _value(scale, start), visits[0][1], "baseline"))
        if middle is not None and rng.random() > _MISSING:
            scores.append((middle[0], _after(scale, start, own / 2, rng), middle[1], "follow_up"))
        if seen_again:
            reached = own * (0.4 + 0.6 * turns / planned)
            scores.append((None, _after(scale, start, reached, rng), ends, "follow_up"))
        buffer.rows["outcomes"].extend(
            (patient, course, session, place, scale.code, value, on.isoformat(), timing)
            for session, value, on, timing in scores
            if on < buffer.today
        )


def _chosen(scales: tuple[OutcomeScale, ...], rng: Random) -> list[OutcomeScale]:
    usable = [
        scale
        for scale in scales
        if scale.is_change or scale.code in _OPEN or None not in (scale.low, scale.high)
    ]
    first = usable[:_SCALES_A_COURSE]
    return first + [scale for scale in usable[_SCALES_A_COURSE:] if rng.random() < 0.15]


def _baseline(scale: OutcomeScale, rng: Random) -> float:
    """A value on the worse side of the scale."""
    known = _OPEN.get(scale.code)
    if known is not None:
        return max(known.mean * 0.4, rng.gauss(known.mean, known.spread))
    low, high = _range(scale)
    badness = min(max(rng.gauss(0.56, 0.14), 0.25), 0.9)
    return low + (1 - badness if scale.better == "higher" else badness) * (high - low)


def _after(scale: OutcomeScale, start: float | None, change: float, rng: Random) -> float:
    """The value after `change` (the share of the complaint gone; negative is worse)."""
    if start is None:
        drawn = pick(rng, _GLOBAL)
        better = change > _IMPROVEMENT["C"]
        return _value(scale, float(max(1, drawn - 1) if better else drawn))
    sign = 1 if scale.better == "higher" else -1
    known = _OPEN.get(scale.code)
    if known is not None:
        return _value(scale, start * (1 + sign * min(change, 1.0) * known.most))
    low, high = _range(scale)
    complaint = high - start if scale.better == "higher" else start - low
    return _value(scale, start + sign * change * complaint)


def _range(scale: OutcomeScale) -> tuple[float, float]:
    if scale.low is None or scale.high is None:
        raise ValueError(f"the scale {scale.code} has no closed range and is not in _OPEN")
    return scale.low, scale.high


def _value(scale: OutcomeScale, value: float) -> float:
    """Within the range, and rounded as the scale is read."""
    known = _OPEN.get(scale.code)
    if known is not None:
        value = round(value, known.digits)
    elif scale.code not in _FINE and scale.unit.startswith(_WHOLE_UNITS):
        value = float(round(value))
    else:
        value = round(value, 1)
    if scale.low is not None:
        value = max(value, scale.low)
    return value if scale.high is None else min(value, scale.high)
