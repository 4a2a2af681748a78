"""Counts over time as bars, or as one small row of bars per part where they are split."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.dot_whisker import wrapped
from mesodash.figures.theme import ACCENT, QUIET, SMALLEST_FONT, Chart, faint, new_figure
from mesodash.language import N_, _, format_day, format_month

MOST_PARTS = 6
MOST_MARKS = 13
ROOM_FOR = 6
"""With fewer bars than this, space is left on both sides, so that a single bar is not huge."""
PLOT_HEIGHT = 320
ROW_HEIGHT, ROW_GAP, LINE_HEIGHT = 60, 36, 15
LONGEST_LINE = 44
TITLES = {
    "month": N_("{what} by month"),
    "week": N_("{what} by week"),
    "day": N_("{what} by day"),
}
DIVIDED = {
    "region": N_("{title}, by area group"),
    "area": N_("{title}, by area"),
    "side": N_("{title}, by side"),
    "protocol": N_("{title}, by protocol"),
    "indication": N_("{title}, by indication"),
    "practitioner": N_("{title}, by practitioner"),
}


def by_time(
    frame: pd.DataFrame,
    *,
    value: str,
    what: str,
    unit: str,
    words: Callable[[float], str],
    subtitle: str,
    times: Sequence[str],
    grain: str = "month",
    part: str | None = None,
    adds_up: bool = True,
    partial: Sequence[str] = (),
) -> Chart:
    """Bars of `value` by month, week or day; if split, a row of bars per part, all on one scale.

    At most six parts are drawn, the largest first. The rest is drawn as "others" if parts add up,
    and left out if they overlap, which `subtitle` should say.

    Args:
        frame: columns `month` (`2026-03`; or `week`, `day`: `2026-03-02`), `value`, and `part` if
            given; one row per bar.
        value: the column drawn.
        what: what is counted, for the title ("Sessions").
        unit: of the axis ("sessions", "mL").
        words: a number with its unit ("12 sessions").
        subtitle: period and denominator in words.
        times: every month (week, day) of the period, so that one without rows is a gap.
        grain: month, week or day: the column of times.
        part: the column that splits the bars; a key of `DIVIDED`.
        adds_up: whether the parts sum to the whole.
        partial: the times that the period covers only in part; their bars are hatched.
    """
    wide = _wide(frame, value=value, part=part, grain=grain, times=times, adds_up=adds_up)
    rows = len(wide.columns) if part else 0
    names = [wrapped(str(name), LONGEST_LINE) for name in wide.columns]
    gap = ROW_GAP + LINE_HEIGHT * max((name.count("<br>") for name in names), default=0)
    height = (ROW_HEIGHT + gap) * rows + 2 * ROW_GAP if rows else PLOT_HEIGHT
    figure = new_figure(height=height, bargap=0.25, hovermode="closest", showlegend=False)
    for index, name in enumerate(wide.columns):
        shown = [None if pd.isna(v) else float(v) for v in wide[name]]
        figure.add_bar(
            x=list(wide.index),
            y=shown,
            name=str(name),
            marker={
                "color": faint(QUIET, 0.45) if part and name == others() else ACCENT,
                "pattern": _hatching(wide.index, partial),
            },
            yaxis=_axis("y", index if rows else 0),
            customdata=[
                "" if v is None else f"{time_words(time, grain)}: {words(v)}"
                for v, time in zip(shown, wide.index, strict=True)
            ],
            hovertemplate=f"%{{customdata}}<extra>{name if part else ''}</extra>",
        )
    # Categories and not dates, so that the marks are in the reader's language.
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=list(wide.index),
        showgrid=False,
        ticks="",
        **_marks(list(wide.index)),
    )
    figure.update_yaxes(title_text=unit, rangemode="tozero", nticks=6)
    if rows:
        _in_rows(figure, names, gap)
    _leave_room(figure, len(wide.index))
    title = _(TITLES[grain]).format(what=what)
    if part:
        title = _(DIVIDED[part]).format(title=title)
    says = _says(wide, words, grain, whole=set(times) - set(partial))
    return Chart(figure=figure, title=title, subtitle=subtitle, says=says, alt=f"{title}. {says}")


def others() -> str:
    """The joint name of the parts beyond the largest."""
    return _("others")


def time_words(time: str, grain: str) -> str:
    """A month, week or day in words: `March 2026`, `Week of 2 Mar 2026`, `Mon 2 Mar 2026`."""
    if grain == "month":
        return format_month(time)
    if grain == "week":
        return _("Week of {day}").format(day=format_day(time))
    return format_day(time, "weekday")


def _marks(times: Sequence[str]) -> dict[str, list[str]]:
    """The axis's marks, at most `MOST_MARKS`, with the year where it begins or changes."""
    step = max(1, -(-len(times) // MOST_MARKS))
    shown = list(times[::step])
    words = []
    for at, time in enumerate(shown):
        day, year = format_day(time).rsplit(" ", 1)
        words.append(f"{day}<br>{year}" if at == 0 or shown[at - 1][:4] != time[:4] else day)
    return {"tickvals": shown, "ticktext": words}


def _hatching(times: Iterable[str], partial: Sequence[str]) -> dict[str, Any]:
    return {
        "shape": ["/" if time in partial else "" for time in times],
        "fillmode": "replace",
        "size": 6,
        "solidity": 0.4,
    }


def _axis(letter: str, index: int) -> str:
    return letter if index == 0 else f"{letter}{index + 1}"


def _in_rows(figure: go.Figure, names: Sequence[str], gap: int) -> None:
    """Rows of bars, each under its name, all on one scale."""
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


def _leave_room(figure: go.Figure, bars: int) -> None:
    """Leave room beside few bars."""
    if 0 < bars < ROOM_FOR:
        half = (1 + ROOM_FOR - bars) / 2
        figure.update_xaxes(range=[-half, bars - 1 + half])


def _wide(
    frame: pd.DataFrame,
    *,
    value: str,
    part: str | None,
    grain: str,
    times: Sequence[str],
    adds_up: bool,
) -> pd.DataFrame:
    """Times as rows, parts as columns, the largest part first."""
    if part is None:
        wide = frame.groupby(grain)[[value]].sum(min_count=1)
    else:
        wide = frame.pivot_table(index=grain, columns=part, values=value, aggfunc="sum")
        wide = wide[wide.sum().sort_values(ascending=False, kind="stable").index]
        if len(wide.columns) > MOST_PARTS:
            rest = wide.iloc[:, MOST_PARTS:].sum(axis=1, min_count=1)
            wide = wide.iloc[:, :MOST_PARTS]
            if adds_up:
                wide = wide.assign(**{others(): rest})
    return wide.reindex(list(times))


def _says(wide: pd.DataFrame, words: Callable[[float], str], grain: str, *, whole: set[str]) -> str:
    """What the bars show: the extremes of the complete months, or the largest and smallest part."""
    if wide.empty or wide.isna().all(axis=None):
        return _("Nothing in this period.")
    if len(wide.columns) > 1:
        sums = wide.sum()
        return _(
            "Largest: {largest}, {most}. Smallest of those drawn: {smallest}, {least}."
        ).format(
            largest=sums.index[0],
            most=words(sums.iloc[0]),
            smallest=sums.idxmin(),
            least=words(sums.min()),
        )
    column = wide.iloc[:, 0]
    complete = column[column.index.isin(whole)]
    if len(complete) < 2 or complete.isna().all():
        return _("{time}: {number}.").format(
            time=time_words(str(column.idxmax()), grain), number=words(column.max())
        )
    complete = complete.fillna(0)
    return _("Highest in {high}: {most}. Lowest in {low}: {least}.").format(
        high=format_day(complete.idxmax()),
        most=words(complete.max()),
        low=format_day(complete.idxmin()),
        least=words(complete.min()),
    )
