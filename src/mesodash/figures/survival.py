"""How long side effects last: survival curves with intervals and numbers at risk."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from mesodash.figures.theme import (
    CATEGORIES,
    PROMISE,
    QUIET,
    SMALLEST_FONT,
    Chart,
    faint,
    new_figure,
)
from mesodash.language import N_, _, format_duration, format_number, format_percent
from mesodash.reports.stats.survival import Array, Curve

PLOT_HEIGHT = 300
RISK_ROW = 20
ALL_GONE = 0.02
MOST_CURVES = 4
MOST_BANDS = 2
MOST_STEPS = 7
MINUTES = (1, 2, 5, 10, 15, 20, 30, 60)
HOURS = (1, 2, 3, 4, 6, 12, 24)
DAYS = (1, 2, 3, 5, 7, 14, 28, 60, 90, 180, 360)

# Up to so many days: the unit, units per day, distances between marks.
UNITS: tuple[tuple[float, str, float, tuple[int, ...]], ...] = (
    (3 / 24, N_("minutes"), 1440.0, MINUTES),
    (3.0, N_("hours"), 24.0, HOURS),
    (math.inf, N_("days"), 1.0, DAYS),
)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The unit, the end and the marks of an axis of time.

    Attributes:
        unit: "minutes", "hours" or "days".
        per_day: units per day; times in days are multiplied by it.
        end: the end of the axis, in units.
        ticks: the marks from 0 on, in units, evenly spaced.
    """

    unit: str
    per_day: float
    end: float
    ticks: tuple[float, ...]


def time_axis(days: float) -> TimeAxis:
    """The axis that shows `days` (0 or more) in at most seven steps."""
    unit, per_day, steps = next(choice[1:] for choice in UNITS if days <= choice[0])
    end = max(days * per_day, 1.0)
    step = next((step for step in steps if end / step <= MOST_STEPS), end / MOST_STEPS)
    ticks = tuple(float(step * i) for i in range(int(end / step * 1.0001) + 1))
    return TimeAxis(unit=unit, per_day=per_day, end=end, ticks=ticks)


