"""A funnel: groups by how many cases they expect, within the limits of chance."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, PROMISE, QUIET, Chart, new_figure
from mesodash.language import _, format_number, ngettext
from mesodash.reports.stats.funnel_limits import INNER, OUTER, limits

POINTS = 120


def funnel_plot(frame: pd.DataFrame, *, title: str, subtitle: str) -> Chart:
    """A dot for each group at its ratio, and the two pairs of limits as curves.

    Args:
        frame: columns `label`, `effective_expected`, `ratio`, `outer_low`, `outer_high`,
            `cover_differs`.
        title: the effect and what the groups are.
        subtitle: the period, in words.
    """
    figure = new_figure(height=360, hovermode="closest", showlegend=False)
    most = max(float(frame["effective_expected"].max()), 1.0) * 1.1
    grid = np.linspace(most / POINTS, most, POINTS)
    for share, dash in ((INNER, "dash"), (OUTER, "solid")):
        for side in limits(grid, share):
            figure.add_trace(
                go.Scatter(
                    x=grid.tolist(),
                    y=side.tolist(),
                    mode="lines",
                    line={"color": QUIET, "width": 1.3, "dash": dash},
                    hoverinfo="skip",
                )
            )
    figure.add_hline(y=1, line={"color": QUIET, "width": 1})
    outside = outside_of(frame)
    # A diamond as well as another colour: never by colour alone.
    figure.add_trace(
        go.Scatter(
            x=frame["effective_expected"].tolist(),
            y=frame["ratio"].tolist(),
            mode="markers",
            marker={
                "size": [12 if one else 9 for one in outside],
                "color": [PROMISE if one else ACCENT for one in outside],
                "symbol": ["diamond" if one else "circle" for one in outside],
            },
            customdata=[
                _("{label}: {ratio} times expected").format(
                    label=label, ratio=format_number(ratio, 1)
                )
                for label, ratio in zip(frame["label"], frame["ratio"], strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    highest = max(3.0, 1.1 * float(frame["ratio"].max()))
    figure.update_xaxes(title_text=_("expected, as if no patient came twice"), range=[0, most])
    figure.update_yaxes(title_text=_("times expected"), range=[0, highest])
    says = ngettext(
        "{n} of {of} lies outside the limits that chance alone passes once in 500.",
        "{n} of {of} lie outside the limits that chance alone passes once in 500.",
        sum(outside),
    ).format(n=format_number(sum(outside)), of=format_number(len(frame)))
    return Chart(figure=figure, title=title, subtitle=subtitle, alt=f"{title}. {says}", says=says)


def outside_of(frame: pd.DataFrame) -> list[bool]:
    """Which groups lie outside the outer limits, of those followed up as the others were."""
    outside = (frame["ratio"] > frame["outer_high"]) | (frame["ratio"] < frame["outer_low"])
    return [bool(one) for one in outside & frame["cover_differs"].isna()]
