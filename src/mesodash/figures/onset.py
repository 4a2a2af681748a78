"""When an effect began: bars of the days after the session, and the share begun by each."""

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, PROMISE, Chart, faint, new_figure

SHORTEST = 7
"""Days the axis has at the least, so that one day is never as wide as the page."""


def onset_steps(frame: pd.DataFrame, *, effect: str, period: str) -> Chart:
    """Bars of how many began on each day, and steps of the share begun by it (right axis).

    Args:
        frame: columns day, n, of, share_by of one effect; rows without a day are told in the
            subtitle.
        effect: in words.
        period: which sessions, in words.
    """
    known = frame[frame["day"].notna()].sort_values("day")
    days = known["day"].astype("int64").tolist()
    unknown = int(frame.loc[frame["day"].isna(), "n"].sum())
    of = int(known["n"].sum())
    last = max(SHORTEST, days[-1] if days else 0)
    figure = new_figure(height=300, hovermode="closest", bargap=0.15)
    figure.add_trace(
        go.Bar(
            x=days,
            y=known["n"].tolist(),
            name="began that day, n",
            marker={"color": faint(ACCENT, 0.55), "line": {"width": 1, "color": ACCENT}},
            hovertemplate="day %{x}: %{y} began<extra></extra>",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[-0.5, *days, last + 0.5],
            y=[0, *(100 * known["share_by"]).tolist(), 100 if days else 0],
            yaxis="y2",
            mode="lines",
            line={"color": PROMISE, "width": 2.4, "shape": "hv"},
            name="begun by then, %",
            hovertemplate="by day %{x:.0f}: %{y:.0f} %<extra></extra>",
        )
    )
    figure.update_layout(
        xaxis={
            "title": {"text": "days after the session"},
            "range": [-0.6, last + 0.6],
            "dtick": max(1, -(-last // 10)),
            "showgrid": False,
        },
        yaxis={"title": {"text": "began, n"}, "rangemode": "tozero"},
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "range": [0, 105],
            "tickvals": [0, 25, 50, 75, 100],
            "title": {"text": "begun, %"},
            "showgrid": False,
        },
    )
    note = f" {unknown} more with the onset known only to the month or year." if unknown else ""
    same = int(known.loc[known["day"] == 0, "n"].sum())
    return Chart(
        figure,
        f"{effect}: onset, days after the session",
        f"n {of} with a known day. {period}.{note}",
        f"Bars of the onset of {effect}, n {of}: {same} on the day of the session"
        + (f", the last on day {days[-1]}." if days else "."),
    )
