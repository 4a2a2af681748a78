"""Exact intervals and the power of a look: what a comparison could have found.

Sources: Clopper & Pearson, Biometrika 1934;26:404-13, by way of the binomial's tail as an
incomplete beta function (DLMF 8.17.5). The power of Fisher's exact test by its definition: the
probability, under an assumed rate, of all counts that the test calls striking.
"""

from functools import lru_cache

from mesodash.reports.rates import NOT_KNOWN, beta_share, exact_excess

POWER = 0.8
_WIDTH = 1e-12


def clopper_pearson(events: int, n: int) -> tuple[float, float, float]:
    """The share events / n and its exact 95 % interval (Clopper-Pearson); NaN where n is 0."""
    if n == 0:
        return NOT_KNOWN, NOT_KNOWN, NOT_KNOWN
    low = 0.0 if events == 0 else _rate_with_tail(events, n, 0.025)
    high = 1.0 if events == n else _rate_with_tail(events + 1, n, 0.975)
    return events / n, low, high


def binomial_tail(events: int, n: int, rate: float) -> float:
    """The probability of `events` or more among `n`, each with probability `rate`."""
    if events <= 0:
        return 1.0
    if events > n or rate <= 0:
        return 0.0
    return 1.0 if rate >= 1 else beta_share(rate, events, n - events + 1)


@lru_cache(maxsize=65_536)  # pure, and small counts come again and again
def _rate_with_tail(events: int, n: int, wanted: float) -> float:
    """The rate at which `events` or more among `n` has the wanted probability."""
    low, high = 0.0, 1.0
    while high - low > _WIDTH * high:
        middle = (low + high) / 2
        low, high = (middle, high) if binomial_tail(events, n, middle) < wanted else (low, middle)
    return (low + high) / 2


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
    rate = _rate_with_tail(fewest, n, power)
    return rate, rate * other_n / other_events if other_events else NOT_KNOWN
