"""Shares with intervals by patient: the sums that the lake computes, and the intervals from them.

A patient who missed one appointment misses the next more easily, so appointments, intervals and
sessions of one patient are not independent. The lake adds up, patient by patient, a count x
and its denominator n, their squares and their product (see `stats.clustering.Totals`): a handful
of numbers a group, however many patients, which add up over clinics.
"""

from collections.abc import Iterable
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd

from mesodash.language import N_
from mesodash.reports.stats.clustering import Totals, share

DESIGN_EFFECT: Final = N_(
    "how many times the variance of that share is that of unrelated ones, as patients come"
    " again: its interval is Wilson's of n divided by it"
)
"""What the columns of design effects are, wherever a share has its interval by patient."""
PERSON: Final = ("clinic_id", "patient")
_PARTS: Final = ("people", "sum", "of", "xx", "xn", "nn")


def sums_by_patient(own: Any, x: str, n: str) -> dict[str, Any]:
    """The sums over patients of a count and its denominator, as expressions to be aggregated.

    Args:
        own: one row a patient and group, with the columns `x` and `n`; empty counts as none.
        x: the column that counts.
        n: the column of the denominator.

    Returns:
        `{x}_people`, `{x}_sum`, `{x}_of`, `{x}_xx`, `{x}_xn`, `{x}_nn`.
    """
    value, number = own[x].coalesce(0), own[n].coalesce(0)
    made = {
        "people": (number > 0).sum(),
        "sum": value.sum(),
        "of": number.sum(),
        "xx": (value * value).sum(),
        "xn": (value * number).sum(),
        "nn": (number * number).sum(),
    }
    return {f"{x}_{part}": made[part] for part in _PARTS}


def sum_names(x: str) -> tuple[str, ...]:
    """The columns that `sums_by_patient` adds."""
    return tuple(f"{x}_{part}" for part in _PARTS)


def totals_of(frame: pd.DataFrame, x: str) -> list[Totals]:
    """The sums of each row, from the columns of `sums_by_patient`."""
    numbers = frame[list(sum_names(x))].astype("float64").fillna(0.0)
    return [Totals(*map(float, row)) for row in numbers.itertuples(index=False)]


def with_patient_share(
    frame: pd.DataFrame,
    totals: Iterable[Totals],
    names: tuple[str, str, str],
    design_effect: str = "",
) -> pd.DataFrame:
    """The frame with a share and its 95 % interval by patient, in three columns.

    Args:
        frame: the report's rows.
        totals: the sums of each.
        names: the columns of the share, the lower and the upper limit; NaN where nothing was
            counted.
        design_effect: the column, if wanted, of how many times the variance is that of unrelated
            rows; NaN where nothing was counted.
    """
    totals = list(totals)
    found = np.array([share(one) for one in totals], "float64").reshape(len(frame), 3)
    made = dict(zip(names, found.T, strict=True))
    if design_effect:
        made[design_effect] = np.array([one.design_effect_of_share for one in totals], "float64")
    return frame.assign(**made)


def stacked(parts: dict[str, Any], keys: tuple[str, ...], more: dict[str, str]) -> Any:
    """Several answers as one question, so that the engine reads the lake once: `what` they are.

    Args:
        parts: what -> its rows; columns that one of them lacks are empty there.
        keys: the keys, which all have.
        more: the other columns and their types.
    """
    kinds = dict.fromkeys(keys, "string") | more
    return ibis.union(
        *(
            part.select(
                what=ibis.literal(what),
                **{
                    name: part[name].cast(kind) if name in part.columns else ibis.null(kind)
                    for name, kind in kinds.items()
                },
            )
            for what, part in parts.items()
        )
    )
