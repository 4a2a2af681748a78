"""The PNG of the coloured body: its size, its light ground, its colours where the areas lie."""

import io

import pytest
from PIL import Image

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import LIGHT, ColourScale
from mesodash.bodymap.picture.png import to_png
from mesodash.bodymap.picture.svg import heat_map_svg

ATLAS = load_atlas()
CALF = AreaSide("leg.calf", "left")
OTHER = AreaSide("leg.calf", "right")


@pytest.fixture(scope="module")
def svg():
    return heat_map_svg(
        ATLAS,
        "female",
        ("front",),
        {CALF: 8.0},
        labels={CALF: "Lower leg, left", OTHER: "Lower leg, right"},
        scale=ColourScale("Sessions", 0, 8),
        note="n = 8 sessions · 2026",
    )


@pytest.fixture(scope="module")
def picture(svg):
    with Image.open(io.BytesIO(to_png(svg, scale=1))) as opened:
        return opened.convert("RGBA")


def at(picture, svg, site):
    """The pixel at an area's anchor, by the group's own transform."""
    place, _, scale = svg.partition('transform="translate(')[2].partition(") scale(")
    x, y = (float(part) for part in place.split())
    factor = float(scale.partition(")")[0])
    shape = ATLAS.view("female", "front").shape(site.area, site.side)
    spot = (x + shape.anchor[0] * factor, y + shape.anchor[1] * factor)
    return picture.getpixel(tuple(int(part) for part in spot))[:3]


def test_it_is_as_large_as_the_svg_on_an_opaque_light_ground(picture, svg):
    assert f'width="{picture.width}"' in svg
    assert picture.getextrema()[3] == (255, 255)
    corners = [(1, 1), (picture.width - 2, 1), (1, picture.height - 2)]
    assert {picture.getpixel(corner) for corner in corners} == {(255, 255, 255, 255)}


def test_an_area_has_its_colour_and_one_without_a_number_is_not_like_it(picture, svg):
    full = LIGHT.on_skin(1)
    expected = [int(full[i : i + 2], 16) for i in (1, 3, 5)]
    found, bare = at(picture, svg, CALF), at(picture, svg, OTHER)
    assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) < 50  # half in shade
    assert sum(bare) > sum(found) + 100


def test_words_and_legend_are_drawn(picture):
    """Dark pixels in the heading's line and in the note's; green ones in the legend's ramp."""
    heading = picture.crop((20, 20, 200, 50)).convert("L")
    note = picture.crop((20, picture.height - 45, 300, picture.height - 15)).convert("L")
    assert heading.getextrema()[0] < 80
    assert note.getextrema()[0] < 140
    end = picture.getpixel((24 + 215, picture.height - 70))
    start = picture.getpixel((24 + 5, picture.height - 70))
    assert sum(start[:3]) > sum(end[:3])


def test_twice_as_large_and_the_same_bytes_again(svg):
    large = to_png(svg, scale=1.5)
    assert large == to_png(svg, scale=1.5)
    with Image.open(io.BytesIO(large)) as opened:
        assert opened.width == pytest.approx(1.5 * 720, abs=2)


@pytest.mark.parametrize("scale", [0, -1, 7, float("nan")])
def test_a_scale_that_is_none_is_refused(svg, scale):
    with pytest.raises(ValueError, match="above 0, at most 6"):
        to_png(svg, scale=scale)


@pytest.mark.parametrize("text", ["", "no picture", "<svg/>"])
def test_what_is_no_picture_is_refused(text):
    with pytest.raises(ValueError, match="Only the SVG of a body map"):
        to_png(text)
