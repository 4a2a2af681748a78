"""Counts over time: stacked bars where parts add up to the whole, lines where they overlap."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import CATEGORIES, QUIET, Chart, faint, new_figure

MOST_PARTS = 6
FEW_TIMES = 4
OTHERS = "others"
GRAINS = {"month": ("%b\n%Y", "%B %Y"), "week": ("%-d %b\n%Y", "Week of %-d %b %Y"),
          "day": ("%-d %b\n%Y", "%a %-d %b %Y")}  # fmt: skip
"""How long a bar lasts -> its marks on the axis and its words on hover."""


def by_time(
    frame: pd.DataFrame,
    *,
    value: str,
    unit: str,
    subtitle: str,
    times: Sequence[str],
    grain: str = "month",
    part: str | None = None,
    part_words: str = "",
    adds_up: bool = True,
) -> Chart:
    """Bars of `value` by month, week or day, split into the parts of a column.

    At most six parts are drawn, the largest first. The rest is `others` where parts add up and is
    left out where they overlap; `subtitle` should say so then.

    Args:
        frame: columns `month` (`2026-03`; or `week`, `day`: `2026-03-02`), `value`, and `part` if
            given; one row a bar.
        value: the column drawn.
        unit: what is counted, for the axis and title ("sessions", "mL").
        subtitle: period and denominator in words.
        times: every month (week, day) of the period, so that one without rows is seen as a gap.
        grain: month, week or day: the column of times.
        part: the column that splits the bars.
        part_words: that column in words ("protocol").
        adds_up: whether the parts of a time sum to its whole; False draws lines.
    """
    figure = new_figure(height=320, barmode="stack", bargap=0.25, hovermode="x unified")
    wide = _wide(frame, value=value, part=part, grain=grain, times=times, adds_up=adds_up)
    for index, name in enumerate(wide.columns):
        colour = faint(QUIET, 0.45) if name == OTHERS else CATEGORIES[index]
        shown = [None if pd.isna(v) else float(v) for v in wide[name]]
        hover = f"%{{y:,.4~g}} {unit}<extra>{name if part else ''}</extra>"
        if adds_up:
            figure.add_bar(
                x=list(wide.index), y=shown, name=str(name), marker_color=colour,
                hovertemplate=hover,
            )  # fmt: skip
        else:
            figure.add_trace(
                go.Scatter(
                    x=list(wide.index), y=shown, name=str(name), mode="lines+markers",
                    line={"color": colour, "width": 2}, marker={"size": 6}, hovertemplate=hover,
                )
            )  # fmt: skip
    figure.update_layout(showlegend=part is not None, legend_traceorder="normal")
    marks, hovered = GRAINS[grain]
    figure.update_xaxes(type="date", tickformat=marks, showgrid=False, hoverformat=hovered)
    if len(wide.index) <= FEW_TIMES:
        figure.update_xaxes(tickvals=list(wide.index))
    figure.update_yaxes(title_text=unit, rangemode="tozero", nticks=6)
    split = f", by {part_words}" if part else ""
    return Chart(
        figure=figure,
        title=f"{unit[:1].upper()}{unit[1:]} by {grain}{split}",
        subtitle=subtitle,
        alt=_alt(wide, unit=unit, grain=grain, split=split, adds_up=adds_up),
    )


def _wide(
    frame: pd.DataFrame,
    *,
    value: str,
    part: str | None,
    grain: str,
    times: Sequence[str],
    adds_up: bool,
) -> pd.DataFrame:
    """Times down, parts across, the largest part first."""
    if part is None:
        wide = frame.groupby(grain)[[value]].sum(min_count=1)
    else:
        wide = frame.pivot_table(index=grain, columns=part, values=value, aggfunc="sum")
        wide = wide[wide.sum().sort_values(ascending=False, kind="stable").index]
        if len(wide.columns) > MOST_PARTS:
            rest = wide.iloc[:, MOST_PARTS:].sum(axis=1, min_count=1)
            wide = wide.iloc[:, :MOST_PARTS]
            if adds_up:
                wide = wide.assign(**{OTHERS: rest})
    return wide.reindex(list(times))


def _alt(wide: pd.DataFrame, *, unit: str, grain: str, split: str, adds_up: bool) -> str:
    if wide.empty or wide.isna().all(axis=None):
        return f"No {unit} by {grain} in this period."
    first, last = wide.index[0], wide.index[-1]
    kind = "Bars" if adds_up else "Lines"
    text = f"{kind} of {unit} by {grain}{split}, {first} to {last}."
    if len(wide.columns) == 1:
        column = wide.iloc[:, 0]
        text += f" Highest in {column.idxmax()}: {column.max():,.4g} {unit}."
    else:
        text += f" Largest: {wide.columns[0]}."
    return text
