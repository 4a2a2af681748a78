"""Which views show an area, and how much of its skin."""

from mesodash.bodymap.atlas import AreaShape, Atlas, View
from mesodash.bodymap.choice import AreaSide

_ALIKE = 0.9  # of the most skin: views that show this share show about as much


def skin(view: View, shape: AreaShape) -> float:
    """What the view shows of the area, in cm² as drawn (skin that turns away counts less)."""
    return shape.px_area * view.cm_per_px**2


def most_skin_first(
    atlas: Atlas, figure: str, site: AreaSide, *, least: float = 0.0
) -> tuple[tuple[View, AreaShape], ...]:
    """The views of an area on a figure; of those that show the most skin, the largest drawn first.

    Args:
        atlas: the views.
        figure: `female` or `male`.
        site: an area and the side it is drawn on.
        least: leave out views that show less than this share of the most.
    """
    seen = [
        (view, shape)
        for view in atlas.views_of(site.area, site.side, figure)
        if (shape := view.shape(site.area, site.side)) is not None
    ]
    most = max((skin(view, shape) for view, shape in seen), default=0.0)
    kept = (pair for pair in seen if skin(*pair) >= least * most)
    return tuple(sorted(kept, key=lambda pair: (skin(*pair) < _ALIKE * most, -pair[1].px_area)))
