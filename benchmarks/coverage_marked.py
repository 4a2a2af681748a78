"""How often the intervals of shares hold the truth that pages leave unmarked: seeded simulations.

    python -m benchmarks.coverage_marked [--draws 600]

Prints the table of docs/coverage.md on marks: durations as in `coverage`, 60 and 200 patients, 35
and 70 % open.
"""

import argparse
import itertools

import numpy as np
from benchmarks.coverage import RATE, draw

from mesodash.reports.stats.survival import kaplan_meier

SHARES = (0.2, 0.5, 0.8, 0.9)
REPEATS = ((1, 0.0), (3, 0.33), (10, 0.0), (10, 0.33))
HALF = 0.5
NINE_IN_TEN = 0.9


def unmarked(
    rng: np.random.Generator, draws: int, patients: int, effects: int, correlation: float,
    still_open: float,
) -> list[tuple[float, float, float]]:  # fmt: skip
    """For each of `SHARES`: the part of the draws that is unmarked, how often these hold the truth,
    and how often all do that are given.
    """  # noqa: D205
    given, sure, held = (np.zeros((draws, len(SHARES)), bool) for _ in range(3))
    for row in range(draws):
        drawn = draw(rng, patients, effects, correlation, still_open)
        over = drawn.over.astype(float)
        curve = kaplan_meier(drawn.days, over, 1 - over, drawn.patient)
        for at, gone in enumerate(SHARES):
            day = -np.log1p(-gone) / RATE
            _, low, high = curve.resolved_by(day)
            given[row, at] = not np.isnan(low + high)
            sure[row, at] = given[row, at] and curve.reliable(day)
            held[row, at] = low <= gone <= high
    return [
        (sure[:, at].mean(), held[sure[:, at], at].mean() if sure[:, at].any() else np.nan,
         held[given[:, at], at].mean())
        for at in range(len(SHARES))
    ]  # fmt: skip


def unmarked_until(
    rng: np.random.Generator, draws: int, patients: int, effects: int, correlation: float,
    still_open: float,
) -> tuple[float, float, float]:  # fmt: skip
    """The same of the interval of the day by which nine in ten are gone, where it is reached."""
    truth = -np.log1p(-NINE_IN_TEN) / RATE
    given, sure, held = (np.zeros(draws, bool) for _ in range(3))
    for row in range(draws):
        drawn = draw(rng, patients, effects, correlation, still_open)
        over = drawn.over.astype(float)
        curve = kaplan_meier(drawn.days, over, 1 - over, drawn.patient)
        day, low, high = curve.time_until(NINE_IN_TEN)
        given[row] = not np.isnan(day)
        sure[row] = given[row] and curve.reliable(day)
        held[row] = not low > truth and not high < truth  # a side not reached is open
    return (
        sure.mean(),
        held[sure].mean() if sure.any() else np.nan,
        held[given].mean() if given.any() else np.nan,
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=600)
    draws = parser.parse_args().draws
    cells, until = [], []
    for patients, (effects, correlation), still_open in itertools.product(
        (60, 200), REPEATS, (0.7, 0.35)
    ):
        seed = [9, patients, effects, int(100 * correlation), int(100 * still_open)]
        rng = np.random.default_rng(seed)
        cells.append(unmarked(rng, draws, patients, effects, correlation, still_open))
        until.append(unmarked_until(rng, draws, patients, effects, correlation, still_open))
    for at, gone in enumerate(SHARES):
        _print_row(f"{100 * gone:.0f} % gone", [cell[at] for cell in cells])
    _print_row("day by which 90 % are gone", until)


def _print_row(name: str, cells: list[tuple[float, float, float]]) -> None:
    most = [cell[1] for cell in cells if cell[0] >= HALF]
    every = [cell[2] for cell in cells]
    print(
        f"| {name} | {len(most)} | {100 * min(most):.1f} to {100 * max(most):.1f} |"
        f" {100 * min(every):.1f} to {100 * max(every):.1f} |"
    )


if __name__ == "__main__":
    main()
