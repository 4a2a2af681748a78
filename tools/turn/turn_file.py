"""The file of the Turn view: one mesh in two shapes, with the area and side of every triangle.

What is kept is small: the faces of the base mesh, where each vertex stands after
one step of subdivision, and the area at each vertex. `expanded` gives the triangles, cut along
the borders of areas; `frontend/turn/mesh.js` does the same in the browser, in the same order.

A file is gzip of: the length of the header (4 bytes, little endian), the header as JSON, and the
parts the header lists by name, dtype and count. Numbers of two bytes are kept as a plane of
low bytes and one of high bytes, signed ones as zigzag, for gzip packs such planes best.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

STEP = 0.0005  # decimetres, in which places are kept
FAR = 0.01  # cm, in which the distance from a border is kept
ON_MIDLINE = 128  # added to the area of a vertex of the midline: each half takes its own side


@dataclass(frozen=True)
class Topology:
    """The mesh after one step of subdivision.

    Vertices are those of the base mesh, then one for each edge in the order in which the faces
    name them, then one for each face.
    """

    vertices: int
    edges: np.ndarray  # (n, 2) ends of each edge, the smaller number first
    triangles: np.ndarray  # (faces * 8, 3)


@dataclass(frozen=True)
class Cut:
    """Triangles that lie in one area each.

    Attributes:
        corners: (m, 3) numbers of vertices; from the subdivided mesh's count on those of `made`.
        labels: (m,) the area of each, 0 for none.
        faces: (m,) the face of the base mesh each lies in, as counted in the file.
        made: (k, 3) the vertices whose weighted mean each new vertex is.
        weights: (k, 3).
    """

    corners: np.ndarray
    labels: np.ndarray
    faces: np.ndarray
    made: np.ndarray
    weights: np.ndarray

    def points(self, points: np.ndarray) -> np.ndarray:
        """The places of all vertices, given those of the subdivided mesh."""
        return np.concatenate([points, (points[self.made] * self.weights[..., None]).sum(1)])


@dataclass(frozen=True)
class TurnMesh:
    """What a file holds."""

    header: dict[str, Any]
    parts: dict[str, np.ndarray]

    @property
    def areas(self) -> list[list[str]]:
        """Code and side of each area; the first has the number 1."""
        found: list[list[str]] = self.header["areas"]
        return found

    def topology(self) -> Topology:
        """Faces cut in four, and these in two."""
        return subdivided(self.parts["faces"], self.header["base"])

    def points(self, figure: str) -> np.ndarray:
        """Where the vertices of a figure stand, in decimetres."""
        kept = self.parts[figure].astype(np.int64)
        base = self.header["base"]
        grid = np.cumsum(kept[:base], axis=0)
        edges, faces = self.topology().edges, self.parts["faces"]
        middle = grid[edges].sum(1) >> 1
        centre = grid[faces].sum(1) >> 2
        whole = np.concatenate([grid, np.concatenate([middle, centre]) + kept[base:]])
        return whole * STEP

    def cut(self) -> Cut:
        """The triangles, cut along the borders of areas."""
        partners = np.arange(len(self.areas) + 1)
        for number, (_area, side) in enumerate(self.areas, start=1):
            if side == "right":
                partners[number] = number + 1
        top = self.topology()
        return expanded(
            top, self.parts["at"], self.parts["left"], partners, self.parts["shares"].tolist()
        )


def subdivided(faces: np.ndarray, base: int) -> Topology:
    """One step of subdivision, without places."""
    number: dict[tuple[int, int], int] = {}
    triangles = []
    edge_at = np.empty((len(faces), 4), dtype=np.int64)
    for row, face in enumerate(faces.tolist()):
        for i in range(4):
            a, b = face[i], face[(i + 1) % 4]
            edge_at[row, i] = number.setdefault((min(a, b), max(a, b)), len(number))
    edge_at += base
    centre = base + len(number) + np.arange(len(faces))
    for i in range(4):
        corner, one, other = faces[:, i], edge_at[:, i], edge_at[:, i - 1]
        triangles += [np.stack([corner, one, centre], 1), np.stack([corner, centre, other], 1)]
    whole = np.stack(triangles, axis=1).reshape(-1, 3)
    return Topology(base + len(number) + len(faces), np.array(list(number)), whole)


def corner_labels(
    top: Topology, at: np.ndarray, left: np.ndarray, partners: np.ndarray
) -> np.ndarray:
    """(m, 3) the area at each triangle's corners: on the midline that of the triangle's half."""
    found = at[top.triangles].astype(np.int64)
    flips = (found >= ON_MIDLINE) & np.repeat(left, 8)[:, None].astype(bool)
    found = found & (ON_MIDLINE - 1)
    return np.where(flips, partners[found], found)


def border_edges(top: Topology, corners: np.ndarray) -> np.ndarray:
    """(n, 2) edges of triangles whose ends lie in two areas, in the order they are met."""
    met: dict[tuple[int, int], None] = {}
    for row in np.flatnonzero((corners != corners[:, :1]).any(1)):
        points, labels = top.triangles[row].tolist(), corners[row].tolist()
        for i in range(3):
            a, b = points[i], points[(i + 1) % 3]
            if labels[i] != labels[(i + 1) % 3]:
                met.setdefault((min(a, b), max(a, b)))
    return np.array(list(met), dtype=np.int64).reshape(-1, 2)


def expanded(
    top: Topology, at: np.ndarray, left: np.ndarray, partners: np.ndarray, shares: list[int]
) -> Cut:
    """Cut the triangles along the borders; `shares` say where each border edge is cut, of 256."""
    labels = corner_labels(top, at, left, partners)
    number: dict[tuple[int, int], int] = {}
    made: list[list[int]] = []
    weights: list[list[float]] = []
    corners: list[list[int]] = []
    found: list[int] = []
    faces: list[int] = []

    def between(a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in number:
            share = (shares[len(number)] + 0.5) / 256
            number[key] = top.vertices + len(made)
            made.append([key[0], key[1], key[1]])
            weights.append([1 - share, share, 0.0])
        return number[key]

    for row, (points, (la, lb, lc)) in enumerate(
        zip(top.triangles.tolist(), labels.tolist(), strict=True)
    ):
        a, b, c = points
        if la == lb == lc:
            corners.append(points)
            found.append(la)
            faces.append(row // 8)
            continue
        # The edges are met in this order, whichever pieces come of them.
        cuts = [
            between(*pair) if one != other else -1
            for pair, one, other in (((a, b), la, lb), ((b, c), lb, lc), ((c, a), lc, la))
        ]
        ab, bc, ca = cuts
        if la == lb:
            pieces = [([c, ca, bc], lc), ([a, b, bc], la), ([a, bc, ca], la)]
        elif lb == lc:
            pieces = [([a, ab, ca], la), ([b, c, ca], lb), ([b, ca, ab], lb)]
        elif la == lc:
            pieces = [([b, bc, ab], lb), ([c, a, ab], lc), ([c, ab, bc], lc)]
        else:
            middle = top.vertices + len(made)
            made.append([a, b, c])
            weights.append([1 / 3, 1 / 3, 1 / 3])
            pieces = [
                ([a, ab, middle], la),
                ([a, middle, ca], la),
                ([b, bc, middle], lb),
                ([b, middle, ab], lb),
                ([c, ca, middle], lc),
                ([c, middle, bc], lc),
            ]
        for piece, label in pieces:
            corners.append(piece)
            found.append(label)
            faces.append(row // 8)
    return Cut(
        np.array(corners), np.array(found), np.array(faces), np.array(made), np.array(weights)
    )


def packed(header: dict[str, Any], parts: dict[str, np.ndarray]) -> bytes:
    """The file's bytes; parts are uint8, or whole numbers that fit in two bytes."""
    listed, body = [], b""
    for name, part in parts.items():
        width = part.shape[1] if part.ndim == 2 else 1
        columns = part.reshape(-1, width).T.ravel()  # one column after another packs best
        if part.dtype == np.uint8:
            kind, data = "u1", columns.tobytes()
        else:
            zigzag = np.where(columns < 0, -2 * columns - 1, 2 * columns)
            if zigzag.max() > 65_535:
                raise ValueError(f"The part {name} does not fit in two bytes.")
            kind, data = "z2", (zigzag & 255).astype(np.uint8).tobytes()
            data += (zigzag >> 8).astype(np.uint8).tobytes()
        listed.append([name, kind, width, len(part)])
        body += data
    text = json.dumps({**header, "parts": listed}, separators=(",", ":")).encode()
    return gzip.compress(len(text).to_bytes(4, "little") + text + body, 9, mtime=0)


def unpacked(data: bytes) -> TurnMesh:
    """Read what `packed` wrote."""
    raw = gzip.decompress(data)
    size = int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4 : 4 + size])
    at, parts = 4 + size, {}
    for name, kind, width, count in header["parts"]:
        n = width * count
        low = np.frombuffer(raw, np.uint8, n, at)
        at += n
        if kind == "z2":
            high = np.frombuffer(raw, np.uint8, n, at)
            at += n
            zigzag = low.astype(np.int64) | (high.astype(np.int64) << 8)
            low = np.where(zigzag & 1, -(zigzag + 1) // 2, zigzag // 2)
        parts[name] = low.reshape(width, count).T if width > 1 else low
    first = np.cumsum(parts["faces"][:, 0])
    parts["faces"] = np.column_stack([first, parts["faces"][:, 1:] + first[:, None]])
    return TurnMesh(header, parts)
