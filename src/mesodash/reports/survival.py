"""How long something lasts, from counts: Kaplan-Meier, Turnbull, and what is read off the curve.

Times are in any unit; a group's curve needs only, for each time, how many ended and how many were
still there when last seen. The open ones are censored: never dropped, never counted as zero.

Sources: Kaplan & Meier, JASA 1958;53:457-81. Greenwood's variance and the log-log interval as in
Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data, 2nd ed., 1.4. The median's
interval: Brookmeyer & Crowley, Biometrics 1982;38:29-41. Interval censoring: Turnbull, JRSS B
1976;38:290-5.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from mesodash.reports.information import variances

Array = NDArray[np.float64]
Ranks = NDArray[np.intp]

Z95 = NormalDist().inv_cdf(0.975)
_TIE = 1e-9  # products of fractions such as 2/3 * 3/4 miss 0.5 by less than this
_CONVERGED = 1e-11  # change of a step of the Turnbull curve
_EMPTY_STEP = 1e-8
_MOST_ROUNDS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The share still affected over time, S(t), stepping down at `times`.

    Attributes:
        times: where something happened (an end or a censoring), ascending, first 0.
        survival: S just after each time.
        low, high: its 95 % interval (log-log); NaN after a fall from 1 to 0 in one step.
        at_risk: still observed just before each time (expected numbers in a Turnbull curve).
        events: ended at each time (expected numbers in a Turnbull curve).
        censored: last seen at each time, still affected.
        n: how many the curve rests on.
    """

    times: Array
    survival: Array
    low: Array
    high: Array
    at_risk: Array
    events: Array
    censored: Array
    n: int

    def resolved_by(self, time: float) -> tuple[float, float, float]:
        """Share no longer affected by `time`, and its 95 % interval.

        NaN if nobody was watched so long while some were still affected; no interval if all is
        over, or nothing yet.
        """
        if not self.n or (time > self.times[-1] and self.survival[-1] > 0):
            return float("nan"), float("nan"), float("nan")
        at = int(np.searchsorted(self.times, time, side="right")) - 1
        share = 1 - float(self.survival[at])
        if share in (0, 1):  # the log-log interval has no width there, which would say too much
            return share, float("nan"), float("nan")
        return share, 1 - float(self.high[at]), 1 - float(self.low[at])

    def median(self) -> tuple[float, float, float]:
        """Smallest time at which S is 0.5 or less, and its 95 % interval; NaN where not reached."""
        return (
            _first_at_half(self.times, self.survival),
            _first_at_half(self.times, self.low),
            _first_at_half(self.times, self.high),
        )


def _first_at_half(times: Array, values: Array) -> float:
    reached = np.flatnonzero(values <= 0.5 + _TIE)  # NaN compares false: not reached
    return float(times[reached[0]]) if reached.size else float("nan")


def _log_log(survival: Array, variance_of_log: Array) -> tuple[Array, Array]:
    """The interval of S whose variance of log S is given: S ** exp(±z se / log S).

    Where S is 0 the variance is infinite and the formula's limit, 0 to 0, is taken (as lifelines
    and statsmodels do), unless the curve falls from 1 to 0 at once and so tells no variance at all.
    """
    inside = (survival > 0) & (survival < 1)
    low = np.where(survival >= 1, 1.0, 0.0 if inside.any() else np.nan)
    high = low.copy()
    log_s = np.log(survival[inside])
    reach = np.exp(Z95 * np.sqrt(variance_of_log[inside]) / -log_s)
    low[inside] = np.exp(log_s * reach)
    high[inside] = np.exp(log_s / reach)
    return low, high


