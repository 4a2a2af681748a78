"""Levels of an ordinal scale as stacked bars: how many stand where, before and after."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, PROMISE, SMALLEST_FONT, Chart, faint, new_figure

ROW_HEIGHT = 34
SMALLEST_WRITTEN = 0.06
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

    Levels keep their order: better ones lean to one colour, worse ones to the other, by strength
    too, so that the order can be seen without telling the colours apart.

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
    figure = new_figure(height=ROW_HEIGHT * len(rows) + 110, barmode="stack", bargap=0.25)
    for place, level in enumerate(levels):
        n = [float(counts.get((label, at, level), 0)) for label, at in rows]
        shares = [
            100 * count / totals[label, at] for count, (label, at) in zip(n, rows, strict=True)
        ]
        word = anchors.get(level, "")
        figure.add_trace(
            go.Bar(
                x=shares,
                y=names,
                orientation="h",
                name=f"{level:g}{f' {word}' if word else ''}",
                marker={
                    "color": _colour(place, len(levels), better),
                    "line": {"width": 1, "color": "rgba(123,135,139,0.9)"},
                },
                text=[
                    f"{level:g}: {share:.0f}\N{NO-BREAK SPACE}%"
                    if share >= 100 * SMALLEST_WRITTEN
                    else ""
                    for share in shares
                ],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"size": SMALLEST_FONT},
                customdata=n,
                hovertemplate=f"%{{y}}<br>level {level:g}{f', {word}' if word else ''}:"
                " %{customdata:g} scores, %{x:.0f} %<extra></extra>",
            )
        )
    figure.update_layout(legend_traceorder="normal", margin_t=40)
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="")
    figure.update_xaxes(range=[0, 100], ticksuffix=" %", title_text="% of scores")
    side = f" {better.capitalize()} is better." if better in ("lower", "higher") else ""
    return Chart(
        figure,
        f"{scale}: levels before and last, % of scores",
        f"{period}. Ordinal scale: levels are counted, not averaged.{side}",
        _alt(scale, names, rows, counts, totals, levels),
    )


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
