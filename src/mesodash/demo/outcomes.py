"""How demo patients' complaints changed, on the scales of their indication."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from mesodash.catalogue.types import Scale
from mesodash.demo.ledger import Ledger, pick
from mesodash.demo.recipes import Recipe

_MISSING = 0.25
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


def write_outcomes(
    ledger: Ledger,
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
        visits: number and day of the held sessions, top-ups included, oldest first.
        planned: how many sessions the course was to have.
        area: named with the scores of measures without a range, which belong to one place.
    """
    scales = _chosen(recipe.scales, rng)
    started = visits[0]
    middle = visits[planned // 2] if planned > 3 and len(visits) > planned // 2 else None  # noqa: PLR2004
    last = visits[min(len(visits), planned) - 1][1]
    ends = last + timedelta(days=rng.randint(21, 60) if recipe.family != "pain" else 14)
    # an early leaver is rarely seen again
    seen_again = rng.random() > (_MISSING if len(visits) >= planned else 0.6)
    change = rng.gauss(_IMPROVEMENT.get(recipe.evidence, 0.2), _NOISE)
    reached = min(1.0, (0.4 + 0.6 * len(visits) / planned))
    for scale in scales:
        place = area if scale.code in _OPEN or rng.random() < 0.2 else None  # noqa: PLR2004

        def write(
            session: int | None,
            value: float | None,
            on: date,
            timing: str,
            scale: Scale = scale,
            place: str | None = place,
        ) -> None:
            if value is not None and on < ledger.today:
                ledger.rows["outcomes"].append(
                    (patient, course, session, place, scale.code, value, on.isoformat(), timing)
                )

        start = None if scale.is_change else _baseline(scale, rng)
        own = change + rng.gauss(0, 0.08)
        if start is not None:
            if rng.random() < 0.04:  # noqa: PLR2004 - now and then nobody measured at the start
                continue
            write(started[0], _value(scale, start), started[1], "baseline")
        elif not scale.is_change:
            continue
        if middle is not None and rng.random() > _MISSING:
            write(middle[0], _after(scale, start, own * 0.5, rng), middle[1], "follow_up")
        if seen_again and len(visits) > 0 and ends > last:
            write(None, _after(scale, start, own * reached, rng), ends, "follow_up")


def _chosen(scales: tuple[Scale, ...], rng: Random) -> list[Scale]:
    usable = [
        scale
        for scale in scales
        if scale.is_change or scale.code in _OPEN or None not in (scale.low, scale.high)
    ]
    first = usable[:_SCALES_A_COURSE]
    return first + [scale for scale in usable[_SCALES_A_COURSE:] if rng.random() < 0.15]  # noqa: PLR2004


def _baseline(scale: Scale, rng: Random) -> float | None:
    """A value on the worse side of the scale."""
    known = _OPEN.get(scale.code)
    if known is not None:
        return max(known.mean * 0.4, rng.gauss(known.mean, known.spread))
    if scale.low is None or scale.high is None:
        return None
    badness = min(max(rng.gauss(0.56, 0.14), 0.25), 0.9)
    share = 1 - badness if scale.better == "higher" else badness
    return scale.low + share * (scale.high - scale.low)


def _after(scale: Scale, start: float | None, change: float, rng: Random) -> float | None:
    """The value after `change` (the share of the complaint gone; negative is worse)."""
    if scale.is_change:
        drawn = pick(rng, _GLOBAL)
        better = change > _IMPROVEMENT["C"]
        return _value(scale, float(max(1, drawn - 1) if better else drawn))
    if start is None:
        return None
    known = _OPEN.get(scale.code)
    if known is not None:
        sign = -1 if scale.better == "lower" else 1
        return _value(scale, start * (1 + sign * min(change, 1.0) * known.most))
    if scale.low is None or scale.high is None:
        return None
    complaint = scale.high - start if scale.better == "higher" else start - scale.low
    sign = 1 if scale.better == "higher" else -1
    return _value(scale, start + sign * change * complaint)


def _value(scale: Scale, value: float) -> float:
    """Within the range, and as fine as the scale is read."""
    known = _OPEN.get(scale.code)
    span = None if None in (scale.low, scale.high) else scale.high - scale.low  # type: ignore[operator]
    if known is not None:
        value = round(value, known.digits)
    elif scale.ordinal or (span is not None and span >= 20):  # noqa: PLR2004
        value = float(round(value))
    else:
        value = round(value, 1)
    if scale.low is not None:
        value = max(value, scale.low)
    return value if scale.high is None else min(value, scale.high)
