"""Points placed by hand: what of a browser's word is kept, and what the browser is given."""

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layouts import absolute
from mesodash.bodymap.placing import (
    MOST_PLACED,
    Placed,
    newest_placed,
    placing_payload,
    read_placed,
)

ATLAS = load_atlas()
LOWER = AreaSide("abdomen.lower", "midline")
KEPT = (Placed("front", 0.1, 0.2),)


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
