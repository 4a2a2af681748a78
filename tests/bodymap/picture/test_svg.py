"""The coloured body as SVG: every area, the right fill, nothing fetched, nothing smuggled in."""

import base64
import math
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.sentences import numbers_in

from mesodash.bodymap.atlas import DEFAULT, load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import LIGHT, ColourScale
from mesodash.bodymap.figure.component import VIEWS, WORDS
from mesodash.bodymap.picture.svg import NO_DATA, VIEW_WORDS, heat_map_svg

ATLAS = load_atlas()
SITES = [AreaSide(area, side) for area, side in ATLAS.areas()]
LABELS = {site: f"{site.area}, {site.side}" for site in SITES}
VALUES = {site: float(i) for i, site in enumerate(SITES) if i % 3}
HIGH = max(VALUES.values())
HOSTILE = "</title><script>alert(1)</script>\"'&<!--]]>\x00\x1b\ud800\ufffe" + "x" * 400
NS = "{http://www.w3.org/2000/svg}"


def drawn(figure="female", views=VIEWS, values=VALUES, **changes):
    words = {"labels": LABELS, "scale": ColourScale("Sessions", 0, HIGH), **changes}
    return heat_map_svg(ATLAS, figure, views, values, **words)


def parsed(text):
    return ET.fromstring(text)  # noqa: S314 - our own text


def areas(text):
    """Path elements by view, area and side."""
    root = parsed(text)
    return {
        (group.get("data-view"), path.get("data-area"), path.get("data-side")): path
        for group in root.iter(f"{NS}g")
        if group.get("data-view")
        for path in group.iter(f"{NS}path")
        if path.get("data-area")
    }


@pytest.mark.parametrize("figure", ATLAS.figures)
def test_every_area_has_its_fill(figure):
    found = areas(drawn(figure))
    expected = {}
    for name in VIEWS:
        for shape in ATLAS.view(figure, name).areas:
            value = VALUES.get(AreaSide(shape.area, shape.side))
            expected[name, shape.area, shape.side] = (
                "none" if value is None else LIGHT.fill((value / HIGH) ** 0.5)
            )

    assert {key: path.get("fill") for key, path in found.items()} == expected
    assert {path.get("fill-opacity") for path in found.values()} == {None, "0.5"}
    for path in found.values():
        bare = path.get("fill") == "none"
        assert (path.get("stroke-dasharray") is not None) is bare
        assert path.get("style") == (None if bare else "mix-blend-mode: multiply")


def test_negative_control_other_values_have_other_fills():
    site = SITES[1]
    one = areas(drawn(values={site: 0.0}))["front", site.area, site.side]
    other = areas(drawn(values={site: HIGH}))["front", site.area, site.side]

    assert one.get("fill") == LIGHT.fill(0)
    assert other.get("fill") == LIGHT.fill(1)
    assert one.get("fill") != other.get("fill")


@pytest.mark.parametrize("value", [math.nan, math.inf, None])
def test_no_number_is_plain_skin_and_never_zero(value):
    site = SITES[1]
    path = areas(drawn(values={site: value}))["front", site.area, site.side]

    assert path.get("fill") == "none"
    assert path.find(f"{NS}title").text == f"{LABELS[site]}: {NO_DATA}"


def test_beyond_the_scale_is_its_end_and_a_scale_without_width_its_lower_one():
    site = SITES[1]
    key = ("front", site.area, site.side)

    assert areas(drawn(values={site: 1e9}))[key].get("fill") == LIGHT.fill(1)
    assert areas(drawn(values={site: -5}))[key].get("fill") == LIGHT.fill(0)
    assert areas(drawn(values={site: 3}, scale=ColourScale("x", 3, 3)))[key].get(
        "fill"
    ) == LIGHT.fill(0)


