"""Areas to lay points out on, made up and real, and what the tests measure of a layout."""

import numpy as np
from shapely.geometry import LineString, Polygon

from mesodash.bodymap.atlas import AreaShape, BodyView, flatten, load_atlas

ATLAS = load_atlas()
SQUARE = "M100 100 l200 0 l0 200 l-200 0z"
RING = "M100 100 l200 0 l0 200 l-200 0zM150 150 l100 0 l0 100 l-100 0z"
TWO = "M20 100 l100 0 l0 200 l-100 0zM280 100 l100 0 l0 200 l-100 0z"
TINY = "M100 100 l4 0 l0 4 l-4 0z"
SITES = [
    ("female", "front", "abdomen.lower", "midline"),
    ("female", "front", "face.periorbital", "right"),
    ("female", "back", "abdomen.flank", "right"),
    ("female", "left", "leg.thigh.lateral", "left"),
    ("male", "face", "face.cheek", "left"),
    ("male", "face", "face.forehead", "midline"),
    ("male", "face_left", "scalp.frontal", "midline"),
    ("male", "scalp", "scalp.vertex", "midline"),
]


def made(path, side="left", anchor=(200.0, 200.0), cm_per_px=0.05):
    shape = AreaShape("made.up", side, path, anchor, 40000.0, 100.0)
    view = BodyView("female", "front", 400, 400, "none.webp", cm_per_px, path, None, None, (shape,))
    return view, shape


def real(site):
    view = ATLAS.view(*site[:2])
    return view, view.shape(*site[2:])


def polygon(shape):
    """The even-odd surface and its border, by shapely and not by the code under test."""
    surface, edges = Polygon(), []
    for ring in flatten(shape.path):
        if len(ring) > 3:
            surface = surface.symmetric_difference(Polygon(ring).buffer(0))
            if Polygon(ring).area > 1:
                edges.append(LineString([*ring, ring[0]]))
    return surface, edges


def room(shape, geometry):
    """Pixels from a geometry to the border; below zero where it is not all inside."""
    surface, edges = polygon(shape)
    far = min(edge.distance(geometry) for edge in edges)
    return far if surface.buffer(1e-6).covers(geometry) else -far - 1


def gaps(points):
    distances = np.hypot(*(np.array(points)[:, None] - np.array(points)).transpose(2, 0, 1))
    np.fill_diagonal(distances, np.inf)
    return distances.min(1)


def is_mirrored(layout, shape):
    xs = [x for ring in shape.rings() for x, _ in ring]
    axis = (min(xs) + max(xs)) / 2
    here = {(round(x, 5), round(y, 5)) for x, y in layout.points}
    return here == {(round(2 * axis - x, 5), round(y, 5)) for x, y in layout.points}
