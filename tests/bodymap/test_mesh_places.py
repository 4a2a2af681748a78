"""A point on a picture is a place on the mesh, and the same point again on either figure."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from mesodash.bodymap.atlas import DEFAULT as ATLAS
from mesodash.bodymap.atlas import load_atlas, most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.layers import placed_layers, points_layers
from mesodash.bodymap.figure.placed_points import Placed, absolute, relative
from mesodash.bodymap.mesh_place import MeshPlace
from mesodash.bodymap.mesh_places import DEFAULT, MeshView, load_mesh_places

ROOT = Path(__file__).parents[2]
SITES = [
    AreaSide("face.cheek", "left"),
    AreaSide("face.cheek", "right"),
    AreaSide("scalp.vertex", "midline"),
    AreaSide("abdomen.lower", "midline"),
    AreaSide("leg.thigh.anterior", "left"),
    AreaSide("buttock", "right"),
]


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


@pytest.fixture(scope="module")
def mesh():
    return load_mesh_places()


def drawn(atlas, figure, site, count=12):
    """Points spread over an area on the view that shows most of it."""
    layer = points_layers(atlas, figure, site, count=count)[0]
    view = atlas.view(figure, layer.view)
    shape = view.shape(site.area, site.side)
    return view, shape, [Placed(view.name, *relative(view, shape, x, y)) for x, y in layer.points]


def test_the_file_follows_the_atlas_and_the_script_that_are_here():
    """`python tools/mesh_places.py WHEEL` writes it anew."""
    found = hashlib.sha256()
    for path in (ATLAS, ROOT / "tools" / "mesh_places.py"):
        found.update(path.read_bytes())
    with np.load(DEFAULT) as data:
        assert str(data["source"]) == found.hexdigest()


def test_every_view_of_the_atlas_has_its_mesh(atlas, mesh):
    assert set(mesh.views) == {(view.figure, view.name) for view in atlas.views}


@pytest.mark.parametrize("figure", ["female", "male"])
@pytest.mark.parametrize("site", SITES, ids=str)
def test_a_point_comes_back_where_it_was_placed(atlas, mesh, figure, site):
    sites = {(shape.area, shape.side) for view in atlas.views for shape in view.areas}
    assert (site.area, site.side) in sites
    view, shape, points = drawn(atlas, figure, site)
    for placed in points:
        place = mesh.of_placed(atlas, figure, site, placed)
        again = mesh.placed(atlas, figure, site, place)
        assert again.view == view.name
        there = np.array(absolute(view, shape, placed.u, placed.v))
        here = np.array(absolute(view, shape, again.u, again.v))
        assert np.linalg.norm(there - here) * view.cm_per_px < 0.1


@pytest.mark.parametrize("site", SITES[:4], ids=str)
def test_a_place_lies_in_the_same_area_of_the_other_figure(atlas, mesh, site):
    _view, _shape, points = drawn(atlas, "female", site)
    inside = 0
    for placed in points:
        place = mesh.of_placed(atlas, "female", site, placed)
        there = mesh.placed(atlas, "male", site, place)
        inside += there is not None and max(abs(there.u), abs(there.v)) < 1.6
    assert inside == len(points)


@pytest.mark.slow
@pytest.mark.parametrize("figure", ["female", "male"])
def test_the_mesh_has_no_holes_where_areas_are(atlas, mesh, figure):
    """Every point that a layout puts on an area lies on the mesh, not only near it."""
    off = []
    for site in (AreaSide(*one) for one in atlas.areas()):
        for layer in points_layers(atlas, figure, site, count=20)[:1]:
            view = mesh.views[figure, layer.view]
            off += [site for x, y in layer.points if view.place(x, y) is None]
    assert off == []


def test_left_and_right_are_other_triangles(atlas, mesh):
    places = []
    for site in SITES[:2]:
        points = drawn(atlas, "female", site)[2]
        places.append({mesh.of_placed(atlas, "female", site, one).triangle for one in points})
    assert places[0] & places[1] == set()


def test_off_the_figure_there_is_no_place(mesh):
    assert mesh.views["female", "front"].place(2.0, 2.0) is None


def test_a_place_that_a_view_does_not_show_is_no_point_there(atlas, mesh):
    site = SITES[2]
    view = most_skin_first(atlas, "female", site)[0][0]
    seen = mesh.views["female", view.name]
    other = next(n for n in range(30_000) if n not in set(seen.triangles.tolist()))
    assert seen.point(MeshPlace(other, 0.2, 0.2)) is None


def test_the_nearest_to_the_eye_is_seen():
    corners = np.array([[[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]]] * 2)
    view = MeshView(corners, np.array([[5.0] * 3, [1.0] * 3]), np.array([4, 9]))
    place = view.place(2.0, 3.0)
    assert (place.triangle, place.u, place.v) == (9, 0.2, 0.3)
    assert view.point(place) == pytest.approx((2.0, 3.0))


def test_points_go_to_the_body_in_three_dimensions_once(atlas, mesh):
    site = AreaSide("leg.thigh.anterior", "left")
    layers = points_layers(atlas, "female", site, count=12)
    assert len(layers) > 1

    ((figure, key, points, lines),) = mesh.on_skin(layers)

    assert (figure, key, lines) == ("female", "leg.thigh.anterior|left", [])
    assert len(points) == 12
    view = mesh.views["female", layers[0].view]
    for (x, y), (triangle, u, v) in zip(layers[0].points, points, strict=True):
        there = view.point(MeshPlace(triangle, u, v))
        assert np.hypot(there[0] - x, there[1] - y) < 0.1


def test_points_placed_on_several_views_all_go(atlas, mesh):
    site = AreaSide("leg.thigh.anterior", "left")
    placed = (Placed("front", 0.0, 0.0), Placed("left", 0.0, 0.0), Placed("front", 0.2, 0.3))

    found = mesh.on_skin(placed_layers(atlas, "male", site, placed))

    assert sum(len(points) for _, _, points, _ in found) == 3


def test_lines_lie_on_the_skin_in_pieces(atlas, mesh):
    layers = points_layers(
        atlas, "female", AreaSide("face.cheek", "left"), spacing_cm=1.0, pattern="lines"
    )

    ((_, _, points, lines),) = mesh.on_skin(layers)

    assert len(lines) == len(points) > 1
    for start, line in zip(points, lines, strict=True):
        assert line[0] == start
        assert len(line) == 7
