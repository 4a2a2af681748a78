"""Promised against observed: how long an effect was said to last, and until when half were gone."""

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.intervals import ROW_HEIGHT, wrapped
from mesodash.figures.theme import ACCENT, CATEGORIES, PROMISE, Chart, new_figure

SOURCE = CATEGORIES[2]
MARKS = (
    (1 / 96, "15 min"), (1 / 24, "1 h"), (1 / 4, "6 h"), (1.0, "1 day"), (3.0, "3 d"),
    (7.0, "1 wk"), (14.0, "2 wk"), (28.0, "4 wk"), (91.0, "3 mo"), (365.0, "1 y"),
)  # fmt: skip
"""The marks of the axis of time, in days and in words; it is logarithmic."""


def promised_against_observed(frame: pd.DataFrame, *, period: str) -> Chart:
    """A row an effect: the observed median with its interval, the promise, the source's span.

    The time is logarithmic, from minutes to months. A median that was not
    reached has no dot.

    Args:
        frame: columns label, n, median_days, median_low, median_high, promised_days,
            promised_share, source_low_days, source_high_days, source_kind.
        period: which sessions, in words.
    """
    rows = frame.to_dict("records")
    labels = [wrapped(f"{row['label']} (n\N{NO-BREAK SPACE}{row['n']:g})") for row in rows]
    figure = new_figure(height=ROW_HEIGHT * len(rows) + 110)
    _sources(figure, rows, labels)
    _promises(figure, rows, labels)
    _medians(figure, rows, labels)
    known = [
        float(row[name])
        for row in rows
        for name in ("median_days", "median_low", "median_high", "promised_days",
                     "source_low_days", "source_high_days")
        if _is(row[name]) and row[name] > 0
    ]  # fmt: skip
    low, high = min(known, default=1 / 24), max(known, default=7.0)
    figure.update_xaxes(
        type="log",
        range=[math.log10(low) - 0.15, math.log10(high) + 0.15],
        tickvals=[days for days, _ in MARKS],
        ticktext=[words for _, words in MARKS],
        title_text="time since onset",
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="", type="category",
                        categoryorder="array", categoryarray=labels)  # fmt: skip
    return Chart(
        figure,
        "Promised and observed: how long effects last",
        f"{period}. Dot: half were gone by then, with its 95 % interval; the open ones counted as"
        " open. Diamond: the promise. Thick line: what a source of the protocol says.",
        _alt(rows),
    )


def _is(value: Any) -> bool:
    return not pd.isna(value)


def _sources(figure: go.Figure, rows: list[dict[Any, Any]], labels: list[str]) -> None:
    first = True
    for row, label in zip(rows, labels, strict=True):
        if not _is(row["source_low_days"]):
            continue
        figure.add_trace(
            go.Scatter(
                x=[row["source_low_days"], row["source_high_days"]],
                y=[label, label],
                mode="lines+markers",
                line={"color": SOURCE, "width": 7},
                marker={"size": 8, "color": SOURCE, "symbol": "line-ns-open"},
                opacity=0.55,
                name="published for the protocol",
                legendgroup="source",
                showlegend=first,
                hovertemplate=f"{label}<br>published ({row['source_kind']}): %{{x:.3~g}} days"
                "<extra></extra>",
            )
        )
        first = False


def _promises(figure: go.Figure, rows: list[dict[Any, Any]], labels: list[str]) -> None:
    kept = [(r, label) for r, label in zip(rows, labels, strict=True) if _is(r["promised_days"])]
    if not kept:
        return
    figure.add_trace(
        go.Scatter(
            x=[row["promised_days"] for row, _ in kept],
            y=[label for _, label in kept],
            mode="markers",
            marker={"size": 13, "color": PROMISE, "symbol": "diamond-open", "line": {"width": 2.5}},
            name="promised",
            customdata=[
                f"{100 * row['promised_share']:.0f} % gone by then"
                if _is(row["promised_share"])
                else "share gone by then not known"
                for row, _ in kept
            ],
            hovertemplate="%{y}<br>promised: %{x:.3~g} days; %{customdata}<extra></extra>",
        )
    )


def _medians(figure: go.Figure, rows: list[dict[Any, Any]], labels: list[str]) -> None:
    seen = [
        (r, label)
        for r, label in zip(rows, labels, strict=True)
        if _is(r["median_days"]) and r["median_days"] > 0
    ]
    centre = [float(row["median_days"]) for row, _ in seen]

    def reach(name: str, sign: int) -> list[float]:
        return [
            max(sign * (float(row[name]) - middle), 0.0) if _is(row[name]) and row[name] > 0 else 0
            for (row, _), middle in zip(seen, centre, strict=True)
        ]

    figure.add_trace(
        go.Scatter(
            x=centre,
            y=[label for _, label in seen],
            mode="markers",
            marker={"size": 10, "color": ACCENT},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": reach("median_high", 1),
                "arrayminus": reach("median_low", -1),
                "color": ACCENT,
                "thickness": 2,
                "width": 5,
            },
            name="half gone, observed",
            hovertemplate="%{y}<br>half gone by %{x:.3~g} days<extra></extra>",
        )
    )


def _alt(rows: list[dict[Any, Any]]) -> str:
    said = []
    for row in rows:
        seen = (
            f"half gone by {row['median_days']:.3g} days"
            if _is(row["median_days"])
            else "half not gone in the time followed"
        )
        text = f"{row['label']}, n {row['n']:g}: {seen}"
        if _is(row["promised_days"]):
            text += f", promised {row['promised_days']:.3g} days"
        if _is(row["promised_share"]):
            text += f", {100 * row['promised_share']:.0f} % gone by then"
        if _is(row["source_high_days"]):
            text += f", published {row['source_kind']} {row['source_high_days']:.3g} days"
        said.append(text)
    return f"Promised and observed durations of {len(rows)} effects. {'; '.join(said)}."
