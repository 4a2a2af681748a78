"""Rates and their uncertainty from counts: Wilson's interval, Fisher's test, Holm's correction.

Sources: Wilson, JASA 1927;22:209-12 (as recommended by Brown, Cai & DasGupta, Stat Sci
2001;16:101-33). Fisher's exact test: Fisher, JRSS 1922;85:87-94. Holm, Scand J Stat 1979;6:65-70.
"""

import math
from collections.abc import Sequence

from mesodash.reports.stats.clustering import NOT_KNOWN, Z95


def wilson(events: int, n: int) -> tuple[float, float, float]:
    """The share events / n and its 95 % Wilson interval; NaN where n is 0."""
    if n == 0:
        return NOT_KNOWN, NOT_KNOWN, NOT_KNOWN
    share = events / n
    z2 = Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low = 0.0 if events == 0 else max(middle - reach, 0.0)
    high = 1.0 if events == n else min(middle + reach, 1.0)
    return share, low, high


def exact_excess(events: int, n: int, other_events: int, other_n: int) -> float:
    """One-sided Fisher exact test: the probability of `events` or more among `n`, if all
    events + other_events fell on the n + other_n at random.
    """  # noqa: D205
    total, all_events = n + other_n, events + other_events
    if not n or not events:
        return 1.0
    # The tail that leads away from the most likely number is summed: its terms only fall.
    likeliest = (n + 1) * (all_events + 1) // (total + 2)
    if events > likeliest:
        return min(_tail(events, n, all_events, total, step=1), 1.0)
    return 1.0 - min(_tail(events - 1, n, all_events, total, step=-1), 1.0)


def _tail(start: int, n: int, all_events: int, total: int, *, step: int) -> float:
    """The hypergeometric probabilities of `start` and all beyond it, upwards or downwards.

    Each from the one before, until they add nothing more.
    """
    lowest, highest = max(0, n - (total - all_events)), min(n, all_events)
    if not lowest <= start <= highest:
        return 0.0

    def log_choose(of: int, some: int) -> float:
        return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)

    others = total - all_events - n
    term = total_share = math.exp(
        log_choose(all_events, start)
        + log_choose(total - all_events, n - start)
        - log_choose(total, n)
    )
    k = start
    while lowest <= k + step <= highest and term > 1e-18 * total_share:
        if step == 1:
            term *= (all_events - k) * (n - k) / ((k + 1) * (others + k + 1))
        else:
            term *= k * (others + k) / ((all_events - k + 1) * (n - k + 1))
        total_share += term
        k += step
    return total_share


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's correction for having looked len(p_values) times, in the order given."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    corrected = [1.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = highest
    return corrected
