"""The skin of one area laid flat, in centimetres, with the way back onto the mesh.

`tools/surface/build.py` writes what is read here: the faces of the base mesh that an area covers,
laid into a plane with as little stretching as there can be. What lies a centimetre apart in the
plane does so on the skin, within a few per cent (docs/atlas.md has the table). The plane is seen
from outside, x to the right and y down.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layouts.outline import Flags, Numbers, Outline
from mesodash.bodymap.mesh_place import MeshPlace

DEFAULT: Final = Path(__file__).parent / "patches.npz"
STEPS: Final = 400
"""Of a centimetre, in which the file keeps a place."""
_END: Final = 80 * STEPS  # the row that ends a line
_SEAM: Final = 1e-6


@dataclass(frozen=True, eq=False)
class Patch:
    """An area of one figure in the plane.

    Attributes:
        area: catalogue code.
        side: left or right (the patient's), or midline.
        outline: the border of what some view shows.
        triangles: (n,) numbers of the base mesh's triangles, as `MeshPlace` counts them.
        corners: (n, 3, 2) their corners in the plane.
        seams: the lines along which the skin of an arm or leg was cut open to lie flat.
    """

    area: str
    side: str
    outline: Outline
    triangles: np.ndarray
    corners: np.ndarray
    seams: tuple[Numbers, ...] = ()

    @cached_property
    def axis(self) -> float | None:
        """The x of the midline where the patch is its own mirror image."""
        return self.outline.axis() if self.side == "midline" else None

    @cached_property
    def cm2(self) -> float:
        """The skin inside the border."""
        return float(self.outline.surface.area)

    @cached_property
    def anchor(self) -> tuple[float, float]:
        """A point inside that lies far from the border."""
        whole = max(shapely.get_parts(self.outline.surface), key=shapely.area)
        middle = shapely.get_coordinates(shapely.maximum_inscribed_circle(whole, tolerance=0.1))[0]
        return float(middle[0]), float(middle[1])

    def clear_of_seams(self, points: Numbers, spacing: float) -> Flags:
        """Which points lie half a spacing or more from where the skin was cut open.

        Two points on either side of the cut are then a spacing apart, as all others.
        """
        if not self.seams:
            return np.ones(len(points), dtype=bool)
        lines = shapely.multilinestrings([shapely.LineString(line) for line in self.seams])
        away = np.asarray(shapely.distance(lines, shapely.points(points)), dtype=np.float64)
        clear: Flags = away >= spacing / 2 - _SEAM
        return clear

    def places(self, points: Numbers) -> list[MeshPlace]:
        """Where points of the plane lie on the mesh; one off the faces goes to the nearest."""
        found = []
        for x, y in points:
            low, high = self._boxes
            near = np.flatnonzero(((low <= (x, y)) & (high >= (x, y))).all(axis=1))
            rows = near if len(near) else np.arange(len(self.triangles))
            weights = self._weights(float(x), float(y), rows)
            best = int(weights.min(axis=1).argmax())
            at = np.clip(weights[best], 0.0, None)
            at = at / at.sum()
            triangle = int(self.triangles[rows[best]])
            found.append(MeshPlace(triangle, round(float(at[1]), 5), round(float(at[2]), 5)))
        return found

    @cached_property
    def _boxes(self) -> tuple[np.ndarray, np.ndarray]:
        return self.corners.min(axis=1) - 1e-3, self.corners.max(axis=1) + 1e-3

    def _weights(self, x: float, y: float, rows: np.ndarray) -> np.ndarray:
        """(n, 3) barycentric weights of a point in these triangles."""
        a, b, c = (self.corners[rows, i] for i in range(3))
        ab, ac, ap = b - a, c - a, np.array([x, y]) - a
        size = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
        size = np.where(np.abs(size) < 1e-9, 1e-9, size)
        second = (ap[:, 0] * ac[:, 1] - ap[:, 1] * ac[:, 0]) / size
        third = (ab[:, 0] * ap[:, 1] - ab[:, 1] * ap[:, 0]) / size
        weights: np.ndarray = np.stack([1 - second - third, second, third], axis=1)
        return weights


@cache
def patch_of(figure: str, site: AreaSide, path: Path = DEFAULT) -> Patch | None:
    """The patch of an area of a figure; None where the figure does not have it."""
    with np.load(path, allow_pickle=False) as data:
        key = f"{figure}/{site}"
        if f"{key}/faces" not in data.files:
            return None
        faces = data[f"{key}/faces"].astype(np.int64)
        corners = data[f"{key}/corners"].astype(np.float64) / STEPS
        border, seams = (_lines(data[f"{key}/{kind}"]) for kind in ("border", "seams"))
        count = int(data["count"])
    # Triangles are those of corners 0, 1, 2 of all faces, then 0, 2, 3 of all faces.
    return Patch(
        site.area,
        site.side,
        Outline.of_rings(border),
        np.concatenate([faces, faces + count]),
        np.concatenate([corners[:, [0, 1, 2]], corners[:, [0, 2, 3]]]),
        seams,
    )


def _lines(rows: np.ndarray) -> tuple[Numbers, ...]:
    """Lines that stand one after another, each ended by a row far off."""
    ends = np.flatnonzero(rows[:, 0] == _END)
    parts = np.split(rows.astype(np.float64) / STEPS, ends + 1)
    return tuple(part[:-1] for part in parts if len(part) > 1)
