"""Sessions over time with what followed each: how long side effects lasted, how outcomes moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from mesodash.figures.theme import (
    ACCENT,
    CATEGORIES,
    QUIET,
    SMALLEST_FONT,
    Chart,
    faint,
    new_figure,
)

LANE = 30
LANE_LETTERS = 24
"""The longest line of a lane's name; one lane holds two."""
LEGEND_LETTERS = 42
"""So many fit beside a mark on a phone."""
TICKS = [
    {"dtickrange": [None, "M1"], "value": "%-d %b\n%Y"},
    {"dtickrange": ["M1", None], "value": "%b\n%Y"},
]
"""The year in a second line, where it changes: so the months find room on a phone."""
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "star", "hexagon", "cross", "x")
# Shorter than this an effect would be no wider than a hair on an axis of months.
SHORTEST_DAYS = 1.0
OPEN = "still there when last seen"


@dataclass(frozen=True, slots=True)
class Visit:
    """A session in one lane: when (ISO), of which group, planned or held, and its words."""

    lane: str
    at: str
    group: str
    words: str
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Lasted:
    """A side effect from onset to its end or to when it was last seen (ISO, known to the day)."""

    effect: str
    start: str
    end: str
    ended: bool
    words: str


@dataclass(frozen=True, slots=True)
class Measured:
    """An outcome on a scale on a day."""

    scale: str
    on: str
    value: float


