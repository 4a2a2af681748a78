"""The committed atlas: the same areas on both figures, sides right, borders shared, light."""

import csv
import dataclasses
import json
from pathlib import Path

import pytest
from shapely.geometry import Point, Polygon
from shapely.ops import unary_union
from shapely.strtree import STRtree

from mesodash.bodymap.atlas import DEFAULT, View, flatten, load_atlas

DATA = Path(__file__).resolve().parents[2] / "data" / "body"
VIEWS = ("front", "back", "left", "right", "face", "face_left", "face_right", "scalp")
FIGURES = ("female", "male")
BORDER_PX = 1.5  # neighbours may overlap by a strip this wide at most
CURVE_PX = 0.8  # farthest a fitted border lies from the drawn one: TOLERANCE of the build
LARGEST_PICTURE = 60 * 1024
WHOLE_ATLAS = 1024 * 1024


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


def declared():
    with (DATA / "areas.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = [(row["area"], side) for row in rows for side in sides(row["side"])]
    assert len(pairs) > 50
    return pairs


def sides(word):
    return {"pair": ("right", "left"), "midline": ("midline",)}[word]


def absent():
    with (DATA / "absent.csv").open(encoding="utf-8", newline="") as file:
        return {row["area"] for row in csv.DictReader(file)}


def polygon(path):
    """The area of an SVG path filled by the even-odd rule, as the silhouette's holes need."""
    shape = Polygon()
    for ring in flatten(path):
        if len(ring) > 2:
            shape = shape.symmetric_difference(Polygon(ring).buffer(0))
    return shape


def overlap_width(one, other):
    """About how wide the common part of two shapes is: its area over half its length."""
    common = one.intersection(other)
    return 2 * common.area / common.length if common.length > 3 else 0.0


def overlaps(shapes):
    tree = STRtree(shapes)
    found = []
    for i, shape in enumerate(shapes):
        found += [
            (i, int(j), width)
            for j in tree.query(shape)
            if j > i and (width := overlap_width(shape, shapes[j])) > BORDER_PX
        ]
    return found


def test_every_view_of_both_figures_is_there(atlas):
    assert [(view.figure, view.name) for view in atlas.views] == [
        (figure, name) for figure in FIGURES for name in VIEWS
    ]
    assert atlas.figures == FIGURES
    assert "CC0" in atlas.source


def test_both_figures_hold_the_declared_areas(atlas):
    expected = {pair for pair in declared() if pair[0] not in absent()}
    for figure in FIGURES:
        seen = {
            (shape.area, shape.side)
            for view in atlas.views
            if view.figure == figure
            for shape in view.areas
        }
        assert seen == expected


def test_absent_areas_are_explained():
    with (DATA / "absent.csv").open(encoding="utf-8", newline="") as file:
        assert all(row["reason"] for row in csv.DictReader(file))


@pytest.mark.parametrize("figure", FIGURES)
def test_areas_stand_in_the_declared_order(atlas, figure):
    order = declared()
    for name in VIEWS:
        shown = [(shape.area, shape.side) for shape in atlas.view(figure, name).areas]
        assert shown == [pair for pair in order if pair in shown]


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize(("name", "sign"), [("front", 1), ("face", 1), ("scalp", 1), ("back", -1)])
def test_left_is_the_patients_left(atlas, figure, name, sign):
    view = atlas.view(figure, name)
    pairs = 0
    for shape in view.areas:
        if shape.side == "left" and (right := view.shape(shape.area, "right")) is not None:
            assert sign * (shape.anchor[0] - right.anchor[0]) > 0, shape.area
            assert shape.px_area == pytest.approx(right.px_area, rel=0.08, abs=8), shape.area
            pairs += 1
    assert pairs >= 3
    assert sign * (view.l_label[0] - view.r_label[0]) > 0


@pytest.mark.parametrize("figure", FIGURES)
def test_side_views_show_the_side_they_name(atlas, figure):
    for name, own, other in (("left", "left", "right"), ("right", "right", "left")):
        view = atlas.view(figure, name)
        assert view.shape("hip", own) is not None
        assert view.shape("hip", other) is None
        labels = {"left": view.l_label, "right": view.r_label}
        assert labels[own] is not None
        assert labels[other] is None
    assert atlas.view(figure, "face_left").shape("face.cheek", "left") is not None
    assert atlas.view(figure, "face_right").shape("face.cheek", "right") is not None


@pytest.mark.parametrize("figure", FIGURES)
def test_a_pair_has_the_same_skin_on_both_sides(atlas, figure):
    sizes = {
        (shape.area, shape.side): shape.cm2
        for view in atlas.views
        if view.figure == figure
        for shape in view.areas
    }
    pairs = [area for area, side in sizes if side == "left"]
    assert len(pairs) > 20
    for area in pairs:
        assert sizes[area, "left"] == pytest.approx(sizes[area, "right"], rel=0.02), area
    assert 9000 < sum(sizes.values()) < 22000  # most of an adult's 1.6 to 2 m² of skin


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("name", VIEWS)
def test_areas_do_not_overlap_and_stay_on_the_figure(atlas, figure, name):
    view = atlas.view(figure, name)
    shapes = [polygon(shape.path) for shape in view.areas]
    assert overlaps(shapes) == []
    body = polygon(view.outline).buffer(BORDER_PX)
    for shape, area in zip(shapes, view.areas, strict=True):
        assert shape.difference(body).area < 1, area.area
        strip = shape.length * CURVE_PX  # what smoothing may add or take along the border
        assert shape.area == pytest.approx(area.px_area, abs=strip + 4), area.area
        assert shape.contains(Point(area.anchor)), area.area


@pytest.mark.parametrize("figure", FIGURES)
def test_neighbours_leave_no_gap(atlas, figure):
    """Closing the union by the tolerance adds next to nothing along a border shared by many."""
    view = atlas.view(figure, "back")
    names = ("back.lower", "back.sacral", "buttock", "buttock.fold", "leg.thigh.posterior")
    shapes = [polygon(shape.path) for shape in view.areas if shape.area in names]
    union = unary_union(shapes)
    assert union.buffer(1).buffer(-1).area == pytest.approx(union.area, rel=0.005)


def test_an_overlap_would_be_seen():
    one = Polygon([(0, 0), (20, 0), (20, 20), (0, 20)])
    other = Polygon([(15, 0), (40, 0), (40, 20), (15, 20)])
    assert [pair[:2] for pair in overlaps([one, other])] == [(0, 1)]


def test_pictures_are_light(atlas):
    pictures = [DEFAULT.parent / view.picture for view in atlas.views]
    assert [picture.name for picture in pictures if picture.stat().st_size > LARGEST_PICTURE] == []
    everything = sum(file.stat().st_size for file in DEFAULT.parent.iterdir())
    assert everything <= WHOLE_ATLAS


def test_scale_is_that_of_a_grown_body(atlas):
    for figure, tall in (("female", 159), ("male", 173)):
        view = atlas.view(figure, "front")
        assert view.cm_per_px * view.height == pytest.approx(tall, rel=0.05)


def test_views_of_an_area_the_largest_first(atlas):
    named = [view.name for view in atlas.views_of("abdomen.lower", "midline", "male")]
    assert named[0] == "front"
    assert atlas.views_of("abdomen.lower", "left") == ()
    assert atlas.views_of("face.chin", "midline")[0].name.startswith("face")


def test_what_is_not_there_is_said(atlas):
    with pytest.raises(KeyError, match="no view 'inside' of the 'female' figure"):
        atlas.view("female", "inside")
    assert atlas.view("female", "back").shape("face.chin", "midline") is None


def test_another_version_is_refused(tmp_path):
    path = tmp_path / "atlas.json"
    data = json.loads(DEFAULT.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, "version": 2}), encoding="utf-8")
    with pytest.raises(ValueError, match="not a body atlas of version 1"):
        load_atlas(path)


def test_the_atlas_cannot_be_changed(atlas):
    view = atlas.view("female", "front")
    assert isinstance(view, View)
    with pytest.raises(dataclasses.FrozenInstanceError):
        view.width = 1


def test_flatten_follows_a_curve():
    assert flatten("M0,0l10,0c0,5-5,10-10,10l.5-.5z", steps=2) == [
        [(0.0, 0.0), (10.0, 0.0), (6.875, 6.875), (0.0, 10.0), (0.5, 9.5)]
    ]
    with pytest.raises(ValueError, match="starts with M"):
        flatten("l1,1z")
