"""Estimates with their intervals, one row each: a dot and a whisker."""

from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, GRID, QUIET, Chart, faint, new_figure

ROW_HEIGHT = 40
LONGEST_LABEL = 26


def dot_whisker(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    unit: str,
    better: Literal["lower", "higher", "depends"] = "depends",
    zero: bool = True,
    share: bool = False,
) -> Chart:
    """A dot at each estimate, a line over its 95 % interval, the better side named.

    Args:
        frame: columns `label`, `n`, `value`, `low`, `high`; a row whose low or high is missing is a
            dot alone. Rows are drawn from the top.
        title: what is estimated, with its unit.
        subtitle: period, n and the kind of interval in words.
        unit: for the axis ("points", "cm").
        better: which side is the better one.
        zero: draw the line of no change.
        share: values are shares of 0 to 1, shown in per cent from 0 to 100.
    """
    scale = 100 if share else 1
    labels = [_wrapped(f"{row.label} (n {row.n:g})") for row in frame.itertuples()]
    values = (frame["value"] * scale).tolist()
    below = ((frame["value"] - frame["low"]) * scale).fillna(0).tolist()
    above = ((frame["high"] - frame["value"]) * scale).fillna(0).tolist()
    figure = new_figure(height=ROW_HEIGHT * len(frame) + 90, showlegend=False)
    figure.add_trace(
        go.Scatter(
            x=values,
            y=labels,
            mode="markers",
            marker={"size": 10, "color": ACCENT},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": above,
                "arrayminus": below,
                "color": ACCENT,
                "thickness": 2,
                "width": 5,
            },
            customdata=(frame[["low", "high"]] * scale).to_numpy(),
            hovertemplate="%{y}<br>%{x:.3~g} (%{customdata[0]:.3~g} to %{customdata[1]:.3~g}) "
            f"{unit}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="")
    figure.update_xaxes(title_text=unit, side="bottom")
    if share:
        figure.update_xaxes(range=[-3, 103])
    elif zero:
        _show_better(figure, frame, better)
    return Chart(figure=figure, title=title, subtitle=subtitle, alt=_alt(frame, title, unit, scale))


def _show_better(figure: go.Figure, frame: pd.DataFrame, better: str) -> None:
    """The line of no change, and a faint ground on the better side."""
    reach = max(1e-9, frame[["value", "low", "high"]].abs().max(axis=None))
    figure.update_xaxes(range=[-1.15 * reach, 1.15 * reach])
    figure.add_vline(x=0, line={"color": QUIET, "width": 1})
    if better == "depends":
        return
    sign = -1 if better == "lower" else 1
    figure.add_vrect(
        x0=0, x1=sign * 1.15 * reach, fillcolor=faint(ACCENT, 0.07), line_width=0, layer="below"
    )
    words = {-1: "← better", 1: "better →"}, {-1: "← worse", 1: "worse →"}
    for where, text in ((sign, words[0][sign]), (-sign, words[1][-sign])):
        figure.add_annotation(
            x=where * 1.12 * reach,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="left" if where < 0 else "right",
            text=text,
            showarrow=False,
            font={"size": 12, "color": QUIET},
        )
    figure.update_layout(margin_t=24)
    figure.update_xaxes(zerolinecolor=GRID)


def _wrapped(label: str) -> str:
    """Break a long label at a blank, so that dots keep their room on a phone."""
    lines = [""]
    for word in label.split(" "):
        if len(lines[-1]) + len(word) > LONGEST_LABEL and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _alt(frame: pd.DataFrame, title: str, unit: str, scale: int) -> str:
    rows = [
        f"{row.label}, n {row.n:g}: {row.value * scale:.3g}"
        + ("" if pd.isna(row.low) else f" ({row.low * scale:.3g} to {row.high * scale:.3g})")
        for row in frame.itertuples()
    ]
    return f"{title}, in {unit}, with 95 % intervals. " + "; ".join(rows) + "."
