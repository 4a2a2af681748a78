"""Lay the skin of every area flat: python tools/surface/build.py. See docs/atlas.md.

Reads the mesh of the Turn view and where each triangle is seen, and writes
src/mesodash/bodymap/layouts/patches.npz: for each area of each figure its faces laid into a plane
with as little stretching as there can be (SLIM: Rabinovich and others, ACM Trans. Graph. 36, 2017,
by libigl), in centimetres, and its border there. On it injection points are laid out, so that what
lies a centimetre apart there does so on the skin.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import flatten
import numpy as np
import shapely
from patch_hash import ATLAS, BODYMAP, MESH, ROOT, SEEN, source_hash
from scipy.spatial import cKDTree

OUT = BODYMAP / "layouts" / "patches.npz"
sys.path.insert(0, str(ROOT / "tools" / "turn"))

import turn_file  # noqa: E402

CM = 10.0  # of a decimetre
STEPS = 400  # of a centimetre, in which places are kept
SNAP = 1e-4  # cm, in which pieces of one border meet
FINEST = 0.02  # cm a border may be simplified by
TOO_MUCH = 0.2  # stretching of a twentieth of a part from which it is laid in several
LEAST = 0.04  # share of an area's skin below which a part of it that lies apart is left out
FAR_OFF = 80.0  # cm, which no place is
GAP = 10.0  # cm between parts that lie apart


@dataclass(frozen=True)
class Patch:
    """An area laid flat: its faces, where their four corners lie (cm, y down), and its border."""

    faces: np.ndarray  # (n,)
    corners: np.ndarray  # (n, 4, 2)
    border: shapely.MultiPolygon
    seams: list[np.ndarray]  # lines along which a tube was cut open
    stretch: np.ndarray  # (2 n,) of each triangle, the larger of its two ways from 1


def main() -> None:
    """Write the file and say how much each area is stretched."""
    parser = argparse.ArgumentParser(description="Lay the skin of every area flat.")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    turn = turn_file.unpacked(MESH.read_bytes())
    found: dict[str, np.ndarray] = {}
    for figure in turn.header["frames"]:
        for name, patch in of_figure(turn, figure).items():
            key = f"{figure}/{name}"
            found[f"{key}/faces"] = patch.faces.astype(np.uint16)
            found[f"{key}/corners"] = np.round(patch.corners * STEPS).astype(np.int16)
            for kind, lines in (("border", rings(patch.border)), ("seams", patch.seams)):
                found[f"{key}/{kind}"] = np.round(stacked(lines) * STEPS).astype(np.int16)
            told = np.percentile(patch.stretch, [50, 95])
            print(key, f"stretched by {told[0]:.1%}, of 5 % of it by {told[1]:.1%}", flush=True)
    found["count"] = np.array(len(turn.parts["faces"]))
    found["source"] = np.array(source_hash())
    np.savez_compressed(options.out, **found)


def of_figure(turn: turn_file.TurnMesh, figure: str) -> dict[str, Patch]:
    """Every area and side of one figure; the right one of a pair is the left one mirrored."""
    cut, quads = turn.cut(), turn.parts["faces"].astype(np.int64)
    points = turn.points(figure)[: turn.header["base"]] * CM
    drawn = views_of(figure)
    sight = facing(figure, quads, points)
    twin = mirrored_faces(points, quads)
    found: dict[str, Patch] = {}
    for number, (area, side) in enumerate(turn.areas, start=1):
        if side == "right":
            continue
        here = np.stack(
            [sight[view] for view in drawn.get((area, side), ())] or [np.zeros(len(quads))]
        )
        pieces = np.flatnonzero((cut.labels == number) & (here.max(0) > 0)[cut.faces])
        if not len(pieces):
            continue
        patch = laid(turn, cut, pieces, quads, points, here.argmax(0), midline=side == "midline")
        found[f"{area}|{side}"] = patch
        if side == "left":
            found[f"{area}|right"] = turned(patch, twin)
    return found


def views_of(figure: str) -> dict[tuple[str, str], list[str]]:
    """The views of a figure that draw each area and side."""
    found: dict[tuple[str, str], list[str]] = {}
    for view, row in json.loads(ATLAS.read_text("utf-8"))["figures"][figure].items():
        for area in row["areas"]:
            found.setdefault((area["area"], area["side"]), []).append(view)
    return found


def facing(figure: str, quads: np.ndarray, points: np.ndarray) -> dict[str, np.ndarray]:
    """How squarely each face is seen on each view, 0 where it is not clearly seen as a whole."""
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    a, b, c = (points[triangles[:, i]] for i in range(3))
    size = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    found = {}
    with np.load(SEEN) as data:
        for name in data.files:
            sex, _, view = name.removesuffix("/clear").partition("/")
            if sex != figure or not name.endswith("/clear"):
                continue
            clear = data[name].astype(int)
            a, b, c = (
                data[f"{figure}/{view}/places"][triangles[clear, i], :2].astype(float)
                for i in range(3)
            )
            flat = np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])
            share = flat / size[clear]
            seen = np.zeros(2 * len(quads))
            seen[clear] = share / share.max()
            found[view] = seen.reshape(2, -1).min(0)
    return found


def mirrored_faces(points: np.ndarray, quads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The face on the other side of each, and where its corners stand in that face's order."""
    used = np.unique(quads)
    _, near = cKDTree(points[used]).query(points[used] * [-1, 1, 1])
    other = np.zeros(len(points), dtype=np.int64)
    other[used] = used[near]
    by_corners = {tuple(row): i for i, row in enumerate(np.sort(quads, axis=1).tolist())}
    face = np.zeros(len(quads), dtype=np.int64)
    order = np.zeros((len(quads), 4), dtype=np.int64)
    for i, row in enumerate(other[quads].tolist()):
        face[i] = by_corners[tuple(sorted(row))]
        corners = quads[face[i]].tolist()
        order[i] = [row.index(corner) for corner in corners]
    return face, order


