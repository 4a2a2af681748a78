"""A button that saves the coloured body as a picture."""

import math
from collections.abc import Mapping

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.picture import VIEW_WORDS, heat_map_svg
from mesodash.ui import access


def offer_picture(
    values: Mapping[AreaSide, float],
    labels: Mapping[AreaSide, str],
    scale_label: str,
    *,
    figure: str = "female",
    value_text: Mapping[AreaSide, str] | None = None,
    note: str = "",
) -> None:
    """Offer every view of a figure with its areas coloured, as one SVG file.

    The colours run from zero to the largest value, as on the page. Nothing is drawn before the
    click. All views are in it, for the one on show is known to the browser alone.

    Args:
        values: a number per area; an area missing here is hatched.
        labels: the name of every area that is drawn.
        scale_label: what the colours mean.
        figure: female or male.
        value_text: words for the values.
        note: a line below the figure, such as the period.
    """
    atlas = access.atlas()
    highest = max((v for v in values.values() if math.isfinite(v)), default=1)

    def draw() -> str:
        # On another thread than the page: no Streamlit in here.
        return heat_map_svg(
            atlas,
            figure,
            tuple(VIEW_WORDS),
            values,
            labels=labels,
            scale_label=scale_label,
            low=0,
            high=max(highest, 0),
            value_text=value_text,
            note=note,
        )

    st.download_button(
        "Save this figure (SVG)",
        draw,
        file_name=f"body-map-{figure}.svg",
        mime="image/svg+xml",
        key="body_picture",
        on_click="ignore",
    )
