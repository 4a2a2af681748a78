"""The body in the monthly report, coloured by the sessions that treated each area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import LIGHT
from mesodash.bodymap.drawing import FONT
from mesodash.bodymap.picture import heat_map_svg

if TYPE_CHECKING:
    from mesodash.bodymap.atlas import Atlas
    from mesodash.catalogue.types import Catalogue

FIGURE: Final = "female"
# Views that stand together, and how tall: two heads one above the other beside the bodies.
PICTURES: Final = {
    "body": (("front", "back"), 460.0),
    "face": (("face",), 190.0),
    "scalp": (("scalp",), 190.0),
}
# The report's own, which travels with typst: the same file whatever fonts a machine has.
REPORTS_FONT: Final = "Libertinus Serif"
_STEPS: Final = 9  # of the legend's ramp


def body_pictures(areas: pd.DataFrame, atlas: Atlas, catalogue: Catalogue) -> dict[str, str]:
    """The body with its areas coloured, an SVG text for each of `PICTURES`.

    An area that the shared view leaves out is drawn as one that was never treated: nothing of the
    pictures, not the end of the scale either, comes from rows that are not in `areas`.

    Args:
        areas: volumes by area as a shared view, columns area and sessions.
        atlas: the body.
        catalogue: the areas' words.
    """
    sites = [AreaSide(area, side) for area, side in atlas.areas()]
    by_area = _by_area(areas)
    values = {site: by_area[site.area] for site in sites if site.area in by_area}
    labels = {site: catalogue.label(site.area, site.side) for site in sites}
    return {
        name: heat_map_svg(
            atlas,
            FIGURE,
            views,
            values,
            labels=labels,
            scale_label="Sessions that treated the area",
            low=0,
            high=highest(areas),
            words=False,
            tallest=tall,
        ).replace(FONT, REPORTS_FONT)
        for name, (views, tall) in PICTURES.items()
    }


def highest(areas: pd.DataFrame) -> float:
    """The end of the scale: the most sessions of an area that may be shown; 1 if there is none."""
    return max(_by_area(areas).values(), default=1)


def ramp() -> list[str]:
    """The legend's colours from 0 to the end of the scale, as they lie on the skin."""
    steps = (LIGHT.fill(step / (_STEPS - 1)) for step in range(_STEPS))
    return [_over(colour, LIGHT.skin, LIGHT.strength) for colour in steps]


def _over(colour: str, ground: str, strength: float) -> str:
    pairs = ((int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(strength * a + (1 - strength) * b):02x}" for a, b in pairs)


def not_drawn(areas: pd.DataFrame, atlas: Atlas, catalogue: Catalogue) -> list[str]:
    """The names of treated areas that the figure has no place for, in the catalogue's words."""
    drawn = {area for area, _ in atlas.areas()}
    codes = [area for area in _by_area(areas) if area not in drawn]
    return [catalogue.areas[c].label if c in catalogue.areas else c for c in codes]


def _by_area(areas: pd.DataFrame) -> dict[str, float]:
    return {
        row["area"]: float(row["sessions"])
        for row in areas.to_dict("records")
        if not pd.isna(row["area"])
    }
