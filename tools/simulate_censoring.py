"""Write docs/statistics.md: how well the durations are estimated where the truth is known.

`python tools/simulate_censoring.py` draws side effects of known duration, leaves a share of them
open when last seen, and compares three answers with the truth: ours (Kaplan-Meier with the open
ones censored), the median of the closed ones only, and their mean. Everything is seeded: the page
comes out the same each time. It takes some minutes; `--draws 200` is a quick look.
"""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mesodash.reports.stats.survival import kaplan_meier, turnbull

PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"
SEED = 20_261_122
DRAWS = 4000
SIZES = (30, 100, 300, 1000)
SHARES = (0, 10, 20, 30, 40, 50, 60, 70)
TRUE_MEDIAN = 7.0
SHAPES = {"exponential": 1.0, "Weibull, shape 2": 2.0}
"""Weibull shapes of the durations; 1 is the exponential. All have a median of 7 days."""
CONTACTS = np.array([1.0, 2.0, 3.0, 7.0, 14.0, 28.0])
"""The days on which patients are asked, as the clinic's follow-up plan has them."""
WANTED = (93.0, 97.0)


@dataclass(frozen=True, slots=True)
class Result:
    """What many draws of one setting gave; percentages, and errors in % of the truth.

    Attributes:
        n: side effects a draw; wanted: the share meant to be open; open: the share that was.
        reached: draws in which the median was reached.
        bias: mean error of the median, in the draws in which it was reached.
        middle: error of the middle estimate of all draws, a median not reached being a long one.
        coverage: draws whose interval holds the truth.
        one_sided: draws whose interval has no upper end.
        closed_median, closed_mean: mean error of the median and of the mean of the closed ones
            (the mean against the true mean).
        closed_coverage: draws in which the same interval, from the closed ones only, holds it.
        draws: how many.
    """

    n: int
    wanted: int
    open: float
    reached: float
    bias: float
    middle: float
    coverage: float
    one_sided: float
    closed_median: float
    closed_mean: float
    closed_coverage: float
    draws: int


def draw(
    rng: np.random.Generator, n: int, share: float, shape: float
) -> tuple[np.ndarray, np.ndarray]:
    """Observed days and whether the end was seen, with a share still open when last seen.

    Durations are Weibull with a median of 7 days. The last contact is independent of them, with the
    same shape and the scale at which `share` (0 to below 1) of the ends are not seen:
    P(contact < end) = rate / (1 + rate) for rate = (scale of end / scale of contact) ** shape.
    """
    scale = TRUE_MEDIAN / math.log(2) ** (1 / shape)
    ends = scale * rng.weibull(shape, n)
    if not share:
        return ends, np.ones(n, bool)
    contact = scale / (share / (1 - share)) ** (1 / shape) * rng.weibull(shape, n)
    return np.minimum(ends, contact), ends <= contact


def covers(times: np.ndarray, seen: np.ndarray) -> tuple[float, bool, bool]:
    """The median (infinite if not reached), whether its interval holds 7 days, and has no end."""
    curve = kaplan_meier(times, seen, ~seen)
    median, low, high = curve.median()
    # An end that is not reached lies beyond all that was watched.
    low = float(curve.times[-1]) if math.isnan(low) else low
    open_end = math.isnan(high)
    high = math.inf if open_end else high
    middle = math.inf if math.isnan(median) else median
    return middle, low <= TRUE_MEDIAN <= high, open_end


def simulate(n: int, wanted: int, shape: float = 1.0, draws: int = DRAWS) -> Result:
    """Many draws of one setting.

    Args:
        n: side effects a draw.
        wanted: per cent of them open when last seen.
        shape: of the Weibull distribution of the durations.
        draws: how many.
    """
    rng = np.random.default_rng([SEED, n, wanted, round(10 * shape)])
    medians, closed, means = (np.empty(draws) for _ in range(3))
    held, endless, closed_held = (np.empty(draws, bool) for _ in range(3))
    opened = 0
    for i in range(draws):
        times, seen = draw(rng, n, wanted / 100, shape)
        opened += int((~seen).sum())
        medians[i], held[i], endless[i] = covers(times, seen)
        only = times[seen]
        closed[i], closed_held[i], _ = covers(only, np.ones(only.size, bool))
        means[i] = only.mean() if only.size else math.nan
    true_mean = TRUE_MEDIAN / math.log(2) ** (1 / shape) * math.gamma(1 + 1 / shape)
    reached = np.isfinite(medians)
    return Result(
        n=n,
        wanted=wanted,
        open=100 * opened / (n * draws),
        reached=100 * reached.mean(),
        bias=_error(medians[reached].mean(), TRUE_MEDIAN),
        middle=_error(float(np.median(medians)), TRUE_MEDIAN),
        coverage=100 * held.mean(),
        one_sided=100 * endless.mean(),
        closed_median=_error(closed[np.isfinite(closed)].mean(), TRUE_MEDIAN),
        closed_mean=_error(float(np.nanmean(means)), true_mean),
        closed_coverage=100 * closed_held.mean(),
        draws=draws,
    )


