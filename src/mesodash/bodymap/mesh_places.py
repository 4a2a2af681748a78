"""A point on a picture as a place on the base mesh, and a place on the mesh as a point again.

Both figures are one mesh in two shapes (docs/atlas.md), so a place is kept as a triangle of that
mesh and the barycentric weights of its second and third corner, and is drawn again on any view of
either figure that shows the triangle. `tools/mesh_places.py` writes what is read here.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from mesodash.bodymap.atlas import Atlas, Point, most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.placed_points import Placed, absolute, relative
from mesodash.bodymap.mesh_place import MeshPlace

if TYPE_CHECKING:
    from mesodash.bodymap.figure.layers import PointsLayer

DEFAULT: Final = Path(__file__).parent / "mesh_places.npz"
STEPS: Final = 32
"""Of a pixel of the paths, in which the file keeps a place."""
NEAREST: Final = 12.0
"""Pixels off the mesh at which a point still counts as on it: an area's outline is smoothed."""
_DIGITS: Final = 5
_PIECES: Final = 6
"""Straight pieces in which a line lies on the skin."""

SkinPoints = tuple[str, str, list[list[float]], list[list[list[float]]]]
"""Figure, "area|side", places of points, and lines as places: triangle, u, v."""


@dataclass(frozen=True, eq=False)
class MeshView:
    """The base mesh on one view of one figure.

    Attributes:
        corners: (n, 3, 2) pixels of the view's paths: the corners of the triangles seen.
        away: (n, 3) distance of each corner from the eye, in the same unit.
        triangles: (n,) their numbers, rising.
    """

    corners: np.ndarray
    away: np.ndarray
    triangles: np.ndarray

    def solid(self, place: MeshPlace) -> np.ndarray | None:
        """A place in space, in pixels: across, down, away from the eye; None where it is unseen."""
        row = int(np.searchsorted(self.triangles, place.triangle))
        if row == len(self.triangles) or self.triangles[row] != place.triangle:
            return None
        weights = np.array([1 - place.u - place.v, place.u, place.v])
        found: np.ndarray = np.append(weights @ self.corners[row], weights @ self.away[row])
        return found

    def place(self, x: float, y: float, *, farthest: float = NEAREST) -> MeshPlace | None:
        """What is seen at a pixel: the nearest to the eye; None off the figure.

        Args:
            x: pixels to the right.
            y: pixels down.
            farthest: a point that lies off the mesh by less than this, in pixels, is moved onto
                the triangle that is nearest to it.
        """
        low, high = self._boxes
        near = np.flatnonzero(((low <= (x, y)) & (high >= (x, y))).all(axis=1))
        weights = self._weights(x, y, near)
        inside = np.flatnonzero((weights >= -1e-6).all(axis=1))
        if len(inside):
            depth = (weights[inside] * self.away[near[inside]]).sum(axis=1)
            best = int(inside[depth.argmin()])
            row, at = int(near[best]), weights[best]
        else:
            gaps = np.linalg.norm(self.corners - (x, y), axis=2).min(axis=1)
            row = int(gaps.argmin())
            if gaps[row] > farthest:
                return None
            at = self._weights(x, y, np.array([row]))[0]
        at = np.clip(at, 0.0, None)
        at = at / at.sum()
        return MeshPlace(
            int(self.triangles[row]), round(float(at[1]), _DIGITS), round(float(at[2]), _DIGITS)
        )

    def point(self, place: MeshPlace) -> Point | None:
        """Where a place lies on the view, in pixels; None where its triangle is not seen."""
        at = self.solid(place)
        return None if at is None else (float(at[0]), float(at[1]))

    @cached_property
    def _boxes(self) -> tuple[np.ndarray, np.ndarray]:
        """Low and high corner of each triangle."""
        return self.corners.min(axis=1) - 1e-3, self.corners.max(axis=1) + 1e-3

    def _weights(self, x: float, y: float, rows: np.ndarray) -> np.ndarray:
        """(n, 3) barycentric weights of a pixel in these; far off for a triangle seen edge-on."""
        a, b, c = (self.corners[rows, i] for i in range(3))
        ab, ac, ap = b - a, c - a, np.array([x, y]) - a
        size = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
        size = np.where(np.abs(size) < 1e-9, np.inf, size)
        second = (ap[:, 0] * ac[:, 1] - ap[:, 1] * ac[:, 0]) / size
        third = (ab[:, 0] * ap[:, 1] - ab[:, 1] * ap[:, 0]) / size
        edge_on = np.isinf(size)
        second = np.where(edge_on, -1.0, second)
        return np.stack([1 - second - third, second, third], axis=1)


