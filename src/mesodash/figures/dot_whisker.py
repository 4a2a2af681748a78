"""Estimates with their intervals: one row each, a dot and a line."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, PROMISE, QUIET, SMALLEST_FONT, Chart, faint, new_figure
from mesodash.language import _, format_interval, format_number, format_percent, format_trimmed

ROW_HEIGHT = 40
LINE_HEIGHT = 15
LONGEST_LABEL = 26


def dot_whisker(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    unit: str,
    better: Literal["lower", "higher", "depends"] = "depends",
    limits: tuple[float, float] | None = None,
    share: bool = False,
    mark: float | None = None,
) -> Chart:
    """A dot at each estimate and a line over its 95 % interval, with the better side named.

    Args:
        frame: columns `label`, `n`, `value`, `low`, `high`; a row without low or high is a dot
            alone. Rows are drawn from the top.
        title: what is estimated, with its unit.
        subtitle: period, n and the kind of interval in words.
        unit: for the axis ("points", "cm").
        better: which side is better.
        limits: the ends of the axis; by default it is symmetric around 0, drawn as no change.
        share: values are shares of 0 to 1, shown in per cent; by default from 0 to 100.
        mark: the place of a dashed line, such as the smallest change that matters.
    """
    scale = 100 if share else 1
    labels = [
        wrapped(_("{label} (n\N{NO-BREAK SPACE}{n})").format(label=label, n=_grouped(n)))
        for label, n in zip(frame["label"], frame["n"], strict=True)
    ]
    values = (frame["value"] * scale).tolist()
    below = ((frame["value"] - frame["low"]) * scale).fillna(0).tolist()
    above = ((frame["high"] - frame["value"]) * scale).fillna(0).tolist()
    rows = max((label.count("<br>") + 1 for label in labels), default=1)
    row_height = max(ROW_HEIGHT, LINE_HEIGHT * rows + 8)
    figure = new_figure(height=row_height * len(frame) + 90, showlegend=False)
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
            customdata=[f"{_estimate(row, scale)} {unit}" for row in frame.to_dict("records")],
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        )
    )
    # Half a row above the first and below the last, so that a long label does not meet the axis.
    figure.update_yaxes(range=[len(frame) - 0.45, -0.55], showgrid=False, ticks="")
    figure.update_xaxes(title_text=unit, side="bottom")
    if share:
        low, high = (100 * end for end in limits or (0, 1))
        edge = 0.03 * (high - low)
        figure.update_xaxes(range=[low - edge, high + edge])
    else:
        low, high = limits or _even_around_zero(frame, mark)
        figure.update_xaxes(range=[low, high])
        if limits is None:
            figure.add_vline(x=0, line={"color": QUIET, "width": 1})
        _name_sides(figure, low, high, better)
    if mark is not None:
        figure.add_vline(x=mark * scale, line={"color": PROMISE, "width": 1.5, "dash": "dash"})
    return Chart(
        figure=figure,
        title=title,
        subtitle=subtitle,
        alt=_alt(frame, title, unit, scale),
        says=_says(frame, scale),
    )


Spread = tuple[float, float, float, float, float]
"""Below which a tenth, a quarter, a half, three quarters and nine tenths lie, as shares."""


def spread_rows(
    rows: Sequence[tuple[str, int, Spread]], *, title: str, subtitle: str, whole: float = 1.0
) -> Chart:
    """A box over the middle half of each row and a line from the lowest to the highest tenth.

    All are drawn alike, in the order given: this is no comparison of who is better.

    Args:
        rows: label, n and the spread, in shares; drawn from the top.
        title: what is spread, with its unit.
        subtitle: the period, and what box and line are.
        whole: the position of a dashed line, as a share.
    """
    figure = new_figure(height=ROW_HEIGHT * len(rows) + 90, showlegend=False)
    labels = [
        wrapped(_("{label} (n\N{NO-BREAK SPACE}{n})").format(label=label, n=_grouped(n)))
        for label, n, _spread in rows
    ]
    ends = [tuple(100 * one for one in spread) for _label, _n, spread in rows]
    figure.add_trace(
        go.Box(
            y=labels,
            lowerfence=[one[0] for one in ends],
            q1=[one[1] for one in ends],
            median=[one[2] for one in ends],
            q3=[one[3] for one in ends],
            upperfence=[one[4] for one in ends],
            orientation="h",
            line={"color": ACCENT, "width": 2},
            fillcolor=faint(ACCENT, 0.25),
            width=0.5,
            hoverinfo="x",
        )
    )
    figure.update_yaxes(range=[len(rows) - 0.45, -0.55], showgrid=False, ticks="")
    highest = max([100 * whole, *(one[4] for one in ends)])
    lowest = min([100 * whole, *(one[0] for one in ends)])
    edge = max(0.08 * (highest - lowest), 5.0)
    figure.update_xaxes(
        title_text=_("% of the adopted figure"), range=[max(lowest - edge, 0), highest + edge]
    )
    figure.add_vline(x=100 * whole, line={"color": PROMISE, "width": 1.5, "dash": "dash"})
    said = [
        _("{label}, n {n}: half at {middle}, most from {low} to {high}").format(
            label=label,
            n=_grouped(n),
            middle=format_percent(spread[2]),
            low=format_percent(spread[0]),
            high=format_percent(spread[4]),
        )
        for label, n, spread in rows
    ]
    return Chart(figure, title, subtitle, alt=f"{title}. {'; '.join(said)}.")


def _grouped(n: float) -> str:
    """A whole number in groups of three that a line does not break."""
    return format_number(n).replace(" ", "\N{NO-BREAK SPACE}")


def _even_around_zero(frame: pd.DataFrame, mark: float | None) -> tuple[float, float]:
    """An axis with 0 in its middle that holds every interval, and the mark."""
    reach = 1.15 * max(
        1e-9,
        abs(mark or 0),
        float(np.nanmax(np.abs(frame[["value", "low", "high"]].to_numpy(dtype=float)))),
    )
    return -reach, reach


def _name_sides(figure: go.Figure, low: float, high: float, better: str) -> None:
    """Name the better side at the ends of the axis, and shade it if 0 is on the axis."""
    if better == "depends":
        return
    left, right = (
        (_("← better"), _("worse →")) if better == "lower" else (_("← worse"), _("better →"))
    )
    for x, anchor, text in ((low, "left", left), (high, "right", right)):
        figure.add_annotation(
            x=x,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor=anchor,
            text=text,
            showarrow=False,
            font={"size": SMALLEST_FONT},
        )
    if low < 0 < high:
        end = low if better == "lower" else high
        figure.add_vrect(x0=0, x1=end, fillcolor=faint(ACCENT, 0.1), line_width=0, layer="below")
    figure.update_layout(margin_t=26)


def wrapped(label: str, longest: int = LONGEST_LABEL) -> str:
    """Break a long label at a space, and a long word anywhere, to leave room on a phone."""
    lines = [""]
    words = (
        word[at : at + longest] for word in label.split(" ") for at in range(0, len(word), longest)
    )
    for word in words:
        if len(lines[-1]) + len(word) > longest and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _estimate(row: Mapping[Any, Any], scale: int) -> str:
    """`12.5 (9 to 16)`."""
    digits = 1 if scale == 100 else 2
    return format_interval(
        lambda value: format_trimmed(value, digits),
        row["value"] * scale,
        row["low"] * scale,
        row["high"] * scale,
    )


def _alt(frame: pd.DataFrame, title: str, unit: str, scale: int) -> str:
    said = [
        _("{label}, n {n}: {estimate}").format(
            label=row["label"], n=_grouped(row["n"]), estimate=_estimate(row, scale)
        )
        for row in frame.to_dict("records")
    ]
    return _("{title}, in {unit}, with 95 % intervals. {rows}.").format(
        title=title, unit=unit, rows="; ".join(said)
    )


def _says(frame: pd.DataFrame, scale: int) -> str:
    """The highest and the lowest, and whether their intervals overlap."""
    rows = [row for row in frame.to_dict("records") if not pd.isna(row["value"])]
    if not rows:
        return ""
    high, low = max(rows, key=lambda r: r["value"]), min(rows, key=lambda r: r["value"])
    if len(rows) == 1 or high["value"] == low["value"]:
        return _("{label}: {estimate}.").format(
            label=high["label"], estimate=_estimate(high, scale)
        )
    text = _("Highest: {highest}, {most}. Lowest: {lowest}, {least}.").format(
        highest=high["label"],
        most=_estimate(high, scale),
        lowest=low["label"],
        least=_estimate(low, scale),
    )
    if any(pd.isna(v) for v in (high["low"], low["high"])):
        return text
    overlap = high["low"] <= low["high"]
    lie = _("Their intervals overlap.") if overlap else _("Their intervals are apart.")
    return f"{text} {lie}"
