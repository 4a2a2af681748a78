"""What is drawn over the figure's areas besides colour: injection points and rest states."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mesodash.bodymap.atlas import (
    AreaShape,
    Atlas,
    BodyView,
    Point,
    most_skin_first,
    visible_cm2,
)
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.placed_points import Placed, placed_layout
from mesodash.bodymap.layouts.grids import grid, lines
from mesodash.bodymap.layouts.layout import Layout, Segment
from mesodash.bodymap.layouts.spread import spread

Look = Literal["calm", "wait", "late", "none"]
Kind = Literal["hexagonal", "square", "lines", "spread"]

LOOKS: tuple[str, ...] = ("calm", "wait", "late", "none")
MARGIN_CM = 0.5  # most that is kept free along the border unless the caller says otherwise
SLIVER = 0.15  # a view with less than this share of the skin another shows gets no points


@dataclass(frozen=True, slots=True)
class Category:
    """A state of an area, its name and how it is drawn (never by colour alone).

    `look`: calm is a plain outline, wait has diagonal stripes, late has dots, none has nothing.
    """

    code: str
    label: str
    look: str

    def __post_init__(self) -> None:
        if self.look not in LOOKS:
            raise ValueError(f"A category looks {', '.join(LOOKS)}; this one is {self.look!r}.")


@dataclass(frozen=True, slots=True)
class PointsLayer:
    """Injection points of one area on one view of one figure.

    Attributes:
        area: catalogue code.
        side: left or right (the patient's), or midline.
        figure: female or male.
        view: the view whose pixels the points are in.
        points: where the needle enters, in the order of their numbers.
        segments: for lines, from where the needle enters to its farthest point; else none.
        label: what a screen reader says of them, such as "12 points, 1.5 cm apart".
        numbered: whether this view carries the numbers; the same points are on one view only.
    """

    area: str
    side: str
    figure: str
    view: str
    points: tuple[Point, ...]
    segments: tuple[Segment, ...]
    label: str
    numbered: bool = True


def points_layers(
    atlas: Atlas,
    figure: str,
    site: AreaSide,
    *,
    spacing_cm: float | None = None,
    count: int | None = None,
    pattern: Kind = "hexagonal",
    margin_cm: float | None = None,
    angle: float | None = None,
) -> tuple[PointsLayer, ...]:
    """Lay the injection points of a protocol out on every view that shows the area.

    The view that shows most of the area's skin comes first and alone carries numbers: what
    another view shows is a layout of its own for the part of the area seen there.

    Args:
        atlas: the views and areas.
        figure: `female` or `male`.
        site: an area and the side it is drawn on (left, right or midline, not both).
        spacing_cm: from point to point or line to line; needed unless there is a count.
        count: so many points, spread evenly; a view that shows less of the skin gets fewer. Not
            for lines.
        pattern: hexagonal or square grid, or lines; spread where there is a count.
        margin_cm: kept free along the border; None for half the distance between points, at most
            MARGIN_CM.
        angle: of the lines, as in `layouts.grids.lines`.

    Returns:
        One layer for each view that shows more than a sliver of the area; none where the figure
        does not have it.

    Raises:
        ValueError: neither a spacing nor a count, or one that `layouts` refuses.
    """
    if (spacing_cm is None) == (count is None) or (count is not None and pattern == "lines"):
        raise ValueError("Injection points need either a spacing in cm or a number of points.")
    seen = most_skin_first(atlas, figure, site, least=SLIVER)
    layers: list[PointsLayer] = []
    for view, shape in seen:
        if count is not None:
            share = visible_cm2(view, shape) / visible_cm2(*seen[0])
            here = max(1, round(count * min(1.0, share))) if layers else count
            layout = _spread(view, shape, here, margin_cm)
        else:
            layout = _spaced(view, shape, spacing_cm or 0.0, pattern, margin_cm, angle)
        layers.append(_layer(view, shape, layout, numbered=not layers))
    return tuple(layers)


def placed_layers(
    atlas: Atlas, figure: str, site: AreaSide, placed: Sequence[Placed]
) -> tuple[PointsLayer, ...]:
    """Points somebody placed by hand, kept as relative places, on the views they were placed on.

    They keep the numbers of their order only where all were placed on one view, as a layer counts
    from 1.
    """
    layers = []
    for name in dict.fromkeys(item.view for item in placed):
        here = [item for item in placed if item.view == name]
        view = atlas.view(figure, name)
        shape = view.shape(site.area, site.side)
        if shape is None:
            continue
        layout = placed_layout(view, shape, [(item.u, item.v) for item in here])
        layers.append(_layer(view, shape, layout, numbered=len(here) == len(placed)))
    return tuple(layers)


def layers_payload(layers: Sequence[PointsLayer]) -> list[list[Any]]:
    """The layers as short lists for the browser, in tenths of a pixel.

    [figure, view, "area|side", label, numbered, points (x, y, x, y, ...), segments' far ends]
    """
    return [
        [
            layer.figure,
            layer.view,
            f"{layer.area}|{layer.side}",
            layer.label,
            int(layer.numbered),
            _flat(layer.points),
            _flat([end for _, end in layer.segments]),
        ]
        for layer in layers
    ]


def states_payload(states: Mapping[AreaSide, Category]) -> dict[str, Any] | None:
    """The categories, each once in the order they first appear, and each area's number of one.

    Raises:
        ValueError: two categories share a code.
    """
    if not states:
        return None
    categories = list(dict.fromkeys(states.values()))
    if len({category.code for category in categories}) < len(categories):
        raise ValueError("Two categories of areas share a code; give each one its own.")
    return {
        "categories": [[item.code, item.label, item.look] for item in categories],
        "areas": {str(site): categories.index(item) for site, item in states.items()},
    }


def _spaced(
    view: BodyView,
    shape: AreaShape,
    spacing_cm: float,
    pattern: Kind,
    margin_cm: float | None,
    angle: float | None,
) -> Layout:
    margin = min(MARGIN_CM, spacing_cm / 2) if margin_cm is None else margin_cm
    if pattern == "lines":
        return lines(view, shape, spacing_cm=spacing_cm, margin_cm=margin, angle=angle)
    if pattern == "spread":
        raise ValueError("Points are spread by their number; give a count.")
    return grid(view, shape, spacing_cm=spacing_cm, margin_cm=margin, pattern=pattern)


def _spread(view: BodyView, shape: AreaShape, count: int, margin_cm: float | None) -> Layout:
    if margin_cm is not None or count < 1:
        return spread(view, shape, count=count, margin_cm=margin_cm or 0.0)
    # A hexagonal cell of this size serves each point; half its spacing to the border is natural.
    spacing = math.sqrt(visible_cm2(view, shape) / count / (math.sqrt(3) / 2))
    margin = min(MARGIN_CM, spacing / 2)
    layout = spread(view, shape, count=count, margin_cm=margin / 2)
    if count > 1 and len(layout.points) == count:
        return layout
    return spread(view, shape, count=count, margin_cm=0.0)


def _layer(view: BodyView, shape: AreaShape, layout: Layout, *, numbered: bool) -> PointsLayer:
    return PointsLayer(
        shape.area,
        shape.side,
        view.figure,
        view.name,
        layout.points,
        layout.segments,
        _words(layout),
        numbered,
    )


def _words(layout: Layout) -> str:
    noun = "line" if layout.segments else "point"
    number = len(layout.points)
    if number == 1:
        return f"1 {noun}"
    if layout.kind == "free":
        return f"{number} {noun}s"
    near = "about " if layout.kind == "spread" else ""
    return f"{number} {noun}s, {near}{layout.spacing_cm:.2g} cm apart"


def _flat(points: Sequence[Point]) -> list[int]:
    return [round(10 * number) for point in points for number in point]
