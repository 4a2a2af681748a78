"""The share that comes to one end where another may come first: Aalen-Johansen, by patient.

Of courses that began, some are completed and some stopped; a stopped one can no longer be
completed, so it competes and is not merely out of sight. The share completed by a time is the sum
of the chances to be completed just then, having come so far.

Sources: Aalen OO, Johansen S, Scand J Stat 1978;5:141-50. The variance is the infinitesimal
jackknife by patient, as R's `survfit` gives it for several states with `cluster = patient`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mesodash.reports.stats.clustering import NOT_KNOWN, Array, Triple, log_log

_AT_ONCE = 4_000_000
"""How many values (patients by times) are in memory at once."""
_NOTHING: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """The share that came to each end, over time.

    Attributes:
        times: where something happened, ascending, first 0.
        at_risk: not yet at an end and still watched just before each time.
        shares: end -> the share that came to it by each time.
        low, high: end -> the 95 % interval (log-log by patient); NaN where the share is 0 or 1.
        errors: end -> the standard error by patient.
        n, patients: how many it rests on.
    """

    times: Array
    at_risk: Array
    shares: dict[str, Array]
    low: dict[str, Array]
    high: dict[str, Array]
    errors: dict[str, Array]
    n: int
    patients: int

    def by(self, end: str, time: float) -> Triple:
        """The share that came to an end by a time, and its 95 % interval.

        NaN if nobody was watched so long while some had come to no end.
        """
        reached: Array = np.sum([*self.shares.values(), np.zeros(self.times.size)], axis=0)
        if not self.n or (time > self.times[-1] and reached[-1] < 1 - 1e-12):
            return NOT_KNOWN, NOT_KNOWN, NOT_KNOWN
        at = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(self.shares[end][at]), float(self.low[end][at]), float(self.high[end][at])

    def at_last(self, end: str) -> Triple:
        """The share that came to an end by the last time anybody was watched, and its interval.

        0 if nobody came to it.
        """
        if end not in self.shares:
            return 0.0, NOT_KNOWN, NOT_KNOWN
        return float(self.shares[end][-1]), float(self.low[end][-1]), float(self.high[end][-1])


def aalen_johansen(patient: ArrayLike, times: ArrayLike, ends: ArrayLike) -> Shares:
    """The share that came to each end, of rows that began at 0.

    Args:
        patient: whose row it is.
        times: when it came to its end, or was last watched.
        ends: the end's name; empty text if it was last seen without one. Among equal times ends
            come before those last seen.
    """
    patient, times, ends = np.asarray(patient), np.asarray(times, float), np.asarray(ends, object)
    grid, place = np.unique(np.append(times, 0.0), return_inverse=True)
    place = place[:-1]
    left = np.bincount(place, minlength=grid.size).astype(float)
    at_risk = times.size - np.concatenate([[0.0], np.cumsum(left)[:-1]])
    names = sorted({str(end) for end in ends if end})
    counts = {name: np.bincount(place[ends == name], minlength=grid.size) for name in names}
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = {n: np.where(at_risk > 0, c / at_risk, 0.0) for n, c in counts.items()}
    total: Array = np.sum(list(hazard.values()), axis=0) if names else np.zeros(grid.size)
    survival = np.cumprod(1 - total)
    before = np.concatenate([[1.0], survival[:-1]])
    shares = {name: np.cumsum(before * h) for name, h in hazard.items()}
    people, who = np.unique(patient, return_inverse=True)
    squares = {name: np.zeros(grid.size) for name in names}
    for some in np.array_split(np.arange(people.size), max(1, people.size * grid.size // _AT_ONCE)):
        chosen = (who >= some[0]) & (who <= some[-1]) if some.size else np.zeros(0, bool)
        found = _influence(
            who[chosen] - (some[0] if some.size else 0),
            some.size, place[chosen], ends[chosen], hazard, at_risk, total, before,
        )  # fmt: skip
        for name in names:
            squares[name] += (found[name] ** 2).sum(axis=0)
    errors = {name: np.sqrt(square) for name, square in squares.items()}
    limits = {name: log_log(shares[name], errors[name]) for name in names}
    for name, (low, high) in limits.items():
        low[shares[name] >= 1] = high[shares[name] >= 1] = np.nan
    return Shares(
        grid,
        at_risk,
        shares,
        {name: low for name, (low, _) in limits.items()},
        {name: high for name, (_, high) in limits.items()},
        errors,
        times.size,
        people.size,
    )


def shares_by(
    patient: ArrayLike, times: ArrayLike, ends: ArrayLike, horizon: float
) -> dict[str, Triple]:
    """The share that came to each end by one time, and its 95 % interval by patient.

    The same numbers as `aalen_johansen`, from running sums alone, so that many times cost little.
    An end that nobody came to by then is not in it, and none is where nobody was watched so long
    while some had come to no end.
    """
    patient, times, ends = np.asarray(patient), np.asarray(times, float), np.asarray(ends, object)
    if not times.size:
        return {}
    grid, place = np.unique(times, return_inverse=True)
    left = np.bincount(place, minlength=grid.size)
    at_risk = times.size - np.concatenate([[0.0], np.cumsum(left)[:-1]])
    inside = grid <= horizon
    ended = np.array([bool(end) for end in ends])
    hazard = np.bincount(place[ended], minlength=grid.size) / at_risk * inside
    survival = np.cumprod(1 - hazard)
    if horizon > grid[-1] and survival[-1] > _NOTHING:
        return {}
    before = np.concatenate([[1.0], survival[:-1]])
    staying = np.where(hazard < 1, 1 - hazard, 1.0)
    _people, who = np.unique(patient, return_inverse=True)
    in_time = times <= horizon
    found: dict[str, Triple] = {}
    for name in sorted({str(end) for end in ends[ended & in_time]}):
        mine = ends == name
        own = np.bincount(place[mine], minlength=grid.size) / at_risk * inside
        running = np.cumsum(before * own)
        direct = before / at_risk
        indirect = (running[-1] - running) / (at_risk * staying) * inside
        passed = np.cumsum(indirect * hazard - direct * own)
        influence = passed[place] + in_time * (mine * direct[place] - ended * indirect[place])
        error = np.sqrt((np.bincount(who, influence) ** 2).sum())
        share = float(running[-1])
        low, high = log_log(np.array([share]), np.array([error]))
        known = share < 1 - _NOTHING
        found[name] = (
            share,
            float(low[0]) if known else NOT_KNOWN,
            float(high[0]) if known else NOT_KNOWN,
        )
    return found


def _influence(
    who: NDArray[np.intp],
    people: int,
    place: NDArray[np.intp],
    ends: NDArray[np.object_],
    hazard: dict[str, Array],
    at_risk: Array,
    total: Array,
    before: Array,
) -> dict[str, Array]:
    """What each patient contributed to each share at each time: patients by times."""
    shape = (people, at_risk.size)
    leaving = np.zeros(shape)
    np.add.at(leaving, (who, place), 1.0)
    watched = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    own = {}
    for name in hazard:
        own[name] = np.zeros(shape)
        np.add.at(own[name], (who[ends == name], place[ends == name]), 1.0)
    some = np.where(at_risk > 0, at_risk, 1.0)
    excess = {name: (own[name] - watched * hazard[name]) / some for name in hazard}
    staying = np.where(total < 1, 1 - total, 1.0)
    everything: Array = np.sum(list(excess.values()), axis=0) if excess else np.zeros(shape)
    log_survival = -np.cumsum(everything / staying, axis=1)
    earlier = np.concatenate([np.zeros((people, 1)), log_survival[:, :-1]], axis=1) * before
    return {
        name: np.cumsum(before * excess[name] + earlier * hazard[name], axis=1) for name in hazard
    }
