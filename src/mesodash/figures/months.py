"""Thirteen months as bars: the latest one marked, or those marked whose window is still running."""

from collections.abc import Callable, Collection, Sequence

import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, QUIET, SMALLEST_FONT, Chart, faint, new_figure
from mesodash.language import _, format_month

HEIGHT = 260
_BAND = 0.16
_EARLIER = 0.5
_LEAST = 0.015
"""Of the axis: the height of a mark where there is none."""


def months_with_band(
    months: Sequence[str],
    counts: Sequence[float | None],
    *,
    band: tuple[float, float] | None,
    title: str,
    says: str,
    subtitle: str,
    words: Callable[[float], str],
    short: Callable[[str], str],
    partial: bool = False,
) -> Chart:
    """Bars by month, the last one in the accent colour with its number above it.

    Args:
        months: `2026-10`, oldest first; the last is the one that the page is about.
        counts: a number a month; None where it may not be shown.
        band: the limits of usual variation; None if there are too few months to tell.
        title: what is counted.
        says: what the chart shows, as a sentence.
        subtitle: the period, and what the band means.
        words: a number with its unit (`12 sessions`).
        short: a month as its bar is labelled (`Oct`).
        partial: whether the last month is not over; its bar is hatched.
    """
    figure = new_figure(height=HEIGHT, bargap=0.3, hovermode="closest", showlegend=False)
    last = len(months) - 1
    figure.add_bar(
        x=list(months),
        y=list(counts),
        marker={
            "color": [ACCENT if at == last else faint(ACCENT, _EARLIER) for at in range(last + 1)],
            "pattern": {
                "shape": ["/" if partial and at == last else "" for at in range(last + 1)],
                "fillmode": "replace",
                "size": 6,
                "solidity": 0.4,
            },
        },
        text=[
            "" if at != last or count is None else f"{count:g}" for at, count in enumerate(counts)
        ],
        textposition="outside",
        textfont={"size": 14},
        cliponaxis=False,
        customdata=[
            "" if count is None else f"{format_month(month)}: {words(count)}"
            for month, count in zip(months, counts, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if band is not None:
        figure.add_hrect(
            y0=band[0], y1=band[1], line_width=0, fillcolor=faint(QUIET, _BAND), layer="below"
        )
        figure.add_annotation(
            text=_("usual variation {low} to {high}").format(
                low=f"{band[0]:.0f}", high=f"{band[1]:.0f}"
            ),
            x=0,
            xref="paper",
            xanchor="left",
            y=band[1],
            yanchor="bottom",
            yshift=1,
            showarrow=False,
            font={"size": SMALLEST_FONT},
        )
    _name_months(figure, months, short)
    top = max([0.0, *(count for count in counts if count is not None), *(band or ())])
    figure.update_yaxes(range=[0, 1.15 * top or 1], nticks=4)
    return Chart(figure=figure, title=title, subtitle=subtitle, says=says, alt=f"{title}. {says}")


def months_with_windows(
    months: Sequence[str],
    counts: Sequence[float],
    *,
    running: Collection[str],
    title: str,
    says: str,
    subtitle: str,
    words: Callable[[float], str],
    short: Callable[[str], str],
) -> Chart:
    """Bars by month of what takes time to show itself; months that may still grow are hatched.

    A month without any is a mark on the axis, hatched or not, so that an open window without a case
    does not look like one that has passed.

    Args:
        months: `2026-10`, oldest first.
        counts: a number a month.
        running: the months whose window is still running.
        title: what is counted.
        says: what the chart shows, as a sentence.
        subtitle: the period, and how long the window is.
        words: a number with its unit (`2 late effects`).
        short: a month as its bar is labelled (`Oct`).
    """
    figure = new_figure(height=HEIGHT, bargap=0.3, hovermode="closest", barmode="overlay")
    top = max([1.0, *counts])
    for still, name in ((False, _("window over")), (True, _("window still running"))):
        chosen = [(m, n) for m, n in zip(months, counts, strict=True) if (m in running) is still]
        said = name if still else ""
        figure.add_bar(
            x=[month for month, _count in chosen],
            y=[max(count, _LEAST * top) for _month, count in chosen],
            name=name,
            marker={
                "color": faint(ACCENT, _EARLIER) if still else ACCENT,
                "pattern": {
                    "shape": "/" if still else "",
                    "fillmode": "replace",
                    "size": 6,
                    "solidity": 0.4,
                },
            },
            text=[f"{count:g}" for _month, count in chosen],
            textposition="outside",
            cliponaxis=False,
            customdata=[
                " · ".join(filter(None, (f"{format_month(month)}: {words(count)}", said)))
                for month, count in chosen
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    _name_months(figure, months, short)
    figure.update_yaxes(range=[0, 1.2 * top], nticks=4)
    return Chart(figure=figure, title=title, subtitle=subtitle, says=says, alt=f"{title}. {says}")


def _name_months(figure: go.Figure, months: Sequence[str], short: Callable[[str], str]) -> None:
    """Put a name under each bar, in the order of the months."""
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=list(months),
        tickvals=list(months),
        ticktext=[short(month) for month in months],
        showgrid=False,
        ticks="",
    )
