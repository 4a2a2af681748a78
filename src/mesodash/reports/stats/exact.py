"""Exact intervals and tests, and the power of a look: what a comparison could have found.

Sources: Clopper & Pearson, Biometrika 1934;26:404-13, by way of the binomial's tail as an
incomplete beta function (DLMF 8.17.5). The power of Fisher's exact test by its definition: the
probability, under an assumed rate, of all counts that the test calls striking.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from mesodash.reports.stats.clustering import NOT_KNOWN
from mesodash.reports.stats.rates import exact_excess

POWER = 0.8


def clopper_pearson(events: int, n: int) -> tuple[float, float, float]:
    """The share events / n and its exact 95 % interval (Clopper-Pearson); NaN where n is 0."""
    if n == 0:
        return NOT_KNOWN, NOT_KNOWN, NOT_KNOWN
    low = 0.0 if events == 0 else rate_with_tail(events, n, 0.025)
    high = 1.0 if events == n else rate_with_tail(events + 1, n, 0.975)
    return events / n, low, high


def binomial_tail(events: int, n: int, rate: float) -> float:
    """The probability of `events` or more among `n`, each with probability `rate`."""
    if events <= 0:
        return 1.0
    if events > n or rate <= 0:
        return 0.0
    return 1.0 if rate >= 1 else float(special.betainc(events, n - events + 1, rate))


def rate_with_tail(events: int, n: int, wanted: float) -> float:
    """The rate at which `events` or more among `n` has the wanted probability."""
    return float(special.betaincinv(events, n - events + 1, wanted))


def fewest_striking(n: int, other_events: int, other_n: int, level: float) -> int | None:
    """The smallest number of events among `n` whose exact test falls below `level`.

    None if not even `n` of `n` would: the group is too small to stand out.
    """
    if not n or exact_excess(n, n, other_events, other_n) >= level:
        return None
    low, high = 0, n  # never striking at low, always at high: the test falls as events grow
    while high - low > 1:
        middle = (low + high) // 2
        if exact_excess(middle, n, other_events, other_n) < level:
            high = middle
        else:
            low = middle
    return high


def detectable(
    n: int, other_events: int, other_n: int, level: float, power: float = POWER
) -> tuple[float, float]:
    """The smallest rate, and ratio to the others' rate, that a look would find with `power`.

    The others are taken as they were seen; the group's count is binomial. Computed exactly: the
    fewest events that would be striking, then the rate at which so many or more have the wanted
    probability.

    Args:
        n: how many are looked at.
        other_events: events among the ones they are compared with.
        other_n: how many those are.
        level: the level of one look, already corrected for their number.
        power: the wanted probability to find it, 0.8 by custom.

    Returns:
        rate, ratio; NaN where no count could stand out, the ratio also where the others had none.
    """
    fewest = fewest_striking(n, other_events, other_n, level)
    if fewest is None:
        return NOT_KNOWN, NOT_KNOWN
    rate = rate_with_tail(fewest, n, power)
    return rate, rate * other_n / other_events if other_events else NOT_KNOWN


Array = NDArray[np.float64]
_BETWEEN_LOOKS = 32  # steps taken before finished tables are set aside


def exact_excesses(tables: Sequence[tuple[int, int, int, int]]) -> list[float]:
    """One-sided Fisher exact tests of an excess, one per table, in the order given.

    The same numbers as `rates.exact_excess`, for many tables at once.

    Args:
        tables: events, n, other_events, other_n of each, as `rates.exact_excess` takes them.

    The hypergeometric probabilities are summed from the observed number away from the likeliest,
    each from the one before; all tables take their next step together.
    """
    if not tables:
        return []
    # Whole numbers in floats: their products stay below 2**53, so nothing is rounded.
    events, n, other_events, other_n = np.array(tables, "float64").T
    total, all_events = n + other_n, events + other_events
    upwards = events > (n + 1) * (all_events + 1) // (total + 2)
    summed = np.zeros(len(tables))
    for up, start in ((True, events), (False, events - 1)):
        chosen = np.flatnonzero((upwards == up) & (n > 0) & (events > 0))
        found = _tails(start[chosen], n[chosen], all_events[chosen], total[chosen], up=up)
        summed[chosen] = np.minimum(found, 1.0)
    tails: list[float] = np.where(upwards, summed, 1.0 - summed).tolist()
    return tails


def _tails(k: Array, n: Array, all_events: Array, total: Array, *, up: bool) -> Array:
    """The hypergeometric probabilities of `k` and all beyond it, upwards or downwards."""
    others = total - all_events - n
    possible = (np.maximum(0, -others) <= k) & (k <= np.minimum(n, all_events))
    summed = np.zeros(k.size)
    active = np.flatnonzero(possible)
    k, n, all_events, others = k[active], n[active], all_events[active], others[active]
    term = _first(k, n, all_events, others)
    summed[active] = term
    while active.size:
        for _ in range(_BETWEEN_LOOKS):
            # At the last possible number a factor is 0, and so is all that follows.
            if up:
                term = term * ((all_events - k) * (n - k) / ((k + 1) * (others + k + 1)))
                k = k + 1
            else:
                term = term * (k * (others + k) / ((all_events - k + 1) * (n - k + 1)))
                k = k - 1
            summed[active] += term
        going = term > 1e-18 * summed[active]
        active, term, k = active[going], term[going], k[going]
        n, all_events, others = n[going], all_events[going], others[going]
    return summed


def _first(k: Array, n: Array, all_events: Array, others: Array) -> Array:
    """The hypergeometric probability of `k` itself."""
    rest = others + n  # without an event
    logs = _log_choose(all_events, k) + _log_choose(rest, n - k) - _log_choose(all_events + rest, n)
    return np.array([math.exp(one) for one in logs.tolist()])


def _log_choose(of: Array, some: Array) -> Array:
    return _log_factorial(of) - _log_factorial(some) - _log_factorial(of - some)


def _log_factorial(numbers: Array) -> Array:
    found, place = np.unique(numbers, return_inverse=True)
    return np.array([math.lgamma(one + 1) for one in found.tolist()])[place]
