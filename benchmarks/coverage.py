"""How often the 95 % intervals hold the truth where patients repeat: seeded simulations.

    python benchmarks/coverage.py [--draws 2000]

Prints the tables of docs/statistics.md. Durations are exponential with a median of 7 days; those of
one patient are related by a normal copula of the given correlation, and the number of side effects
of a patient is 1 to twice the mean less 1. Open ones are censored at exponential times. Rates and
shares are drawn with gamma and beta distributions between patients.
"""

import argparse
import itertools
from dataclasses import dataclass

import numpy as np
from scipy import stats

from mesodash.reports.stats.clustering import (
    Totals,
    greenwood,
    log_log,
    patient_sums,
    rate,
    share,
)

MEDIAN = 7.0
RATE = np.log(2) / MEDIAN
PATIENTS = (5, 10, 20, 30, 60, 200)
EFFECTS = (1, 3, 6, 10)
CORRELATIONS = (0.0, 0.17, 0.33)
OPEN = (0.0, 0.35, 0.7)
SHARES = (0.2, 0.5, 0.8)
"""Shares gone whose day the curve is read at."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Side effects of one draw: whose, the day of the end or of the last contact, and which."""

    patient: np.ndarray
    days: np.ndarray
    over: np.ndarray


@dataclass(frozen=True, slots=True)
class Covered:
    """Of the draws: how often the intervals held the truth; NaN limits count as endless."""

    median: float
    no_upper: float
    shares: tuple[float, ...]
    naive_median: float
    naive_shares: tuple[float, ...]


def draw(
    rng: np.random.Generator, patients: int, effects: int, correlation: float, still_open: float
) -> Drawn:
    """One draw of durations."""
    number = rng.integers(1, 2 * effects, patients) if effects > 1 else np.ones(patients, int)
    patient = np.repeat(np.arange(patients), number)
    own = rng.standard_normal(patients)[patient] * np.sqrt(correlation)
    latent = own + rng.standard_normal(patient.size) * np.sqrt(1 - correlation)
    ends = -stats.norm.logsf(latent) / RATE
    if not still_open:
        return Drawn(patient, ends, np.ones(patient.size, bool))
    contact = rng.exponential((1 - still_open) / (still_open * RATE), patient.size)
    return Drawn(patient, np.minimum(ends, contact), ends <= contact)


def limits(drawn: Drawn, *, by_patient: bool) -> tuple[np.ndarray, ...]:
    """Grid, S, and the interval's two ends over the grid."""
    grid, place = np.unique(drawn.days, return_inverse=True)
    over = drawn.over.astype(float)
    ended = np.bincount(place, over)
    at_risk = drawn.days.size - np.append(0.0, np.cumsum(np.bincount(place))[:-1])
    survival = np.cumprod(1 - ended / at_risk)
    cumulative = greenwood(at_risk, ended)
    variance = cumulative
    if by_patient:
        sums = patient_sums(drawn.patient, place, over, 1 - over, at_risk=at_risk, all_ended=ended)
        variance = sums.variance_of_log(cumulative)
    return grid, survival, *log_log(survival, survival * np.sqrt(variance))