def test_only_labelled_areas_are_drawn_and_pairs_serve_as_keys():
    found = areas(drawn(values={("hip", "left"): 2}, labels={("hip", "left"): "Hip, left"}))

    assert {key[1:] for key in found} == {("hip", "left")}
    assert found["front", "hip", "left"].find(f"{NS}title").text == "Hip, left: 2"


def test_words_for_screen_readers():
    site, other = SITES[1], SITES[2]
    text = drawn(
        views=["front"],
        values={site: 2},
        labels={site: "One", other: "Two"},
        value_text={site: "2 sessions, n 1"},
    )
    root = parsed(text)
    ids = {element.get("id"): element for element in root.iter() if element.get("id")}

    assert root.get("role") == "img"
    assert [ids[name].tag for name in root.get("aria-labelledby").split()] == [
        f"{NS}title",
        f"{NS}desc",
    ]
    assert ids["mb-title"].text == "Sessions: body map, female figure"
    assert numbers_in(ids["mb-desc"].text) == [2, 1, 1]
    assert all(part in ids["mb-desc"].text for part in ("Front", "One: 2 sessions", NO_DATA))


def test_sides_legend_and_captions_are_printed():
    texts = [element.text for element in parsed(drawn(note="A note")).iter(f"{NS}text")]

    # Either side alone is seen on the side views, both on the six others.
    assert (texts.count("R"), texts.count("L")) == (8, 8)
    assert {"0", f"{HIGH:g}", NO_DATA, "A note", *VIEW_WORDS.values()} <= set(texts)


def test_hostile_words_stay_words():
    labels = dict.fromkeys(SITES, HOSTILE)
    text = drawn(
        labels=labels,
        scale=ColourScale(HOSTILE, 0, HIGH),
        note=HOSTILE,
        value_text=dict.fromkeys(SITES, HOSTILE),
    )
    root = parsed(text.encode("utf-8"))
    harmless = {"svg", "title", "desc", "defs", "rect", "text", "g", "path", "image"}

    assert {element.tag.removeprefix(NS) for element in root.iter()} == harmless | {
        "linearGradient",
        "stop",
    }
    assert "</title><script>alert(1)</script>" in root.find(f"{NS}title").text
    assert not re.search(r"[\x00\x1b\ud800\ufffe]", text)


def test_nothing_is_fetched_and_the_pictures_are_inside():
    text = drawn()
    root = parsed(text)
    links = [value for element in root.iter() for key, value in element.items() if "href" in key]
    front = base64.b64decode(links[0].partition("base64,")[2])

    assert len(links) == len(VIEWS)
    assert all(link.startswith("data:image/webp;base64,") for link in links)
    assert front == (DEFAULT.parent / ATLAS.view("female", "front").picture).read_bytes()
    assert set(re.findall(r"url\(([^)]{3})", text)) == {"#mb"}
    assert set(re.findall(r"https?://[^\"]+", text)) == {"http://www.w3.org/2000/svg"}
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]
    named = {element.get("id") for element in root.iter()}
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= named


def test_the_same_bytes_twice():
    backwards = dict(reversed(VALUES.items()))

    assert drawn() == drawn()
    assert drawn(values=backwards) == drawn()
    assert len(drawn()) < 1_000_000


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="at least one view"):
        drawn(views=())
    for low, high in ((1, 0), (math.nan, 1), (0, math.inf)):
        with pytest.raises(ValueError, match="two numbers"):
            drawn(scale=ColourScale("x", low, high))
    with pytest.raises(KeyError, match="no view 'sole'"):
        drawn(views=("sole",))


def test_words_are_those_of_the_figure_on_the_page():
    css = (Path(DEFAULT).parents[1] / "figure.css").read_text(encoding="utf-8")

    assert WORDS["no_data"] == NO_DATA
    assert tuple(VIEW_WORDS) == VIEWS
    assert f"--mb-low: {LIGHT.low};" in css
    assert f"--mb-high: {LIGHT.high};" in css
    assert f"--mb-skin: {LIGHT.skin}" in css
    assert f"fill-opacity: {LIGHT.strength}" in css