def lasting_curves(
    curves: Mapping[str, Curve],
    *,
    effect: str,
    period: str,
    promised_days: float | None = None,
    gone: bool = False,
    asked: bool = False,
) -> Chart:
    """Step curves of the share still there (or gone) by time since onset.

    Args:
        curves: by the group's name, times in days; the first four are drawn.
        effect: its label ("Swelling").
        period: which sessions, in words.
        promised_days: drawn as a dotted line.
        gone: draw the share gone instead of the share still there.
        asked: a learner is to read the median: it is neither drawn nor given, and the words give
            the curve's steps instead.
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
    if not asked:
        _promise_and_median(figure, shown, axis, promised_days)
    _numbers_at_risk(figure, shown, axis)
    share = risk / (PLOT_HEIGHT + risk)
    named = promised_days is not None
    axis_title = _("gone, %") if gone else _("still there, %")
    _lay_out(figure, axis, share=share, rows=len(shown), title=axis_title, named=named)
    sentences = [_("{counts}. {period}.").format(counts=_counts(shown), period=period)]
    if len(shown) <= MOST_BANDS:
        sentences.append(_("Band: 95 % interval."))
    sentences.append(_("Small strokes: still there when last seen."))
    title = (
        _("{effect}: gone, % of reports, by time since onset")
        if gone
        else _("{effect}: still there, % of reports, by time since onset")
    ).format(effect=effect)
    if asked:
        said = " ".join(_steps_said(curve) for curve in shown.values())
        return Chart(figure, title, " ".join(sentences), alt=f"{title}. {said}")
    says = _says(shown)
    return Chart(figure, title, " ".join(sentences), alt=f"{title}. {says}", says=says)


def at_risk(curve: Curve, days: float) -> int:
    """How many were still followed and still affected just before `days`."""
    at = int(np.searchsorted(curve.times, days - 1e-9, side="left"))
    return round(float(curve.at_risk[at])) if at < curve.times.size else 0


def _horizon(curves: Mapping[str, Curve], promised_days: float | None) -> float:
    """Days to show: until all but 2 % are gone, and at least to the promise."""
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
            "title": {"text": _("{unit} since onset").format(unit=_(axis.unit))},
            "anchor": "y",
            "showgrid": False,
            "ticks": "outside",
        },
        yaxis={
            "domain": [share + 0.17, 1],
            "range": [-2, 114 if named else 102],  # room for the promise's name above the curves
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
    """The interval, where there is one (there is none where nobody is left)."""
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
    times, shares, followed = (a.tolist() for a in (curve.times, curve.survival, curve.at_risk))
    if shares and shares[0] < 1:
        # Everybody is affected at the onset, also where many are gone on the first day.
        times, shares, followed = [0.0, *times], [1.0, *shares], [curve.n, *followed]
    figure.add_trace(
        go.Scatter(
            x=[time * axis.per_day for time in times],
            y=_height(np.array(shares), gone=gone),
            mode="lines",
            line={"color": colour, "width": 2.4, "shape": "hv"},
            name=label,
            legendgroup=label,
            customdata=[
                (
                    _("{time}: {share} gone<br>{n} followed until then")
                    if gone
                    else _("{time}: {share} still there<br>{n} followed until then")
                ).format(
                    time=format_duration(time),
                    share=format_percent(1 - share if gone else share),
                    n=format_number(n),
                )
                for time, share, n in zip(times, shares, followed, strict=True)
            ],
            hovertemplate=f"%{{customdata}}<extra>{label}</extra>",
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
            name=_("still there when last seen"),
            legendgroup=label,
            showlegend=False,
            customdata=[
                _("{time}: {n} still there when last seen").format(
                    time=format_duration(float(time)), n=format_number(n)
                )
                for time, n in zip(curve.times[marks], curve.censored[marks], strict=True)
            ],
            hovertemplate=f"%{{customdata}}<extra>{label}</extra>",
        )
    )


def _promise_and_median(
    figure: go.Figure, curves: Mapping[str, Curve], axis: TimeAxis, promised_days: float | None
) -> None:
    """Lines at the promise and, if there is one curve, at the median."""
    if promised_days is not None:
        _line(figure, [(promised_days * axis.per_day, 0), (promised_days * axis.per_day, 100)],
              colour=PROMISE, dash="dot")  # fmt: skip
        _word(figure, axis, (promised_days * axis.per_day, 108), _("promised"))
    if len(curves) != 1:
        return
    median = next(iter(curves.values())).median()[0]
    if math.isfinite(median):
        x = median * axis.per_day
        _line(figure, [(0, 50), (x, 50), (x, 0)], colour=QUIET, dash="dash")
        crowded = promised_days is not None and x < promised_days * axis.per_day < x + axis.end / 4
        _word(figure, axis, (x, 6), _("half gone"), left=crowded and x > axis.end / 4)


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
    """A small table below the curve, aligned with its marks."""
    figure.add_annotation(
        x=0,
        xref="paper",
        y=-1,
        yref="y2",
        text=_("still there and still followed, n"),
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
                name=_("at risk: {label}").format(label=label),
                cliponaxis=False,
            )
        )


def _swatch(figure: go.Figure, row: int) -> None:
    """A square in the group's colour before its row of numbers."""
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
        return _("n {n}").format(n=format_number(next(iter(curves.values())).n))
    return ", ".join(
        _("{label} n {n}").format(label=label, n=format_number(curve.n))
        for label, curve in curves.items()
    )


def _says(curves: Mapping[str, Curve]) -> str:
    """The median of each curve, in words."""
    said = []
    for label, curve in curves.items():
        median = curve.median()[0]
        text = (
            _("{label}, n {n}: half gone by {time}.")
            if math.isfinite(median)
            else _("{label}, n {n}: half not gone in the time followed.")
        )
        time = format_duration(median) if math.isfinite(median) else ""
        said.append(text.format(label=label, n=format_number(curve.n), time=time))
    return " ".join(said)


def _steps_said(curve: Curve) -> str:
    """What the curve shows, in words: each step, and where somebody was last seen."""
    said = []
    for time, share, ended, lost in zip(
        curve.times, curve.survival, curve.events, curve.censored, strict=True
    ):
        when = format_duration(float(time))
        if ended:
            text = _("{time}: down to {share} still there.")
            said.append(text.format(time=when, share=format_percent(float(share))))
        if lost:
            text = _("{time}: {n} still there when last seen.")
            said.append(text.format(time=when, n=format_number(float(lost))))
    return " ".join(said)
