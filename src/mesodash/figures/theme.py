"""The look of every chart: template, colours, and the texts of a finished chart.

The colours are the hues of `.streamlit/config.toml`, at a lightness that has a contrast of at least
3.5:1 on the light and on the dark background, so that a figure is the same in both themes. Text has
no colour here: the page's stylesheet gives it one.
"""

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

NAME = "mesodash"
ACCENT = "#18897e"
CATEGORIES = (
    ACCENT,
    "#c2670f",
    "#5d7cc4",
    "#b0608b",
    "#718299",
    "#638f42",
    "#a06f4c",
    "#3d8c9c",
)
QUIET = "#7b878b"
PROMISE = "#c2670f"
CLEAR = "rgba(0,0,0,0)"
GRID = "rgba(123,135,139,0.22)"
TOOLTIP = "#1d2b2f"
FONT = "Inter,'Segoe UI','Helvetica Neue',Arial,sans-serif"
SMALLEST_FONT = 12


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure with its texts.

    Attributes:
        figure: the drawing; without a title, so that the texts can wrap on a phone.
        title: what is drawn, with the unit.
        subtitle: n, and what a mark or band means.
        alt: the chart in a sentence or two, for screen readers.
        says: what the chart shows, in a sentence.
    """

    figure: go.Figure
    title: str
    subtitle: str
    alt: str
    says: str = ""


def register() -> str:
    """Register the template with plotly, once, and return its name."""
    if NAME not in pio.templates:
        axis = {
            "gridcolor": GRID,
            "linecolor": GRID,
            "tickcolor": GRID,
            "zeroline": False,
            "automargin": True,
            "tickfont": {"size": SMALLEST_FONT},
            "title": {"font": {"size": SMALLEST_FONT}, "standoff": 8},
        }
        pio.templates[NAME] = go.layout.Template(
            layout={
                "colorway": list(CATEGORIES),
                "font": {"size": 13, "family": FONT},
                "paper_bgcolor": CLEAR,
                "plot_bgcolor": CLEAR,
                "hoverlabel": {
                    "font": {"size": 13, "color": "#ffffff", "family": FONT},
                    "bgcolor": TOOLTIP,
                    "bordercolor": TOOLTIP,
                },
                "xaxis": axis,
                "yaxis": axis,
            }
        )
    return NAME


def new_figure(*, height: int, **layout: Any) -> go.Figure:
    """An empty figure of this look.

    Args:
        height: in pixels; the width follows the page.
        layout: further plotly layout settings.
    """
    # In one call: each later change of a layout takes plotly milliseconds.
    return go.Figure(
        layout={
            "template": register(),
            "height": height,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1,
                "yanchor": "bottom",
                "font": {"size": SMALLEST_FONT},
                "title": {"text": ""},
            },
            "dragmode": False,
            **layout,
        }
    )


def faint(colour: str, opacity: float) -> str:
    """A colour of this module (`#rrggbb`) with an opacity, in plotly's notation."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"
