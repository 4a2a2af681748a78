"""The exact test of an excess over several strata, each compared within itself."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mesodash.reports.stats.exact import exact_excesses

Array = NDArray[np.float64]
Table = tuple[int, int, int, int]
"""events, n, other_events, other_n of one stratum."""

_NEGLIGIBLE = math.log(1e-25)
"""Numbers so much less likely than the likeliest one are left out."""
_TOO_SMALL = 1e-6
"""A probability below this is computed again so that it keeps its precision."""
_FEW = 512
"""Up to so many possible numbers, direct convolution is quicker than a transform."""
_STEPS = 60
_CLOSE = 0.25
"""Of an event: how near the tilted mean must come to the observed number."""


@dataclass(frozen=True, slots=True)
class _Counts:
    """The numbers of events a stratum may have, `low` and up, and the log of each's probability."""

    low: int
    logs: Array

    def tilted(self, tilt: float) -> "tuple[_Counts, float]":
        """The distribution proportional to probability * e**(tilt * number above low), and the log
        of what it was divided by.
        """  # noqa: D205
        logs = self.logs + tilt * np.arange(self.logs.size)
        highest = float(logs.max())
        divisor = highest + math.log(float(np.exp(logs - highest).sum()))
        return _Counts(self.low, logs - divisor), divisor

    @property
    def mean(self) -> float:
        """The mean number above low."""
        return float(np.exp(self.logs) @ np.arange(self.logs.size))

    def narrowed(self) -> "_Counts":
        """Without the numbers at either end that are too unlikely to matter."""
        matter = np.flatnonzero(self.logs > _NEGLIGIBLE + self.logs.max())
        first, last = int(matter[0]), int(matter[-1])
        return _Counts(self.low + first, self.logs[first : last + 1])


def stratified_excesses(looks: Sequence[Sequence[Table]]) -> list[float]:
    """One-sided exact conditional test of an excess in each of several sets of strata.

    Within a stratum the events are taken to have fallen on the n + other_n at random, each
    stratum's number of events being given; the probability is that of as many events or more,
    added up over the strata. With one stratum this is Fisher's test.

    Args:
        looks: the strata of each look; those that cannot tell anything (nobody here or elsewhere,
            no event or an event after everything) change nothing.

    Returns:
        The probability for each look, in the order given. With several strata 1 where no more
        events were seen than the mean: the probability is then a half or more, since the median
        lies no more than one event from the mean (Jogdeo & Samuels, Ann Math Stat 1968;39:1191-5;
        a hypergeometric number is a sum of independent trials: Vatutin & Mikhailov 1982).

    Source: Gart JJ, Biometrika 1970;57:471-5 (several 2 x 2 tables, exactly); the same test as
    exact = TRUE of R's mantelhaen.test.
    """
    told = [[table for table in strata if _tells(table)] for strata in looks]
    found = [1.0] * len(told)
    single = [i for i, strata in enumerate(told) if len(strata) == 1]
    for i, p_value in zip(single, exact_excesses([told[i][0] for i in single]), strict=True):
        found[i] = p_value
    for i, strata in enumerate(told):
        if len(strata) > 1 and _above_the_mean(strata):
            found[i] = min(_excess(strata), 1.0)
    return found


def effective(strata: Sequence[Table], here: float, elsewhere: float) -> tuple[Table, ...]:
    """The tables as they were if nobody had several: counts divided by their design effects.

    An exact test takes every row for another patient's. Dividing the counts of clustered rows by
    how many times their variance exceeds that of unrelated ones makes such a test hold: Rao JNK,
    Scott AJ, Biometrics 1992;48:577-85. Whole numbers are kept by rounding each sum to the nearest
    and giving the strata their parts of it by the largest remainder.

    Args:
        strata: the counted tables.
        here: design effect of the first two numbers, 1 or more.
        elsewhere: of the last two.
    """
    if max(here, elsewhere) < 1 + 1e-9:
        return tuple(strata)
    columns = list(zip(*strata, strict=True))
    made = [
        _parts(column, factor)
        for column, factor in zip(columns, (here, here, elsewhere, elsewhere), strict=True)
    ]
    return tuple(
        (k, max(n, k), other_k, max(other_n, other_k))
        for k, n, other_k, other_n in zip(*made, strict=True)
    )


def _parts(numbers: Sequence[int], divisor: float) -> list[int]:
    """The numbers divided, as whole ones whose sum is the divided sum, rounded."""
    exact = [number / divisor for number in numbers]
    whole = [math.floor(one + 1e-9) for one in exact]
    left = round(sum(exact)) - sum(whole)
    by_remainder = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for i in by_remainder[: max(left, 0)]:
        whole[i] += 1
    return whole