def timeline(
    visits: Sequence[Visit],
    lasted: Sequence[Lasted],
    measured: Sequence[Measured],
    *,
    today: date,
    subtitle: str,
) -> Chart:
    """Lanes of sessions, lanes of side effects as bars from onset to end, today as a line.

    Args:
        visits: the sessions; a lane an area, a colour and a shape a group (the protocol); those
            planned are hollow.
        lasted: the side effects; a lane an effect. One that has not ended is drawn open.
        measured: outcomes; each day's scores stand in a lane of their own, in numbers.
        today: drawn as a line.
        subtitle: n, the period and what the marks mean.
    """
    lanes = _lanes(visits, lasted, measured)
    figure = new_figure(height=LANE * len(lanes) + 124, hovermode="closest")
    groups = list(dict.fromkeys(visit.group for visit in visits))
    for number, group in enumerate(groups):
        figure.add_trace(_visits([v for v in visits if v.group == group], number, group))
    for item in _effects(lasted):
        figure.add_trace(item)
    for scale in dict.fromkeys(one.scale for one in measured):
        figure.add_trace(_scores([one for one in measured if one.scale == scale], scale))
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=lanes[::-1],
        tickmode="array",
        tickvals=lanes,
        ticktext=[_in_two_lines(lane) for lane in lanes],
        range=[-0.6, len(lanes) - 0.4],
        showgrid=False,
        ticks="",
        fixedrange=True,
    )
    figure.update_xaxes(
        type="date",
        fixedrange=True,
        side="bottom",
        nticks=6,
        tickangle=0,
        tickformatstops=TICKS,
        **_span(
            [visit.at for visit in visits]
            + [end for one in lasted for end in (one.start, one.end)]
            + [one.on for one in measured],
            today,
        ),
    )
    figure.update_layout(margin_b=54)  # room for "today" below the months and years
    figure.add_vline(x=today.isoformat(), line={"color": QUIET, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=today.isoformat(),
        y=0,
        yref="paper",
        yanchor="top",
        yshift=-33,
        text="today",
        showarrow=False,
        font={"size": SMALLEST_FONT},
    )
    return Chart(
        figure=figure,
        title="Sessions over time",
        subtitle=subtitle,
        alt=_alt(visits, lasted, measured),
    )


def _in_two_lines(name: str) -> str:
    """A lane's name, broken so that the marks keep most of a narrow window; what is over goes."""
    lines = wrap(name, LANE_LETTERS, max_lines=2, placeholder=" …")
    return "<br>".join(lines)


def _lanes(
    visits: Iterable[Visit], lasted: Iterable[Lasted], measured: Iterable[Measured]
) -> list[str]:
    """From the top: areas, then side effects, then scales, each in the order it is given."""
    names = [visit.lane for visit in visits]
    names += [one.effect for one in lasted]
    names += [one.scale for one in measured]
    return list(dict.fromkeys(names))


def _visits(visits: Sequence[Visit], number: int, group: str) -> go.Scatter:
    symbol = SYMBOLS[number % len(SYMBOLS)]
    colour = CATEGORIES[number % len(CATEGORIES)]
    return go.Scatter(
        x=[visit.at for visit in visits],
        y=[visit.lane for visit in visits],
        mode="markers",
        name="<br>".join(wrap(group, LEGEND_LETTERS)),
        marker={
            "symbol": [f"{symbol}-open" if visit.planned else symbol for visit in visits],
            "size": 11,
            "color": colour,
            "line": {"width": 1.5, "color": colour},
        },
        text=[visit.words for visit in visits],
        hovertemplate="%{text}<extra></extra>",
    )


def _effects(lasted: Sequence[Lasted]) -> list[go.Bar]:
    """One trace for those that ended and one for those still open, so that the legend tells."""
    traces = []
    for ended, name in ((True, "side effect, onset to end"), (False, OPEN)):
        these = [one for one in lasted if one.ended is ended]
        if not these:
            continue
        traces.append(
            go.Bar(
                base=[one.start for one in these],
                x=[_milliseconds(one) for one in these],
                y=[one.effect for one in these],
                orientation="h",
                width=0.42,
                name=name,
                marker={
                    "color": faint(CATEGORIES[1], 0.85 if ended else 0.15),
                    "line": {"color": CATEGORIES[1], "width": 0 if ended else 1.5},
                },
                text=[one.words for one in these],
                textposition="none",
                hovertemplate="%{text}<extra></extra>",
            )
        )
    return traces


def _scores(scores: Sequence[Measured], scale: str) -> go.Scatter:
    return go.Scatter(
        x=[one.on for one in scores],
        y=[scale] * len(scores),
        mode="text",
        text=[f"<b>{one.value:g}</b>" for one in scores],
        textfont={"size": 13, "color": ACCENT},
        showlegend=False,
        hovertemplate=f"{scale} %{{text}}<br>%{{x|%d %b %Y}}<extra></extra>",
        cliponaxis=False,
    )


def _milliseconds(one: Lasted) -> float:
    """The length of a bar on an axis of dates, at least `SHORTEST_DAYS`."""
    passed = _moment(one.end) - _moment(one.start)
    return max(passed, timedelta(days=SHORTEST_DAYS)).total_seconds() * 1000


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _span(times: Sequence[str], today: date) -> dict[str, Any]:
    """From the first to the last mark with a little air, today among them."""
    moments = [_moment(time) for time in times] + [datetime.combine(today, datetime.min.time())]
    first, last = min(moments), max(moments)
    air = max((last - first) * 0.04, timedelta(days=2))
    return {"range": [(first - air).isoformat(), (last + air).isoformat()]}


def _alt(visits: Sequence[Visit], lasted: Sequence[Lasted], measured: Sequence[Measured]) -> str:
    held = [visit for visit in visits if not visit.planned]
    parts = []
    if held:
        days = sorted(visit.at[:10] for visit in held)
        parts.append(f"{len(held)} held sessions from {days[0]} to {days[-1]}")
    planned = len(visits) - len(held)
    if planned:
        parts.append(f"{planned} planned")
    if lasted:
        still = sum(not one.ended for one in lasted)
        parts.append(f"{len(lasted)} side effects, {still} of them not known to have ended")
    for scale in dict.fromkeys(one.scale for one in measured):
        values = [one.value for one in measured if one.scale == scale]
        parts.append(f"{scale} {values[0]:g} first, {values[-1]:g} last")
    return f"Sessions over time: {'; '.join(parts) or 'none'}."