def laid(
    turn: turn_file.TurnMesh,
    cut: turn_file.Cut,
    pieces: np.ndarray,
    quads: np.ndarray,
    points: np.ndarray,
    best: np.ndarray,
    *,
    midline: bool,
) -> Patch:
    """The pieces of one area laid flat, parts that lie apart beside each other.

    A part that cannot lie flat, as a hand with its fingers, is laid in as many as views show best.
    """
    area = sizes(cut, turn, points, pieces)
    parts = []
    waiting = [(part, True) for part in flatten.apart(quads, np.unique(cut.faces[pieces]))]
    while waiting:
        part, whole = waiting.pop(0)
        mine = pieces[np.isin(cut.faces[pieces], part)]
        if area[np.isin(pieces, mine)].sum() < LEAST * area.sum():
            continue
        flat = flatten.flat(points, quads[part], midline=midline, tubes=whole)
        if whole and (flat is None or np.percentile(flat.stretch, 95) > TOO_MUCH):
            for view in np.unique(best[part]):
                seen = flatten.apart(quads, part[best[part] == view])
                waiting += [(one, False) for one in seen]
            continue
        if flat is None:
            continue
        parts.append((part, mine, flat))
    faces, corners, borders, seams, stretch = [], [], [], [], []
    left = 0.0
    for part, mine, lying in parts:
        flat = lying
        polygon = border(turn, cut, mine, part, flat.corners)
        if len(parts) > 1:
            low, _, high, _ = polygon.bounds
            shift = np.array([left - low, 0.0])
            left += high - low + GAP
            flat = flat.moved(shift)
            polygon = shapely.transform(polygon, lambda at, by=shift: at + by)
        faces.append(part)
        corners.append(flat.corners)
        seams += flat.seams
        borders.append(polygon)
        stretch.append(flat.stretch)
    return Patch(
        np.concatenate(faces),
        np.concatenate(corners),
        flatten.polygons(shapely.union_all(borders)),
        seams,
        np.concatenate(stretch),
    )


