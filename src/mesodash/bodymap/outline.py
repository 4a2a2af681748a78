"""An area's border as numbers: what lies inside, how deep, where it is centred and cut by a line.

Everything is in pixels of one view, x to the right and y down. Inside is the even-odd rule, so a
ring within a ring is a hole (the eye within the area round it). Arrays of points are (n, 2).
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mesodash.bodymap.atlas import AreaShape

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

SLIVER = 1.0  # square pixels: a smaller ring is a crumb of the tracing, not skin to treat
LOPSIDED = 0.03  # a mirrored border may lie this share of the width away from the border
_LEVEL = 1e-9
_AT_ONCE = 2_000_000  # point and edge pairs held in memory at a time


@dataclass(frozen=True)
class Outline:
    """The closed rings of one area on one view, as edges."""

    rings: tuple[Numbers, ...]
    starts: Numbers  # one row an edge
    ends: Numbers

    @classmethod
    def of(cls, shape: AreaShape) -> Self:
        """The outline of an area; rings smaller than a pixel are left out.

        Raises:
            ValueError: nothing of the area is left.
        """
        rings = tuple(
            points
            for ring in shape.rings()
            if len(points := np.array(ring, dtype=float)) > 2 and abs(_moments(points)[0]) > SLIVER
        )
        if not rings:
            raise ValueError(f"The area {shape.area} is too small to be drawn on this view.")
        return cls(
            rings, np.concatenate(rings), np.concatenate([np.roll(ring, -1, 0) for ring in rings])
        )

    def inside(self, points: Numbers) -> Flags:
        """Whether each point lies inside."""
        return np.concatenate([self._inside(part) for part in self._parts(points)])

    def depth(self, points: Numbers) -> Numbers:
        """How far each point lies from the border; below zero outside."""
        parts = self._parts(points)
        far = np.concatenate([self._distance(part) for part in parts])
        signed: Numbers = np.where(self.inside(points), far, -far)
        return signed

    def bounds(self) -> tuple[float, float, float, float]:
        """The smallest x and y, then the largest."""
        (left, top), (right, bottom) = self.starts.min(0), self.starts.max(0)
        return float(left), float(top), float(right), float(bottom)

    def moments(self) -> tuple[float, Numbers, Numbers]:
        """The size in square pixels, the centroid and the 2 by 2 covariance of the surface.

        Integrals over each polygon by Green's theorem; a hole counts against its ring.
        """
        size, first, second = 0.0, np.zeros(2), np.zeros((2, 2))
        for i, ring in enumerate(self.rings):
            others = [other for j, other in enumerate(self.rings) if j != i]
            nested = sum(bool(_within(ring, other).mean() > 0.5) for other in others)
            area, one, two = _moments(ring)
            sign = np.sign(area) * (-1) ** nested
            size, first, second = size + sign * area, first + sign * one, second + sign * two
        centre = first / size
        return size, centre, second / size - np.outer(centre, centre)

    def axis(self) -> float | None:
        """The x about which the outline is its own mirror image, or None where it is not."""
        left, _, right, _ = self.bounds()
        axis = (left + right) / 2
        far = np.abs(self.depth(mirrored(self.starts, axis))).max()
        return axis if far <= LOPSIDED * (right - left) else None

    def mirrored(self, axis: float) -> "Outline":
        """The mirror image about the upright line at x = axis."""
        rings = tuple(mirrored(ring, axis) for ring in self.rings)
        return Outline(rings, mirrored(self.starts, axis), mirrored(self.ends, axis))

    def direction(self, angle: float | None, axis: float | None) -> Numbers:
        """The unit vector at an angle in degrees, or else of the longer way of the outline.

        With an axis of symmetry the longer way is across or upright, so that it keeps it.
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

    def cuts(
        self, origin: Numbers, along: Numbers, margin: float, axis: float | None = None
    ) -> list[tuple[float, float]]:
        """The stretches of a line that lie inside and at least `margin` from the border.

        What lies nearer than the margin to an edge is a disc round each end and a rectangle
        between; a line meets their union in one stretch, for it is convex. Those are taken away.

        Args:
            origin: a point of the line.
            along: its direction, of length 1.
            margin: pixels.
            axis: take away what the mirror image about this x has not, too.

        Returns:
            Pairs of distances from the origin along the line, in order.
        """
        margin = max(margin, 1e-9)
        outlines = [self] if axis is None else [self, self.mirrored(axis)]
        near = np.concatenate([one.near(origin, along, margin) for one in outlines])
        near = near[np.argsort(near[:, 0], kind="stable")]
        found: list[tuple[float, float]] = []
        if not len(near):
            return found
        reach = float(near[0, 1])
        for low, high in near[1:]:
            if low > reach:
                middle = origin + along * (reach + low) / 2
                if all(one.inside(middle[None])[0] for one in outlines):
                    found.append((reach, float(low)))
            reach = max(reach, float(high))
        return found

    def near(self, origin: Numbers, along: Numbers, margin: float) -> Numbers:
        """For each edge the line comes near to, from where to where along the line."""
        low = np.full(len(self.starts), np.inf)
        high = -low
        for corner in (self.starts, self.ends):
            to = corner - origin
            at, aside = to @ along, _cross(along, to)
            half = np.sqrt(np.clip(margin**2 - aside**2, 0, None))
            meets = np.abs(aside) <= margin
            low = np.where(meets, np.minimum(low, at - half), low)
            high = np.where(meets, np.maximum(high, at + half), high)
        edge = self.ends - self.starts
        length = np.hypot(edge[:, 0], edge[:, 1])
        unit = edge / np.where(length > 0, length, 1)[:, None]
        to = self.starts - origin
        # The rectangle: no farther aside of the edge than the margin, and between its two ends.
        slab = _between(_cross(unit, to), _cross(unit, along), margin, -margin)
        ends = _between((unit * to).sum(1), unit @ along, 0, length)
        start, stop = np.maximum(slab[0], ends[0]), np.minimum(slab[1], ends[1])
        meets = (start <= stop) & (length > 0)
        low = np.where(meets, np.minimum(low, start), low)
        high = np.where(meets, np.maximum(high, stop), high)
        pairs: Numbers = np.column_stack([low, high])[low <= high]
        return pairs

    def _parts(self, points: Numbers) -> list[Numbers]:
        return np.array_split(points, len(points) * len(self.starts) // _AT_ONCE + 1)

    def _inside(self, points: Numbers) -> Flags:
        return _crossings(points, self.starts, self.ends)

    def _distance(self, points: Numbers) -> Numbers:
        edge = self.ends - self.starts
        square = np.maximum((edge**2).sum(1), 1e-18)
        to = points[:, None] - self.starts
        share = np.clip((to * edge).sum(2) / square, 0, 1)
        away = to - share[..., None] * edge
        nearest: Numbers = np.sqrt((away**2).sum(2).min(1))
        return nearest


def mirrored(points: Numbers, axis: float) -> Numbers:
    """The points mirrored about the upright line at x = axis."""
    return np.column_stack([2 * axis - points[:, 0], points[:, 1]])


def _between(
    at: Numbers, slope: Numbers, first: float, last: float | Numbers
) -> tuple[Numbers, Numbers]:
    """From which t to which t the value t * slope - at lies between first and last."""
    level = np.abs(slope) < 1e-12
    safe = np.where(level, 1, slope)
    one, other = (at + first) / safe, (at + last) / safe
    low, high = np.minimum(one, other), np.maximum(one, other)
    value = -at
    within = (value >= np.minimum(first, last)) & (value <= np.maximum(first, last))
    low = np.where(level, np.where(within, -np.inf, np.inf), low)
    return low, np.where(level, np.where(within, np.inf, -np.inf), high)


def _cross(one: Numbers, other: Numbers) -> Numbers:
    crossed: Numbers = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    return crossed


def _within(points: Numbers, ring: Numbers) -> Flags:
    return _crossings(points, ring, np.roll(ring, -1, 0))


def _crossings(points: Numbers, starts: Numbers, ends: Numbers) -> Flags:
    """Even-odd: whether a ray to the right crosses the edges an odd number of times."""
    x, y = points[:, None, 0], points[:, None, 1]
    spans = (starts[:, 1] > y) != (ends[:, 1] > y)
    rise = np.where(ends[:, 1] == starts[:, 1], 1, ends[:, 1] - starts[:, 1])
    at = starts[:, 0] + (y - starts[:, 1]) * (ends[:, 0] - starts[:, 0]) / rise
    odd: Flags = ((spans & (at > x)).sum(1) % 2).astype(bool)
    return odd


def _moments(ring: Numbers) -> tuple[float, Numbers, Numbers]:
    """The signed area of a ring and the integrals of (x, y) and of its outer product over it."""
    other = np.roll(ring, -1, 0)
    cross = _cross(ring, other)
    both = ring + other
    first = (both * cross[:, None]).sum(0) / 6
    outer = (
        ring[:, :, None] * ring[:, None]
        + other[:, :, None] * other[:, None]
        + both[:, :, None] * both[:, None]
    )
    return float(cross.sum() / 2), first, (outer * cross[:, None, None]).sum(0) / 24
