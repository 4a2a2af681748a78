"""Variances that allow for repeated patients: one patient's side effects resemble each other.

A patient who bruises long bruises long again. Intervals that take every side effect for a
patient of its own are then too narrow. Here every variance is a sum of squares over patients (the
infinitesimal jackknife: what each patient contributed to the estimate), so clinics simply add up.

Sources: Williams RL, Product-limit survival functions with correlated survival times, Lifetime Data
Anal 1995;1:171-86; the same numbers as R's `survfit(..., cluster = patient)`. Ratio estimates:
Cochran WG, Sampling Techniques, 3rd ed. 1977, 9A. Interval from the effective number: Korn EL,
Graubard BI, Surv Methodol 1998;24:193-201, with Wilson's interval as compared by Franco C et al.,
J Surv Stat Methodol 2019;7:334-64.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Array = NDArray[np.float64]
Triple = tuple[float, float, float]

Z95 = float(special.ndtri(0.975))
NOT_KNOWN = math.nan


@dataclass(frozen=True, slots=True, eq=False)
class PatientSums:
    """Sums over patients from which the variance of log S at each time of a grid is made.

    With c the sum of a patient's contributions that ended by then and m the number of that
    patient's side effects still watched. Sums of several clinics over the same grid may be added.

    Attributes:
        squares: sum of c squared.
        products: sum of c times m.
        watched: sum of m squared.
    """

    squares: Array
    products: Array
    watched: Array

    def __add__(self, other: "PatientSums") -> "PatientSums":
        return PatientSums(
            self.squares + other.squares,
            self.products + other.products,
            self.watched + other.watched,
        )

    def variance_of_log(self, cumulative: Array) -> Array:
        """The variance of log S at each time of the grid; `cumulative` is Greenwood's sum."""
        found: Array = self.squares + cumulative * (2 * self.products + cumulative * self.watched)
        return np.clip(found, 0.0, None)


def greenwood(at_risk: Array, ended: Array) -> Array:
    """Greenwood's sum of d / (Y (Y - d)) over a grid of times: var log S without repeats.

    A time at which all that were left ended adds nothing; S is 0 from there and has no variance.
    """
    left = at_risk - ended
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where((ended > 0) & (left > 0), ended / (at_risk * left), 0.0)
    return np.cumsum(steps)


def patient_sums(
    patient: ArrayLike,
    place: NDArray[np.intp],
    ended: ArrayLike,
    censored: ArrayLike,
    *,
    at_risk: Array,
    all_ended: Array,
) -> PatientSums:
    """The second pass: one clinic's patients against the hazards of all.

    The influence of patient i on log S(t) is minus the sum over s <= t of
    (dN_i(s) - Y_i(s) h(s)) / (Y(s) (1 - h(s))) = c_i(t) + m_i(t) G(t), where G is Greenwood's sum.
    Its square changes only where one of the patient's own side effects ends or is last seen.

    Args:
        patient: whose side effects a row counts; any numbers, unique over what is given.
        place: the row's time, as its index in the grid.
        ended: how many of the patient's ended at that time.
        censored: how many of them were last seen at that time, still there.
        at_risk: over the grid, of all clinics together (the first pass).
        all_ended: likewise.
    """
    ended, censored = np.asarray(ended, float), np.asarray(censored, float)
    order = np.lexsort((place, np.asarray(patient)))
    place, ended, censored = place[order], ended[order], censored[order]
    first = np.append(True, np.diff(np.asarray(patient)[order]) != 0)[: order.size]
    cumulative = greenwood(at_risk, all_ended)
    left = at_risk - all_ended
    jump = np.divide(1.0, left, out=np.zeros_like(left), where=left > 0)
    number = ended + censored
    change = number * cumulative[place] - ended * jump[place]
    after = _within(np.cumsum(change), change, first)
    before = after - change
    gone = _within(np.cumsum(number), number, first)
    total = np.bincount(np.cumsum(first) - 1, number)[np.cumsum(first) - 1] if place.size else gone
    watched_after = total - gone
    watched_before = watched_after + number
    size = at_risk.size
    all_watched = float((total[first] ** 2).sum())

    def over_time(delta: Array) -> Array:
        summed: Array = np.cumsum(np.bincount(place, delta, size))
        return summed

    return PatientSums(
        over_time(after**2 - before**2),
        over_time(after * watched_after - before * watched_before),
        all_watched + over_time(watched_after**2 - watched_before**2),
    )


def _within(running: Array, own: Array, first: NDArray[np.bool_]) -> Array:
    """Running totals that begin anew with each patient."""
    if not running.size:
        return running
    starts = np.flatnonzero(first)
    before: Array = np.repeat(running[starts] - own[starts], np.diff(np.append(starts, own.size)))
    return running - before


