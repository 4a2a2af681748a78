"""Exact tests of many tables at once: the same numbers as `rates.exact_excess`, array by array."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_BETWEEN_LOOKS = 32  # steps taken before those that are done are set aside


def exact_excesses(tables: Sequence[tuple[int, int, int, int]]) -> list[float]:
    """One-sided Fisher exact tests of an excess, one a table, in the order given.

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
