"""The body atlas as numbers: views of the figures, and the outline of each area on each view."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesodash.bodymap.choice import AreaSide

DEFAULT = Path(__file__).parent / "frontend" / "atlas" / "atlas.json"
VERSION = 1

_COMMAND = re.compile(r"([Mclz])([^Mclz]*)")
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)")
# Views that show this share of the most skin count as showing equally much.
_ALIKE = 0.9
# A head is known from the front: what is seen of it from below counts as so much.
_FROM_BELOW = 0.7

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class AreaShape:
    """The visible part of one area, on one side of the patient, on one view.

    Coordinates are pixels of the view's picture, x to the right and y down.
    """

    area: str  # catalogue code, e.g. abdomen.lower
    side: str  # left or right (the patient's), or midline
    path: str  # SVG path data: M absolute, c and l relative, z; one or more closed rings
    anchor: Point  # the point inside that lies farthest from the border
    px_area: float  # visible size in square pixels
    cm2: float  # skin of the whole area on this figure in cm², seen here or not

    def rings(self, steps: int = 6) -> list[list[Point]]:
        """The path as closed rings of points, each curve cut into `steps` straight pieces."""
        return flatten(self.path, steps)


@dataclass(frozen=True, slots=True)
class BodyView:
    """One picture of one figure with the areas seen on it, head to foot, right before left."""

    figure: str  # female or male
    name: str  # front, back, left, right, face, face_left, face_right, scalp, face_below
    width: int  # pixels
    height: int
    picture: str  # file name beside atlas.json, of the lightest skin
    cm_per_px: float  # exact where the skin faces the viewer
    outline: str  # SVG path data of the silhouette
    r_label: Point | None  # where R is printed; None where only the other side is seen
    l_label: Point | None
    areas: tuple[AreaShape, ...]
    pictures: Mapping[str, str] = field(default_factory=dict)  # file names by Fitzpatrick phototype

    @property
    def fades(self) -> bool:
        """Whether the picture runs out towards the frame, where that would cut the body."""
        return self.name.startswith("face")

    def shape(self, area: str, side: str) -> AreaShape | None:
        """The area on this view, or None where it is not seen."""
        for shape in self.areas:
            if (shape.area, shape.side) == (area, side):
                return shape
        return None


@dataclass(frozen=True, slots=True)
class Atlas:
    """Every view of both figures."""

    source: str  # origin and licence of the figures
    views: tuple[BodyView, ...]

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures there are, e.g. female and male."""
        return tuple(dict.fromkeys(view.figure for view in self.views))

    def view(self, figure: str, view: str) -> BodyView:
        """One view; KeyError naming the figure and view where there is none."""
        for candidate in self.views:
            if (candidate.figure, candidate.name) == (figure, view):
                return candidate
        raise KeyError(f"The atlas has no view {view!r} of the {figure!r} figure.")

    def views_of(self, area: str, side: str, figure: str = "female") -> tuple[BodyView, ...]:
        """The views of a figure on which an area is seen, where it is drawn largest first."""
        seen = [
            (shape.px_area, view)
            for view in self.views
            if view.figure == figure and (shape := view.shape(area, side)) is not None
        ]
        return tuple(view for _, view in sorted(seen, key=lambda pair: -pair[0]))

    def areas(self) -> tuple[tuple[str, str], ...]:
        """Every (area, side) drawn anywhere, in the order of first appearance."""
        return tuple(
            dict.fromkeys((shape.area, shape.side) for view in self.views for shape in view.areas)
        )


def visible_cm2(view: BodyView, shape: AreaShape) -> float:
    """The skin of an area that a view shows, in cm² as drawn (skin that turns away counts less)."""
    return shape.px_area * view.cm_per_px**2


def most_skin_first(
    atlas: Atlas, figure: str, site: AreaSide, *, least: float = 0.0
) -> tuple[tuple[BodyView, AreaShape], ...]:
    """The views of an area on a figure that show the most skin, the largest drawing first.

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
    most = max((visible_cm2(view, shape) for view, shape in seen), default=0.0)
    kept = [pair for pair in seen if visible_cm2(*pair) >= least * most]

    def clear(pair: tuple[BodyView, AreaShape]) -> float:
        return visible_cm2(*pair) * (_FROM_BELOW if pair[0].name == "face_below" else 1.0)

    clearest = max((clear(pair) for pair in kept), default=0.0)

    def rank(pair: tuple[BodyView, AreaShape]) -> tuple[bool, bool, float]:
        hidden = clear(pair) < _ALIKE * clearest
        return hidden, pair[0].name == "face_below", -pair[1].px_area

    return tuple(sorted(kept, key=rank))


def load_atlas(path: Path = DEFAULT) -> Atlas:
    """Read atlas.json.

    Raises:
        ValueError: the file is not an atlas of the version this code knows.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError(f"{path} is not a body atlas of version {VERSION}; build it anew.")
    views = tuple(
        _view(figure, name, row)
        for figure, rows in data["figures"].items()
        for name, row in rows.items()
    )
    return Atlas(source=data["source"], views=views)


def _view(figure: str, name: str, row: dict[str, object]) -> BodyView:
    fields = dict(row)
    areas, pictures = fields.pop("areas"), fields.pop("pictures")
    if not isinstance(areas, list) or not isinstance(pictures, dict):
        raise TypeError(f"The areas or pictures of the {figure} {name} view are damaged.")
    fields["picture"] = next(iter(pictures.values()))
    fields["pictures"] = MappingProxyType(pictures)
    for key in ("r_label", "l_label"):
        fields[key] = _point(fields[key])
    shapes = tuple(AreaShape(**{**area, "anchor": _point(area["anchor"])}) for area in areas)
    return BodyView(figure=figure, name=name, areas=shapes, **fields)  # type: ignore[arg-type]


def _point(value: object) -> Point | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise TypeError(f"A point is a list of two numbers, not {value!r}.")
    x, y = value
    return float(x), float(y)


def flatten(path: str, steps: int = 6) -> list[list[Point]]:
    """Rings of points along SVG path data of M (absolute), c, l (relative) and z commands.

    Raises:
        ValueError: the path does not start with M.
    """
    rings: list[list[Point]] = []
    for command, text in _COMMAND.findall(path):
        numbers = [float(number) for number in _NUMBER.findall(text)]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command == "M":
            rings.append(points)
        elif not rings:
            raise ValueError("A path starts with M.")
        elif command == "l":
            for x, y in points:
                rings[-1].append((rings[-1][-1][0] + x, rings[-1][-1][1] + y))
        elif command == "c":
            for i in range(0, len(points), 3):
                at = rings[-1][-1]
                corners = [(at[0] + x, at[1] + y) for x, y in points[i : i + 3]]
                rings[-1].extend(_curve(at, *corners, steps=steps))
    return rings


def _curve(a: Point, b: Point, c: Point, d: Point, *, steps: int) -> list[Point]:
    """Points along a cubic Bézier curve, its start left out."""
    found = []
    for i in range(1, steps + 1):
        u = i / steps
        v = 1 - u
        weights = (v**3, 3 * v * v * u, 3 * v * u * u, u**3)
        corners = (a, b, c, d)
        found.append(
            (
                sum(w * point[0] for w, point in zip(weights, corners, strict=True)),
                sum(w * point[1] for w, point in zip(weights, corners, strict=True)),
            )
        )
    return found