def kaplan_meier(times: Array, events: Array, censored: Array) -> Curve:
    """The Kaplan-Meier curve from counts; among equal times, ends come before censorings.

    Args:
        times: observed times >= 0, any order, repeats allowed.
        events: how many ended at each.
        censored: how many were last seen at each, still affected.
    """
    grid, place = np.unique(np.append(np.asarray(times, float), 0.0), return_inverse=True)
    ended = np.bincount(place, np.append(events, 0.0), grid.size).astype(float)
    lost = np.bincount(place, np.append(censored, 0.0), grid.size).astype(float)
    n = ended.sum() + lost.sum()
    at_risk = n - np.concatenate([[0.0], np.cumsum(ended + lost)[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(np.where(at_risk > 0, 1 - ended / at_risk, 1.0)).astype(float)
        greenwood = np.cumsum(np.where(ended > 0, ended / (at_risk * (at_risk - ended)), 0.0))
    low, high = _log_log(survival, greenwood)
    return Curve(grid, survival, low, high, at_risk, ended, lost, int(n))


def turnbull(lower: Array, upper: Array, counts: Array) -> Curve:
    """The Turnbull curve: ends known exactly, to an interval, or not at all.

    Args:
        lower: last time known to be still affected, or the exact end.
        upper: first time known to be over: equal to `lower` for an exact end, infinite if censored.
        counts: how many share this row.

    An interval is open on the left: (lower, upper]. The estimate is undetermined inside the
    innermost intervals; its steps are put at their right ends, so S is never said to have dropped
    before it must have. Variance: inverse of the observed information of the step sizes, which is
    Greenwood's where all rows are exact or right-censored.
    """
    lower, upper = np.asarray(lower, float), np.asarray(upper, float)
    counts = np.asarray(counts, float)
    first, last, ends = _support(lower, upper)
    steps = _self_consistent(first, last, counts, ends.size)
    keep = steps > _EMPTY_STEP
    renumbered = np.concatenate([[0], np.cumsum(keep)])
    first, last = renumbered[first], renumbered[last]
    steps, ends = steps[keep] / steps[keep].sum(), ends[keep]
    known = np.isfinite(upper)
    ended = _expected(steps, first[known], last[known], counts[known])[np.isfinite(ends)]
    ends = ends[np.isfinite(ends)]
    survival = 1 - np.cumsum(steps[: ends.size])
    survival[survival < _TIE] = 0.0
    spread = variances(first, last, counts, steps)[: ends.size]
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = _log_log(survival, np.clip(spread, 0.0, None) / survival**2)

    grid = np.unique(np.concatenate([[0.0], ends, lower[~known], upper[known]]))
    step = np.searchsorted(ends, grid, side="right")  # steps taken by each time; 0 is before all
    events, censored = np.zeros(grid.size), np.zeros(grid.size)
    events[np.searchsorted(grid, ends)] = ended
    np.add.at(censored, np.searchsorted(grid, lower[~known]), counts[~known])
    n = counts.sum()
    at_risk = n - np.concatenate([[0.0], np.cumsum(events + censored)[:-1]])
    survival, low, high = (np.append(1.0, values)[step] for values in (survival, low, high))
    return Curve(grid, survival, low, high, at_risk, events, censored, int(n))


def _support(lower: Array, upper: Array) -> tuple[Ranks, Ranks, Array]:
    """The innermost intervals: per row the range [first, last) of those it may have ended in, and
    each one's right end.
    """  # noqa: D205
    points = np.unique(np.concatenate([lower, upper]))
    # At one point closed left ends (exact ends) sort first, then right ends, then open lefts.
    left = 3 * np.searchsorted(points, lower) + np.where(lower == upper, 0, 2)
    right = 3 * np.searchsorted(points, upper) + 1
    marks = np.unique(np.concatenate([left, right]))
    opens = marks % 3 != 1
    inner = np.flatnonzero(opens[:-1] & ~opens[1:])
    start, stop = marks[inner], marks[inner + 1]
    first = np.searchsorted(start, left, side="left")
    last = np.searchsorted(stop, right, side="right")
    return first, last, points[stop // 3]


def _expected(steps: Array, first: Ranks, last: Ranks, counts: Array) -> Array:
    """How many of `counts` are expected to have ended in each innermost interval."""
    total = np.concatenate([[0.0], np.cumsum(steps)])
    weight = counts / (total[last] - total[first])
    size = steps.size + 1
    change = np.bincount(first, weight, size) - np.bincount(last, weight, size)
    expected: Array = steps * np.cumsum(change)[:-1]
    return expected


def _self_consistent(first: Ranks, last: Ranks, counts: Array, size: int) -> Array:
    """The step sizes that reproduce themselves (expectation-maximisation), two steps squared into
    one where that raises the likelihood (SQUAREM; Varadhan & Roland, Scand J Stat 2008;35:335-53).
    """  # noqa: D205
    n = counts.sum()

    def climb(steps: Array) -> Array:
        climbed: Array = _expected(steps, first, last, counts) / n
        return climbed

    def likelihood(steps: Array) -> float:
        total = np.concatenate([[0.0], np.cumsum(steps)])
        mass = total[last] - total[first]
        return float(counts @ np.log(mass)) if (mass > 0).all() else -np.inf

    steps = np.full(size, 1 / size)
    for _ in range(_MOST_ROUNDS):
        once = climb(steps)
        twice = climb(once)
        gain, bend = once - steps, twice - 2 * once + steps
        if np.abs(gain).max() < _CONVERGED:
            break
        stride = np.sqrt((gain @ gain) / max(bend @ bend, 1e-300))
        leap = np.clip(steps + 2 * stride * gain + stride * stride * bend, 0.0, None)
        leap = leap / leap.sum()
        steps = climb(leap) if likelihood(leap) >= likelihood(twice) else twice
    return steps
