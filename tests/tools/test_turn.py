"""The mesh of the Turn view: every triangle in one area, where the drawings have it."""

import gzip
import hashlib
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import Point, Polygon

from mesodash.bodymap.atlas import load_atlas, most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.mesh_places import load_mesh_places

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "turn"
TURN = ROOT / "src" / "mesodash" / "bodymap" / "frontend" / "turn"
MOST_MESH, MOST_CODE = 600_000, 200_000
POINTS = 200
FROM_BORDER = 2.0
"""Pixels of a view: the drawings smooth their borders and give crumbs to the neighbour."""
FORWARD = ("left", "right")
"""Views that hold the arms forward, which the mesh does not: asked by place, not by ray."""


@pytest.fixture(scope="module")
def tool():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TOOL))
        import turn_file

        yield turn_file
    sys.modules.pop("turn_file", None)


@pytest.fixture(scope="module")
def mesh(tool):
    return tool.unpacked((TURN / "body.mesh").read_bytes())


@pytest.fixture(scope="module")
def cut(mesh):
    return mesh.cut()


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


@pytest.fixture(scope="module")
def named(mesh):
    return [None, *(AreaSide(*pair) for pair in mesh.areas)]


@pytest.fixture(scope="module")
def places():
    return load_mesh_places()


def outline(shape):
    found = Polygon()
    for ring in shape.rings():
        found = found.symmetric_difference(Polygon(ring).buffer(0))
    return found


def random_points(atlas, figure, sites, *, seed):
    """Points of random areas, on the view that shows most of each: (view, site, x, y)."""
    rng = np.random.default_rng(seed)
    best = {site: most_skin_first(atlas, figure, site)[0] for site in sites}
    insides = {site: outline(shape).buffer(-FROM_BORDER) for site, (_, shape) in best.items()}
    found = []
    while len(found) < POINTS:
        site = sites[rng.integers(len(sites))]
        view, inside = best[site][0], insides[site]
        if inside.is_empty:
            continue
        left, top, right, bottom = inside.bounds
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        if inside.contains(Point(x, y)):
            found.append((view, site, x, y))
    return found


def axes(azimuth, height):
    a, h = np.radians([azimuth, height])
    right = np.array([np.cos(a), 0, -np.sin(a)])
    toward = np.array([np.sin(a) * np.cos(h), np.sin(h), np.cos(a) * np.cos(h)])
    return right, np.cross(toward, right), toward


def by_ray(mesh, cut, points, figure, view, x, y):
    """The area of the triangle nearest to the eye on the line that is seen as this pixel."""
    azimuth, height, *rest = mesh.header["frames"][figure][view.name]
    target, (wide, tall) = np.array(rest[:3]), rest[3:]
    right, up, toward = axes(azimuth, height)
    flat = np.stack([(points - target) @ right, (points - target) @ up], axis=1)
    at = np.array([(x / view.width - 0.5) * wide, (0.5 - y / view.height) * tall])
    corners = flat[cut.corners]
    near = np.flatnonzero(((corners.min(1) <= at) & (corners.max(1) >= at)).all(1))
    a, b, c = corners[near].swapaxes(0, 1)
    ab, ac, ap = b - a, c - a, at - a
    size = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    front = size > 1e-12
    near, ab, ac, ap, size = (part[front] for part in (near, ab, ac, ap, size))
    v = (ap[:, 0] * ac[:, 1] - ap[:, 1] * ac[:, 0]) / size
    w = (ab[:, 0] * ap[:, 1] - ab[:, 1] * ap[:, 0]) / size
    met = np.flatnonzero((v >= 0) & (w >= 0) & (v + w <= 1))
    if not len(met):
        return None
    deep = ((points - target) @ toward)[cut.corners[near[met]]]
    weights = np.stack([1 - v[met] - w[met], v[met], w[met]], axis=1)
    return int(cut.labels[near[met[(weights * deep).sum(1).argmax()]]])


def by_place(mesh, cut, places, points, figure, view, x, y):
    """The area of the triangle at the place of the base mesh that the drawing shows there."""
    place = places.views[figure, view.name].place(x, y)
    faces = mesh.parts["faces"]
    row, half = place.triangle % len(faces), place.triangle // len(faces)
    corners = faces[row][[0, 1, 2] if half == 0 else [0, 2, 3]]
    at = np.array([1 - place.u - place.v, place.u, place.v]) @ points[corners]
    here = np.flatnonzero(cut.faces == row)
    a, b, c = points[cut.corners[here]].swapaxes(0, 1)
    normal = np.cross(b - a, c - a)
    size = (normal**2).sum(1)
    kept = size > 1e-16
    here, a, b, c, normal, size = (part[kept] for part in (here, a, b, c, normal, size))
    w = (np.cross(b - a, at - a) * normal).sum(1) / size
    v = (np.cross(at - a, c - a) * normal).sum(1) / size
    inside = np.minimum(np.minimum(v, w), 1 - v - w)
    return int(cut.labels[here[inside.argmax()]])


def picked(mesh, cut, places, points, figure, view, x, y):
    if view.name in FORWARD:
        return by_place(mesh, cut, places, points, figure, view, x, y)
    return by_ray(mesh, cut, points, figure, view, x, y)


