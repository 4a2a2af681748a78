"""Saving the coloured body as a picture: which figure, which views, SVG or PNG."""

import math
from collections.abc import Callable, Mapping

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import ColourScale
from mesodash.bodymap.picture.png import to_png
from mesodash.bodymap.picture.svg import VIEW_WORDS, heat_map_svg
from mesodash.language import N_, _, current, use_language
from mesodash.ui.parts import phrases
from mesodash.ui.shell import context

VIEWS = {"both": ("front", "back"), "all": tuple(VIEW_WORDS)}
VIEW_CHOICES = {"both": N_("Front and back"), "all": N_("All views")}
FIGURES = {"female": N_("Female"), "male": N_("Male")}


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
    """Offer the figure with its coloured areas as a file, SVG or PNG, on a light background.

    The colours run from zero to the largest value, as on the page. The file is made on the click.

    Args:
        values: a number per area; an area without one has a dotted edge.
        labels: the name of every area that is drawn.
        scale_label: what the colours mean.
        figure: female or male, chosen at first.
        value_text: words for the values.
        note: a line below the figure, such as the number of patients and the period.
        key: a prefix for the controls' keys, unique on the page.
    """
    with st.popover(_("Save this figure"), icon=":material/download:"):
        chosen = st.segmented_control(
            _("Figure"),
            list(FIGURES),
            default=figure,
            format_func=phrases.wording(FIGURES),
            required=True,
            key=f"{key}_figure_{figure}",
        )
        views = st.segmented_control(
            _("Views"),
            list(VIEWS),
            default="both",
            format_func=phrases.wording(VIEW_CHOICES),
            required=True,
            key=f"{key}_views",
        )
        draw = _drawing(
            values,
            labels,
            scale_label,
            figure=chosen or figure,
            views=VIEWS[views or "both"],
            value_text=value_text,
            note=" · ".join(filter(None, (coloured(values, labels), note))),
        )
        name = f"body-map-{chosen or figure}"
        st.download_button(
            _("Picture (PNG)"),
            lambda: to_png(draw()),
            file_name=f"{name}.png",
            mime="image/png",
            key=f"{key}_png",
            on_click="ignore",
        )
        st.download_button(
            _("Drawing (SVG)"),
            draw,
            file_name=f"{name}.svg",
            mime="image/svg+xml",
            key=key,
            on_click="ignore",
        )


def coloured(values: Mapping[AreaSide, float], labels: Mapping[AreaSide, str]) -> str:
    """How many of the areas have a number: "n = 31 of 70 areas"."""
    numbered = sum(site in labels and math.isfinite(value) for site, value in values.items())
    return _("n = {n} of {of} areas").format(n=numbered, of=len(labels))


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
    """A function that draws the SVG; it runs in a thread without Streamlit's context."""
    atlas = context.atlas()
    highest = max((v for v in values.values() if math.isfinite(v)), default=1)

    language = current().code

    def draw() -> str:
        with use_language(language):
            return heat_map_svg(
                atlas,
                figure,
                views,
                values,
                labels=labels,
                scale=ColourScale(scale_label, 0, max(highest, 0)),
                value_text=value_text,
                note=note,
            )

    return draw
