"""Each patient's line behind the mean: what the mean leaves out."""

import math

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, PROMISE, QUIET, SMALLEST_FONT, Chart, faint, new_figure

VALUES = {"change": "change_mean", "score": "score_mean"}


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
) -> Chart:
    """Faint lines of single patients by number of sessions, the mean of each number over them.

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
    """
    figure = new_figure(height=360, showlegend=False, hovermode="closest")
    xs: list[float | None] = []
    ys: list[float | None] = []
    for _, one in lines.sort_values("after_sessions").groupby("line", sort=False):
        xs += [*one["after_sessions"].tolist(), None]
        ys += [*one[value].tolist(), None]
    n = lines["line"].nunique()
    figure.add_trace(
        go.Scatter(
            x=xs,
            y=ys,
            mode="lines+markers",
            line={"color": faint(QUIET, 0.4), "width": 1},
            marker={"size": 3, "color": faint(QUIET, 0.5)},
            hoverinfo="skip",
            name="single patients",
        )
    )
    shown = mean[(mean["patients"] > 1) & mean[VALUES[value]].notna()]
    _mean(figure, shown, value, unit)
    if value == "change":
        figure.add_hline(y=0, line={"color": QUIET, "width": 1})
        if mcid is not None and not math.isnan(mcid):
            _important(figure, mcid, better)
    figure.update_xaxes(title_text="sessions before the score", dtick=_step(lines))
    figure.update_yaxes(title_text=f"{value}, {unit}")
    counts = ", ".join(f"{r.after_sessions:g}: {r.patients:g}" for r in shown.itertuples())
    summary = " Ordinal scale: the mean is a summary only." if ordinal else ""
    what = "change from baseline" if value == "change" else "score"
    return Chart(
        figure,
        f"{scale}: {what} of each patient, {unit}",
        f"{period}. n {n} patients, faint lines; thick line: mean"
        f"{' with its 95 % interval' if value == 'change' else ''}, n by sessions {counts or '0'}."
        f"{summary}",
        _alt(shown, scale, what, n, value),
    )


def _mean(figure: go.Figure, shown: pd.DataFrame, value: str, unit: str) -> None:
    centre = shown[VALUES[value]]
    error = None
    if value == "change":
        error = {
            "type": "data",
            "symmetric": False,
            "array": (shown["change_high"] - centre).fillna(0).tolist(),
            "arrayminus": (centre - shown["change_low"]).fillna(0).tolist(),
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


def _step(lines: pd.DataFrame) -> int:
    most = int(lines["after_sessions"].max()) if len(lines) else 1
    return max(1, -(-most // 10))


def _alt(shown: pd.DataFrame, scale: str, what: str, n: int, value: str) -> str:
    if shown.empty:
        return f"Lines of {n} patients by number of sessions: {what} on {scale}."
    last = shown.iloc[-1]
    return (
        f"Lines of {n} patients by number of sessions: {what} on {scale}. Mean after"
        f" {last['after_sessions']:g} sessions: {last[VALUES[value]]:.3g} (n {last['patients']:g})."
    )
