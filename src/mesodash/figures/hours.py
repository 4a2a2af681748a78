"""When in the week sessions begin: weekdays across, hours down, a field as strong as its count."""

import math

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, SMALLEST_FONT, Chart, faint, new_figure

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ROW_HEIGHT = 26
WEAKEST, STRONGEST = 0.06, 0.75
TOO_FEW = "few"


def weekday_hours_map(frame: pd.DataFrame, *, period: str) -> Chart:
    """A calendar heat map: a field a weekday and hour, its count written in it.

    Saturday and Sunday are drawn only if anything was held then; hours run from the first to the
    last with a session. A field without a number is an hour without a session.

    Args:
        frame: columns weekday (0 is Monday), hour (0-23), sessions (empty: suppressed, drawn as
            "few").
        period: period, n and how many sessions have no time of day, in words.
    """
    if frame.empty:
        return Chart(
            new_figure(height=120), "Sessions by weekday and hour", period, "No session has a time."
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
            x=[WEEKDAYS[day] for day in days],
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
    return Chart(figure, "Sessions by weekday and hour they began", period, _alt(frame))


def _word(value: float) -> str:
    if math.isnan(value):
        return TOO_FEW
    return f"{value:g}" if value else ""


def _hover(value: float, day: int, hour: int) -> str:
    if math.isnan(value):
        said = "too few sessions to show"
    else:
        said = f"{value:g} session{'' if value == 1 else 's'}" if value else "no session"
    return f"{LONG[day]} {hour:02}:00 to {hour:02}:59<br>{said}"


def _alt(frame: pd.DataFrame) -> str:
    known = frame[frame["sessions"].notna()]
    if known.empty:
        return "Sessions by weekday and hour; every field holds too few to show."
    top = known.sort_values("sessions", ascending=False, kind="stable").to_dict("records")[0]
    by_day = known.groupby("weekday")["sessions"].sum().sort_values(ascending=False)
    return (
        f"Heat map of {known['sessions'].sum():g} sessions by weekday and hour. Most begin on"
        f" {LONG[int(top['weekday'])]} between {int(top['hour']):02}:00 and"
        f" {int(top['hour']):02}:59 ({top['sessions']:g}); the busiest day is"
        f" {LONG[by_day.index.tolist()[0]]} ({by_day.max():g})."
    )
