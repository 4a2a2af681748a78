"""Sessions over time, with the side effects and scores that followed them."""

from collections.abc import Iterable, Mapping, Sequence
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
from mesodash.language import _, format_day, ngettext

LANE = 36
LANE_LETTERS = 24
"""The longest line of a lane's name, in characters; a lane has room for two lines."""
LEGEND_LETTERS = 42
"""The longest line in the legend, in characters, that fits on a phone."""
MOST_TICKS = 6
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "star", "hexagon", "cross", "x")
# A shorter effect would be a hairline on an axis of months.
SHORTEST_DAYS = 1.0
SCORE_ROOM = 0.5
"""How much of a lane, from the lowest to the highest score, the line takes."""


@dataclass(frozen=True, slots=True)
class SessionMark:
    """A session in one lane: its time (ISO), its group, planned or held, and its hover text."""

    lane: str
    at: str
    group: str
    words: str
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Lasted:
    """A side effect from its onset to its end, or to when it was last seen (ISO, to the day)."""

    effect: str
    start: str
    end: str
    ended: bool
    words: str


@dataclass(frozen=True, slots=True)
class CourseSpan:
    """A course from its first to its last session, held or planned (ISO), and its hover text."""

    course: str
    start: str
    end: str
    words: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A score on a scale on a day."""

    scale: str
    on: str
    value: float


def timeline(
    visits: Sequence[SessionMark],
    lasted: Sequence[Lasted],
    measured: Sequence[Measured],
    *,
    today: date,
    subtitle: str,
    courses: Sequence[CourseSpan] = (),
) -> Chart:
    """Lanes of courses, sessions, side effects as bars, and scores as lines; today is a line.

    Args:
        visits: the sessions; one lane per area, one colour and shape per group (the protocol);
            planned ones are hollow.
        lasted: the side effects; one lane per effect. One that has not ended is drawn open, with
            an arrow.
        measured: the scores, as numbers on a line; one lane per scale, from its lowest to its
            highest.
        today: drawn as a line.
        subtitle: n, the period and what the marks mean.
        courses: the courses; one lane per name.
    """
    lanes = _lanes(courses, visits, lasted, measured)
    at = {lane: len(lanes) - 1 - number for number, lane in enumerate(lanes)}
    figure = new_figure(height=LANE * len(lanes) + 124, hovermode="closest")
    groups = list(dict.fromkeys(visit.group for visit in visits))
    for number, group in enumerate(groups):
        figure.add_trace(_visits([v for v in visits if v.group == group], number, group, at))
    if courses:
        figure.add_trace(_courses(courses, at))
    for item in _effects(lasted, at):
        figure.add_trace(item)
    for scale in dict.fromkeys(one.scale for one in measured):
        figure.add_trace(_scores([one for one in measured if one.scale == scale], scale, at[scale]))
    figure.update_yaxes(
        type="linear",
        tickmode="array",
        tickvals=[at[lane] for lane in lanes],
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
        tickangle=0,
        **_axis(
            [visit.at for visit in visits]
            + [end for one in lasted for end in (one.start, one.end)]
            + [end for one in courses for end in (one.start, one.end)]
            + [one.on for one in measured],
            today,
        ),
    )
    # Room for "today" below the marks. The legend keeps to the top of the chart, whose marks it
    # would lie over for a while after a tablet is turned.
    figure.update_layout(margin_b=54, legend_yref="container", legend_y=1, legend_yanchor="top")
    figure.add_vline(x=today.isoformat(), line={"color": QUIET, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=today.isoformat(),
        y=0,
        yref="paper",
        yanchor="top",
        yshift=-33,
        text=_("today"),
        showarrow=False,
        font={"size": SMALLEST_FONT},
    )
    return Chart(
        figure=figure,
        title=_("Sessions over time"),
        subtitle=subtitle,
        alt=_alt(visits, lasted, measured),
    )


def _in_two_lines(name: str) -> str:
    """A lane's name in at most two lines, shortened if it is longer."""
    lines = wrap(name, LANE_LETTERS, max_lines=2, placeholder=" …")
    return "<br>".join(lines)


def _lanes(
    courses: Iterable[CourseSpan],
    visits: Iterable[SessionMark],
    lasted: Iterable[Lasted],
    measured: Iterable[Measured],
) -> list[str]:
    """From the top: courses, areas, side effects, scales, each in the given order."""
    names = [one.course for one in courses]
    names += [visit.lane for visit in visits]
    names += [one.effect for one in lasted]
    names += [one.scale for one in measured]
    return list(dict.fromkeys(names))


