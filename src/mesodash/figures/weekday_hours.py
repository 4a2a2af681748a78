"""When in the week sessions begin: a heat map of weekdays and hours."""

import math
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
from babel.dates import get_day_names

from mesodash.figures.theme import ACCENT, SMALLEST_FONT, Chart, faint, new_figure
from mesodash.language import _, current, format_number, ngettext

ROW_HEIGHT = 26
WEAKEST, STRONGEST = 0.06, 0.75


def weekday_hours_map(frame: pd.DataFrame, *, period: str) -> Chart:
    """A heat map with one field per weekday and hour, its count written in it.

    Saturday and Sunday are drawn only if a session was held then; hours run from the first to the
    last with a session. A field without a number is an hour without a session.

    Args:
        frame: columns weekday (0 is Monday), hour (0-23), sessions (missing: suppressed, drawn as
            "few").
        period: period, n and the number of sessions without a time of day, in words.
    """
    if frame.empty:
        return Chart(
            new_figure(height=120),
            _("Sessions by weekday and hour they began"),
            period,
            _("No session has a time of day."),
        )
    days = range(max(5, int(frame["weekday"].max()) + 1))
    hours = range(int(frame["hour"].min()), int(frame["hour"].max()) + 1)
    counts: dict[tuple[int, int], float] = {
        (int(row["weekday"]), int(row["hour"])): row["sessions"] for row in frame.to_dict("records")
    }
    fields = [[counts.get((day, hour), 0) for day in days] for hour in hours]
    words = [[_word(value) for value in row] for row in fields]
    said = [
        [_hover(value, day, hour) for day, value in zip(days, row, strict=True)]
        for hour, row in zip(hours, fields, strict=True)
    ]
    figure = new_figure(height=ROW_HEIGHT * len(hours) + 60)
    figure.add_trace(
        go.Heatmap(
            x=[weekday(day, "abbreviated") for day in days],
            y=[f"{hour:02}:00" for hour in hours],
            z=[[0 if math.isnan(v) else float(v) for v in row] for row in fields],
            text=words,
            texttemplate="%{text}",
            textfont={"size": SMALLEST_FONT},
            customdata=said,
            hovertemplate="%{customdata}<extra></extra>",
            colorscale=[[0, faint(ACCENT, WEAKEST)], [1, faint(ACCENT, STRONGEST)]],
            zmin=0,
            zmax=max((v for row in fields for v in row if not math.isnan(v)), default=0) or 1,
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    figure.update_xaxes(side="top", showgrid=False, ticks="")
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="")
    title, says = _("Sessions by weekday and hour they began"), _says(frame)
    return Chart(figure, title, period, alt=f"{title}. {says}", says=says)


def weekday(day: int, width: Literal["abbreviated", "wide"] = "wide") -> str:
    """The name of a weekday, 0 being Monday, in the language in use."""
    return str(get_day_names(width, "stand-alone", current().locale)[day])


def _word(value: float) -> str:
    if math.isnan(value):
        return _("few")
    return format_number(value) if value else ""


def _hover(value: float, day: int, hour: int) -> str:
    if math.isnan(value):
        said = _("too few sessions to show")
    elif value:
        n = int(value)
        said = ngettext("{n} session", "{n} sessions", n).format(n=format_number(n))
    else:
        said = _("no session")
    return f"{weekday(day)} {hour:02}:00–{hour:02}:59<br>{said}"


def _says(frame: pd.DataFrame) -> str:
    known = frame[frame["sessions"].notna()]
    if known.empty:
        return _("Every field holds too few sessions to show.")
    top = known.sort_values("sessions", ascending=False, kind="stable").to_dict("records")[0]
    by_day = known.groupby("weekday")["sessions"].sum().sort_values(ascending=False)
    return _(
        "Most begin on {weekday} between {start} and {end} ({n} of {of}); the busiest day is"
        " {busiest} ({most})."
    ).format(
        weekday=weekday(int(top["weekday"])),
        start=f"{int(top['hour']):02}:00",
        end=f"{int(top['hour']):02}:59",
        n=format_number(top["sessions"]),
        of=format_number(known["sessions"].sum()),
        busiest=weekday(int(by_day.index.tolist()[0])),
        most=format_number(by_day.max()),
    )
