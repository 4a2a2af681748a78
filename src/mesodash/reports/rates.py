"""Rates, means and their uncertainty from counts and sums: Wilson, Fisher, Holm, Student's t.

Sources: Wilson, JASA 1927;22:209-12 (as recommended by Brown, Cai & DasGupta, Stat Sci
2001;16:101-33). Fisher's exact test: Fisher, JRSS 1922;85:87-94. Holm, Scand J Stat 1979;6:65-70.
Incomplete beta function: continued fraction of DLMF 8.17.22 by Lentz's method.
"""

import math
from collections.abc import Sequence

from mesodash.reports.survival import Z95

NOT_KNOWN = float("nan")


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

    def log_choose(of: int, some: int) -> float:
        return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)

    whole = log_choose(total, n)
    terms = (
        math.exp(log_choose(all_events, k) + log_choose(total - all_events, n - k) - whole)
        for k in range(max(events, n - (total - all_events)), min(n, all_events) + 1)
    )
    return min(math.fsum(terms), 1.0)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's correction for having looked len(p_values) times, in the order given."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    corrected = [1.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = highest
    return corrected


def mean_interval(n: int, total: float, squares: float) -> tuple[float, float, float]:
    """The mean and its 95 % t interval from n, the sum and the sum of squares.

    NaN where n is 0; only the mean where n is 1.
    """
    if n == 0:
        return NOT_KNOWN, NOT_KNOWN, NOT_KNOWN
    mean = total / n
    if n == 1:
        return mean, NOT_KNOWN, NOT_KNOWN
    variance = max(squares - n * mean * mean, 0.0) / (n - 1)
    reach = t_quantile_975(n - 1) * math.sqrt(variance / n)
    return mean, mean - reach, mean + reach


def t_quantile_975(freedom: int) -> float:
    """The 97.5 % point of Student's t with `freedom` >= 1 degrees of freedom."""
    low, high = Z95, 13.0  # t is never below the normal's, and 12.71 at one degree
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        tail = _beta_share(freedom / (freedom + middle * middle), freedom / 2, 0.5) / 2
        low, high = (middle, high) if tail > 0.025 else (low, middle)
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 500):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + numerator * d)
            c = 1 + numerator / c
            fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * fraction / a
