"""What the figure shows of the consultation: injection points, and how long areas have rested."""

from collections.abc import Sequence

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layers import PointsLayer, points_layers
from mesodash.ui import access
from mesodash.ui.consult.doses import MOST_DRAWN, Spaced, surface

FIGURES = ("female", "male")
MOST_SPREAD = 100
#: A hexagonal cell is this part of the squared spacing; see `layouts.points_for_surface`.
CELL = 3**0.5 / 2


def layers(sites: Sequence[AreaSide], figures: Spaced) -> tuple[PointsLayer, ...]:
    """The points of a protocol on both figures, at the wider spacing or spread by their number.

    Nothing where neither is known, or where there would be more than can be told apart.
    """
    found: list[PointsLayer] = []
    spacing = figures.spacing_cm[1] if figures.spacing_cm else None
    for site in sites:
        for figure in FIGURES:
            found += _of_one(figure, site.area, site.side, spacing, figures.points)
    return tuple(found)


def too_many(sites: Sequence[AreaSide], figures: Spaced) -> bool:
    """Whether the points are too close together to be drawn."""
    if figures.spacing_cm is None:
        return figures.points is not None and figures.points > MOST_SPREAD
    skin = max((surface(access.atlas(), site) or 0.0 for site in sites), default=0.0)
    return skin / (CELL * figures.spacing_cm[1] ** 2) > MOST_DRAWN


# Pure geometry of the atlas, nothing of a patient: one answer serves every session.
@st.cache_data(max_entries=2000, show_spinner=False)
def _of_one(
    figure: str, area: str, side: str, spacing: float | None, points: int | None
) -> tuple[PointsLayer, ...]:
    site = AreaSide(area, side)
    skin = surface(access.atlas(), site, figure)
    if skin is None:
        return ()
    if spacing is not None:
        if skin / (CELL * spacing**2) > MOST_DRAWN:
            return ()
        return points_layers(access.atlas(), figure, site, spacing_cm=spacing)
    if points is None or points > MOST_SPREAD:
        return ()
    return points_layers(access.atlas(), figure, site, count=points)
