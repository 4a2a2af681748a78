"""How long something lasts, from counts: Kaplan-Meier, Turnbull, and what is read off the curve.

Times are in any unit; a group's curve needs only, for each time, how many ended and how many were
still there when last seen. The open ones are censored: never dropped, never counted as zero.

Patients repeat: the intervals take the variance between patients (see `clustering`), which is
Greenwood's where every row is a patient of its own. Numbers equal R's `survfit(cluster = patient)`
with `conf.type = "log-log"`.

Sources: Kaplan & Meier, JASA 1958;53:457-81. Greenwood's variance and the log-log interval as in
Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data, 2nd ed., 1.4. The median's
interval: Brookmeyer & Crowley, Biometrics 1982;38:29-41. Interval censoring: Turnbull, JRSS B
1976;38:290-5.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mesodash.reports.stats.clustering import greenwood, log_log, patient_sums

if TYPE_CHECKING:
    from collections.abc import Callable


Array = NDArray[np.float64]
Ranks = NDArray[np.intp]
Triple = tuple[float, float, float]

ENOUGH_PATIENTS = 30
"""Below so many patients the 95 % interval of a curve holds the truth less often than it says; from
simulations, docs/statistics.md."""
ENOUGH_FOLLOWED = 20
"""Likewise where fewer would still be followed had none of them ended."""
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
        low, high: its 95 % interval (log-log, by patient); NaN where S is 0.
        at_risk: still observed just before each time (expected numbers in a Turnbull curve).
        events: ended at each time (expected numbers in a Turnbull curve).
        censored: last seen at each time, still affected.
        variance: of log S at each time, between patients.
        single_variance: the same if every row were another patient's; `variance` over this is the
            design effect; NaN in a Turnbull curve by patient.
        watched: patients with something still observed just after each time.
        n: how many the curve rests on.
        patients: how many patients they belong to.
    """

    times: Array
    survival: Array
    low: Array
    high: Array
    at_risk: Array
    events: Array
    censored: Array
    variance: Array
    single_variance: Array
    watched: Array
    n: int
    patients: int

    def resolved_by(self, time: float) -> Triple:
        """Share no longer affected by `time`, and its 95 % interval.

        NaN if nobody was watched so long while some were still affected. Where none or all are
        over the log-log method gives no interval; then the exact one-patient-one-vote limit stands
        (Clopper-Pearson). None over: 0 of the patients still watched. All over: those who were
        watched after the last one was lost from sight, all of whose ended, and before that the
        upper limit of the curve; the two limits multiplied, which errs on the wide side.
        """
        at = self._place(time)
        if at is None:
            return float("nan"), float("nan"), float("nan")
        share = 1 - float(self.survival[at])
        if share <= 0:
            left = float(self.watched[at])
            return 0.0, 0.0, 1 - _CLOSED_TAIL ** (1 / left) if left else float("nan")
        if share >= 1:
            return 1.0, 1 - self._highest_at_zero(at), 1.0
        return share, 1 - float(self.high[at]), 1 - float(self.low[at])

    def design_effect(self, time: float) -> float:
        """How many times the variance at `time` is that of unrelated effects; NaN if not known."""
        at = self._place(time)
        if at is None or not self.single_variance[at] > 0 or not self.survival[at] > 0:
            return float("nan")
        return float(self.variance[at] / self.single_variance[at])

    def reliable(self, time: float | None = None) -> bool:
        """Whether simulations say that the interval (at `time`) holds what it promises."""
        if self.patients < ENOUGH_PATIENTS:
            return False
        at = None if time is None else self._place(time)
        return at is None or self._followed(at) >= ENOUGH_FOLLOWED

    def _followed(self, at: int) -> float:
        """How many would still be followed after a step, had none ended: n times the share kept.

        Unlike the number still watched it does not depend on how many ended by chance, so what is
        marked for it is not the half of the draws that erred to one side.
        """
        left = self.at_risk[: at + 1] - self.events[: at + 1]
        lost = np.divide(self.censored[: at + 1], left, out=np.zeros(at + 1), where=left > _TIE)
        return float(self.n * np.prod(1 - np.clip(lost, 0, 1)))

    def _highest_at_zero(self, at: int) -> float:
        """The upper limit of S where it is 0, by the patients watched after the last was lost."""
        lost = np.flatnonzero(self.censored[: at + 1] > 0)
        if not lost.size:
            return float(1 - _CLOSED_TAIL ** (1 / self.patients))
        last = int(lost[-1])
        none_left = 1 - _CLOSED_TAIL ** (1 / max(float(self.watched[last]), 1.0))
        return float(self.high[last] * none_left)

    def median(self) -> Triple:
        """Smallest time at which S is 0.5 or less, and its 95 % interval; NaN where not reached."""
        return self.time_until(0.5)

    def time_until(self, gone: float) -> Triple:
        """Smallest time by which a share is gone, and its 95 % interval; NaN where not reached.

        The upper end is where the upper limit falls to it, so it is open where that never happens,
        also where the curve itself ends at 0 (as R).
        """
        left = 1 - gone
        return (
            _first_at(self.times, self.survival, left),
            _first_at(self.times, self.low, left),
            _first_at(self.times, self.high, left),
        )

    def _place(self, time: float) -> int | None:
        if not self.n or (time > self.times[-1] and self.survival[-1] > 0):
            return None
        return int(np.searchsorted(self.times, time, side="right")) - 1


