"""How long something lasts: step curves with intervals, censor marks and numbers at risk."""

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from mesodash.figures.axis_of_time import TimeAxis, time_axis
from mesodash.figures.theme import (
    CATEGORIES,
    PROMISE,
    QUIET,
    SMALLEST_FONT,
    Chart,
    faint,
    new_figure,
)
from mesodash.reports.survival import Array, Curve

PLOT_HEIGHT = 300
RISK_ROW = 20
ALL_GONE = 0.02
MOST_CURVES = 4
MOST_BANDS = 2


def lasting_curves(
    curves: Mapping[str, Curve],
    *,
    effect: str,
    period: str,
    promised_days: float | None = None,
    gone: bool = False,
) -> Chart:
    """Step curves of the share still there (or gone) by time since onset.

    Args:
        curves: by the group's name, times in days; at most four are drawn, the first ones.
        effect: what lasts, in words ("Swelling").
        period: which sessions, in words.
        promised_days: drawn as a dotted line.
        gone: draw the share gone instead of the share still there.
    """
    shown = dict(list(curves.items())[:MOST_CURVES])
    axis = time_axis(_horizon(shown, promised_days))
    risk = RISK_ROW * (len(shown) + 1.6)
    figure = new_figure(height=int(PLOT_HEIGHT + risk + 50), hovermode="closest")
    for colour, (label, curve) in zip(CATEGORIES, shown.items(), strict=False):
        if len(shown) <= MOST_BANDS:
            _band(figure, curve, axis, colour=colour, label=label, gone=gone)
        _steps(figure, curve, axis, colour=colour, label=label, gone=gone)
        _open_ones(figure, curve, axis, colour=colour, label=label, gone=gone)
    _promise_and_median(figure, shown, axis, promised_days)
    _numbers_at_risk(figure, shown, axis)
    word = "gone" if gone else "still there"
    share = risk / (PLOT_HEIGHT + risk)
    named = promised_days is not None
    _lay_out(figure, axis, share=share, rows=len(shown), title=f"{word}, %", named=named)
    band = " Band: 95 % interval." if len(shown) <= MOST_BANDS else ""
    return Chart(
        figure=figure,
        title=f"{effect}: {word}, % of reports, by time since onset",
        subtitle=f"{_counts(shown)}. {period}.{band} Small strokes: still there when last seen.",
        alt=_alt(shown, effect, word, axis),
    )


def at_risk(curve: Curve, days: float) -> int:
    """How many were still followed, and not gone, just before `days`."""
    at = int(np.searchsorted(curve.times, days - 1e-9, side="left"))
    return round(float(curve.at_risk[at])) if at < curve.times.size else 0


def _horizon(curves: Mapping[str, Curve], promised_days: float | None) -> float:
    """Days to show: until all but 2 % are gone, and never less than promise and median."""
    ends = [promised_days or 0.0]
    for curve in curves.values():
        all_gone = np.flatnonzero(curve.survival <= ALL_GONE)
        ends.append(float(curve.times[all_gone[0] if all_gone.size else -1]))
    return max(ends) * 1.04


def _lay_out(
    figure: go.Figure, axis: TimeAxis, *, share: float, rows: int, title: str, named: bool
) -> None:
    figure.update_layout(
        showlegend=rows > 1,
        xaxis={
            "range": [-0.015 * axis.end, axis.end * 1.02],
            "tickvals": list(axis.ticks),
            "title": {"text": f"{axis.unit} since onset"},
            "anchor": "y",
            "showgrid": False,
            "ticks": "outside",
        },
        yaxis={
            "domain": [share + 0.17, 1],
            "range": [-2, 114 if named else 102],  # the promise's name stands over the curves
            "tickvals": [0, 25, 50, 75, 100],
            "title": {"text": title},
        },
        yaxis2={
            "domain": [0, share],
            "range": [rows - 0.4, -1.4],
            "visible": False,
            "anchor": "x",
        },
    )


def _height(values: Array, *, gone: bool) -> list[float]:
    return [float(v) for v in 100 * (1 - values if gone else values)]


def _band(
    figure: go.Figure, curve: Curve, axis: TimeAxis, *, colour: str, label: str, gone: bool
) -> None:
    """The interval, as far as it exists (it has none where nobody is left)."""
    known = np.isfinite(curve.low) & np.isfinite(curve.high)
    times = (curve.times[known] * axis.per_day).tolist()
    for name, values in (("lower", curve.low[known]), ("upper", curve.high[known])):
        figure.add_trace(
            go.Scatter(
                x=times,
                y=_height(values, gone=gone),
                mode="lines",
                line={"width": 0, "shape": "hv", "color": colour},
                fill="tonexty" if name == "upper" else "none",
                fillcolor=faint(colour, 0.24),
                showlegend=False,
                hoverinfo="skip",
                legendgroup=label,
                name=name,
            )
        )


def _steps(
    figure: go.Figure, curve: Curve, axis: TimeAxis, *, colour: str, label: str, gone: bool
) -> None:
    word = "gone" if gone else "still there"
    figure.add_trace(
        go.Scatter(
            x=(curve.times * axis.per_day).tolist(),
            y=_height(curve.survival, gone=gone),
            mode="lines",
            line={"color": colour, "width": 2.4, "shape": "hv"},
            name=label,
            legendgroup=label,
            customdata=curve.at_risk,
            hovertemplate=f"%{{x:.3~g}} {axis.unit}: %{{y:.0f}} % {word}"
            f"<br>%{{customdata:.0f}} followed until then<extra>{label}</extra>",
        )
    )


