"""Points placed by hand: what of a browser's word is kept, and what the browser is given."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodash.bodymap.atlas import AreaShape, BodyView, load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.placed_points import (
    MOST_PLACED,
    Placed,
    absolute,
    newest_placed,
    placed_layout,
    placing_payload,
    read_placed,
    relative,
)

ATLAS = load_atlas()
SQUARE = "M100 100 l200 0 l0 200 l-200 0z"
SITES = [
    ("female", "front", "abdomen.lower", "midline"),
    ("female", "left", "leg.thigh.lateral", "left"),
    ("male", "face", "face.cheek", "left"),
    ("male", "face_below", "neck.submental", "midline"),
    ("male", "scalp", "scalp.vertex", "midline"),
]
LOWER = AreaSide("abdomen.lower", "midline")
KEPT = (Placed("front", 0.1, 0.2),)


def made(path):
    """A view 20 cm wide, of one area."""
    shape = AreaShape("made.up", "left", path, (200.0, 200.0), 40000.0, 100.0)
    view = BodyView("female", "front", 400, 400, "none.webp", 0.05, path, None, None, (shape,))
    return view, shape


def real(site):
    view = ATLAS.view(*site[:2])
    return view, view.shape(*site[2:])


@pytest.mark.parametrize(
    "bad",
    [
        ["back", 0, 0],
        ["front", 0],
        ["front", float("nan"), 0],
        ["front", "0", 0],
        ["front", True, 0],
        ["front", 1e9, 0],
        [["front"], 0, 0],
        "front",
        None,
    ],
)
def test_what_is_no_place_is_left_out(bad):
    assert read_placed([bad, ["front", 0.123456, -1]], ["front"]) == (Placed("front", 0.1235, -1),)


def test_what_is_no_list_gives_none_and_the_number_is_bounded():
    assert read_placed({"points": 1}, ["front"]) == ()
    assert len(read_placed([["front", 0, 0]] * 500, ["front"])) == MOST_PLACED


@pytest.mark.parametrize(
    ("heard", "seen", "expected"),
    [
        ({}, 3, (3, KEPT)),
        ({str(LOWER): {"seq": 4, "points": [["front", 0, 0]]}}, 3, (4, (Placed("front", 0, 0),))),
        ({str(LOWER): {"seq": 3, "points": []}}, 3, (3, KEPT)),
        ({str(LOWER): {"seq": "9", "points": []}}, 3, (3, KEPT)),
        ({str(LOWER): {"seq": 9, "points": None}}, 3, (3, KEPT)),
        ({"face.cheek|left": {"seq": 9, "points": []}}, 3, (3, KEPT)),
        ({str(LOWER): "nonsense"}, 3, (3, KEPT)),
    ],
)
def test_the_newer_word_counts(heard, seen, expected):
    assert newest_placed(heard, seen, LOWER, KEPT, ATLAS) == expected


def test_the_browser_can_turn_places_into_pixels_as_python_does():
    frames = placing_payload(ATLAS, LOWER, KEPT, 0)["frames"]
    for figure, views in frames.items():
        for name, (x, y, across, down) in views.items():
            view = ATLAS.view(figure, name)
            here = absolute(view, view.shape("abdomen.lower", "midline"), 0.1, 0.2)
            assert here == pytest.approx((x + 0.1 * across, y + 0.2 * down), abs=0.002)
    assert next(iter(frames["female"])) == "front"


@given(st.sampled_from(SITES), st.floats(0, 1), st.floats(0, 1))
def test_free_points_come_back(site, across, down):
    view, shape = real(site)
    x, y = across * view.width, down * view.height

    assert absolute(view, shape, *relative(view, shape, x, y)) == pytest.approx((x, y), abs=1e-6)


@given(st.floats(0.3, 3), st.floats(-40, 40), st.floats(101, 299), st.floats(101, 299))
def test_free_points_follow_an_area_drawn_anew(size, shift, x, y):
    view, shape = made(SQUARE)
    kept = relative(view, shape, x, y)
    edge = 200 * size
    start = 100 + shift
    redrawn = f"M{start:.6f} {start:.6f} l{edge:.6f} 0 l0 {edge:.6f} l{-edge:.6f} 0z"
    larger = dataclasses.replace(view, width=2000, height=2000)

    there = absolute(larger, dataclasses.replace(shape, path=redrawn), *kept)
    expected = (start + (x - 100) * size, start + (y - 100) * size)
    assert there == pytest.approx(expected, abs=1e-3)
    assert max(map(abs, kept)) <= 1


def test_free_points_that_are_damaged():
    view, shape = made(SQUARE)

    with pytest.raises(ValueError, match="outside the picture"):
        relative(view, shape, 401, 10)
    with pytest.raises(ValueError, match="outside the picture"):
        relative(view, shape, math.nan, 10)
    with pytest.raises(ValueError, match="damaged"):
        absolute(view, shape, math.inf, 0)
    assert absolute(view, shape, 50, -50) == (400.0, 0.0)
    layout = placed_layout(view, shape, [(0, 0), (0.5, 0)])
    assert np.array(layout.points) == pytest.approx(np.array([(200, 200), (250, 200)]))
    assert layout.spacing_cm == pytest.approx(2.5)
    assert placed_layout(view, shape, []).spacing_cm == 0
