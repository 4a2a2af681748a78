"""What a report counted and what the SQL by hand counted, made comparable; and the statistics that
the SQL by hand leaves to be computed from its counts.
"""  # noqa: D205

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.durations import IMPRECISE, INTERVAL, MINUTES_A_DAY, RESOLVED
from mesodash.lake.engines import Lake
from mesodash.reports.core.filters import Filters
from mesodash.reports.signals.comparisons import looks_of
from mesodash.reports.signals.counted import Count, counts
from mesodash.reports.stats.rates import holm
from mesodash.reports.stats.strata import stratified_excesses
from mesodash.reports.stats.survival import kaplan_meier, turnbull

Texts = tuple[str, ...]
Rows = list[tuple[Any, ...]]


def ours_counted(
    report: str, frame: pd.DataFrame, lake: Lake, catalogue: Catalogue, asked: Filters
) -> list[Texts]:
    """What our report counted, in the form of `hand_counted`."""
    if report == "clusters":  # the report shows what stands out only: take all it rests on
        # By hand nobody counts patient by patient.
        return plain(pd.DataFrame([row[:7] for row in counts(lake, catalogue, asked)]))
    if report == "volumes":
        frame = frame.assign(volume_ml=(1000 * frame["volume_ml"]).round())
    if report == "side_effects":
        return plain(frame[["effect", "n", "patients", "sessions"]])
    if report == "outcomes":
        frame = frame.assign(change=frame["change_mean"].round(6))
        frame = frame.assign(first=frame["baseline_mean"].round(6), end=frame["last_mean"].round(6))
        return plain(frame[["protocol", "scale", "patients", "first", "end", "change"]])
    if report == "courses":
        dropped = [str(sorted(d.items())) for d in frame["dropped_after"]]
        return plain(frame.assign(dropped_after=dropped).drop(columns="active"))
    return plain(frame)


def hand_counted(report: str, rows: list[list[tuple[Any, ...]]]) -> list[Texts]:
    """What the SQL counted, as sorted tuples of texts."""
    first = pd.DataFrame(rows[0])
    if report == "side_effects":
        n = first.groupby(0)[4].sum()
        return plain(pd.DataFrame([(e, n[e], p, rows[2][0][0]) for e, p in rows[1]]))
    if report == "outcomes":
        for sums in (3, 4, 5):
            first[sums] = (first[sums] / first[2]).round(6)
        return plain(first.drop(columns=6))
    if report == "courses":
        dropped: dict[str, list[tuple[int, int]]] = {}
        for protocol, held, n in rows[1]:
            dropped.setdefault(protocol, []).append((held, n))
        return plain(first.assign(dropped=[str(sorted(dropped.get(p, []))) for p in first[0]]))
    return plain(first)


def plain(frame: pd.DataFrame) -> list[Texts]:
    """The rows as sorted tuples of texts, whole numbers without a point, missing as "-"."""

    def text(value: Any) -> str:
        if value is None or value != value or str(value) == "<NA>":  # noqa: PLR0124 - NaN is not itself
            return "-"
        return str(int(value)) if not isinstance(value, str) and value == int(value) else str(value)

    return sorted(tuple(map(text, row)) for row in frame.itertuples(index=False))


def statistics(report: str, rows: list[Rows]) -> object:
    """From the counts by hand to the answer, by the same functions as ours, written straight down.

    So a ratio of times tells what asking by Ibis, filters, keys and frames costs, and not which of
    two programmers wrote the better curve.
    """
    if report == "side_effects":
        return _curves(rows[0])
    if report == "clusters":
        return _tests(rows[0])
    return None


def _curves(counted: Rows) -> dict[str, object]:
    groups: dict[str, Rows] = defaultdict(list)
    for effect, *rest in counted:
        groups[effect].append(tuple(rest))
    found: dict[str, object] = {}
    for effect, group in groups.items():
        inside = [row for row in group if row[0] != IMPRECISE]
        start = np.array([row[1] for row in inside]) / MINUTES_A_DAY
        end = np.array([np.inf if row[2] is None else row[2] for row in inside]) / MINUTES_A_DAY
        n = np.array([row[3] for row in inside], "float64")
        over = np.array([row[0] == RESOLVED for row in inside])
        if any(row[0] == INTERVAL for row in inside):
            curve = turnbull(start, end, n)
        else:
            curve = kaplan_meier(start, np.where(over, n, 0), np.where(over, 0, n))
        found[effect] = (curve.median(), [curve.resolved_by(day) for day in (1, 3, 7, 14)])
    return found


def _tests(counted: Rows) -> list[float]:
    looks = looks_of([Count(*row) for row in counted]).looks
    return holm(stratified_excesses([look.strata for look in looks]))