@pytest.mark.parametrize("figure", ["female", "male"])
def test_area_and_side_by_ray_and_by_path_agree(mesh, cut, atlas, named, places, figure):
    points = cut.points(mesh.points(figure))
    asked = random_points(atlas, figure, named[1:], seed=17)

    wrong = [
        (view.name, str(site), named[label] and str(named[label]), round(x), round(y))
        for view, site, x, y in asked
        if (label := picked(mesh, cut, places, points, figure, view, x, y)) is None
        or named[label] != site
    ]

    assert len(asked) == POINTS
    assert len({site for _, site, _, _ in asked}) > 50
    assert {view.name for view, *_ in asked} > {"front", "back", "face", "left", "right"}
    assert wrong == []


def test_negative_control_swapped_sides_are_found(mesh, cut, atlas, named, places):
    points = cut.points(mesh.points("female")) * [-1, 1, 1]
    turned = cut.corners[:, ::-1]
    swapped = type(cut)(turned, cut.labels, cut.faces, cut.made, cut.weights)
    sided = [site for site in named[1:] if site.side != "midline"]
    asked = [one for one in random_points(atlas, "female", sided, seed=3) if one[0].name == "front"]

    found = [named[by_ray(mesh, swapped, points, "female", *one[:1], *one[2:])] for one in asked]

    assert len(asked) > 10
    other = {"left": "right", "right": "left"}
    assert all(
        here is not None and here.side == other[site.side]
        for here, (_, site, _, _) in zip(found, asked, strict=True)
    )


@pytest.mark.parametrize("figure", ["female", "male"])
def test_sides_are_the_patients_and_mirror_each_other(mesh, cut, named, figure):
    points = cut.points(mesh.points(figure))
    a, b, c = points[cut.corners].swapaxes(0, 1)
    size = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    across = (a[:, 0] + b[:, 0] + c[:, 0]) / 3
    for number, site in enumerate(named[1:], start=1):
        here = cut.labels == number
        assert here.any(), site
        if site.side == "midline":
            continue
        # A left of the patient is at x above 0, as seen from the front at the viewer's right.
        assert (across[here] * (1 if site.side == "left" else -1) > -1e-4).all(), site
        if site.side == "right":
            other = cut.labels == number + 1
            assert named[number + 1] == AreaSide(site.area, "left")
            assert size[here].sum() == pytest.approx(size[other].sum(), rel=0.05), site


def test_every_area_of_the_atlas_is_on_the_mesh(atlas, named):
    assert {AreaSide(*pair) for pair in atlas.areas()} == set(named[1:])


def test_the_borders_leave_no_gap(cut):
    """Each edge of a triangle has one other triangle on its far side, but for the open rim."""
    pairs = np.sort(np.concatenate([cut.corners[:, [i, (i + 1) % 3]] for i in range(3)]), axis=1)
    _, uses = np.unique(pairs, axis=0, return_counts=True)
    assert uses.max() == 2
    assert (uses == 1).mean() < 0.01


def test_what_is_packed_comes_back(tool):
    faces = np.array([[0, 1, 2, 3], [1, 4, 5, 2]])
    kept = np.column_stack([np.diff(faces[:, 0], prepend=0), faces[:, 1:] - faces[:, :1]])
    parts = {"faces": kept, "far": np.arange(5, dtype=np.uint8), "z": np.array([-32768, 0, 32767])}

    again = tool.unpacked(tool.packed({"base": 6}, parts))

    assert again.header["base"] == 6
    assert again.parts["faces"].tolist() == faces.tolist()
    assert again.parts["far"].tolist() == [0, 1, 2, 3, 4]
    assert again.parts["z"].tolist() == [-32768, 0, 32767]
    with pytest.raises(ValueError, match="does not fit"):
        tool.packed({}, {"faces": kept, "z": np.array([40_000])})


def test_the_mesh_follows_the_outlines_and_the_scripts_that_are_here(mesh):
    """`python tools/turn/build.py WHEEL` writes it anew."""
    found = hashlib.sha256()
    for pattern in ("data/body/areas.csv", "data/body/regions.csv", "tools/turn/*.py"):
        for path in sorted(ROOT.glob(pattern)):
            found.update(path.read_bytes())
    assert mesh.header["made_from"] == found.hexdigest()


def test_what_travels_is_small():
    code = b"".join(path.read_bytes() for path in sorted(TURN.iterdir()) if path.suffix in CODE)
    assert len(gzip.compress(code, 6)) <= MOST_CODE
    assert (TURN / "body.mesh").stat().st_size <= MOST_MESH


CODE = (".js", ".mjs")


def test_the_bundle_is_what_the_lock_names_with_its_licence_and_makes_no_code():
    lock = json.loads((TOOL / "package-lock.json").read_text("utf-8"))
    version = lock["packages"]["node_modules/three"]["version"]
    bundle = (TURN / "three.mjs").read_text("utf-8")
    assert bundle.startswith(f"/* three.js {version}, MIT: see three.LICENSE.")
    assert "MIT License" in (TURN / "three.LICENSE").read_text("utf-8")
    for path in TURN.iterdir():
        if path.suffix in CODE:
            text = path.read_text("utf-8")
            assert not re.search(r"\beval\(|new Function\b|\bimport\(['\"]http", text), path.name
            assert "innerHTML" not in text, path.name
