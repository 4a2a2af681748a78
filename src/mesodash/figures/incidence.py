"""How often an effect follows: a dot and its interval, on an axis that ends where the data do."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.intervals import ROW_HEIGHT, wrapped
from mesodash.figures.theme import ACCENT, Chart, new_figure

STEPS = (1, 2, 5, 10, 20, 50, 100)


def incidence_dots(frame: pd.DataFrame, *, title: str, per: str, period: str) -> Chart:
    """A dot at each share, a line over its 95 % interval; the axis starts at 0 %.

    Args:
        frame: columns label, n (with the effect), of (all), value, low, high (shares 0 to 1); a row
            without low or high is a dot alone. `of` may be missing, then n is all.
        title: what is counted.
        per: the unit of the denominator, for the axis ("sessions", "patients", "treated areas").
        period: which sessions, in words.
    """
    drawn = frame[frame["value"].notna()].reset_index(drop=True)
    labels = [_label(row) for row in drawn.to_dict("records")]
    values, low, high = (100 * drawn[name] for name in ("value", "low", "high"))
    figure = new_figure(height=ROW_HEIGHT * len(drawn) + 80, showlegend=False)
    figure.add_trace(
        go.Scatter(
            x=values.tolist(),
            y=labels,
            mode="markers",
            marker={"size": 10, "color": ACCENT},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (high - values).fillna(0).tolist(),
                "arrayminus": (values - low).fillna(0).tolist(),
                "color": ACCENT,
                "thickness": 2,
                "width": 5,
            },
            customdata=[[a, b] for a, b in zip(low, high, strict=True)],
            hovertemplate="%{y}<br>%{x:.3~g} % (%{customdata[0]:.3~g} to %{customdata[1]:.3~g}) of"
            f" {per}<extra></extra>",
        )
    )
    most = max((v for v in (*values, *high) if not math.isnan(v)), default=1.0)
    end = next((step for step in STEPS if most <= step), 100)
    figure.update_xaxes(range=[-0.02 * end, 1.03 * end], ticksuffix=" %", title_text=f"% of {per}")
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="")
    return Chart(figure, title, f"{period}. Line: 95 % interval.", _alt(drawn, title, per))


def _label(row: Mapping[Any, Any]) -> str:
    of = f"/{row['of']:g}" if "of" in row else ""
    return wrapped(f"{row['label']} (n\N{NO-BREAK SPACE}{row['n']:g}{of})")


def _alt(frame: pd.DataFrame, title: str, per: str) -> str:
    said = []
    for row in frame.to_dict("records"):
        text = f"{row['label']}, n {row['n']:g}: {100 * row['value']:.3g} %"
        if not pd.isna(row["low"]):
            text += f" ({100 * row['low']:.3g} to {100 * row['high']:.3g})"
        said.append(text)
    return f"{title}, % of {per}, with 95 % intervals. {'; '.join(said) or 'none'}."