_CLOSED_TAIL = 0.025


def _first_at(times: Array, values: Array, level: float) -> float:
    reached = np.flatnonzero(values <= level + _TIE)  # NaN compares false: not reached
    return float(times[reached[0]]) if reached.size else float("nan")


def _patients(patient: ArrayLike | None, rows: int) -> NDArray[np.intp]:
    """The rows' patients as numbers from 0; each row its own patient where none are given."""
    if patient is None:
        return np.arange(rows)
    who: NDArray[np.intp] = np.unique(np.asarray(patient), return_inverse=True)[1]
    return who


def _watched(who: NDArray[np.intp], last: Array, grid: Array) -> Array:
    """How many patients have something still observed just after each time of the grid."""
    if not who.size:
        return np.zeros(grid.size)
    latest = np.full(int(who.max()) + 1, -np.inf)
    np.maximum.at(latest, who, last)
    latest = np.sort(latest[np.isfinite(latest)])
    left: Array = (latest.size - np.searchsorted(latest, grid, side="right")).astype(float)
    return left


def kaplan_meier(
    times: ArrayLike, events: ArrayLike, censored: ArrayLike, patient: ArrayLike | None = None
) -> Curve:
    """The Kaplan-Meier curve from counts; among equal times, ends come before censorings.

    Args:
        times: observed times >= 0, any order, repeats allowed.
        events: how many ended at each.
        censored: how many were last seen at each, still affected.
        patient: whose they are; each a patient of its own if left out.
    """
    times, events, censored = (np.asarray(one, float) for one in (times, events, censored))
    rows = events + censored > 0
    grid, place = np.unique(np.append(times, 0.0), return_inverse=True)
    place = place[:-1]
    ended = np.bincount(place, events, grid.size).astype(float)
    lost = np.bincount(place, censored, grid.size).astype(float)
    n = ended.sum() + lost.sum()
    at_risk = n - np.concatenate([[0.0], np.cumsum(ended + lost)[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(np.where(at_risk > 0, 1 - ended / at_risk, 1.0)).astype(float)
    single = greenwood(at_risk, ended)
    if patient is None:
        variance, watched, patients = single, at_risk - ended - lost, int(n)
    else:
        who = _patients(np.asarray(patient)[rows], 0)
        sums = patient_sums(
            who, place[rows], events[rows], censored[rows], at_risk=at_risk, all_ended=ended
        )
        variance = sums.variance_of_log(single)
        watched = _watched(who, times[rows], grid)
        patients = int(np.unique(who).size)
    low, high = log_log(survival, survival * np.sqrt(variance))
    return Curve(
        grid, survival, low, high, at_risk, ended, lost,
        variance, single, watched, int(n), patients,
    )  # fmt: skip


def turnbull(
    lower: ArrayLike, upper: ArrayLike, counts: ArrayLike, patient: ArrayLike | None = None
) -> Curve:
    """The Turnbull curve: ends known exactly, to an interval, or not at all.

    Args:
        lower: last time known to be still affected, or the exact end.
        upper: first time known to be over: equal to `lower` for an exact end, infinite if censored.
        counts: how many share this row.
        patient: whose they are; each row a patient of its own if left out.

    An interval is open on the left: (lower, upper]. The estimate is undetermined inside the
    innermost intervals; its steps are put at their right ends, so S is never said to have dropped
    before it must have. Variance: the sandwich by patient (see `patient_variances`), which is that
    of Kaplan-Meier's curve where all rows are exact or right-censored.
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
    own = _patients(patient, lower.size)
    spread = patient_variances(first, last, counts, steps, None if patient is None else own)
    # The variance if nobody repeated would cost as much again, for a page that asks seldom.
    alone = spread if patient is None else np.full(spread.size, np.nan)

    grid = np.unique(np.concatenate([[0.0], ends, lower[~known], upper[known]]))
    step = np.searchsorted(ends, grid, side="right")  # steps taken by each time; 0 is before all
    events, censored = np.zeros(grid.size), np.zeros(grid.size)
    events[np.searchsorted(grid, ends)] = ended
    np.add.at(censored, np.searchsorted(grid, lower[~known]), counts[~known])
    n = counts.sum()
    at_risk = n - np.concatenate([[0.0], np.cumsum(events + censored)[:-1]])
    survival = np.append(1.0, survival)[step]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance, single = (
            np.where(survival > 0, np.append(0.0, one[: ends.size])[step] / survival**2, 0.0)
            for one in (spread, alone)
        )
    low, high = log_log(survival, survival * np.sqrt(variance))
    patients = int(np.unique(own).size) if patient is not None else int(n)
    return Curve(
        grid, survival, low, high, at_risk, events, censored, variance, single,
        _watched(own, np.where(known, upper, lower), grid), int(n), patients,
    )  # fmt: skip


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


_AT_ONCE = 4_000_000
"""Steps times patients that are solved for at once."""


def patient_variances(
    first: Ranks, last: Ranks, counts: Array, steps: Array, patient: ArrayLike | None
) -> Array:
    """The variance of a Turnbull curve S after each step, by patient; 0 where S is 0.

    A row that ended between steps a and b contributes w log(S_a - S_b) to the likelihood, its score
    is w / (S_a - S_b) at S_a and minus that at S_b, and its observed information is
    w / (S_a - S_b)^2 on the edge a-b: the Laplacian of a graph whose ends, S = 1 and S = 0, are
    fixed. With M that matrix and s_i the sum of a patient's scores, the patient's influence on the
    curve is M^-1 s_i, and the variance the sum of its squares over patients (the sandwich
    M^-1 (sum s_i s_i') M^-1; Huber PJ, Proc 5th Berkeley Symp 1967;1:221-33; by clusters: Liang &
    Zeger, Biometrika 1986;73:13-22). Where all rows are exact or right-censored this is the
    infinitesimal jackknife of Kaplan-Meier's curve.

    Args:
        first: for each row the first step it may have ended in.
        last: for each row the step after the last it may have ended in.
        counts: how many share the row.
        steps: the sizes of the steps, which sum to 1.
        patient: whose row it is; None if all that share a row are different patients too.
    """
    # Slow to import, and few clinics have ends known only between contacts.
    from scipy import sparse  # noqa: PLC0415
    from scipy.sparse import linalg  # noqa: PLC0415

    size = steps.size - 1
    if not size:
        return np.zeros(1)
    survival = np.append(1.0, 1 - np.cumsum(steps))
    survival[-1] = 0.0
    fall = survival[first] - survival[last]
    told = ~((first == 0) & (last == steps.size))
    first, last, fall, counts = first[told], last[told], fall[told], counts[told]
    rows = np.arange(first.size)
    if patient is None:
        people, who, weight = rows, rows, np.sqrt(counts)  # n squares of 1, not one of n
    else:
        people, who = np.unique(np.asarray(patient)[told], return_inverse=True)
        weight = counts
    # One column a step; the fixed ends are cut away below.
    edges = sparse.csc_matrix(
        (
            np.concatenate([np.ones(first.size), -np.ones(last.size)]),
            (np.concatenate([rows, rows]), np.concatenate([first, last])),
        ),
        shape=(first.size, steps.size + 1),
    )[:, 1:-1]
    information = (edges.T @ sparse.diags(counts / fall**2) @ edges).tocsc()
    belongs = sparse.csc_matrix((weight / fall, (rows, who)), shape=(first.size, people.size))
    scores = (edges.T @ belongs).tocsc()
    solve: Callable[[Array], Array]
    try:
        solve = linalg.splu(information).solve
    except RuntimeError:  # the rows leave some steps undetermined
        solve = np.linalg.pinv(information.toarray(), hermitian=True).dot
    found = np.zeros(size)
    for some in np.array_split(np.arange(people.size), 1 + people.size * size // _AT_ONCE):
        found += (solve(scores[:, some].toarray()) ** 2).sum(axis=1)
    return np.append(found, 0.0)