def _error(value: float, truth: float) -> float:
    return 100 * (value - truth) / truth


@dataclass(frozen=True, slots=True)
class Between:
    """The share gone by day 7 where ends are known between contacts only; percentages.

    Attributes:
        n: side effects a draw; missed: the share of contacts that did not take place.
        bias: mean error of the Turnbull estimate, percentage points; coverage: of its interval.
        at_contact: mean error, percentage points, if the first contact without it were the end.
        draws: how many.
    """

    n: int
    missed: int
    bias: float
    coverage: float
    at_contact: float
    draws: int


def simulate_between(n: int, missed: int, draws: int) -> Between:
    """Ends that are known only to lie between two contacts; some contacts do not take place."""
    rng = np.random.default_rng([SEED, n, missed, 7])
    truth = 0.5  # of an exponential with a median of 7 days, by day 7
    shares, late = np.empty(draws), np.empty(draws)
    held = np.empty(draws, bool)
    for i in range(draws):
        ends = rng.exponential(TRUE_MEDIAN / math.log(2), n)
        there = rng.random((n, CONTACTS.size)) >= missed / 100
        days = np.where(there, CONTACTS, np.nan)
        before = np.where(days < ends[:, None], days, 0.0)
        after = np.where(days >= ends[:, None], days, np.inf)
        lower, upper = np.nanmax(before, axis=1, initial=0.0), np.nanmin(after, axis=1)
        curve = turnbull(lower, upper, np.ones(n))
        shares[i], low, high = curve.resolved_by(7.0)
        held[i] = low <= truth <= high
        known = np.isfinite(upper)
        plain = kaplan_meier(np.where(known, upper, lower), known, ~known)
        late[i] = plain.resolved_by(7.0)[0]
    return Between(
        n=n,
        missed=missed,
        bias=100 * (float(np.nanmean(shares)) - truth),
        coverage=100 * float(held[~np.isnan(shares)].mean()),
        at_contact=100 * (float(np.nanmean(late)) - truth),
        draws=draws,
    )


def why(result: Result) -> str:
    """Why a coverage lies outside 93 to 97 %; empty where it does not."""
    if WANTED[0] <= result.coverage <= WANTED[1]:
        return ""
    if result.coverage > WANTED[1]:
        return f"too wide rather than too short: {result.one_sided:.0f} % have no upper end"
    watched = result.n * 0.5 ** (1 / (1 - result.wanted / 100))
    return f"about {watched:.0f} are still watched at the true median"


def table(results: list[Result]) -> str:
    """The rows of one shape."""
    head = (
        "| n | open, % | median reached, % | bias of the median, % | middle estimate, % |"
        " coverage, % | no upper end, % | closed only: median, % | closed only: mean, % |"
        " closed only: coverage, % | why outside 93–97 |\n" + "|---" * 11 + "|\n"
    )
    rows = [
        f"| {r.n} | {r.open:.1f} | {r.reached:.1f} | {_signed(r.bias)} | {_signed(r.middle)} |"
        f" {r.coverage:.1f} | {r.one_sided:.1f} | {_signed(r.closed_median)} |"
        f" {_signed(r.closed_mean)} | {r.closed_coverage:.1f} | {why(r)} |"
        for r in results
    ]
    return head + "\n".join(rows) + "\n"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


