"""Columns that several reports have: a share with its interval, medians of counted values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mesodash.catalogue.types import Catalogue
from mesodash.language import N_
from mesodash.reports.core.spec import ReportColumn
from mesodash.reports.stats.clustering import NOT_KNOWN
from mesodash.reports.stats.rates import wilson

Interval = Callable[[int, int], tuple[float, float, float]]

A_WEEK = 7
"""A visit may be moved by so many days: a rule of this program, not of a source."""

RIPE_ON: Final = ReportColumn(
    "ripe_on",
    "object",
    N_(
        "by month: the day from which its figures are ripe, the month's last day and the days for"
        " which the catalogue watches; before that day they may still grow. Else empty"
    ),
    label=N_("Ripe from"),
)
"""A month whose window is open has fewer effects than it will have; its row says until when."""


def with_share(
    frame: pd.DataFrame,
    events: str,
    of: str,
    names: tuple[str, str, str],
    interval: Interval = wilson,
) -> pd.DataFrame:
    """The frame with three more columns: the share events / of, and its 95 % interval.

    NaN where `of` is 0 or not known.
    """
    shares = [
        (NOT_KNOWN,) * 3 if pd.isna(n) or pd.isna(k) else interval(int(k), int(n))
        for k, n in zip(frame[events], frame[of], strict=True)
    ]
    columns = np.array(shares, "float64").reshape(len(frame), 3)
    return frame.assign(**dict(zip(names, columns.T, strict=True)))


def whole(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """The frame with these counts as whole numbers, 0 where there is no row at all."""
    names = list(names)
    return frame.assign(**{name: frame[name].fillna(0).astype("int64") for name in names})


def median_of(values: ArrayLike, counts: ArrayLike) -> float:
    """The median, the mean of the two middle values if there are two; NaN without values."""
    numbers = np.asarray(values, "float64")
    if not numbers.size:
        return NOT_KNOWN
    order = np.argsort(numbers, kind="stable")
    sizes = np.cumsum(np.asarray(counts, "float64")[order])
    lower = int(np.searchsorted(sizes, sizes[-1] / 2 - 1e-9))
    upper = min(int(np.searchsorted(sizes, sizes[-1] / 2 + 1e-9)), numbers.size - 1)
    return float((numbers[order][lower] + numbers[order][upper]) / 2)


def cells_of(
    frame: pd.DataFrame, by: tuple[str, ...]
) -> list[tuple[tuple[Any, ...], pd.DataFrame]]:
    """The frame split by the keys, missing keys as a group of their own; all of it without keys."""
    if not by:
        return [((), frame)] if len(frame) else []
    return list(frame.groupby(list(by), dropna=False, sort=False))


def typed(
    rows: Sequence[Mapping[Any, Any]], by: tuple[str, ...], types: dict[str, str]
) -> pd.DataFrame:
    """A frame of these rows: keys as texts, then the columns of `types`, typed even if empty."""
    frame = pd.DataFrame(rows, columns=[*by, *types])
    return frame.astype(dict.fromkeys(by, "str") | types)


def planned_interval(
    catalogue: Catalogue, protocol: str | None, own: float | None
) -> tuple[float, float]:
    """The days between two sessions that were planned: the course's own, else the protocol's span.

    NaN where neither says.
    """
    if own is not None and not pd.isna(own):
        return float(own), float(own)
    known = catalogue.protocols.get(protocol or "")
    if known is None or known.interval_days_min is None:
        return NOT_KNOWN, NOT_KNOWN
    return known.interval_days_min, known.interval_days_max or known.interval_days_min


def ripe_on(frame: pd.DataFrame, days: int) -> pd.Series:
    """The day for each row of a frame with the key month; empty without the key.

    Args:
        frame: the report.
        days: how long its figures take after a session.
    """
    if "month" not in frame:
        return pd.Series([None] * len(frame), frame.index, dtype="object")
    return pd.Series(
        [
            None if pd.isna(month) else last_day(str(month)) + timedelta(days)
            for month in frame.month
        ],
        frame.index,
        dtype="object",
    )


def last_day(month: str) -> date:
    """The last day of a month written `2026-03`."""
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
