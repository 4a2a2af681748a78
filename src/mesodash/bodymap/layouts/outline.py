"""The border of one area on one view as a shapely geometry, with what the layouts ask of it.

Everything is in pixels of one view, x to the right and y down. The inside follows the even-odd
rule, so a ring within a ring is a hole (the eye within the area around it). Arrays of points have
the shape (n, 2).
"""

import math
from dataclasses import dataclass
from functools import reduce
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from mesodash.bodymap.atlas import AreaShape

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

SMALLEST_RING = 1.0  # square pixels: a smaller ring is a leftover of the tracing, not skin
LOPSIDED = 0.03  # a mirrored border may lie this share of the width away from the border
_LEVEL = 1e-9
# GEOS simplifies a border by up to a hundredth of the distance before it shrinks it: this much
# more is taken off, so that the margin is always kept.
_SHRINK = 1.011
_ARC = 16  # straight pieces of a quarter circle of a shrunk border


@dataclass(frozen=True)
class Outline:
    """The visible surface of one area on one view, and its border."""

    rings: tuple[Numbers, ...]
    surface: BaseGeometry

    @classmethod
    def of(cls, shape: AreaShape) -> Self:
        """The outline of an area; rings smaller than a square pixel are left out.

        Raises:
            ValueError: nothing of the area is left.
        """
        rings = tuple(
            points
            for ring in shape.rings()
            if len(points := np.array(ring, dtype=float)) > 2
            and abs(_moments(points)[0]) > SMALLEST_RING
        )
        if not rings:
            raise ValueError(f"The area {shape.area} is too small to be drawn on this view.")
        return cls.of_rings(rings)

    @classmethod
    def of_rings(cls, rings: tuple[Numbers, ...]) -> Self:
        """The outline within rings of points (n, 2)."""
        polygons = (_polygons(shapely.Polygon(ring)) for ring in rings)
        surface = _polygons(reduce(lambda one, other: one ^ other, polygons))
        shapely.prepare(surface)
        return cls(rings, surface)

    @property
    def border(self) -> BaseGeometry:
        """The lines around the surface and its holes."""
        return self.surface.boundary

    def inside(self, points: Numbers) -> Flags:
        """Whether each point lies inside."""
        found: Flags = shapely.contains_xy(self.surface, points)
        return found

    def depth(self, points: Numbers) -> Numbers:
        """The distance of each point from the border; negative outside."""
        border = self.border
        shapely.prepare(border)
        far = shapely.distance(border, shapely.points(points))
        signed: Numbers = np.where(self.inside(points), far, -far)
        return signed

    def keeps(self, points: Numbers, margin: float) -> Flags:
        """Whether each point lies inside and at least `margin` from the border."""
        border = self.border
        shapely.prepare(border)
        kept = self.inside(points)
        kept[kept] = ~shapely.dwithin(border, shapely.points(points[kept]), margin)
        return kept

    def bounds(self) -> tuple[float, float, float, float]:
        """The smallest x and y, then the largest."""
        left, top, right, bottom = self.surface.bounds
        return left, top, right, bottom

    def moments(self) -> tuple[float, Numbers, Numbers]:
        """The size in square pixels, the centroid and the 2 by 2 covariance of the surface.

        Integrals over each polygon by Green's theorem; a hole counts against its ring.
        """
        size, first, second = 0.0, np.zeros(2), np.zeros((2, 2))
        polygons = [shapely.Polygon(ring) for ring in self.rings]
        for polygon, ring in zip(polygons, self.rings, strict=True):
            nested = sum(
                bool(shapely.contains_xy(other, ring).mean() > 0.5)
                for other in polygons
                if other is not polygon
            )
            area, one, two = _moments(ring)
            sign = np.sign(area) * (-1) ** nested
            size, first, second = size + sign * area, first + sign * one, second + sign * two
        centre = first / size
        return size, centre, second / size - np.outer(centre, centre)

    def axis(self) -> float | None:
        """The x about which the outline is its own mirror image, or None where it is not."""
        left, _, right, _ = self.bounds()
        axis = (left + right) / 2
        corners = shapely.get_coordinates(self.border)
        far = np.abs(self.depth(mirrored(corners, axis))).max()
        return axis if far <= LOPSIDED * (right - left) else None

    def direction(self, angle: float | None, axis: float | None) -> Numbers:
        """The unit vector at an angle in degrees, or else of the longer way of the outline.

        With an axis of symmetry the longer way is across or upright, so that it keeps the axis.
        """
        if angle is not None:
            # Rounded, so that 90 degrees are upright to the last digit.
            turn = math.radians(angle)
            return np.array([round(math.cos(turn), 15), -round(math.sin(turn), 15)])
        covariance = self.moments()[2]
        if axis is not None:
            wide = covariance[0, 0] >= covariance[1, 1]
            return np.array([1.0, 0.0]) if wide else np.array([0.0, 1.0])
        longest: Numbers = np.linalg.eigh(covariance)[1][:, -1]
        first = longest[0] if abs(longest[0]) > _LEVEL else longest[1]
        return longest * (1.0 if first > 0 else -1.0)

    def shrunk(self, margin: float, axis: float | None = None) -> BaseGeometry:
        """The part of the surface at least `margin` (and at most 1.1 % more) from the border.

        Args:
            margin: pixels.
            axis: also take away what the mirror image about this x does not have.
        """
        inner: BaseGeometry = shapely.buffer(self.surface, -margin * _SHRINK, quad_segs=_ARC)
        if axis is not None:
            inner = shapely.intersection(inner, affine_transform(inner, [-1, 0, 0, 1, 2 * axis, 0]))
        shapely.prepare(inner)
        return inner


def cuts(surface: BaseGeometry, origin: Numbers, along: Numbers) -> list[tuple[float, float]]:
    """The stretches of a line that lie on a surface.

    Args:
        surface: as of `Outline.shrunk`.
        origin: a point of the line.
        along: its direction, of length 1.

    Returns:
        Pairs of distances from the origin along the line, in order.
    """
    if surface.is_empty:
        return []
    left, top, right, bottom = surface.bounds
    reach = math.hypot(right - left, bottom - top) + float(
        np.hypot(*(origin - np.array([left, top])))
    )
    line = shapely.LineString([origin - reach * along, origin + reach * along])
    found = []
    for piece in shapely.get_parts(shapely.intersection(surface, line)):
        ends = (shapely.get_coordinates(piece) - origin) @ along
        if len(ends) > 1:
            found.append((float(ends.min()), float(ends.max())))
    return sorted(found)


def mirrored(points: Numbers, axis: float) -> Numbers:
    """The points mirrored about the upright line at x = axis."""
    return np.column_stack([2 * axis - points[:, 0], points[:, 1]])


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """A valid geometry of the same surface, without the lines and points a repair leaves over."""
    parts = shapely.get_parts(shapely.make_valid(geometry))
    return shapely.MultiPolygon(
        list(shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])),
    )


def _moments(ring: Numbers) -> tuple[float, Numbers, Numbers]:
    """The signed area of a ring and the integrals of (x, y) and of its outer product over it."""
    other = np.roll(ring, -1, 0)
    cross = ring[:, 0] * other[:, 1] - ring[:, 1] * other[:, 0]
    both = ring + other
    first = (both * cross[:, None]).sum(0) / 6
    outer = (
        ring[:, :, None] * ring[:, None]
        + other[:, :, None] * other[:, None]
        + both[:, :, None] * both[:, None]
    )
    return float(cross.sum() / 2), first, (outer * cross[:, None, None]).sum(0) / 24
