"""What is drawn over the figure's areas besides colour: injection points and rest states."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from mesodash.bodymap.atlas import (
    AreaShape,
    Atlas,
    BodyView,
    Point,
    most_skin_first,
)
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.placed_points import Placed, placed_layout
from mesodash.bodymap.layouts.grids import grid, lines
from mesodash.bodymap.layouts.layout import Layout, Segment
from mesodash.bodymap.layouts.outline import Outline
from mesodash.bodymap.layouts.patch import Patch, patch_of
from mesodash.bodymap.layouts.spread import spread
from mesodash.bodymap.mesh_place import MeshPlace
from mesodash.bodymap.mesh_places import drawn_mesh

Look = Literal["calm", "wait", "late", "none"]
Kind = Literal["hexagonal", "square", "lines", "spread"]

LOOKS: tuple[str, ...] = ("calm", "wait", "late", "none")
MARGIN_CM = 0.5  # most that is kept free along the border unless the caller says otherwise
_ALONG = 25  # places along a line
BESIDE_CM = 0.4  # a point so far beyond the smoothed outline of its area is drawn with it


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
        numbered: whether the numbers are written.
        numbers: of the points in the packing of the whole area, counted from 1, the same on every
            view that shows a point; none where they are 1, 2, 3 in order.
        places: where the points lie on the mesh; none where only the view knows.
    """

    area: str
    side: str
    figure: str
    view: str
    points: tuple[Point, ...]
    segments: tuple[Segment, ...]
    label: str
    numbered: bool = True
    numbers: tuple[int, ...] = ()
    places: tuple[MeshPlace, ...] = ()


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
    """Lay the injection points of a protocol out on the skin of an area, drawn on all its views.

    There is one packing for the whole area, with distances on the skin; each view draws those of
    its points that it shows, under the packing's own numbers. The view that shows most of the
    area's skin comes first. Each point is drawn on at least one view.

    Args:
        atlas: the views and areas.
        figure: `female` or `male`.
        site: an area and the side it is drawn on (left, right or midline, not both).
        spacing_cm: from point to point or line to line; needed unless there is a count.
        count: so many points, spread evenly. Not for lines.
        pattern: hexagonal or square grid, or lines; spread where there is a count.
        margin_cm: kept free along the border; None for half the distance between points, at most
            MARGIN_CM.
        angle: of the lines, as in `layouts.grids.lines`.

    Returns:
        One layer for each view that shows a point; none where the figure does not have the area.

    Raises:
        ValueError: neither a spacing nor a count, or one that `layouts` refuses.
    """
    if (spacing_cm is None) == (count is None) or (count is not None and pattern == "lines"):
        raise ValueError("Injection points need either a spacing in cm or a number of points.")
    packing = _packed(figure, site, spacing_cm, count, pattern, margin_cm, angle)
    if packing is None:
        return ()
    seen = [
        _DrawnArea(view, shape, Outline.of(shape))
        for view, shape in most_skin_first(atlas, figure, site)
        if (figure, view.name) in drawn_mesh().views
    ]
    shown = {one.view.name: one.points(packing.places) for one in seen}
    for number, place in enumerate(packing.places):
        if not any(number in points for points in shown.values()):
            _draw_somewhere(number, place, seen, shown)
    every = sorted({number for points in shown.values() for number in points})
    told = {number: i for i, number in enumerate(every, start=1)}
    layers = []
    for one in seen:
        points = shown[one.view.name]
        if not points:
            continue
        layers.append(
            PointsLayer(
                site.area,
                site.side,
                figure,
                one.view.name,
                tuple(points.values()),
                tuple((at, one.end(packing.lines[number], at)) for number, at in points.items())
                if packing.lines
                else (),
                _words(packing.layout, len(every), len(points)),
                numbers=tuple(told[number] for number in points),
                places=tuple(packing.places[number] for number in points),
            )
        )
    return tuple(layers)


def packed_count(figure: str, site: AreaSide, spacing_cm: float) -> int | None:
    """How many points a square grid has on the skin of an area; None where it is not drawn.

    As many are drawn over all views.
    """
    packing = _packed(figure, site, spacing_cm, None, "square", None, None)
    return None if packing is None else len(packing.places)


@dataclass(frozen=True)
class _Packing:
    """A layout on the skin: its points as places on the mesh; of lines, places along each."""

    layout: Layout
    places: tuple[MeshPlace, ...]
    lines: tuple[tuple[MeshPlace, ...], ...] = ()


