"""Scores of single patients as faint lines behind their mean."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, PROMISE, QUIET, SMALLEST_FONT, Chart, faint, new_figure
from mesodash.language import _, format_number, format_trimmed, ngettext

VALUES = {"change": "change_mean", "score": "score_mean"}
INTERVALS = {"change": ("change_low", "change_high"), "score": ("score_low", "score_high")}
SPREAD = 0.6
"""The width over which dots of equal scores are spread, in numbers of sessions."""
STEP_ASIDE = 0.06
LANES = 9
LANE = 0.035
"""The distance between lines of an ordinal scale that would overlap, in steps of the scale."""


def scored_once(lines: pd.DataFrame) -> bool:
    """Whether there are patients but none has a second score, so that no line can be drawn.

    Args:
        lines: as of `individual_lines`.
    """
    return bool(len(lines)) and not lines["line"].duplicated().any()


def individual_lines(
    lines: pd.DataFrame,
    mean: pd.DataFrame,
    *,
    scale: str,
    unit: str,
    period: str,
    value: str = "change",
    mcid: float | None = None,
    better: str = "depends",
    ordinal: bool = False,
    limits: tuple[float, float] | None = None,
) -> Chart:
    """Faint lines of single patients by number of sessions, and their mean at each number.

    If nobody has a second score, the patients are dots side by side; if no patient may be drawn (in
    a shared view), the mean is alone. Lines of an ordinal scale are drawn slightly apart, because
    many would coincide.

    Args:
        lines: columns line, after_sessions, change, score; one scale (and protocol).
        mean: columns after_sessions, patients, change_mean, change_low, change_high, score_mean of
            the same; means of one patient are not drawn.
        scale: the scale's label.
        unit: of the scores.
        period: which patients, in words.
        value: "change" from the baseline, or the "score" itself.
        mcid: the minimal important difference, in points; a dotted line in a chart of changes.
        better: which side is better; it decides the side of that line.
        ordinal: whether the scale's steps are ranks, so that a mean is a summary only.
        limits: both ends of the scale, for an axis of scores.
    """
    figure = new_figure(height=360, showlegend=False, hovermode="closest")
    dots = scored_once(lines)
    _patients(figure, lines, value, dots=dots, ordinal=ordinal)
    shown = mean[(mean["patients"] > 1) & mean[VALUES[value]].notna()]
    _mean(figure, shown, value, unit)
    if value == "change":
        figure.add_hline(y=0, line={"color": QUIET, "width": 1})
        if mcid is not None and not math.isnan(mcid):
            _important(figure, mcid, better)
    _axes(
        figure,
        lines,
        shown,
        (_("change, {unit}") if value == "change" else _("score, {unit}")).format(unit=unit),
        limits if value == "score" else None,
    )
    n = lines["line"].nunique()
    title = _title(value, drawn=n > 0).format(scale=scale, unit=unit)
    says = _says(shown, value, unit)
    return Chart(
        figure,
        title,
        _subtitle(shown, period, n, value, dots=dots, ordinal=ordinal),
        alt=f"{title}. {says}".strip(),
        says=says,
    )


def _title(value: str, *, drawn: bool) -> str:
    if value == "change":
        return (
            _("{scale}: change from baseline of each patient, {unit}")
            if drawn
            else _("{scale}: mean change from baseline, {unit}")
        )
    return (
        _("{scale}: score of each patient, {unit}") if drawn else _("{scale}: mean score, {unit}")
    )


def _subtitle(
    shown: pd.DataFrame, period: str, n: int, value: str, *, dots: bool, ordinal: bool
) -> str:
    sentences = [_("{period}.").format(period=period)]
    if n:
        if dots:
            text = ngettext(
                "{n} patient, a faint dot each, equal scores side by side.",
                "{n} patients, a faint dot each, equal scores side by side.",
                n,
            )
        elif ordinal:
            text = ngettext(
                "{n} patient, faint lines set a little apart.",
                "{n} patients, faint lines set a little apart.",
                n,
            )
        else:
            text = ngettext("{n} patient, faint lines.", "{n} patients, faint lines.", n)
        sentences.append(text.format(n=format_number(n)))
    interval = INTERVALS[value][0] in shown
    if dots:
        mark = (
            _("Strong dot: mean with its 95 % interval, n by sessions {counts}.")
            if interval
            else _("Strong dot: mean, n by sessions {counts}.")
        )
    else:
        mark = (
            _("Thick line: mean with its 95 % interval, n by sessions {counts}.")
            if interval
            else _("Thick line: mean, n by sessions {counts}.")
        )
    counts = ", ".join(f"{r.after_sessions:g}: {r.patients:g}" for r in shown.itertuples())
    sentences.append(mark.format(counts=counts or "0"))
    if ordinal:
        sentences.append(_("Ordinal scale: the mean is a summary only."))
    return " ".join(sentences)


def _patients(
    figure: go.Figure, lines: pd.DataFrame, value: str, *, dots: bool, ordinal: bool
) -> None:
    """Every patient as a line, or as a dot if there are no lines."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    if dots:
        for _key, alike in lines.groupby(["after_sessions", value], sort=True):
            after, score, k = alike["after_sessions"].iloc[0], alike[value].iloc[0], len(alike)
            step = min(STEP_ASIDE, SPREAD / k)
            xs += [after + (place - (k - 1) / 2) * step for place in range(k)]
            ys += [score] * k
    else:
        ordered = lines.sort_values("after_sessions")
        for place, (_line, one) in enumerate(ordered.groupby("line", sort=True)):
            aside = (place % LANES - LANES // 2) * LANE if ordinal else 0.0
            xs += [*one["after_sessions"].tolist(), None]
            ys += [*(score + aside for score in one[value]), None]
    figure.add_trace(
        go.Scatter(
            x=xs,
            y=ys,
            mode="markers" if dots else "lines+markers",
            line={"color": faint(QUIET, 0.5), "width": 1},
            marker={"size": 6 if dots else 3, "color": faint(QUIET, 0.5)},
            hoverinfo="skip",
            name=_("single patients"),
        )
    )


def _axes(
    figure: go.Figure,
    lines: pd.DataFrame,
    shown: pd.DataFrame,
    title: str,
    limits: tuple[float, float] | None,
) -> None:
    """Marks at whole numbers of sessions; the scale's own ends if scores are drawn."""
    numbers = [*lines["after_sessions"].tolist(), *shown["after_sessions"].tolist()]
    first, last = (min(numbers), max(numbers)) if numbers else (0, 1)
    figure.update_xaxes(
        title_text=_("sessions before the score"),
        tick0=0,
        dtick=max(1, -(-int(last) // 10)),
        range=[first - 0.5, last + 0.5],
    )
    figure.update_yaxes(title_text=title)
    if limits is not None:
        low, high = limits
        edge = 0.06 * (high - low)
        figure.update_yaxes(range=[low - edge, high + edge])
        if high - low <= 10:
            figure.update_yaxes(tick0=low, dtick=1)


def _mean(figure: go.Figure, shown: pd.DataFrame, value: str, unit: str) -> None:
    centre, (low, high) = shown[VALUES[value]], INTERVALS[value]
    error = None
    if low in shown:
        error = {
            "type": "data",
            "symmetric": False,
            "array": (shown[high] - centre).fillna(0).tolist(),
            "arrayminus": (centre - shown[low]).fillna(0).tolist(),
            "color": ACCENT,
            "thickness": 1.5,
            "width": 4,
        }
    figure.add_trace(
        go.Scatter(
            x=shown["after_sessions"].tolist(),
            y=centre.tolist(),
            mode="lines+markers",
            line={"color": ACCENT, "width": 3},
            marker={"size": 8, "color": ACCENT},
            error_y=error,
            customdata=[_mean_words(row, value, unit) for row in shown.to_dict("records")],
            hovertemplate="%{customdata}<extra></extra>",
            name=_("mean"),
        )
    )


def _important(figure: go.Figure, mcid: float, better: str) -> None:
    """The smallest change that matters, on the better side, or on both if neither is."""
    sides = {"lower": (-mcid,), "higher": (mcid,)}.get(better, (-mcid, mcid))
    for y in sides:
        figure.add_hline(y=y, line={"color": PROMISE, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=1,
            xref="paper",
            y=y,
            text=_("smallest change that matters ({points})").format(points=format_trimmed(mcid)),
            showarrow=False,
            xanchor="right",
            yanchor="bottom",
            font={"size": SMALLEST_FONT},
        )


def _mean_words(row: Mapping[Any, Any], value: str, unit: str) -> str:
    after = int(row["after_sessions"])
    return ngettext(
        "Mean after {after} session: {mean} {unit}, n {n}",
        "Mean after {after} sessions: {mean} {unit}, n {n}",
        after,
    ).format(
        after=after,
        mean=format_trimmed(row[VALUES[value]]),
        unit=unit,
        n=format_number(row["patients"]),
    )


def _says(shown: pd.DataFrame, value: str, unit: str) -> str:
    """The mean at the largest number of sessions."""
    if shown.empty:
        return ""
    last = shown.sort_values("after_sessions").to_dict("records")[-1]
    return f"{_mean_words(last, value, unit)}."
