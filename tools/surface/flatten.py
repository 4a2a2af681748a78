"""One connected part of the skin laid into a plane, cut open first where it is a tube."""

from __future__ import annotations

from dataclasses import dataclass, replace

import igl
import numpy as np
import shapely
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.sparse.linalg import spsolve

ROUNDS = 40  # of SLIM: nothing moves by then
TUBE = 0.35  # a second loop this long, beside the longest, is the other end of a tube, not a hole
UPRIGHT = 0.3  # share of the up direction that must lie in the surface for the plane to follow it


@dataclass(frozen=True)
class Flat:
    """Faces in the plane: where their corners lie, where they were cut, how much they stretch."""

    corners: np.ndarray  # (n, 4, 2) cm, y down
    seams: list[np.ndarray]
    stretch: np.ndarray

    def moved(self, by: np.ndarray) -> Flat:
        """The same elsewhere in the plane."""
        seams = [line + by for line in self.seams]
        return replace(self, corners=self.corners + by, seams=seams)


def apart(quads: np.ndarray, faces: np.ndarray) -> list[np.ndarray]:
    """The faces in groups that hang together along edges, the largest first."""
    edges = np.sort(np.stack([quads[faces], np.roll(quads[faces], -1, axis=1)], 2), axis=2)
    _, name = np.unique(edges.reshape(-1, 2), axis=0, return_inverse=True)
    rows = np.repeat(np.arange(len(faces)), 4)
    links = sparse.coo_matrix((np.ones(len(rows)), (rows, name.ravel()))).tocsr()
    _, group = connected_components(links @ links.T, directed=False)
    parts = [faces[group == i] for i in range(group.max() + 1)]
    return sorted(parts, key=len, reverse=True)


def flat(
    points: np.ndarray, quads: np.ndarray, *, midline: bool, tubes: bool = True
) -> Flat | None:
    """Lay faces into a plane, seen from outside, upright as on the body.

    With `tubes` a tube is cut open; None where what is left falls apart.
    """
    used, local = np.unique(quads, return_inverse=True)
    local = local.reshape(-1, 4).astype(np.int64)
    places = np.ascontiguousarray(points[used])
    triangles = np.concatenate([local[:, [0, 1, 2]], local[:, [0, 2, 3]]])
    triangles = np.ascontiguousarray(triangles)
    loops = sorted(igl.boundary_loop_all(triangles), key=lambda loop: -length(places, loop))
    others = [one for one in loops[1:] if length(places, one) > TUBE * length(places, loops[0])]
    cut = np.zeros(triangles.shape, dtype=bool)
    for other in others if tubes else ():
        cut |= opened(places, triangles, loops[0], other)
    corners, whose = split(triangles, cut)
    if not hangs_together(corners):
        return None
    places = places[whose]
    plane = unfolded(places, corners)
    plane = plane @ upright(places, plane, midline=midline)
    if midline:
        plane[:, 0] -= (plane[:, 0].min() + plane[:, 0].max()) / 2
    else:
        plane -= plane.mean(0)
    seams = [plane[[corners[i, j], corners[i, (j + 1) % 3]]] for i, j in np.argwhere(cut)]
    n = len(quads)
    four = np.stack([corners[:n, 0], corners[:n, 1], corners[:n, 2], corners[n:, 2]], axis=1)
    return Flat(plane[four], seams, stretched(places, plane, corners))


def length(places: np.ndarray, loop: list[int]) -> float:
    """Of a closed line of vertices."""
    line = places[np.array(loop)]
    return float(np.linalg.norm(line - np.roll(line, 1, axis=0), axis=1).sum())


def opened(
    places: np.ndarray, triangles: np.ndarray, one: list[int], other: list[int]
) -> np.ndarray:
    """Flags of the edges on the shortest way between two loops, from the body's own side."""
    pairs = np.concatenate([triangles[:, [i, (i + 1) % 3]] for i in range(3)])
    far = np.linalg.norm(places[pairs[:, 0]] - places[pairs[:, 1]], axis=1)
    n = len(places)
    graph = sparse.coo_matrix((far, (pairs[:, 0], pairs[:, 1])), shape=(n, n)).tocsr()
    start = int(min(one, key=lambda v: abs(places[v, 0])))
    away, before = dijkstra(graph.maximum(graph.T), indices=start, return_predecessors=True)
    at = int(min(other, key=lambda v: away[v]))
    on_way = set()
    while at != start:
        on_way.add((min(at, int(before[at])), max(at, int(before[at]))))
        at = int(before[at])
    flags = [
        [(min(row[i], row[(i + 1) % 3]), max(row[i], row[(i + 1) % 3])) in on_way for i in range(3)]
        for row in triangles.tolist()
    ]
    return np.array(flags)


