"""When side effects begin: the share begun by each day after the session."""

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import ACCENT, SMALLEST_FONT, Chart, faint, new_figure
from mesodash.language import _, format_number, format_percent, ngettext

MOST_NUMBERS = 15
"""With more steps, their numbers are left to the hover text."""
SHORTEST = 7
"""The shortest axis, in days, so that one day is never as wide as the page."""


def onset_steps(frame: pd.DataFrame, *, effect: str, period: str) -> Chart:
    """Steps of the share begun by each day; each day's number is written at its step.

    Args:
        frame: columns day, n, of, share_by of one effect; rows without a day are counted in the
            subtitle.
        effect: its label.
        period: which sessions, in words.
    """
    known = frame[frame["day"].notna()].sort_values("day")
    days = known["day"].astype("int64").tolist()
    unknown = int(frame.loc[frame["day"].isna(), "n"].sum())
    of = int(known["n"].sum())
    last = max(SHORTEST, days[-1] if days else 0)
    shares = (100 * known["share_by"]).tolist()
    figure = new_figure(height=300, hovermode="closest", showlegend=False)
    figure.add_trace(
        go.Scatter(
            x=[-0.5, *days, last + 0.5],
            y=[0, *shares, 100 if days else 0],
            mode="lines",
            line={"color": ACCENT, "width": 2.4, "shape": "hv"},
            fill="tozeroy",
            fillcolor=faint(ACCENT, 0.12),
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=days,
            y=shares,
            mode="markers+text" if len(days) <= MOST_NUMBERS else "markers",
            marker={"size": 8, "color": ACCENT},
            text=[format_number(n) for n in known["n"]],
            textposition="top center",
            textfont={"size": SMALLEST_FONT},
            cliponaxis=False,
            customdata=[
                _("Day {day}: {n} began; {share} begun by then").format(
                    day=day, n=format_number(n), share=format_percent(share / 100)
                )
                for day, n, share in zip(days, known["n"], shares, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    figure.update_layout(
        xaxis={
            "title": {"text": _("days after the session")},
            "range": [-0.6, last + 0.6],
            "dtick": max(1, -(-last // 10)),
            "showgrid": False,
        },
        yaxis={
            "title": {"text": _("begun, %")},
            "range": [0, 112],
            "tickvals": [0, 25, 50, 75, 100],
        },
    )
    subtitle = [
        _("n {n} with a known day. {period}. The numbers are those that began on the day.").format(
            n=format_number(of), period=period
        )
    ]
    if unknown:
        subtitle.append(
            ngettext(
                "{n} more with the onset known only to the month or year.",
                "{n} more with the onset known only to the month or year.",
                unknown,
            ).format(n=format_number(unknown))
        )
    title = _("{effect}: onset, days after the session").format(effect=effect)
    same = int(known.loc[known["day"] == 0, "n"].sum())
    says = (
        _("{n} of {of} began on the day of the session, the last on day {last}.").format(
            n=format_number(same), of=format_number(of), last=days[-1]
        )
        if days
        else ""
    )
    return Chart(figure, title, " ".join(subtitle), alt=f"{title}. {says}".strip(), says=says)
