"""Each patient's line behind the mean: what the mean leaves out."""

import math

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, PROMISE, QUIET, SMALLEST_FONT, Chart, faint, new_figure

VALUES = {"change": "change_mean", "score": "score_mean"}
INTERVALS = {"change": ("change_low", "change_high"), "score": ("score_low", "score_high")}
SPREAD = 0.6
"""Width over which dots of equal scores are set side by side, in numbers of sessions."""
STEP_ASIDE = 0.06
LANES = 9
LANE = 0.035
"""Lines of an ordinal scale keep to lanes beside their level, in steps of the scale."""


def scored_once(lines: pd.DataFrame) -> bool:
    """Whether there are patients, but none with a second score, so that no line can be drawn.

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
    """Faint lines of single patients by number of sessions, the mean of each number over them.

    Where nobody has a second score, the patients are dots side by side; where no patient may be
    drawn (a shared view), the mean stands alone. Lines of an ordinal scale
    are set a little apart, for many would lie on each other.

    Args:
        lines: columns line, after_sessions, change, score; one scale (and protocol).
        mean: columns after_sessions, patients, change_mean, change_low, change_high, score_mean of
            the same; means of one patient are not drawn.
        scale: the scale in words.
        unit: of the scores.
        period: which patients, in words.
        value: "change" from the baseline, or the "score" itself.
        mcid: the minimal important difference, in points; drawn as a dotted line for a change.
        better: which side is the better one, for the side of that line.
        ordinal: the scale's steps are ranks: the mean is called a summary only.
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
    _axes(figure, lines, shown, f"{value}, {unit}", limits if value == "score" else None)
    n = lines["line"].nunique()
    what = "change from baseline" if value == "change" else "score"
    return Chart(
        figure,
        f"{scale}: {what} of each patient, {unit}" if n else f"{scale}: mean {what}, {unit}",
        _subtitle(shown, period, n, value, dots=dots, ordinal=ordinal),
        _alt(shown, scale, what, n, value, dots=dots),
    )


def _subtitle(
    shown: pd.DataFrame, period: str, n: int, value: str, *, dots: bool, ordinal: bool
) -> str:
    counts = ", ".join(f"{r.after_sessions:g}: {r.patients:g}" for r in shown.itertuples())
    drawn = "a faint dot each, equal scores side by side" if dots else "faint lines"
    if ordinal and not dots:
        drawn += " set a little apart"
    patients = f" n {n} {'patient' if n == 1 else 'patients'}, {drawn};" if n else ""
    mark = "strong dot" if dots else "thick line"
    if not n:
        mark = mark.capitalize()
    interval = " with its 95 % interval" if INTERVALS[value][0] in shown else ""
    return (
        f"{period}.{patients} {mark}: mean"
        f"{interval}, n by sessions {counts or '0'}."
        f"{' Ordinal scale: the mean is a summary only.' if ordinal else ''}"
    )


def _patients(
    figure: go.Figure, lines: pd.DataFrame, value: str, *, dots: bool, ordinal: bool
) -> None:
    """Every patient: a line apart from the others, or a dot where there are no lines."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    if dots:
        for _, alike in lines.groupby(["after_sessions", value], sort=True):
            after, score, k = alike["after_sessions"].iloc[0], alike[value].iloc[0], len(alike)
            step = min(STEP_ASIDE, SPREAD / k)
            xs += [after + (place - (k - 1) / 2) * step for place in range(k)]
            ys += [score] * k
    else:
        ordered = lines.sort_values("after_sessions")
        for place, (_, one) in enumerate(ordered.groupby("line", sort=True)):
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
            name="single patients",
        )
    )


def _axes(
    figure: go.Figure,
    lines: pd.DataFrame,
    shown: pd.DataFrame,
    title: str,
    limits: tuple[float, float] | None,
) -> None:
    """Whole numbers of sessions only; a scale's own ends where scores are drawn."""
    numbers = [*lines["after_sessions"].tolist(), *shown["after_sessions"].tolist()]
    first, last = (min(numbers), max(numbers)) if numbers else (0, 1)
    figure.update_xaxes(
        title_text="sessions before the score",
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
            customdata=shown["patients"].tolist(),
            hovertemplate=f"after %{{x:g}} sessions: %{{y:.3~g}} {unit}"
            "<br>n %{customdata:g}<extra>mean</extra>",
            name="mean",
        )
    )


def _important(figure: go.Figure, mcid: float, better: str) -> None:
    """The smallest change that matters, on the better side; on both if neither is."""
    sides = {"lower": (-mcid,), "higher": (mcid,)}.get(better, (-mcid, mcid))
    for y in sides:
        figure.add_hline(y=y, line={"color": PROMISE, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=1,
            xref="paper",
            y=y,
            text=f"smallest change that matters ({mcid:g})",
            showarrow=False,
            xanchor="right",
            yanchor="bottom",
            font={"size": SMALLEST_FONT},
        )


def _alt(
    shown: pd.DataFrame, scale: str, what: str, n: int, value: str, *, dots: bool = False
) -> str:
    drawn = f"{'Dots' if dots else 'Lines'} of {n} {'patient' if n == 1 else 'patients'}"
    if shown.empty:
        return f"{drawn} by number of sessions: {what} on {scale}."
    last = shown.iloc[-1]
    return (
        f"{drawn} by number of sessions: {what} on {scale}. Mean after"
        f" {last['after_sessions']:g} sessions: {last[VALUES[value]]:.3g} (n {last['patients']:g})."
    )
