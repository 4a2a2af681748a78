"""Saving the coloured body as a picture: whose figure, which views, SVG or PNG."""

import math
from collections.abc import Callable, Mapping

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.picture import VIEW_WORDS, heat_map_svg
from mesodash.bodymap.picture_png import to_png
from mesodash.ui import access, phrases

VIEWS = {
    "Front and back": ("front", "back"),
    "All views": tuple(VIEW_WORDS),
}
FIGURES = {"female": "Female", "male": "Male"}


def offer_picture(
    values: Mapping[AreaSide, float],
    labels: Mapping[AreaSide, str],
    scale_label: str,
    *,
    figure: str = "female",
    value_text: Mapping[AreaSide, str] | None = None,
    note: str = "",
    key: str = "body_picture",
) -> None:
    """Offer a figure with its areas coloured as one file, SVG or PNG, on a light ground.

    The colours run from zero to the largest value, as on the page. Nothing is drawn before the
    click.

    Args:
        values: a number per area; an area missing here is hatched.
        labels: the name of every area that is drawn.
        scale_label: what the colours mean.
        figure: female or male, to begin with.
        value_text: words for the values.
        note: a line below the figure, such as the number of patients and the period.
        key: of the controls, where a page has two.
    """
    with st.popover("Save this figure", icon=":material/download:"):
        chosen = st.segmented_control(
            "Figure",
            list(FIGURES),
            default=figure,
            format_func=phrases.wording(FIGURES),
            required=True,
            key=f"{key}_figure_{figure}",
        )
        views = st.segmented_control(
            "Views", list(VIEWS), default="Front and back", required=True, key=f"{key}_views"
        )
        draw = _drawing(
            values,
            labels,
            scale_label,
            figure=chosen or figure,
            views=VIEWS[views or "Front and back"],
            value_text=value_text,
            note=" · ".join(filter(None, (coloured(values, labels), note))),
        )
        name = f"body-map-{chosen or figure}"
        st.download_button(
            "Picture (PNG)",
            lambda: to_png(draw()),
            file_name=f"{name}.png",
            mime="image/png",
            key=f"{key}_png",
            on_click="ignore",
        )
        st.download_button(
            "Drawing (SVG)",
            draw,
            file_name=f"{name}.svg",
            mime="image/svg+xml",
            key=key,
            on_click="ignore",
        )


def coloured(values: Mapping[AreaSide, float], labels: Mapping[AreaSide, str]) -> str:
    """How many of the areas have a number: "n = 31 of 70 areas"."""
    numbered = sum(site in labels and math.isfinite(value) for site, value in values.items())
    return f"n = {numbered} of {len(labels)} areas"


def _drawing(
    values: Mapping[AreaSide, float],
    labels: Mapping[AreaSide, str],
    scale_label: str,
    *,
    figure: str,
    views: tuple[str, ...],
    value_text: Mapping[AreaSide, str] | None,
    note: str,
) -> Callable[[], str]:
    """What draws the SVG; on another thread than the page: no Streamlit in it."""
    atlas = access.atlas()
    highest = max((v for v in values.values() if math.isfinite(v)), default=1)

    def draw() -> str:
        return heat_map_svg(
            atlas,
            figure,
            views,
            values,
            labels=labels,
            scale_label=scale_label,
            low=0,
            high=max(highest, 0),
            value_text=value_text,
            note=note,
        )

    return draw