@lru_cache(maxsize=1000)
def _packed(
    figure: str,
    site: AreaSide,
    spacing_cm: float | None,
    count: int | None,
    pattern: Kind,
    margin_cm: float | None,
    angle: float | None,
) -> _Packing | None:
    patch = patch_of(figure, site)
    if patch is None:
        return None
    if count is not None:
        layout = _spread(patch, count, margin_cm)
    else:
        layout = _spaced(patch, spacing_cm or 0.0, pattern, margin_cm, angle)
    places = tuple(patch.places(np.array(layout.points)))
    shares = np.linspace(0, 1, _ALONG)[:, None]
    lines = tuple(
        tuple(patch.places(np.array(start) + (np.array(end) - np.array(start)) * shares))
        for start, end in layout.segments
    )
    return _Packing(layout, places, lines)


@dataclass(frozen=True)
class _DrawnArea:
    """An area on a view that shows it."""

    view: BodyView
    shape: AreaShape
    outline: Outline

    def points(self, places: Sequence[MeshPlace]) -> dict[int, Point]:
        """Those of the places that the view shows in the area, in pixels, by their index."""
        found = {
            number: at for number, place in enumerate(places) if (at := self.at(place)) is not None
        }
        if not found:
            return {}
        depth = self.outline.depth(np.array(list(found.values())))
        beside = -BESIDE_CM / self.view.cm_per_px
        return {
            number: at
            for (number, at), deep in zip(found.items(), depth, strict=True)
            if deep >= beside
        }

    def at(self, place: MeshPlace) -> Point | None:
        """Where a place lies on the picture, if its triangle is seen there."""
        at = drawn_mesh().views[self.view.figure, self.view.name].point(place)
        if at is None or not (0 <= at[0] <= self.view.width and 0 <= at[1] <= self.view.height):
            return None
        return at

    def end(self, line: Sequence[MeshPlace], start: Point) -> Point:
        """How far a line is seen from its start on."""
        far = start
        for place in line:
            at = self.at(place)
            if at is None:
                break
            far = at
        return far


def _draw_somewhere(
    number: int, place: MeshPlace, seen: Sequence[_DrawnArea], shown: dict[str, dict[int, Point]]
) -> None:
    """Draw a point that the smoothed outlines leave out on the view whose outline is nearest."""
    near: list[tuple[float, str, Point]] = []
    for one in seen:
        at = one.at(place)
        if at is not None:
            near.append((-float(one.outline.depth(np.array([at]))[0]), one.view.name, at))
    if near:
        _, name, at = min(near)
        shown[name] = dict(sorted({**shown[name], number: at}.items()))


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

    [figure, view, "area|side", label, numbers, points (x, y, x, y, ...), segments' far ends];
    numbers are 1 where they are written in order, 0 where none are, else a list.
    """
    return [
        [
            layer.figure,
            layer.view,
            f"{layer.area}|{layer.side}",
            layer.label,
            list(layer.numbers) if layer.numbered and layer.numbers else int(layer.numbered),
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
    patch: Patch,
    spacing_cm: float,
    pattern: Kind,
    margin_cm: float | None,
    angle: float | None,
) -> Layout:
    margin = min(MARGIN_CM, spacing_cm / 2) if margin_cm is None else margin_cm
    if pattern == "lines":
        return lines(patch, spacing_cm=spacing_cm, margin_cm=margin, angle=angle)
    if pattern == "spread":
        raise ValueError("Points are spread by their number; give a count.")
    return grid(patch, spacing_cm=spacing_cm, margin_cm=margin, pattern=pattern)


def _spread(patch: Patch, count: int, margin_cm: float | None) -> Layout:
    if margin_cm is not None or count < 1:
        return spread(patch, count=count, margin_cm=margin_cm or 0.0)
    # A hexagonal cell of this size serves each point; half its spacing to the border is natural.
    spacing = math.sqrt(patch.cm2 / count / (math.sqrt(3) / 2))
    margin = min(MARGIN_CM, spacing / 2)
    layout = spread(patch, count=count, margin_cm=margin / 2)
    if count > 1 and len(layout.points) == count:
        return layout
    return spread(patch, count=count, margin_cm=0.0)


def _layer(view: BodyView, shape: AreaShape, layout: Layout, *, numbered: bool) -> PointsLayer:
    return PointsLayer(
        shape.area,
        shape.side,
        view.figure,
        view.name,
        layout.points,
        layout.segments,
        _words(layout, len(layout.points)),
        numbered,
    )


def _words(layout: Layout, number: int, here: int | None = None) -> str:
    """How many points, of how many where a view does not show all, and how far apart."""
    noun = "line" if layout.segments else "point"
    told = f"{number} {noun}" + ("" if number == 1 else "s")
    if here is not None and here < number:
        told = f"{here} of {told}"
    if number == 1 or layout.kind == "free":
        return told
    near = "about " if layout.kind == "spread" else ""
    return f"{told}, {near}{layout.spacing_cm:.2g} cm apart"


def _flat(points: Sequence[Point]) -> list[int]:
    return [round(10 * number) for point in points for number in point]
