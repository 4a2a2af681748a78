"""A small z-buffer in numpy: which triangle, and where on it, is seen at each pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BUCKETS = (4, 8, 16, 32, 64, 128, 256)
CHUNK = 6_000_000  # candidate pixels handled at once


@dataclass(frozen=True)
class Hits:
    """The visible surface: for each covered pixel its triangle and barycentric place."""

    size: tuple[int, int]  # height, width
    pixels: np.ndarray  # (k,) flat pixel numbers, rising
    triangle: np.ndarray  # (k,)
    corners: np.ndarray  # (k, 3) vertices of that triangle
    bary: np.ndarray  # (k, 3)
    depth: np.ndarray  # (k,) distance from the eye, smaller is nearer

    def sample(self, values: np.ndarray) -> np.ndarray:
        """Interpolate values of the vertices at the covered pixels."""
        corners = values[self.corners]
        if values.ndim == 1:
            return np.einsum("kc,kc->k", self.bary, corners)
        return np.einsum("kc,kcd->kd", self.bary, corners)

    def image(self, values: np.ndarray, empty: float) -> np.ndarray:
        """Spread values of the covered pixels over a picture."""
        shape = (self.size[0] * self.size[1], *values.shape[1:])
        picture = np.full(shape, empty, dtype=values.dtype)
        picture[self.pixels] = values
        return picture.reshape(self.size + values.shape[1:])


def rasterise(
    screen: np.ndarray, depth: np.ndarray, triangles: np.ndarray, size: tuple[int, int]
) -> Hits:
    """Draw triangles given as screen points (x right, y down, pixels) and depths."""
    height, width = size
    corners = screen[triangles]
    low = np.floor(corners.min(1) - 0.5).astype(int)
    high = np.ceil(corners.max(1) + 0.5).astype(int)
    low = np.maximum(low, 0)
    high = np.minimum(high, [width, height])
    span = (high - low).max(1)
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    usable = (np.abs(area) > 1e-9) & ((high - low) > 0).all(1)
    found = []
    previous = 0
    for bucket in BUCKETS:
        chosen = np.flatnonzero(usable & (span > previous) & (span <= bucket))
        previous = bucket
        step = max(1, CHUNK // (bucket * bucket))
        found += [
            _cover(chosen[start : start + step], bucket, corners, area, low, size)
            for start in range(0, len(chosen), step)
        ]
    pixel, triangle, b0, b1 = (np.concatenate(column) for column in zip(*found, strict=True))
    bary = np.stack([b0, b1, 1 - b0 - b1], axis=1)
    away = np.einsum("kc,kc->k", bary, depth[triangles[triangle]])
    order = np.lexsort((triangle, away, pixel))
    ordered = pixel[order]
    first = order[np.concatenate([[True], ordered[1:] != ordered[:-1]])]
    return Hits(
        size, pixel[first], triangle[first], triangles[triangle[first]], bary[first], away[first]
    )


def _cover(
    chosen: np.ndarray,
    bucket: int,
    corners: np.ndarray,
    area: np.ndarray,
    low: np.ndarray,
    size: tuple[int, int],
) -> tuple[np.ndarray, ...]:
    height, width = size
    grid = np.arange(bucket)
    x = low[chosen, 0][:, None, None] + grid[None, None, :]
    y = low[chosen, 1][:, None, None] + grid[None, :, None]
    px, py = x + 0.5, y + 0.5
    t = corners[chosen][:, :, :, None, None]
    scale = 1 / area[chosen][:, None, None]
    b0 = ((t[:, 1, 0] - px) * (t[:, 2, 1] - py) - (t[:, 1, 1] - py) * (t[:, 2, 0] - px)) * scale
    b1 = ((t[:, 2, 0] - px) * (t[:, 0, 1] - py) - (t[:, 2, 1] - py) * (t[:, 0, 0] - px)) * scale
    slack = -1e-9
    inside = (b0 >= slack) & (b1 >= slack) & (b0 + b1 <= 1 - slack) & (x < width) & (y < height)
    rows = np.nonzero(inside)
    pixel = np.broadcast_to(y, inside.shape)[rows] * width
    pixel = pixel + np.broadcast_to(x, inside.shape)[rows]
    return pixel, chosen[rows[0]], b0[rows], b1[rows]