def _visits(
    visits: Sequence[SessionMark], number: int, group: str, at: Mapping[str, int]
) -> go.Scatter:
    symbol = SYMBOLS[number % len(SYMBOLS)]
    colour = CATEGORIES[number % len(CATEGORIES)]
    return go.Scatter(
        x=[visit.at for visit in visits],
        y=[at[visit.lane] for visit in visits],
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


def _courses(courses: Sequence[CourseSpan], at: Mapping[str, int]) -> go.Bar:
    """A thin bar from the first to the last session of each course."""
    return go.Bar(
        base=[one.start for one in courses],
        x=[_milliseconds(one) for one in courses],
        y=[at[one.course] for one in courses],
        orientation="h",
        width=0.2,
        name=_("course, first to last session"),
        marker={"color": faint(ACCENT, 0.45), "line": {"color": ACCENT, "width": 1}},
        text=[one.words for one in courses],
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
    )


def _effects(lasted: Sequence[Lasted], at: Mapping[str, int]) -> list[go.Bar | go.Scatter]:
    """One trace of those that ended, one of those still open, for the legend, and their arrows."""
    traces: list[go.Bar | go.Scatter] = []
    for ended, name in (
        (True, _("side effect, onset to end")),
        (False, _("still there when last seen")),
    ):
        these = [one for one in lasted if one.ended is ended]
        if not these:
            continue
        traces.append(
            go.Bar(
                base=[one.start for one in these],
                x=[_milliseconds(one) for one in these],
                y=[at[one.effect] for one in these],
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
    still = [one for one in lasted if not one.ended]
    if still:
        traces.append(_arrows(still, at))
    return traces


def _arrows(still: Sequence[Lasted], at: Mapping[str, int]) -> go.Scatter:
    """An arrow at the end of each bar that goes on."""
    ends = [
        (_moment(one.start) + timedelta(milliseconds=_milliseconds(one))).isoformat()
        for one in still
    ]
    return go.Scatter(
        x=ends,
        y=[at[one.effect] for one in still],
        mode="markers",
        marker={"symbol": "triangle-right", "size": 13, "color": CATEGORIES[1]},
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )


def _scores(scores: Sequence[Measured], scale: str, lane: int) -> go.Scatter:
    values = [one.value for one in scores]
    low, high = min(values), max(values)
    return go.Scatter(
        x=[one.on for one in scores],
        y=[
            lane + (0 if low == high else ((value - low) / (high - low) - 0.5) * SCORE_ROOM)
            for value in values
        ],
        mode="lines+markers+text",
        line={"color": ACCENT, "width": 1.5},
        marker={"size": 6, "color": ACCENT},
        text=[f"<b>{one.value:g}</b>" for one in scores],
        textposition="middle right",
        textfont={"size": 13, "color": ACCENT},
        showlegend=False,
        customdata=[f"{scale} {one.value:g}<br>{format_day(one.on)}" for one in scores],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )


def _milliseconds(one: Lasted | CourseSpan) -> float:
    """The length of a bar on an axis of dates: at least `SHORTEST_DAYS`, in milliseconds."""
    passed = _moment(one.end) - _moment(one.start)
    return max(passed, timedelta(days=SHORTEST_DAYS)).total_seconds() * 1000


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _axis(times: Sequence[str], today: date) -> dict[str, Any]:
    """The range, with some margin, and marks in the reader's language."""
    moments = [_moment(time) for time in times] + [datetime.combine(today, datetime.min.time())]
    first, last = min(moments), max(moments)
    air = max((last - first) * 0.04, timedelta(days=2))
    months = (last.year - first.year) * 12 + last.month - first.month
    if months < 2:
        days = max((last - first).days, 1)
        step = max(1, -(-days // MOST_TICKS))
        marks = [(first + timedelta(days=at)).date() for at in range(0, days + 1, step)]
        texts = [format_day(mark) for mark in marks]
    else:
        step = max(1, -(-months // MOST_TICKS))
        marks = [
            date(first.year + at // 12, at % 12 + 1, 1)
            for at in range(first.month, first.month + months, step)
        ]
        texts = [format_day(f"{mark:%Y-%m}") for mark in marks]
    return {
        "range": [(first - air).isoformat(), (last + air).isoformat()],
        "tickvals": [mark.isoformat() for mark in marks],
        # The year is on a line below, so that neighbours do not run into each other on a tablet.
        "ticktext": ["<br>".join(text.rsplit(" ", 1)) for text in texts],
    }


def _alt(
    visits: Sequence[SessionMark], lasted: Sequence[Lasted], measured: Sequence[Measured]
) -> str:
    held = [visit for visit in visits if not visit.planned]
    parts = []
    if held:
        days = sorted(visit.at[:10] for visit in held)
        parts.append(
            ngettext(
                "{n} held session from {first} to {last}",
                "{n} held sessions from {first} to {last}",
                len(held),
            ).format(n=len(held), first=format_day(days[0]), last=format_day(days[-1]))
        )
    planned = len(visits) - len(held)
    if planned:
        parts.append(ngettext("{n} planned", "{n} planned", planned).format(n=planned))
    if lasted:
        still = sum(not one.ended for one in lasted)
        parts.append(
            ngettext(
                "{n} side effect, {still} of them not known to have ended",
                "{n} side effects, {still} of them not known to have ended",
                len(lasted),
            ).format(n=len(lasted), still=still)
        )
    for scale in dict.fromkeys(one.scale for one in measured):
        values = [one.value for one in measured if one.scale == scale]
        parts.append(
            _("{scale} {first} first, {last} last").format(
                scale=scale, first=f"{values[0]:g}", last=f"{values[-1]:g}"
            )
        )
    return _("Sessions over time: {parts}.").format(parts="; ".join(parts) or _("none"))
