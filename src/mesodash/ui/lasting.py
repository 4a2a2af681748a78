"""Bars of how long side effects last: the promise, when half were gone, and the interval."""

from collections.abc import Mapping, Sequence
from typing import Any

from mesodash.catalogue.types import Catalogue
from mesodash.ui import markup, phrases

ENOUGH = 5
# Shares of the bar: minutes and weeks must both be seen, so the axis is a root, not a line.
POWER = 0.5


def show_lasting(
    catalogue: Catalogue,
    rows: Sequence[Mapping[Any, Any]],
    *,
    title: str,
    period: str,
    most: int = 8,
) -> None:
    """Draw one bar an effect, the commonest first.

    Args:
        catalogue: for labels and promises.
        rows: the side-effects report by effect.
        title: the card's heading.
        period: which sessions, in words.
        most: how many effects at the most.
    """
    counted = sorted((row for row in rows if row["n"] >= ENOUGH), key=lambda row: -row["n"])
    fewer = len(rows) - len(counted)
    if not counted:
        text = (
            f"No side effect was reported {ENOUGH} times or more in {period}."
            if rows
            else f"No side effect is recorded in {period}."
        )
        markup.show("empty", title=title, text=text)
        return
    counted = counted[:most]
    longest = max(
        max(_days(row["promised_days"]), _days(row["median_high"]), _days(row["median_days"]))
        for row in counted
    )
    text = (
        f"{period[:1].upper()}{period[1:]}. Light band: promised. Mark: half gone, with its"
        " 95 % interval. Effects without an end count as still there. Short times are drawn wider"
        " than long ones."
    )
    if fewer:
        text += f" Reported fewer than {ENOUGH} times, not shown: {fewer}."
    markup.show(
        "lasting",
        title=title,
        aside=f"up to {phrases.duration(longest)}",
        text=text,
        rows=[_bar(catalogue, row, longest) for row in counted],
    )


def _days(value: Any) -> float:
    return 0.0 if phrases.is_missing(value) else float(value)


def _bar(catalogue: Catalogue, row: Mapping[Any, Any], longest: float) -> dict[str, Any]:
    def place(days: Any) -> float | None:
        if phrases.is_missing(days) or not longest:
            return None
        return round(100 * float((float(days) / longest) ** POWER), 2)

    half, low, high = (place(row[c]) for c in ("median_days", "median_low", "median_high"))
    known = catalogue.side_effects.get(row["effect"])
    return {
        "label": known.label if known else row["effect"],
        "promise": place(row["promised_days"]),
        "half": half,
        "low": low if high is not None else None,
        "width": round(high - low, 2) if low is not None and high is not None else 0,
        "words": _words(row),
    }


def _words(row: Mapping[Any, Any]) -> str:
    parts = []
    if not phrases.is_missing(row["promised_days"]):
        parts.append(f"promised {phrases.duration(row['promised_days'])}")
    if phrases.is_missing(row["median_days"]):
        parts.append("half not gone yet")
    else:
        half = f"half gone by {phrases.duration(row['median_days'])}"
        if not phrases.is_missing(row["median_low"]) and not phrases.is_missing(row["median_high"]):
            low, high = phrases.duration(row["median_low"]), phrases.duration(row["median_high"])
            half += f" ({low} to {high})"
        parts.append(half)
    parts.append(f"n {row['n']}")
    open_ones = int(row["ongoing"]) + int(row["no_follow_up"])
    if open_ones:
        parts.append(f"{open_ones} without an end")
    return " · ".join(parts)