@dataclass(frozen=True, eq=False)
class MeshPlaces:
    """The base mesh on every view: (figure, view) -> what is seen of it."""

    views: Mapping[tuple[str, str], MeshView]

    def of_placed(
        self, atlas: Atlas, figure: str, site: AreaSide, placed: Placed
    ) -> MeshPlace | None:
        """Where a point that was placed on an area lies on the mesh.

        Args:
            atlas: tells where the area lies.
            figure: `female` or `male`, on which it was placed.
            site: the area and the side it is drawn on.
            placed: the view, and the place in the area.

        Returns:
            The place; None where the view does not show the area.
        """
        view = atlas.view(figure, placed.view)
        shape = view.shape(site.area, site.side)
        seen = self.views.get((figure, placed.view))
        if shape is None or seen is None:
            return None
        # Whoever placed it saw the area there, so it is never lost.
        return seen.place(*absolute(view, shape, placed.u, placed.v), farthest=math.inf)

    def on_skin(self, layers: Sequence["PointsLayer"]) -> list[SkinPoints]:
        """Points and lines drawn on views as places on the mesh, for the body in three dimensions.

        Each point of a protocol's packing counts once, on however many views it is drawn; points
        that were placed by hand on several views all count.
        """
        found: dict[tuple[str, str], tuple[list[list[float]], list[list[list[float]]]]] = {}
        told: set[tuple[str, str, int]] = set()
        for layer in layers:
            seen = self.views.get((layer.figure, layer.view))
            if seen is None:
                continue
            site = (layer.figure, f"{layer.area}|{layer.side}")
            points, lines = found.setdefault(site, ([], []))
            for i, (x, y) in enumerate(layer.points):
                # Points of a packing have numbers, by which they are known again on another view.
                number = layer.numbers[i] if layer.numbers else 0
                if number and (*site, number) in told:
                    continue
                told.add((*site, number))
                place = layer.places[i] if layer.places else seen.place(x, y, farthest=math.inf)
                points.append(_listed(place))
                if layer.segments:
                    along = (
                        seen.place(*_between(*layer.segments[i], step / _PIECES), farthest=math.inf)
                        for step in range(1, _PIECES + 1)
                    )
                    lines.append([_listed(place), *map(_listed, along)])
        return [(*site, *both) for site, both in found.items() if both[0]]

    def placed(self, atlas: Atlas, figure: str, site: AreaSide, place: MeshPlace) -> Placed | None:
        """A place of the mesh as a point on an area, on the view that shows most of the area.

        Returns:
            The point; None where no view that shows the area shows the triangle.
        """
        for view, shape in most_skin_first(atlas, figure, site):
            seen = self.views.get((figure, view.name))
            at = None if seen is None else seen.point(place)
            if at is not None and 0 <= at[0] <= view.width and 0 <= at[1] <= view.height:
                return Placed(view.name, *(round(one, 4) for one in relative(view, shape, *at)))
        return None


def _listed(place: MeshPlace | None) -> list[float]:
    if place is None:
        raise ValueError("A point without a limit to its distance always has a place.")
    return [place.triangle, place.u, place.v]


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


@cache
def drawn_mesh() -> MeshPlaces:
    """The mesh that ships, read once."""
    return load_mesh_places()


def load_mesh_places(path: Path = DEFAULT) -> MeshPlaces:
    """Read the file that `tools/mesh_places.py` writes."""
    with np.load(path, allow_pickle=False) as data:
        triangles = data["triangles"].astype(np.int64)
        views = {}
        for name in data.files:
            if not name.endswith("/seen"):
                continue
            figure, view, _seen = name.split("/")
            seen = data[name].astype(np.int64)
            places = data[f"{figure}/{view}/places"].astype(np.float64) / STEPS
            corners = places[triangles[seen]]
            views[figure, view] = MeshView(corners[:, :, :2], corners[:, :, 2], seen)
    return MeshPlaces(views)