def log_log(share: Array, error: Array) -> tuple[Array, Array]:
    """The 95 % interval of a share: exp(-exp(log(-log S) +- 1.96 se / (S |log S|))).

    Args:
        share: S, between 0 and 1.
        error: its standard error.

    Returns:
        low, high: 1 where S is 1; NaN where S is 0, since the method gives nothing there (as R).
    """
    low, high = np.full(share.shape, np.nan), np.full(share.shape, np.nan)
    low[share >= 1] = high[share >= 1] = 1.0
    inside = (share > 0) & (share < 1)
    log_s = np.log(share[inside])
    reach = np.exp(Z95 * error[inside] / (share[inside] * -log_s))
    low[inside], high[inside] = np.exp(log_s * reach), np.exp(log_s / reach)
    return low, high


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over patients of a count x (events, responders) and its denominator n; clinics add up.

    Attributes:
        patients: how many patients have a denominator.
        x, n: the sums.
        xx, xn, nn: the sums of squares and products, patient by patient.
        patients_with: how many patients have an x, where that was counted.
    """

    patients: float
    x: float
    n: float
    xx: float
    xn: float
    nn: float
    patients_with: float = NOT_KNOWN

    @classmethod
    def of(cls, x: ArrayLike, n: ArrayLike) -> "Totals":
        """The sums of two counts a patient."""
        x, n = np.asarray(x, float), np.asarray(n, float)
        sums = (x.sum(), n.sum(), (x * x).sum(), (x * n).sum(), (n * n).sum(), (x > 0).sum())
        return cls(float((n > 0).sum()), *(float(one) for one in sums))

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.patients + other.patients,
            self.x + other.x,
            self.n + other.n,
            self.xx + other.xx,
            self.xn + other.xn,
            self.nn + other.nn,
            self.patients_with + other.patients_with,
        )

    @property
    def ratio(self) -> float:
        """X / n."""
        return self.x / self.n if self.n else NOT_KNOWN

    @property
    def variance(self) -> float:
        """The variance of the ratio between patients: k/(k-1) sum (x - ratio n)^2 / (sum n)^2."""
        if self.patients < 2:
            return NOT_KNOWN
        return self.spread / self.n**2 * self.patients / (self.patients - 1)

    @property
    def spread(self) -> float:
        """The spread of the patients around the ratio: the sum of (x - ratio n)^2."""
        found = self.xx - 2 * self.ratio * self.xn + self.ratio**2 * self.nn
        return max(found, 0.0)

    def design_effect(self, single: float) -> float:
        """How many times the variance is that of unrelated ones, `single`; at least 1.

        Where nothing varies (none, or all) nothing shows how alike a patient's are; they are then
        taken for wholly alike, so that each patient counts once: sum n^2 / sum n.
        """
        alike = self.nn / self.n
        if self.patients < 2 or single <= 0 or self.variance <= 0:
            return alike
        return max(self.variance / single, 1.0)

    @property
    def design_effect_of_share(self) -> float:
        """The design effect where x / n is a share; NaN where nothing was counted."""
        if not self.n:
            return NOT_KNOWN
        p = min(self.ratio, 1.0)
        return self.design_effect(p * (1 - p) / self.n)


def design_effect_within(strata: Sequence[Totals]) -> float:
    """The design effect of a share within strata, each with its own share; at least 1.

    The spread between patients over what it would be if nobody had several: the sum of (x - p n)^2
    over that of n p (1 - p), which are equal where each patient has one. Where nothing varies (all
    had it) each patient counts once, sum n^2 / sum n; 1 where none had it.
    """
    told = [one for one in strata if one.x]
    if not told:
        return 1.0
    usual = sum(one.n * min(one.ratio, 1.0) * (1 - min(one.ratio, 1.0)) for one in told)
    spread = sum(one.spread for one in told)
    if usual <= 1e-9 or spread <= 1e-9:
        return max(sum(one.nn for one in told) / sum(one.n for one in told), 1.0)
    return max(spread / usual, 1.0)


def share(totals: Totals) -> Triple:
    """The share x / n and its 95 % interval by patient: Wilson's at the effective number.

    The effective number is n over the design effect, and the quantile is Student's with one degree
    of freedom less than there are patients. NaN where nothing was counted.
    """
    if not totals.n:
        return NOT_KNOWN, NOT_KNOWN, NOT_KNOWN
    p = min(totals.ratio, 1.0)
    n = totals.n / totals.design_effect_of_share
    t = float(special.stdtrit(max(totals.patients - 1, 1), 0.975)) if totals.patients > 1 else Z95
    square = t * t
    middle = (p + square / (2 * n)) / (1 + square / n)
    reach = t / (1 + square / n) * math.sqrt(p * (1 - p) / n + square / (4 * n * n))
    low = 0.0 if p == 0 else max(middle - reach, 0.0)
    high = 1.0 if p == 1 else min(middle + reach, 1.0)
    return p, low, high


def mean(totals: Totals) -> Triple:
    """The mean x / n of any quantity and its 95 % t interval by patient.

    With one value a patient this is the ordinary t interval. NaN where nothing was counted; only
    the mean of a single patient's.
    """
    if not totals.n or totals.patients < 2:
        return totals.ratio, NOT_KNOWN, NOT_KNOWN
    t = float(special.stdtrit(totals.patients - 1, 0.975))
    reach = t * math.sqrt(totals.variance)
    return totals.ratio, totals.ratio - reach, totals.ratio + reach


def rate(totals: Totals) -> Triple:
    """The rate x / n (events a session) and its 95 % interval by patient.

    The exact interval of a Poisson count (Garwood, Biometrika 1936;28:437-42) at the effective
    number of events, x over the design effect, whose spread is that between patients. NaN where
    nothing was counted.
    """
    if not totals.n:
        return NOT_KNOWN, NOT_KNOWN, NOT_KNOWN
    effect = totals.design_effect(totals.ratio / totals.n)
    events = totals.x / effect
    low = float(special.gammaincinv(events, 0.025)) if events else 0.0
    high = float(special.gammaincinv(events + 1, 0.975))
    return totals.ratio, low * effect / totals.n, high * effect / totals.n
