"""The committed atlas: the same areas on both figures, sides right, pictures light."""

import csv
import dataclasses
import json
from pathlib import Path

import pytest

from mesodash.bodymap.atlas import DEFAULT, View, flatten, load_atlas

DATA = Path(__file__).resolve().parents[2] / "data" / "body"
VIEWS = ("front", "back", "left", "right", "face", "face_left", "face_right", "scalp")
FIGURES = ("female", "male")
FAR = {"left": "right", "right": "left", "face_left": "right", "face_right": "left"}
LEAST = {
    "front": 51,
    "back": 40,
    "left": 41,
    "right": 41,
    "face": 23,
    "face_left": 21,
    "face_right": 21,
    "scalp": 11,
}  # areas and sides; one figure may show a few more
LARGEST_PICTURE = 60 * 1024
WHOLE_ATLAS = 1024 * 1024


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


def declared():
    with (DATA / "areas.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = [(row["area"], side) for row in rows for side in sides(row["side"])]
    assert len(pairs) == 73
    return pairs


def sides(word):
    return {"pair": ("right", "left"), "midline": ("midline",)}[word]


def absent():
    with (DATA / "absent.csv").open(encoding="utf-8", newline="") as file:
        return {row["area"] for row in csv.DictReader(file)}


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


def test_every_leaf_of_the_catalogue_is_drawn_or_declared_absent():
    with (DATA.parent / "catalogue" / "areas.csv").open(encoding="utf-8", newline="") as file:
        leaves = {row["code"] for row in csv.DictReader(file) if row["leaf"] == "yes"}
    assert leaves == {area for area, _ in declared()} | absent()


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize(("name", "least"), LEAST.items())
def test_each_view_has_its_number_of_areas(atlas, figure, name, least):
    assert least <= len(atlas.view(figure, name).areas) <= least + 4


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
    for name, far in FAR.items():
        drawn = {shape.side for shape in atlas.view(figure, name).areas}
        assert drawn == {"left", "right", "midline"} - {far}
    for name in ("face_left", "face_right", "face", "scalp"):
        shown = {shape.area.split(".")[0] for shape in atlas.view(figure, name).areas}
        assert shown <= {"face", "scalp", "neck"}


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
@pytest.mark.parametrize("name", ["front", "back", "face", "scalp"])
def test_a_midline_area_is_marked_on_the_midline_and_a_pair_like_its_mirror_image(
    atlas, figure, name
):
    view = atlas.view(figure, name)
    marked = 0
    for shape in view.areas:
        if shape.side == "midline":
            assert shape.anchor[0] == view.width / 2, shape.area
            marked += 1
        elif shape.side == "left" and (right := view.shape(shape.area, "right")) is not None:
            assert right.anchor == pytest.approx(
                (view.width - shape.anchor[0], shape.anchor[1]), abs=0.2
            )
            assert right.px_area == shape.px_area
    assert marked >= 5


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
