"""The committed atlas: the same areas on both figures, sides right, pictures light."""

import csv
import dataclasses
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mesodash.bodymap.atlas import (
    DEFAULT,
    BodyView,
    flatten,
    load_atlas,
    most_skin_first,
    visible_cm2,
)
from mesodash.bodymap.choice import AreaSide

DATA = Path(__file__).resolve().parents[2] / "data" / "body"
VIEWS = (
    *("front", "back", "left", "right", "face", "face_left", "face_right", "scalp", "face_below"),
)
FIGURES = ("female", "male")
FAR = {"left": "right", "right": "left", "face_left": "right", "face_right": "left"}
EDGE_ON = {("male", "front"): {"leg.thigh.lateral"}}
"""Areas that the catalogue sees on a view and that are turned away from the eye on one figure."""
TONES = ("II", "V")
LARGEST_PICTURE = 160 * 1024
WHOLE_ATLAS = 3 * 1024 * 1024
FIRST_VIEW = 250 * 1024  # of the outlines, packed, and the two pictures a page opens with


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


def declared():
    with (DATA / "areas.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = [(row["area"], side) for row in rows for side in sides(row["side"])]
    assert len(pairs) == len(set(pairs)) > 50
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


OFF_AXIS = {("face_below", "face.forehead")}
"""Areas bent around one that lies on the midline there: there is none of them in the middle."""


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


def areas_on(atlas, figure, name):
    return {shape.area for shape in atlas.view(figure, name).areas}


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("name", ["front", "back", "face", "scalp"])
def test_a_view_shows_what_the_catalogue_sees_on_it(atlas, catalogue, figure, name):
    seen = {code for code, area in catalogue.areas.items() if area.leaf and name in area.views}

    assert seen
    assert seen - areas_on(atlas, figure, name) == EDGE_ON.get((figure, name), set())


@pytest.mark.parametrize("figure", FIGURES)
def test_side_views_mirror_each_other_and_show_the_whole_face(atlas, catalogue, figure):
    of_face = {c for c, area in catalogue.areas.items() if area.leaf and "face" in area.views}

    assert areas_on(atlas, figure, "left") == areas_on(atlas, figure, "right")
    assert areas_on(atlas, figure, "face_left") == areas_on(atlas, figure, "face_right") > of_face


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize(
    ("name", "sign"),
    [("front", 1), ("face", 1), ("scalp", 1), ("face_below", 1), ("back", -1)],
)
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
    for name in ("face_left", "face_right", "face", "scalp", "face_below"):
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
        assert sizes[area, "left"] == pytest.approx(sizes[area, "right"], abs=0.05), area
    assert 9000 < sum(sizes.values()) < 22000  # most of an adult's 1.6 to 2 m² of skin


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("name", ["front", "back", "face", "scalp", "face_below"])
def test_a_midline_area_is_marked_on_the_midline_and_a_pair_like_its_mirror_image(
    atlas, figure, name
):
    view = atlas.view(figure, name)
    marked = 0
    for shape in view.areas:
        if shape.side == "midline":
            on_axis = shape.anchor[0] == view.width / 2
            assert on_axis or (name, shape.area) in OFF_AXIS, shape.area
            marked += 1
        elif shape.side == "left" and (right := view.shape(shape.area, "right")) is not None:
            assert right.anchor == pytest.approx(
                (view.width - shape.anchor[0], shape.anchor[1]), abs=0.2
            )
            assert right.px_area == shape.px_area
    assert marked >= 5


def pictures():
    return [
        (view, tone, DEFAULT.parent / view.pictures[tone])
        for view in load_atlas().views
        for tone in TONES
    ]


def test_a_picture_a_figure_view_and_phototype_named_by_them():
    for view, tone, path in pictures():
        assert path.name == f"{view.figure}-{view.name}-phototype_{tone}.webp"
        assert view.picture == view.pictures["II"]
    names = {path.name for _, _, path in pictures()} | {"atlas.json"}
    assert {file.name for file in DEFAULT.parent.iterdir()} == names


def test_pictures_are_light():
    sizes = {path.name: path.stat().st_size for _, _, path in pictures()}
    assert [name for name, size in sizes.items() if size > LARGEST_PICTURE] == []
    everything = sum(file.stat().st_size for file in DEFAULT.parent.iterdir())
    assert everything <= WHOLE_ATLAS
    outlines = len(gzip.compress(DEFAULT.read_bytes()))
    for figure in FIGURES:
        for tone in TONES:
            pair = [sizes[f"{figure}-{name}-phototype_{tone}.webp"] for name in ("front", "back")]
            assert outlines + sum(pair) <= FIRST_VIEW


@pytest.mark.parametrize(
    ("view", "tone", "path"), pictures(), ids=lambda part: getattr(part, "name", part)
)
def test_a_picture_lies_under_its_outline(view, tone, path):
    with Image.open(path) as picture:
        assert picture.size == (2 * view.width, 2 * view.height)
        alpha = np.asarray(picture.getchannel("A").resize((view.width, view.height), Image.BOX))
    drawn = filled(flatten(view.outline), view)
    seen = alpha >= 128
    if view.name.startswith("face"):  # the bust runs out towards the frame
        seen, drawn = (part[: int(0.55 * view.height)] for part in (seen, drawn))
    # A pixel, and two at the tip of a corner, for the outline is smoothed.
    assert apart(seen, drawn) <= 2.5
    assert apart(np.roll(seen, 4, axis=1), drawn) > 4  # not blind: four pixels aside are seen


def filled(rings, view):
    # XOR of the rings, so that inner ones leave a hole.
    mask = np.zeros((view.height, view.width), dtype=bool)
    for ring in rings:
        picture = Image.new("1", (view.width, view.height))
        ImageDraw.Draw(picture).polygon([(x - 0.5, y - 0.5) for x, y in ring], fill=1)
        mask ^= np.asarray(picture)
    return mask


def apart(one, other):
    """Pixels that the borders of two masks lie apart at most, either way."""
    far = 0.0
    for a, b in ((one, other), (other, one)):
        rest, steps = a & ~b, 0
        grown = b
        while rest.any() and steps < 12:
            wide = np.pad(grown, 1)
            grown = grown | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
            rest, steps = a & ~grown, steps + 1
        far = max(far, max(0, steps - 0.5) if steps else 0.0)
    return far


def test_both_tones_have_the_same_shape_and_the_darker_is_darker():
    for view in load_atlas().views:
        images = {}
        for tone in TONES:
            with Image.open(DEFAULT.parent / view.pictures[tone]) as picture:
                images[tone] = np.asarray(picture.convert("RGBA"), dtype=np.int16)
        light, dark = (images[tone] for tone in TONES)
        assert np.abs(light[..., 3] - dark[..., 3]).max() <= 2
        solid = light[..., 3] > 250
        assert light[solid][:, :3].mean() - dark[solid][:, :3].mean() > 50


def test_areas_lie_on_skin_that_is_drawn():
    for view in load_atlas().views:
        with Image.open(DEFAULT.parent / view.picture) as picture:
            alpha = np.asarray(picture.getchannel("A"))
        for shape in view.areas:
            x, y = (int(2 * place) for place in shape.anchor)
            assert alpha[y, x] > 230, (view.figure, view.name, shape.area)


def surface():
    with (DATA / "surface.csv").open(encoding="utf-8", newline="") as file:
        return {
            row.pop("figure"): {key: float(value) for key, value in row.items()}
            for row in csv.DictReader(file)
        }


@pytest.mark.parametrize("figure", FIGURES)
def test_the_skin_is_that_of_a_body_of_this_height_and_volume(atlas, figure):
    row = surface()[figure]
    assert row["surface_cm2"] == pytest.approx(row["du_bois_cm2"], rel=0.05)
    # Lund and Browder 1944: an adult's head is 7 % of the skin, its front half of that.
    assert row["head_cm2"] / row["surface_cm2"] == pytest.approx(0.07, abs=0.015)
    assert row["face_cm2"] / row["surface_cm2"] == pytest.approx(0.035, abs=0.015)
    sizes = {
        (shape.area, shape.side): shape.cm2
        for view in atlas.views
        if view.figure == figure
        for shape in view.areas
    }
    assert sum(sizes.values()) < row["surface_cm2"]
    face = sum(size for (area, _), size in sizes.items() if area.startswith("face."))
    assert face == pytest.approx(row["face_cm2"], abs=1)


def test_no_inner_skin_is_counted(atlas):
    sizes = {(view.figure, shape.area): shape.cm2 for view in atlas.views for shape in view.areas}
    for figure in FIGURES:
        assert sizes[figure, "face.nose"] < 25
        assert sizes[figure, "face.cheek"] > 1.5 * sizes[figure, "face.nose"]
        assert sizes[figure, "face.upper_lip"] < 16


def test_no_view_shows_more_of_an_area_than_there_is(atlas):
    for view in atlas.views:
        for shape in view.areas:
            assert visible_cm2(view, shape) <= 1.06 * shape.cm2 + 0.6, (view.name, shape.area)


def test_the_table_of_skin_is_that_of_the_build():
    text = (DATA.parents[1] / "docs" / "atlas.md").read_text(encoding="utf-8")
    for figure, row in surface().items():
        numbers = [f"{row[key]:,.0f}" for key in ("surface_cm2", "du_bois_cm2", "head_cm2")]
        assert (
            f"| {figure} | {row['height_cm']:.0f} | {row['volume_l']:.0f} | " + " | ".join(numbers)
            in text
        )


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
    assert isinstance(view, BodyView)
    with pytest.raises(dataclasses.FrozenInstanceError):
        view.width = 1


def test_flatten_follows_a_curve():
    assert flatten("M0,0l10,0c0,5-5,10-10,10l.5-.5z", steps=2) == [
        [(0.0, 0.0), (10.0, 0.0), (6.875, 6.875), (0.0, 10.0), (0.5, 9.5)]
    ]
    with pytest.raises(ValueError, match="starts with M"):
        flatten("l1,1z")


def test_the_first_shows_about_the_most_skin(atlas):
    pairs = most_skin_first(atlas, "female", AreaSide("face.cheek", "left"))
    assert {view.name for view, _ in pairs} == {
        view.name for view in atlas.views_of("face.cheek", "left")
    }
    assert visible_cm2(*pairs[0]) >= 0.9 * max(visible_cm2(*pair) for pair in pairs)


@pytest.mark.parametrize("figure", FIGURES)
def test_the_skin_under_the_chin_opens_from_below_and_the_face_from_the_front(atlas, figure):
    first = {
        area: most_skin_first(atlas, figure, AreaSide(area, "midline"))[0]
        for area in ("neck.submental", "face.chin", "face.lower_lip", "face.nose", "neck.anterior")
    }

    view, shape = first.pop("neck.submental")
    assert view.name == "face_below"
    assert visible_cm2(view, shape) > 0.6 * shape.cm2
    face = atlas.view(figure, "face")
    assert visible_cm2(face, face.shape("neck.submental", "midline")) < 0.35 * shape.cm2
    assert {view.name for view, _ in first.values()} <= {"face", "front"}


def test_a_sliver_is_left_out_on_request(atlas):
    pairs = most_skin_first(atlas, "female", AreaSide("face.cheek", "left"), least=1.0)
    most = max(visible_cm2(*pair) for pair in pairs)
    assert [visible_cm2(*pair) for pair in pairs] == [most]
    assert len(pairs) < len(most_skin_first(atlas, "female", AreaSide("face.cheek", "left")))
