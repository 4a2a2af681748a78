"""Areas to lay points out on, made up and real, and what the tests measure of a layout."""

import numpy as np
from shapely.geometry import LineString, Polygon

from mesodash.bodymap.atlas import flatten, load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layouts.outline import Outline
from mesodash.bodymap.layouts.patch import Patch, patch_of

ATLAS = load_atlas()
SQUARE = "M5 5 l10 0 l0 10 l-10 0z"
RING = "M5 5 l10 0 l0 10 l-10 0zM7.5 7.5 l5 0 l0 5 l-5 0z"
TWO = "M1 5 l5 0 l0 10 l-5 0zM14 5 l5 0 l0 10 l-5 0z"
TINY = "M5 5 l.2 0 l0 .2 l-.2 0z"
SITES = [
    ("female", "abdomen.lower", "midline"),
    ("female", "face.periorbital", "right"),
    ("female", "abdomen.flank", "right"),
    ("female", "leg.thigh.lateral", "left"),
    ("male", "face.cheek", "left"),
    ("male", "face.forehead", "midline"),
    ("male", "scalp.frontal", "midline"),
    ("male", "scalp.vertex", "midline"),
]


def made(path, side="left", seams=()):
    """A flat patch, centimetres."""
    rings = tuple(np.array(ring[:-1] if ring[0] == ring[-1] else ring) for ring in flatten(path))
    corners = np.array([[[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]]])
    return Patch("made.up", side, Outline.of_rings(rings), np.array([0]), corners, seams)


def real(site):
    return patch_of(site[0], AreaSide(*site[1:]))


def polygon(patch):
    """The even-odd surface and its border, by shapely and not by the code under test."""
    surface, edges = Polygon(), []
    for ring in patch.outline.rings:
        surface = surface.symmetric_difference(Polygon(ring).buffer(0))
        edges.append(LineString([*ring, ring[0]]))
    return surface, edges


def room(patch, geometry):
    """Centimetres from a geometry to the border; below zero where it is not all inside."""
    surface, edges = polygon(patch)
    far = min(edge.distance(geometry) for edge in edges)
    return far if surface.buffer(1e-6).covers(geometry) else -far - 1


def gaps(points):
    distances = np.hypot(*(np.array(points)[:, None] - np.array(points)).transpose(2, 0, 1))
    np.fill_diagonal(distances, np.inf)
    return distances.min(1)


def is_mirrored(layout, patch):
    xs = [x for ring in patch.outline.rings for x, _ in ring]
    axis = (min(xs) + max(xs)) / 2
    here = {(round(x, 5), round(y, 5)) for x, y in layout.points}
    return here == {(round(2 * axis - x, 5), round(y, 5)) for x, y in layout.points}
