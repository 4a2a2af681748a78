"""The figure of a handout: the fewest views that show the areas, only those areas filled."""

from xml.etree import ElementTree as ET

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.consult.handout.page import figure_svg, sites_of, views_for

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


def both(*areas):
    return [AreaSide(area, "both") for area in areas]


@pytest.mark.parametrize("figure", ["female", "male"])
@pytest.mark.parametrize(
    ("areas", "views"),
    [
        (both("face.cheek"), ["face"]),
        ([AreaSide("face.glabella", "midline")], ["face"]),
        (both("buttock"), ["back"]),
        (both("leg.thigh.anterior"), ["front"]),
        (both("leg.thigh.posterior", "leg.thigh.anterior"), ["front", "back"]),
        (both("leg.thigh.posterior", "buttock.fold"), ["back"]),
        ([AreaSide("scalp.vertex", "midline")], ["scalp"]),
        ([AreaSide("face.cheek", "left"), AreaSide("buttock", "left")], ["back", "face"]),
    ],
)
def test_the_fewest_views_that_show_the_areas(atlas, figure, areas, views):
    assert [view.name for view in views_for(atlas, figure, areas)] == views


def test_every_area_of_the_atlas_is_on_one_of_its_views(atlas):
    for figure in atlas.figures:
        for area, side in atlas.areas():
            site = AreaSide(area, side)
            if not atlas.views_of(area, side, figure):
                continue
            found = views_for(atlas, figure, [site])
            assert len(found) == 1, site
            assert found[0].shape(area, side) is not None, site


def test_only_the_chosen_areas_are_filled(atlas):
    areas = [AreaSide("leg.thigh.posterior", "left")]
    svg, wide = figure_svg(atlas, "female", areas)
    root = ET.fromstring(svg)  # noqa: S314 - our own

    view = atlas.view("female", "back")
    assert [path.get("d") for path in root.iter(f"{SVG}path")] == [
        view.shape("leg.thigh.posterior", "left").path
    ]
    assert len(list(root.iter(f"{SVG}image"))) == 1
    assert wide == pytest.approx(view.width / view.height)


def test_letters_say_the_patients_sides(atlas):
    svg, _ = figure_svg(atlas, "female", both("buttock"), letters=("D", "G"))
    root = ET.fromstring(svg)  # noqa: S314 - our own

    told = {text.text: float(text.get("x")) for text in root.iter(f"{SVG}text")}
    assert set(told) == {"D", "G"}
    assert told["G"] < told["D"]  # seen from the back, the patient's left is on the viewer's left


def test_areas_that_are_not_drawn_give_no_figure(atlas):
    assert figure_svg(atlas, "female", [AreaSide("scalp.occipital", "left")]) is None


def test_both_sides_are_the_left_and_the_right():
    assert sites_of(both("hip")) == (AreaSide("hip", "left"), AreaSide("hip", "right"))
