"""Bars of how long side effects last: the promise, the median and its interval, on one axis."""

from collections.abc import Mapping, Sequence
from typing import Any

from mesodash.catalogue.types import Catalogue
from mesodash.language import _, catalogue_text, ngettext
from mesodash.ui.parts import markup, phrases
from mesodash.ui.parts.caution_marks import unsure, unsure_meaning

ENOUGH = 5
POWER = 0.5
"""The axis is a square root of time, so that minutes and weeks can both be seen."""
TICKS = (1 / 24, 0.25, 1.0, 3.0, 7.0, 14.0, 28.0, 60.0, 90.0, 180.0, 365.0)
"""Where the axis may be marked, in days."""
CLOSEST = 9.0
"""Two marks are at least so many per cent of the axis apart."""


def show_lasting(
    catalogue: Catalogue,
    rows: Sequence[Mapping[Any, Any]],
    *,
    title: str,
    period: str,
    most: int = 8,
) -> None:
    """Draw one bar per effect, the most frequent first.

    Args:
        catalogue: gives the labels.
        rows: the side-effects report by effect.
        title: the card's heading.
        period: the period as the beginning of a sentence.
        most: the largest number of effects drawn.
    """
    counted = sorted((row for row in rows if row["n"] >= ENOUGH), key=lambda row: -row["n"])
    few = len(rows) - len(counted)
    if not counted:
        text = (
            _("{period}: no side effect was reported {n} times or more.").format(
                period=period, n=ENOUGH
            )
            if rows
            else _("{period}: no side effect is recorded.").format(period=period)
        )
        markup.show("empty", title=title, text=text)
        return
    counted = counted[:most]
    longest = max(
        _days(row[name])
        for row in counted
        for name in ("promised_days", "median_high", "median_low", "median_days")
    )
    sentences = [
        _(
            "{period}. Light band: promised. Mark: half gone, with its 95 % interval. Effects"
            " without an end count as still there."
        ).format(period=period)
    ]
    if not all(row.get("reliable", True) for row in counted):
        sentences.append(unsure_meaning())
    if few:
        sentences.append(
            ngettext(
                "{n} effect reported fewer than {few} times is not shown.",
                "{n} effects reported fewer than {few} times are not shown.",
                few,
            ).format(n=few, few=ENOUGH)
        )
    markup.show(
        "lasting",
        title=title,
        text=" ".join(sentences),
        rows=[_bar(catalogue, row, longest) for row in counted],
        ticks=ticks(longest),
    )


def ticks(longest: float) -> list[dict[str, Any]]:
    """The marks of an axis from 0 to `longest` days: `at` in per cent of it, and `words`."""
    marks: list[dict[str, Any]] = [{"at": 0.0, "words": "0"}]
    for days in TICKS:
        if days > longest:
            break
        at = _place(days, longest)
        if at is not None and at - marks[-1]["at"] >= CLOSEST:
            marks.append({"at": at, "words": phrases.duration(days)})
    return marks


def _days(value: Any) -> float:
    return 0.0 if phrases.is_missing(value) else float(value)


def _place(days: Any, longest: float) -> float | None:
    """Where a time is on the axis, in per cent of its length; None if it is not known."""
    if phrases.is_missing(days) or not longest:
        return None
    return round(100 * float((float(days) / longest) ** POWER), 2)


def _bar(catalogue: Catalogue, row: Mapping[Any, Any], longest: float) -> dict[str, Any]:
    columns = ("promised_days", "median_days", "median_low", "median_high")
    promise, half, low, high = (_place(row[name], longest) for name in columns)
    known = catalogue.side_effects.get(row["effect"])
    to_end = high is None and low is not None and half is not None
    return {
        "label": catalogue_text("side_effects", row["effect"], "label", known.label)
        if known
        else row["effect"],
        "promise": promise,
        "half": half,
        "low": low,
        "width": round((100.0 if high is None else high) - low, 2) if low is not None else 0,
        "open": to_end,
        "words": duration_words(row),
    }


def duration_words(row: Mapping[Any, Any]) -> str:
    """Promise, median with its interval, n and the open ones of an effect, in words."""
    parts = []
    if not phrases.is_missing(row["promised_days"]):
        parts.append(_("promised {time}").format(time=phrases.duration(row["promised_days"])))
    half, low, high = (row[name] for name in ("median_days", "median_low", "median_high"))
    if phrases.is_missing(half):
        parts.append(_("half not gone yet"))
    elif phrases.is_missing(low):
        parts.append(_("half gone by {time}").format(time=phrases.duration(half)))
    elif phrases.is_missing(high):
        parts.append(
            _("half gone by {time} (at least {low})").format(
                time=phrases.duration(half), low=phrases.duration(low)
            )
        )
    else:
        parts.append(
            _("half gone by {time} ({low} to {high})").format(
                time=phrases.duration(half),
                low=phrases.duration(low),
                high=phrases.duration(high),
            )
        )
    if not phrases.is_missing(low):
        parts[-1] = unsure(parts[-1], reliable=bool(row.get("reliable", True)))
    parts.append(_("n {n}").format(n=phrases.number(row["n"])))
    open_ones = int(row["ongoing"]) + int(row["no_follow_up"])
    if open_ones:
        parts.append(
            ngettext("{n} without an end", "{n} without an end", open_ones).format(n=open_ones)
        )
    return " · ".join(parts)
