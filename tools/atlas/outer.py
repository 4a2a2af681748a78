"""Which faces of the mesh are skin that lies outside: not mouth, nostrils or the lids' back.

A face counts where it is seen from at least `LEAST` of `EYES` directions spread evenly over a
sphere. They look at the reference mesh, whose arms and legs stand apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesh
import numpy as np
from raster import rasterise

if TYPE_CHECKING:
    from pathlib import Path

EYES = 96
LEAST = 3
BODY_SCALE, HEAD_SCALE = 60.0, 300.0  # pixels to the decimetre
HEAD = 5.9  # y of the reference mesh above which a face is looked at closely
DU_BOIS = 0.007184  # DuBois and DuBois, Arch Intern Med 1916;17:863
DENSITY = 0.985  # kg/L of a body after breathing in, as its surface encloses the lungs


def directions() -> np.ndarray:
    """Unit vectors (EYES, 3) spread evenly (Fibonacci's spiral)."""
    at = np.arange(EYES) + 0.5
    polar, turn = np.arccos(1 - 2 * at / EYES), np.pi * (1 + 5**0.5) * at
    return np.stack(
        [np.cos(turn) * np.sin(polar), np.cos(polar), np.sin(turn) * np.sin(polar)], axis=1
    )


def outer_quads(source: mesh.Source) -> np.ndarray:
    """True for the faces (quads of one step of subdivision) that lie outside."""
    matrix, quads = mesh.subdivide(source.quads, mesh.BODY)
    points = matrix @ mesh.reference(source)
    triangles = mesh.split_quads(quads)
    head = (points[triangles][:, :, 1] > HEAD).all(1)
    counts = []
    for scale, near in ((BODY_SCALE, np.ones(len(triangles), dtype=bool)), (HEAD_SCALE, head)):
        count = np.zeros(len(triangles), dtype=int)
        for toward in directions():
            count += _seen(points, triangles, near, toward, scale)
        counts.append(count)
    seen = np.maximum(*counts) >= LEAST
    return seen.reshape(2, -1).any(0)


def kept(source: mesh.Source, path: Path) -> np.ndarray:
    """The same from a file; worked out only where it is not there yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, outer_quads(source))
    found: np.ndarray = np.load(path)
    return found


def _seen(
    points: np.ndarray, triangles: np.ndarray, near: np.ndarray, toward: np.ndarray, scale: float
) -> np.ndarray:
    up = np.array([0.0, 1, 0]) if abs(toward[1]) < 0.9 else np.array([1.0, 0, 0])
    right = np.cross(up, toward)
    right /= np.linalg.norm(right)
    flat = np.stack([points @ right, -(points @ np.cross(toward, right))], axis=1)
    used = np.unique(triangles[near])
    flat = (flat - flat[used].min(0)) * scale + 2
    width, height = np.ceil(flat[used].max(0)).astype(int) + 4
    hits = rasterise(flat, -(points @ toward) * scale, triangles, (int(height), int(width)))
    return np.bincount(hits.triangle, minlength=len(triangles)) > 0


def on_finer(outer: np.ndarray, triangles: int, levels: int) -> np.ndarray:
    """The same for the triangles of a mesh of more steps, where four quads follow each quad."""
    finer = np.repeat(outer, 4 ** (levels - 1))
    return finer[np.arange(triangles) % len(finer)]


def du_bois(litres: float, height_cm: float) -> float:
    """Body surface in cm² of a body of a volume and height."""
    return DU_BOIS * (litres * DENSITY) ** 0.425 * height_cm**0.725 * 1e4


def volume(points: np.ndarray, triangles: np.ndarray) -> float:
    """Litres that a closed surface in decimetres encloses."""
    a, b, c = (points[triangles[:, i]] for i in range(3))
    return float(abs(np.einsum("nd,nd->n", a, np.cross(b, c)).sum()) / 6)