def sizes(
    cut: turn_file.Cut, turn: turn_file.TurnMesh, points: np.ndarray, pieces: np.ndarray
) -> np.ndarray:
    """The skin of each piece, cm²."""
    whole = cut.points(on_base(turn, points))
    a, b, c = (whole[cut.corners[pieces, i]] for i in range(3))
    size: np.ndarray = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    return size


def on_base(turn: turn_file.TurnMesh, values: np.ndarray) -> np.ndarray:
    """What belongs to the vertices of the base mesh, for the vertices after one subdivision.

    A face lies in the two triangles of its corners 0, 1, 2 and 0, 2, 3: its middle is that of
    their common edge.
    """
    top = turn.topology()
    faces = turn.parts["faces"]
    return np.concatenate([values, values[top.edges].mean(1), values[faces[:, [0, 2]]].mean(1)])


def border(
    turn: turn_file.TurnMesh,
    cut: turn_file.Cut,
    pieces: np.ndarray,
    part: np.ndarray,
    corners: np.ndarray,
) -> shapely.MultiPolygon:
    """The outline of the pieces in the plane."""
    top = turn.topology()
    made = cut.made, cut.weights
    row = {int(face): i for i, face in enumerate(part)}
    triangles = []
    for piece in pieces:
        face = int(cut.faces[piece])
        at = in_face(top.triangles[8 * face : 8 * face + 8], corners[row[face]])
        triangles.append([place(int(one), at, top.vertices, made) for one in cut.corners[piece]])
    polygons = shapely.polygons(np.array(triangles))
    polygons = shapely.make_valid(polygons[shapely.area(polygons) > 1e-7])
    whole = shapely.union_all(shapely.set_precision(polygons, SNAP), grid_size=SNAP)
    closed = whole.buffer(5 * SNAP).buffer(-5 * SNAP)
    return flatten.polygons(closed.simplify(FINEST))


def in_face(triangles: np.ndarray, corners: np.ndarray) -> dict[int, np.ndarray]:
    """Where the nine vertices of a face cut in eight lie in the plane, by their numbers."""
    centre = corners[[0, 2]].mean(0)
    found = {int(triangles[0, 2]): centre}
    for i in range(4):
        corner, edge, _ = triangles[2 * i]
        found[int(corner)] = corners[i]
        found[int(edge)] = (corners[i] + corners[(i + 1) % 4]) / 2
    return found


def place(
    vertex: int, at: dict[int, np.ndarray], first: int, made: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Where a vertex of the cut mesh lies in the plane."""
    if vertex < first:
        return at[vertex]
    ends, weights = made[0][vertex - first], made[1][vertex - first]
    found: np.ndarray = sum(
        weight * at[int(end)] for end, weight in zip(ends, weights, strict=True) if weight
    )
    return found


def turned(patch: Patch, twin: tuple[np.ndarray, np.ndarray]) -> Patch:
    """The same on the patient's other side."""
    face, order = twin
    flip = np.array([-1.0, 1.0])
    corners = np.take_along_axis(patch.corners, order[patch.faces][:, :, None], axis=1) * flip
    return Patch(
        face[patch.faces],
        corners,
        shapely.transform(patch.border, lambda at: at * flip),
        [line * flip for line in patch.seams],
        patch.stretch,
    )


def rings(border: shapely.MultiPolygon) -> list[np.ndarray]:
    """All rings of a border; holes run among them, for the even-odd rule leaves them open."""
    return [
        shapely.get_coordinates(ring)[:-1]
        for polygon in border.geoms
        for ring in (polygon.exterior, *polygon.interiors)
        if shapely.Polygon(ring).area > SNAP
    ]


def stacked(lines: list[np.ndarray]) -> np.ndarray:
    """Lines one after another, each followed by a row far off that ends it."""
    end = np.full((1, 2), FAR_OFF)
    return np.concatenate([np.empty((0, 2)), *(np.concatenate([line, end]) for line in lines)])


if __name__ == "__main__":
    main()