def split(triangles: np.ndarray, cut: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The corners numbered anew, apart where an edge is cut or where only a vertex is shared.

    Returns:
        The triangles with new numbers, and the old number of each new one.
    """
    met: dict[tuple[int, int], int] = {}
    joined = []
    for row, corners in enumerate(triangles.tolist()):
        for i in range(3):
            if cut[row, i]:
                continue
            a, b = 3 * row + i, 3 * row + (i + 1) % 3
            key = (min(corners[i], corners[(i + 1) % 3]), max(corners[i], corners[(i + 1) % 3]))
            other = met.setdefault(key, row)
            if other == row:
                continue
            theirs = triangles[other].tolist()
            joined += [(a, 3 * other + theirs.index(corners[i]))]
            joined += [(b, 3 * other + theirs.index(corners[(i + 1) % 3]))]
    pairs = np.array(joined)
    links = sparse.coo_matrix(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(triangles.size, triangles.size)
    )
    count, name = connected_components(links, directed=False)
    whose = np.zeros(count, dtype=np.int64)
    whose[name] = triangles.ravel()
    return np.ascontiguousarray(name.reshape(-1, 3).astype(np.int64)), whose


def hangs_together(triangles: np.ndarray) -> bool:
    """Whether the triangles are one piece."""
    pairs = np.concatenate([triangles[:, [i, (i + 1) % 3]] for i in range(3)])
    n = int(triangles.max()) + 1
    links = sparse.coo_matrix((np.ones(len(pairs)), pairs.T), shape=(n, n))
    return int(connected_components(links, directed=False)[0]) == 1


def unfolded(places: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Places in the plane (x right, y up) that keep lengths as well as can be: SLIM."""
    loop = max(igl.boundary_loop_all(triangles), key=lambda one: length(places, one))
    rim = np.array(loop, dtype=np.int32)
    circle = igl.map_vertices_to_circle(np.asfortranarray(places), rim)
    start = inside_out(triangles, rim, circle)
    size = np.linalg.norm(np.cross(*sides(places, triangles)), axis=1).sum()
    flat_size = np.abs(np.linalg.det(np.stack(sides(start, triangles), axis=2))).sum()
    start = start * np.sqrt(size / flat_size)
    data = igl.slim_precompute(
        np.asfortranarray(places),
        np.asfortranarray(triangles.astype(np.int32)),
        np.asfortranarray(start),
        igl.SYMMETRIC_DIRICHLET,
        np.empty(0, dtype=np.int32),
        np.asfortranarray(np.empty((0, 2))),
        0.0,
    )
    return np.array(igl.slim_solve(data, ROUNDS))[:, :2]


def inside_out(triangles: np.ndarray, rim: np.ndarray, circle: np.ndarray) -> np.ndarray:
    """Each vertex in the middle of its neighbours within the rim: nothing folds over (Tutte)."""
    pairs = np.concatenate([triangles[:, [i, (i + 1) % 3]] for i in range(3)])
    count = int(triangles.max()) + 1
    links = sparse.coo_matrix((np.ones(len(pairs)), pairs.T), shape=(count, count)).tocsr()
    links = ((links + links.T) > 0).astype(float)
    whole = (sparse.diags(np.asarray(links.sum(1)).ravel()) - links).tocsr()
    inner = np.setdiff1d(np.arange(count), rim)
    found = np.zeros((count, 2))
    found[rim] = circle
    if len(inner):
        rows = whole[inner]
        found[inner] = spsolve(rows[:, inner].tocsc(), -(rows[:, rim] @ circle)).reshape(-1, 2)
    return found


def sides(places: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two sides of each triangle."""
    a, b, c = (places[triangles[:, i]] for i in range(3))
    return b - a, c - a


def upright(places: np.ndarray, plane: np.ndarray, *, midline: bool) -> np.ndarray:
    """The turn (2, 2) that brings the body's up to the top of the plane, whose y then runs down.

    Where the surface lies level, as on the crown, its back is at the top, as on the view from
    above. With `midline` the body's plane of symmetry becomes upright to the last digit.
    """
    fitted, *_ = np.linalg.lstsq(np.column_stack([plane, np.ones(len(plane))]), places, rcond=None)
    ways = fitted[:2]  # of x and y of the plane in space
    up = ways @ np.array([0.0, 1, 0])
    if np.linalg.norm(up) < UPRIGHT:
        up = ways @ np.array([0.0, 0, -1])
    if midline:
        across = ways @ np.array([1.0, 0, 0])
        across /= np.linalg.norm(across)
        side = np.array([-across[1], across[0]])
        up = side * (1 if side @ up > 0 else -1)
    up /= np.linalg.norm(up)
    right = np.array([up[1], -up[0]])
    return np.stack([right, -up], axis=1)


def stretched(places: np.ndarray, plane: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """The larger of each triangle's two stretches, as a share: 0 where lengths are kept."""
    b, c = sides(places, triangles)
    along = b / np.linalg.norm(b, axis=1, keepdims=True)
    aside = c - (c * along).sum(1, keepdims=True) * along
    solid = np.zeros((len(triangles), 2, 2))
    solid[:, 0, 0] = np.linalg.norm(b, axis=1)
    solid[:, 0, 1] = (c * along).sum(1)
    solid[:, 1, 1] = np.linalg.norm(aside, axis=1)
    moved = np.stack(sides(plane, triangles), axis=2)
    ways = np.linalg.svd(moved @ np.linalg.inv(solid), compute_uv=False)
    return np.abs(ways - 1).max(1)


def polygons(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    """What of a geometry is surface."""
    parts = shapely.get_parts(shapely.make_valid(geometry))
    parts = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
    return shapely.MultiPolygon(list(parts))