def _open_ones(
    figure: go.Figure, curve: Curve, axis: TimeAxis, *, colour: str, label: str, gone: bool
) -> None:
    marks = (curve.censored > 0) & (curve.times > 0)
    if not marks.any():
        return
    figure.add_trace(
        go.Scatter(
            x=(curve.times[marks] * axis.per_day).tolist(),
            y=_height(curve.survival[marks], gone=gone),
            mode="markers",
            marker={"symbol": "line-ns", "size": 8, "line": {"width": 1.5, "color": colour}},
            name="still there when last seen",
            legendgroup=label,
            showlegend=False,
            customdata=curve.censored[marks],
            hovertemplate=f"%{{x:.3~g}} {axis.unit}: %{{customdata:.0f}} still there when last"
            f" seen<extra>{label}</extra>",
        )
    )


def _promise_and_median(
    figure: go.Figure, curves: Mapping[str, Curve], axis: TimeAxis, promised_days: float | None
) -> None:
    """Lines of the promise and, for one curve, of the median."""
    if promised_days is not None:
        _line(figure, [(promised_days * axis.per_day, 0), (promised_days * axis.per_day, 100)],
              colour=PROMISE, dash="dot")  # fmt: skip
        _word(figure, axis, (promised_days * axis.per_day, 108), "promised")
    if len(curves) != 1:
        return
    median = next(iter(curves.values())).median()[0]
    if math.isfinite(median):
        x = median * axis.per_day
        _line(figure, [(0, 50), (x, 50), (x, 0)], colour=QUIET, dash="dash")
        crowded = promised_days is not None and x < promised_days * axis.per_day < x + axis.end / 4
        _word(figure, axis, (x, 6), "half gone", left=crowded and x > axis.end / 4)


def _line(figure: go.Figure, points: list[tuple[float, float]], *, colour: str, dash: str) -> None:
    drawn = {"color": colour, "width": 1.5, "dash": dash}
    for (x0, y0), (x1, y1) in pairwise(points):
        figure.add_shape(type="line", x0=x0, y0=y0, x1=x1, y1=y1, line=drawn)


def _word(
    figure: go.Figure,
    axis: TimeAxis,
    at: tuple[float, float],
    text: str,
    *,
    left: bool = False,
) -> None:
    late = left or at[0] > 0.75 * axis.end
    figure.add_annotation(
        x=at[0],
        y=at[1],
        text=text,
        showarrow=False,
        xanchor="right" if late else "left",
        xshift=-4 if late else 4,
        yanchor="middle",
        font={"size": SMALLEST_FONT},
    )


def _numbers_at_risk(figure: go.Figure, curves: Mapping[str, Curve], axis: TimeAxis) -> None:
    """A small table beneath the curve, in step with its marks."""
    figure.add_annotation(
        x=0,
        xref="paper",
        y=-1,
        yref="y2",
        text="still there and still followed, n",
        showarrow=False,
        xanchor="left",
        font={"size": SMALLEST_FONT},
    )
    for index, (label, curve) in enumerate(curves.items()):
        if len(curves) > 1:
            _swatch(figure, index)
        figure.add_trace(
            go.Scatter(
                x=list(axis.ticks),
                y=[index] * len(axis.ticks),
                yaxis="y2",
                mode="text",
                text=[str(at_risk(curve, mark / axis.per_day)) for mark in axis.ticks],
                textfont={"size": SMALLEST_FONT},
                showlegend=False,
                hoverinfo="skip",
                name=f"at risk: {label}",
                cliponaxis=False,
            )
        )


def _swatch(figure: go.Figure, row: int) -> None:
    """A square of the group's colour before its row of numbers."""
    figure.add_shape(
        type="rect",
        xref="paper",
        yref="y2",
        x0=-0.045,
        x1=-0.025,
        y0=row - 0.28,
        y1=row + 0.28,
        fillcolor=CATEGORIES[row],
        line_width=0,
    )


def _counts(curves: Mapping[str, Curve]) -> str:
    if len(curves) == 1:
        return f"n {next(iter(curves.values())).n}"
    return ", ".join(f"{label} n {curve.n}" for label, curve in curves.items())


def _alt(curves: Mapping[str, Curve], effect: str, word: str, axis: TimeAxis) -> str:
    parts = []
    for label, curve in curves.items():
        median = curve.median()[0]
        half = (
            f"half gone by {_time(median, axis)}"
            if math.isfinite(median)
            else "half not gone in the time followed"
        )
        parts.append(f"{label}, n {curve.n}: {half}")
    said = "; ".join(parts)
    return f"Curve of {effect} {word} over {axis.end:.3g} {axis.unit} since onset. {said}."


def _time(days: float, axis: TimeAxis) -> str:
    """A time in the axis's unit: `2.5 days`, `1 day`."""
    text = f"{days * axis.per_day:.3g}"
    return f"{text} {axis.unit.removesuffix('s') if text == '1' else axis.unit}"
