"""Levels of an ordinal scale as stacked bars: how many stand where, before and after."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.intervals import wrapped
from mesodash.figures.theme import ACCENT, PROMISE, SMALLEST_FONT, Chart, faint, new_figure

BAR, ROW, GAP, LINE = 24, 32, 14, 16
"""In pixels: a bar, a row, what parts two groups, a line of a group's name."""
NAME_LENGTH = 36
_AT = {"baseline": "before", "last": "last"}


def stacked_levels(
    frame: pd.DataFrame,
    *,
    scale: str,
    period: str,
    anchors: Mapping[float, str] | None = None,
    better: str = "lower",
) -> Chart:
    """A bar a group and time, cut into the levels of the scale; the lengths are shares.

    Each group's name stands over its bars, so that they keep their room on a phone. Levels keep
    their order: better ones lean to one colour, worse ones to the other, by strength too, so that
    the order can be seen without telling the colours apart.

    Args:
        frame: columns label (the group in words), at ("baseline" or "last"), level, n; rows are
            drawn in their order.
        scale: the scale in words.
        period: which scores, in words.
        anchors: what a level means, in the scale's own words.
        better: "lower" or "higher", else no side is the better one.
    """
    anchors = anchors or {}
    totals = frame.groupby(["label", "at"], sort=False)["n"].sum()
    rows = [
        (label, at)
        for label in dict.fromkeys(frame["label"])
        for at in _AT
        if (label, at) in totals.index
    ]
    names = [f"{label}, {_AT[at]} (n\N{NO-BREAK SPACE}{totals[label, at]:g})" for label, at in rows]
    levels = sorted(frame["level"].unique())
    counts = frame.groupby(["label", "at", "level"])["n"].sum()
    figure = new_figure(height=10, barmode="stack")
    places, deep = _places(figure, rows)
    for place, level in enumerate(levels):
        n = [float(counts.get((label, at, level), 0)) for label, at in rows]
        shares = [
            100 * count / totals[label, at] for count, (label, at) in zip(n, rows, strict=True)
        ]
        word = anchors.get(level, "")
        figure.add_trace(
            go.Bar(
                x=shares,
                y=places,
                width=BAR,
                orientation="h",
                name=f"{level:g}{f' {word}' if word else ''}",
                marker={
                    "color": _colour(place, len(levels), better),
                    "line": {"width": 1, "color": "rgba(123,135,139,0.9)"},
                },
                text=[f"{level:g}: {share:.0f}\N{NO-BREAK SPACE}%" if share else ""
                      for share in shares],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"size": SMALLEST_FONT},
                customdata=list(zip(names, n, strict=True)),
                hovertemplate=f"%{{customdata[0]}}<br>level {level:g}{f', {word}' if word else ''}:"
                " %{customdata[1]:g} scores, %{x:.0f} %<extra></extra>",
            )
        )  # fmt: skip
    # A word too long for its piece is left out, never set small; the tooltip says it.
    figure.update_layout(
        height=deep + 120,
        legend_traceorder="normal",
        margin={"t": 40, "r": 28},
        uniformtext={"minsize": SMALLEST_FONT, "mode": "hide"},
    )
    figure.update_yaxes(
        range=[deep, 0],
        tickvals=places,
        ticktext=[f"{_AT[at]}, n\N{NO-BREAK SPACE}{totals[label, at]:g}" for label, at in rows],
        showgrid=False,
        ticks="",
        ticklabelstandoff=4,
    )
    figure.update_xaxes(
        range=[0, 100], tickvals=[0, 25, 50, 75, 100], ticksuffix=" %", title_text="% of scores"
    )
    side = f" {better.capitalize()} is better." if better in ("lower", "higher") else ""
    when = "before and last" if any(at == "baseline" for _, at in rows) else "at the last score"
    return Chart(
        figure,
        f"{scale}: levels {when}, % of scores",
        f"{period}. Ordinal scale: levels are counted, not averaged.{side}",
        _alt(scale, names, rows, counts, totals, levels),
    )


def _places(figure: go.Figure, rows: list[tuple[str, str]]) -> tuple[list[float], int]:
    """Write each group's name over its bars; where each bar stands, and how deep all are."""
    deep, above, places = 0, None, []
    for label, _ in rows:
        if label != above:
            name = wrapped(label, NAME_LENGTH)
            deep += GAP if above is not None else 0
            figure.add_annotation(
                x=0,
                y=deep,
                text=name,
                align="left",
                showarrow=False,
                xanchor="left",
                yanchor="top",
                font={"size": SMALLEST_FONT},
            )
            deep += LINE * (name.count("<br>") + 1) + 6
            above = label
        places.append(deep + ROW / 2)
        deep += ROW
    return places, deep


def _colour(place: int, levels: int, better: str) -> str:
    """The best level strong in one colour, over faint ones to the worst, strong in another."""
    where = 0.5 if levels < 2 else place / (levels - 1)
    if better == "higher":
        where = 1 - where
    strength = 0.12 + 0.5 * abs(2 * where - 1)
    return faint(ACCENT if where <= 0.5 else PROMISE, strength)


def _alt(
    scale: str,
    names: list[str],
    rows: list[tuple[str, str]],
    counts: pd.Series,
    totals: pd.Series,
    levels: list[float],
) -> str:
    said = []
    for name, (label, at) in zip(names, rows, strict=True):
        parts = [
            f"level {level:g} {100 * counts.get((label, at, level), 0) / totals[label, at]:.0f} %"
            for level in levels
        ]
        said.append(f"{name}: {', '.join(parts)}")
    return f"Stacked bars of {scale}. {'; '.join(said)}."
