"""Counts over time: stacked bars where parts add up to the whole, a row each where they overlap."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.intervals import wrapped
from mesodash.figures.theme import CATEGORIES, QUIET, SMALLEST_FONT, Chart, faint, new_figure

MOST_PARTS = 6
FEW_TIMES = 4
ROOM_FOR = 6
"""Fewer bars than these leave room at both sides, so that one month is not drawn as a wall."""
PLOT_HEIGHT = 320
ROW_HEIGHT, ROW_GAP, LINE_HEIGHT = 60, 36, 15
LONGEST_LINE = 44
OTHERS = "others"
GRAINS = {"month": ("%b\n%Y", "%B %Y"), "week": ("%-d %b\n%Y", "Week of %-d %b %Y"),
          "day": ("%-d %b\n%Y", "%a %-d %b %Y")}  # fmt: skip
"""How long a bar lasts -> its marks on the axis and its words on hover."""
DAYS = {"month": 30.0, "week": 7.0, "day": 1.0}
"""About how many days a bar lasts."""


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

    At most six parts are drawn, the largest first: stacked where they add up, else each in a row of
    its own with one scale for all. The rest is `others` where parts add up and is
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
        adds_up: whether the parts of a time sum to its whole; False draws
            a row for each.
    """
    wide = _wide(frame, value=value, part=part, grain=grain, times=times, adds_up=adds_up)
    rows = 0 if adds_up else len(wide.columns)
    names = [wrapped(str(name), LONGEST_LINE) for name in wide.columns]
    gap = ROW_GAP + LINE_HEIGHT * max((name.count("<br>") for name in names), default=0)
    height = (ROW_HEIGHT + gap) * rows + 2 * ROW_GAP if rows else PLOT_HEIGHT
    figure = new_figure(height=height, barmode="stack", bargap=0.25, hovermode="x unified")
    for index, name in enumerate(wide.columns):
        colour = faint(QUIET, 0.45) if name == OTHERS else CATEGORIES[index]
        shown = [None if pd.isna(v) else float(v) for v in wide[name]]
        figure.add_bar(
            x=list(wide.index),
            y=shown,
            name=str(name),
            marker_color=colour,
            yaxis=_axis("y", index if rows else 0),
            customdata=["" if v is None else _said(v, unit) for v in shown],
            hovertemplate=f"%{{customdata}}<extra>{name if part else ''}</extra>",
        )
    marks, hovered = GRAINS[grain]
    figure.update_xaxes(type="date", tickformat=marks, showgrid=False, hoverformat=hovered)
    figure.update_yaxes(title_text=unit, rangemode="tozero", nticks=6)
    figure.update_layout(showlegend=part is not None and adds_up, legend_traceorder="normal")
    if rows:
        _in_rows(figure, names, gap)
    _at_few_times(figure, list(wide.index), grain)
    split = f", by {part_words}" if part else ""
    return Chart(
        figure=figure,
        title=f"{unit[:1].upper()}{unit[1:]} by {grain}{split}",
        subtitle=subtitle,
        alt=_alt(wide, unit=unit, grain=grain, split=split, adds_up=adds_up),
    )


def _said(value: float, unit: str) -> str:
    """`1 session`, `1 297 sessions`, `30.5 mL`."""
    number = f"{value:,.{0 if value == round(value) else 1}f}".replace(",", " ")
    if value == 1:
        unit = " ".join(word.removesuffix("s") for word in unit.split())
    return f"{number} {unit}"


def _axis(letter: str, index: int) -> str:
    return letter if index == 0 else f"{letter}{index + 1}"


def _in_rows(figure: go.Figure, names: Sequence[str], gap: int) -> None:
    """A row of bars under another, each under its name, one scale for all."""
    room = (ROW_HEIGHT + gap) * len(names)
    top = max((v for bar in figure.data for v in bar.y if v is not None), default=0)
    for index, name in enumerate(names):
        upper = 1 - (index * (ROW_HEIGHT + gap) + gap) / room
        lower = max(upper - ROW_HEIGHT / room, 0)
        axis = "yaxis" if index == 0 else f"yaxis{index + 1}"
        figure.update_layout(
            {
                axis: {
                    "domain": [lower, upper],
                    "range": [0, 1.08 * top or 1],
                    "nticks": 3,
                    "title": None,
                    "anchor": "x",
                }
            }
        )
        figure.add_annotation(
            text=name,
            x=0,
            xref="paper",
            xanchor="left",
            y=upper,
            yref="paper",
            yanchor="bottom",
            align="left",
            showarrow=False,
            font={"size": SMALLEST_FONT},
        )
    figure.update_xaxes(anchor=_axis("y", len(names) - 1))


def _at_few_times(figure: go.Figure, times: Sequence[str], grain: str) -> None:
    """Marks under each of few bars, and room beside them."""
    if len(times) <= FEW_TIMES:
        figure.update_xaxes(tickvals=list(times))
    if not times or len(times) >= ROOM_FOR:
        return
    half = pd.Timedelta(days=DAYS[grain] * (1 + ROOM_FOR - len(times)) / 2)
    ends = (pd.Timestamp(times[0]) - half, pd.Timestamp(times[-1]) + half)
    figure.update_xaxes(range=[f"{end:%Y-%m-%d %H:%M}" for end in ends])
    figure.update_traces(width=0.75 * DAYS[grain] * 24 * 3600 * 1000)


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
    kind = "Bars" if adds_up else "Bars, a row each,"
    text = f"{kind} of {unit} by {grain}{split}, {first} to {last}."
    if len(wide.columns) == 1:
        column = wide.iloc[:, 0]
        text += f" Highest in {column.idxmax()}: {column.max():,.4g} {unit}."
    else:
        text += f" Largest: {wide.columns[0]}."
    return text