def _tells(table: Table) -> bool:
    events, n, other_events, other_n = table
    return n > 0 and other_n > 0 and 0 < events + other_events < n + other_n


def _above_the_mean(strata: Sequence[Table]) -> bool:
    mean = sum(n * (k + other_k) / (n + other_n) for k, n, other_k, other_n in strata)
    return sum(table[0] for table in strata) > mean


def _excess(strata: Sequence[Table]) -> float:
    """The probability of as many events or more in all strata together."""
    observed = sum(table[0] for table in strata)
    ranges = [_possible(*table) for table in strata]
    if sum(last - first for first, last in ranges) <= _FEW:
        together = np.ones(1)
        for table, (first, last) in zip(strata, ranges, strict=True):
            together = np.convolve(together, np.exp(_counts(*table, first, last).logs))
        return float(together[observed - sum(first for first, _ in ranges) :].sum())
    near = [_counts(*table, *_likely(*table)) for table in strata]
    low, together = _summed(near)
    found = float(together[max(observed - low, 0) :].sum())
    if found > _TOO_SMALL:
        return found
    every = [_counts(*table, *both) for table, both in zip(strata, ranges, strict=True)]
    return _small_excess(every, observed)


def _small_excess(counts: list[_Counts], observed: int) -> float:
    """The same where it is small: a transform would lose its precision.

    The distributions are tilted so that the observed number is about the likeliest; what is summed
    then is of ordinary size, and what the tilt did is taken back from the sum.
    """
    above = observed - sum(count.low for count in counts)
    if above == sum(count.logs.size - 1 for count in counts):  # every event that can be is here
        return math.exp(sum(float(count.logs[-1]) for count in counts))
    tilt = _tilt(counts, above)
    tilted = [count.tilted(tilt) for count in counts]
    low, together = _summed([count.narrowed() for count, _ in tilted])
    tail = together[max(observed - low, 0) :]
    taken_back = np.exp(-tilt * (max(low - observed, 0) + np.arange(tail.size)))
    log_divisor = sum(divisor for _, divisor in tilted)
    return math.exp(log_divisor - tilt * above) * float((tail * taken_back).sum())


def _possible(events: int, n: int, other_events: int, other_n: int) -> tuple[int, int]:
    """The smallest and the largest possible number of events among the n."""
    all_events = events + other_events
    return max(0, all_events - other_n), min(n, all_events)


def _likely(events: int, n: int, other_events: int, other_n: int) -> tuple[int, int]:
    """The same without what is less likely than `_NEGLIGIBLE`, by Bernstein's inequality."""
    low, high = _possible(events, n, other_events, other_n)
    rate = (events + other_events) / (n + other_n)
    mean, most = n * rate, -_NEGLIGIBLE
    away = most / 3 + math.sqrt((most / 3) ** 2 + 2 * most * mean * (1 - rate))
    return max(low, math.floor(mean - away)), min(high, math.ceil(mean + away))


def _counts(events: int, n: int, other_events: int, other_n: int, first: int, last: int) -> _Counts:
    """The hypergeometric distribution from first to last, each probability from the one before."""
    all_events = events + other_events
    k = np.arange(first, last, dtype="float64")
    steps = (all_events - k) * (n - k) / ((k + 1) * (other_n - all_events + k + 1))
    logs = np.zeros(last - first + 1)
    np.cumsum(np.log(steps), out=logs[1:])
    logs -= logs.max()
    return _Counts(first, logs - math.log(float(np.exp(logs).sum())))


def _tilt(counts: list[_Counts], above: int) -> float:
    """The tilt at which the mean number above the lowest is about `above`."""

    def mean(tilt: float) -> float:
        return sum(count.tilted(tilt)[0].mean for count in counts)

    low, high = 0.0, 1.0
    while mean(high) < above and high < 600:
        low, high = high, 2 * high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        reached = mean(middle)
        if abs(reached - above) < _CLOSE:
            return middle
        low, high = (middle, high) if reached < above else (low, middle)
    return (low + high) / 2


def _summed(counts: list[_Counts]) -> tuple[int, Array]:
    """The distribution of the sum, and the number that its first entry is for."""
    size = sum(count.logs.size - 1 for count in counts) + 1
    length = 1 << (size - 1).bit_length()
    transformed = np.ones(length // 2 + 1, "complex128")
    for count in counts:
        transformed *= np.fft.rfft(np.exp(count.logs), length)
    together = np.maximum(np.fft.irfft(transformed, length)[:size], 0.0)
    return sum(count.low for count in counts), together
