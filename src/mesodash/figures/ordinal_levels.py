"""Levels of an ordinal scale as stacked bars, before and after."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.dot_whisker import wrapped
from mesodash.figures.theme import ACCENT, PROMISE, SMALLEST_FONT, Chart, faint, new_figure
from mesodash.language import N_, _, format_number, format_percent, ngettext

BAR, ROW, GAP, LINE = 24, 32, 14, 16
"""In pixels: a bar, a row, the space between two groups, a line of a group's name."""
NAME_LENGTH = 36
SIDES = {"lower": N_("Lower is better."), "higher": N_("Higher is better.")}
_AT = {"baseline": N_("before"), "last": N_("last")}


def stacked_levels(
    frame: pd.DataFrame,
    *,
    scale: str,
    period: str,
    anchors: Mapping[float, str] | None = None,
    better: str = "lower",
) -> Chart:
    """One bar per group and time, divided into the levels of the scale; the lengths are shares.

    Each group's name is above its bars, which leaves room on a phone. Levels are in order: better
    ones in one colour and worse ones in another, stronger towards both ends, so that the order can
    be seen without telling the colours apart.

    Args:
        frame: columns label (the group in words), at ("baseline" or "last"), level, n; drawn in
            the order of the rows.
        scale: the scale's label.
        period: which scores, in words.
        anchors: what a level means, in the scale's own words.
        better: "lower" or "higher"; anything else means neither.
    """
    anchors = anchors or {}
    totals = frame.groupby(["label", "at"], sort=False)["n"].sum()
    rows = [
        (label, at)
        for label in dict.fromkeys(frame["label"])
        for at in _AT
        if (label, at) in totals.index
    ]
    names = [
        _("{label}, {when} (n\N{NO-BREAK SPACE}{n})").format(
            label=label, when=_(_AT[at]), n=format_number(totals[label, at])
        )
        for label, at in rows
    ]
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
                customdata=[
                    _hover(name, f"{level:g}", word, count, share)
                    for name, count, share in zip(names, n, shares, strict=True)
                ],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )  # fmt: skip
    # A text too long for its part of a bar is left out, never made smaller; the hover text has it.
    figure.update_layout(
        height=deep + 120,
        legend_traceorder="normal",
        margin={"t": 40, "r": 28},
        uniformtext={"minsize": SMALLEST_FONT, "mode": "hide"},
    )
    figure.update_yaxes(
        range=[deep, 0],
        tickvals=places,
        ticktext=[
            _("{when}, n\N{NO-BREAK SPACE}{n}").format(
                when=_(_AT[at]), n=format_number(totals[label, at])
            )
            for label, at in rows
        ],
        showgrid=False,
        ticks="",
        ticklabelstandoff=4,
    )
    figure.update_xaxes(
        range=[0, 100], tickvals=[0, 25, 50, 75, 100], ticksuffix=" %", title_text=_("% of scores")
    )
    both = any(at == "baseline" for _label, at in rows)
    title = (
        _("{scale}: levels before and last, % of scores")
        if both
        else _("{scale}: levels at the last score, % of scores")
    ).format(scale=scale)
    subtitle = [
        _("{period}. Ordinal scale: levels are counted, not averaged.").format(period=period)
    ]
    if better in SIDES:
        subtitle.append(_(SIDES[better]))
    return Chart(
        figure,
        title,
        " ".join(subtitle),
        alt=_alt(title, names, rows, counts, totals, levels),
        says=_says(rows, counts, totals, levels, better),
    )


def _places(figure: go.Figure, rows: list[tuple[str, str]]) -> tuple[list[float], int]:
    """Write each group's name above its bars; return the place of each bar, and the total depth."""
    deep, above, places = 0, None, []
    for label, _at in rows:
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
    """The best level strong in one colour, fading to the middle, the worst strong in another."""
    where = 0.5 if levels < 2 else place / (levels - 1)
    if better == "higher":
        where = 1 - where
    strength = 0.12 + 0.5 * abs(2 * where - 1)
    return faint(ACCENT if where <= 0.5 else PROMISE, strength)


def _hover(name: str, level: str, word: str, count: float, share: float) -> str:
    scores = ngettext("{n} score, {share}", "{n} scores, {share}", int(count)).format(
        n=format_number(count), share=format_percent(share / 100)
    )
    level = _("level {level}").format(level=level)
    return f"{name}<br>{level} {word}<br>{scores}"


def _alt(
    title: str,
    names: list[str],
    rows: list[tuple[str, str]],
    counts: pd.Series,
    totals: pd.Series,
    levels: list[float],
) -> str:
    said = []
    for name, (label, at) in zip(names, rows, strict=True):
        parts = [
            _("level {level} {share}").format(
                level=f"{level:g}",
                share=format_percent(counts.get((label, at, level), 0) / totals[label, at]),
            )
            for level in levels
        ]
        said.append(f"{name}: {', '.join(parts)}")
    return _("Stacked bars. {title}. {rows}.").format(title=title, rows="; ".join(said))


def _says(
    rows: list[tuple[str, str]],
    counts: pd.Series,
    totals: pd.Series,
    levels: list[float],
    better: str,
) -> str:
    """How many are at the best level before and last, in the first group."""
    if better not in SIDES or not rows:
        return ""
    best = levels[0] if better == "lower" else levels[-1]
    label = rows[0][0]
    shares = {
        at: format_percent(counts.get((label, at, best), 0) / totals[label, at])
        for name, at in rows
        if name == label
    }
    if len(shares) == 2:
        return _("{label}: {before} at the best level drawn before, {last} last.").format(
            label=label, before=shares["baseline"], last=shares["last"]
        )
    return _("{label}: {share} at the best level drawn.").format(
        label=label, share=next(iter(shares.values()))
    )