HEAD = """# Statistics

How the figures on durations and rates were checked. Definitions and formulas are in \
[metrics.md](metrics.md). The tables below are written by `tools/simulate_censoring.py`; all draws \
are seeded, so it writes the same page each time.

## Against independent implementations

| statistic | compared with | on | agreement | held by |
|---|---|---|---|---|
| limits of curves, medians and shares **by patient** | R `survfit(cluster = patient, conf.type \
= "log-log")`; the definition, written out | real trial (1,191 events), inputs that people \
brought, simulated | 1e-9 | `tests/reports/stats/test_against_r.py`, `test_clustering.py`, \
`tests/reports/test_trial.py` |
| shares with competing ends, by patient | R `survfit` for several states, influences summed by \
patient | real trial, simulated | 1e-9 | `tests/reports/stats/test_against_r.py` |
| shares by one day with competing ends, from running sums (how ends became known; areas treated \
again) | R `survfit` for several states; the report recounted row by row | real trial, made \
clinic, by hand | 1e-9 | `tests/reports/stats/test_against_r.py`, \
`tests/reports/effects/test_ends.py` |
| rates, shares and means by patient | statsmodels' cluster-robust models | simulated; the \
reports on incidence, attendance, intervals, top-ups and follow-up scores recounted row by row | \
1e-9 relative | `tests/reports/stats/test_clustering.py`, \
`tests/reports/effects/test_incidence.py`, `tests/reports/volumes/test_attendance.py`, \
`tests/reports/courses/test_intervals.py`, `tests/reports/outcomes/test_missing_scores.py` |
| limits of the Turnbull curve by patient | the sandwich with dense matrices; bootstrap of \
patients | simulated | 1e-8 relative; 12 % | `tests/reports/stats/test_turnbull_variance.py` |
| false discovery rate | scipy; exact tables | random lists | 1e-12 | \
`tests/reports/stats/test_multiplicity.py` |
| Kaplan–Meier curve, numbers at risk | lifelines, statsmodels | real trial, simulated | 1e-12; \
numbers equal | `tests/reports/stats/test_survival.py`, `test_trial.py` |
| log-log interval of the curve | lifelines | real trial, simulated | 1e-12 | \
`tests/reports/stats/test_survival.py` |
| median and its interval | lifelines, statsmodels (cloglog) | real trial, simulated | equal | \
`tests/reports/stats/test_survival.py`, `test_trial.py` |
| Turnbull curve | lifelines; its own optimality condition (Gentleman & Geyer 1994); Kaplan–Meier \
where no row is interval-censored | simulated | 1e-5 | `tests/reports/stats/test_survival.py` |
| Wilson interval | statsmodels, scipy | grid, real trial | 1e-12 | \
`tests/reports/stats/test_rates.py`, `test_trial_rates.py` |
| exact interval (Clopper–Pearson) | statsmodels, scipy | grid, real trial | 1e-9 | \
`tests/reports/stats/test_exact.py`, `test_trial_rates.py` |
| Fisher's exact test | scipy; exact fractions | random tables, real trial | 1e-9 relative | \
`tests/reports/stats/test_rates.py`, `test_exact.py`, `test_trial_rates.py` |
| exact test within strata | exact fractions; scipy with one stratum; R's documented \
`mantelhaen.test(Rabbits, exact = TRUE)`; statsmodels (normal) for large numbers | random tables, \
Mantel & Haenszel's rabbits | 1e-9 relative; 0.03994 as printed; 5 % | \
`tests/reports/stats/test_strata.py` |
| Holm's correction | statsmodels; its definition | random lists | 1e-12 | \
`tests/reports/stats/test_rates.py`, `test_exact.py` |
| power of a look | scipy's binomial and Fisher test, every count added up | grid | 1e-6 | \
`tests/reports/stats/test_exact.py` |

How often the intervals hold the truth where patients repeat, and how signals do over time, \
stands in [coverage.md](coverage.md).

No second library in Python has Turnbull's estimate, so it is held by its optimality condition \
beside lifelines. The trial is CDISC's pilot study (`tests/data`), which the oracles read from its \
own files.

## Simulated censoring

Durations with a median of 7 days; a share of them is still open when last seen, at a time that \
has nothing to do with the duration. Each row is {draws} draws of n side effects. Errors are in % \
of the truth. *Coverage* is the share of draws whose 95 % interval holds the true median (its own \
error is ±{error:.1f} points, two standard errors). *Closed only* is what a report that drops the \
open ones would have said: its median, its mean (against the true mean), and how often the same \
interval would hold the truth.

*Bias of the median* is over the draws in which the median was reached; where few are, those are \
the short ones, so it sinks. The *middle estimate* counts a median not reached as a long one and \
has no such selection.
"""

BETWEEN = """## Ends known only between contacts

Patients are asked on days 1, 2, 3, 7, 14 and 28, and some contacts do not take place; an end is \
known to lie between two contacts. True share gone by day 7: 50 %. Errors in percentage points. \
*At contact* is what one would say who took the first contact without the effect for its end.

| n | contacts missed, % | bias of the Turnbull estimate | coverage, % | bias at contact | draws |
|---|---|---|---|---|---|
"""


def page(draws: int) -> str:
    """The whole page."""
    parts = [HEAD.format(draws=draws, error=200 * math.sqrt(0.95 * 0.05 / draws))]
    outside, inside = 0, 0
    for name, shape in SHAPES.items():
        results = [simulate(n, share, shape, draws) for n in SIZES for share in SHARES]
        outside += sum(bool(why(r)) for r in results)
        inside += sum(not why(r) for r in results)
        parts.append(f"### Durations {name}\n\n{table(results)}")
    parts.append(
        f"Coverage within 93 to 97 %: {inside} of {inside + outside} settings; outside:"
        f" {outside}, with the reason in the last column.\n"
    )
    some = max(draws // 4, 20)
    rows = [simulate_between(n, missed, some) for n in (100, 300) for missed in (0, 20, 40)]
    parts.append(
        BETWEEN
        + "\n".join(
            f"| {r.n} | {r.missed} | {_signed(r.bias)} | {r.coverage:.1f} |"
            f" {_signed(r.at_contact)} | {r.draws} |"
            for r in rows
        )
        + "\n"
    )
    return "\n".join(parts)


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws a setting")
    PAGE.write_text(page(parser.parse_args().draws), "utf-8")


if __name__ == "__main__":
    main()