def _holds_median(grid: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[bool, bool]:
    below = np.flatnonzero(low <= 0.5)
    above = np.flatnonzero(high <= 0.5)
    starts = grid[below[0]] if below.size else np.nan
    # An end that is not reached is open; one that nothing is known of holds nothing.
    held = bool(below.size) and starts <= MEDIAN and (not above.size or grid[above[0]] >= MEDIAN)
    return held, not above.size


def covered(
    rng: np.random.Generator,
    draws: int,
    patients: int,
    effects: int,
    correlation: float,
    still_open: float,
) -> Covered:
    """The share of draws whose intervals hold the truth."""
    days = -np.log1p(-np.array(SHARES)) / RATE
    held = np.zeros((2, 1 + len(SHARES)))
    known = np.zeros((2, 1 + len(SHARES)))
    no_upper = 0
    for _ in range(draws):
        drawn = draw(rng, patients, effects, correlation, still_open)
        for which, by_patient in enumerate((True, False)):
            grid, survival, low, high = limits(drawn, by_patient=by_patient)
            found, endless = _holds_median(grid, low, high)
            held[which, 0] += found
            known[which, 0] += 1
            no_upper += endless and by_patient
            at = np.searchsorted(grid, days, side="right") - 1
            for place, (index, gone) in enumerate(zip(at, SHARES, strict=True), start=1):
                if index < 0 or not 0 < survival[index] < 1 or days[place - 1] > grid[-1]:
                    continue  # no interval is given by this method
                known[which, place] += 1
                held[which, place] += low[index] <= 1 - gone <= high[index]
    share_held = held / np.maximum(known, 1)
    return Covered(
        share_held[0, 0],
        no_upper / draws,
        tuple(share_held[0, 1:]),
        share_held[1, 0],
        tuple(share_held[1, 1:]),
    )


def covered_rate(
    rng: np.random.Generator,
    draws: int,
    patients: int,
    sessions: int,
    per_100: float,
    spread: float,
) -> tuple[float, float]:
    """Coverage of the rate by patient, and of the one that takes each event for its own."""
    truth = per_100 / 100
    held = np.zeros(2)
    for _ in range(draws):
        number = rng.integers(1, 2 * sessions, patients) if sessions > 1 else np.ones(patients, int)
        own = rng.gamma(1 / spread, spread, patients) if spread else np.ones(patients)
        events = rng.poisson(truth * number * own)
        _, low, high = rate(Totals.of(events, number))
        held[0] += low <= truth <= high
        total, n = events.sum(), number.sum()
        low = stats.gamma.ppf(0.025, total) / n if total else 0.0
        held[1] += low <= truth <= stats.gamma.ppf(0.975, total + 1) / n
    return tuple(held / draws)


def covered_share(
    rng: np.random.Generator, draws: int, patients: int, courses: int, truth: float, alike: float
) -> tuple[float, float]:
    """Coverage of the share by patient, and of Wilson's that takes each course for its own."""
    held = np.zeros(2)
    for _ in range(draws):
        number = rng.integers(1, 2 * courses, patients) if courses > 1 else np.ones(patients, int)
        own = np.full(patients, truth)
        if alike:
            size = 1 / alike - 1
            own = rng.beta(truth * size, (1 - truth) * size, patients)
        hits = rng.binomial(number, own)
        _, low, high = share(Totals.of(hits, number))
        held[0] += low <= truth <= high
        total, n = int(hits.sum()), int(number.sum())
        found = stats.binomtest(total, n).proportion_ci(method="wilson")
        held[1] += found.low <= truth <= found.high
    return tuple(held / draws)


def _row(*cells: object) -> None:
    shown = (f"{100 * c:.1f}" if isinstance(c, float) else str(c) for c in cells)
    print("| " + " | ".join(shown) + " |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    draws = parser.parse_args().draws
    _row("patients", "effects each", "correlation", "open", "median", "no upper end",
         *(f"day when {100 * s:.0f} % are gone" for s in SHARES), "median, patients ignored",
         "half gone, patients ignored")  # fmt: skip
    _row(*["---"] * 11)
    cells = itertools.product(PATIENTS, EFFECTS, CORRELATIONS, OPEN)
    for number, (patients, effects, correlation, still_open) in enumerate(cells):
        if effects == 1 and correlation:
            continue
        rng = np.random.default_rng([20261129, 0, number])
        found = covered(rng, draws, patients, effects, correlation, still_open)
        _row(patients, effects, f"{correlation:.2f}", f"{100 * still_open:.0f} %", found.median,
             found.no_upper, *found.shares, found.naive_median, found.naive_shares[1])  # fmt: skip
    print()
    _row("patients", "sessions each", "per 100 sessions", "variance between patients", "by patient",
         "patients ignored")  # fmt: skip
    _row(*["---"] * 6)
    cells = itertools.product(PATIENTS, (1, 3, 6, 10), (5, 20, 60), (0.0, 0.5, 2.0))
    for number, (patients, sessions, per_100, spread) in enumerate(cells):
        rng = np.random.default_rng([20261129, 1, number])
        found = covered_rate(rng, draws, patients, sessions, per_100, spread)
        _row(patients, sessions, per_100, f"{spread:.1f}", *map(float, found))
    print()
    _row("patients", "courses each", "share", "correlation", "by patient", "patients ignored")
    _row(*["---"] * 6)
    cells = itertools.product(PATIENTS, (1, 2, 4), (0.1, 0.5, 0.9), CORRELATIONS)
    for number, (patients, courses, truth, alike) in enumerate(cells):
        if courses == 1 and alike:
            continue
        rng = np.random.default_rng([20261129, 2, number])
        found = covered_share(rng, draws, patients, courses, truth, alike)
        _row(patients, courses, f"{truth:.1f}", f"{alike:.2f}", *map(float, found))


if __name__ == "__main__":
    main()
