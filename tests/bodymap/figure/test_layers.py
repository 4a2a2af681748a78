"""What is drawn over the areas: a protocol's points on every view, and the states of rest."""

import json
from dataclasses import replace

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.layers import (
    Category,
    PointsLayer,
    layers_payload,
    packed_count,
    placed_layers,
    points_layers,
    states_payload,
)
from mesodash.bodymap.figure.placed_points import Placed, absolute

ATLAS = load_atlas()
LOWER, CHEEK = AreaSide("abdomen.lower", "midline"), AreaSide("face.cheek", "left")


def test_views_share_one_packing_and_its_numbers():
    layers = points_layers(ATLAS, "female", CHEEK, spacing_cm=1)
    numbers = {number for layer in layers for number in layer.numbers}
    assert len(layers) > 1
    assert numbers == set(range(1, len(numbers) + 1))
    assert {layer.figure for layer in layers} == {"female"}
    for layer in layers:
        here, all_of_them = len(layer.points), len(numbers)
        told = f"{here} of {all_of_them}" if here < all_of_them else str(all_of_them)
        assert layer.label == f"{told} points, 1 cm apart"


def test_a_square_grid_has_as_many_points_as_are_drawn():
    for site in (CHEEK, LOWER, AreaSide("abdomen.flank", "right")):
        layers = points_layers(ATLAS, "male", site, spacing_cm=1.5, pattern="square")
        drawn = {number for layer in layers for number in layer.numbers}
        assert len(drawn) == packed_count("male", site, 1.5)
    assert packed_count("male", AreaSide("nowhere", "left"), 1.5) is None


def test_a_count_is_kept_over_all_views():
    layers = points_layers(ATLAS, "male", CHEEK, count=6)
    assert {number for layer in layers for number in layer.numbers} == set(range(1, 7))
    assert max(len(layer.points) for layer in layers) <= 6


def test_lines_carry_their_far_ends():
    layer = points_layers(ATLAS, "female", LOWER, spacing_cm=2, pattern="lines")[0]
    assert [start for start, _ in layer.segments] == list(layer.points)
    assert layer.label.endswith(f"{len(layer.points)} lines, 2 cm apart")


@pytest.mark.parametrize(
    "given", [{}, {"count": 3, "spacing_cm": 1}, {"count": 3, "pattern": "lines"}]
)
def test_neither_or_both_is_refused(given):
    with pytest.raises(ValueError, match="either a spacing"):
        points_layers(ATLAS, "female", LOWER, **given)


def test_an_area_the_figure_does_not_show_has_no_layers():
    assert points_layers(ATLAS, "female", AreaSide("face.cheek", "both"), spacing_cm=1) == ()


def test_placed_points_are_drawn_on_the_view_they_were_placed_on():
    here = Placed("front", 0.2, -0.1)
    view = ATLAS.view("female", "front")
    (layer,) = placed_layers(ATLAS, "female", LOWER, [here])
    assert layer.points == (absolute(view, view.shape("abdomen.lower", "midline"), 0.2, -0.1),)
    assert (layer.view, layer.label, layer.numbered) == ("front", "1 point", True)


def test_what_travels_is_small():
    layer = PointsLayer(
        "flank", "left", "male", "back", ((1.26, 2.0),), (((1.26, 2.0), (3.0, 4.0)),), "1 line"
    )
    assert layers_payload([layer]) == [
        ["male", "back", "flank|left", "1 line", 1, [13, 20], [30, 40]]
    ]
    shown = replace(layer, numbers=(7,))
    assert layers_payload([shown])[0][4] == [7]
    assert layers_payload([replace(shown, numbered=False)])[0][4] == 0
    whole = layers_payload(points_layers(ATLAS, "female", LOWER, spacing_cm=1.5))
    points = sum(len(row[5]) for row in whole) / 2
    assert len(json.dumps(whole, separators=(",", ":"))) < 100 * len(whole) + 16 * points


def test_states_name_each_category_once():
    free, late = Category("free", "Free", "calm"), Category("late", "Overdue", "late")
    assert states_payload({LOWER: late, CHEEK: free}) == {
        "categories": [["late", "Overdue", "late"], ["free", "Free", "calm"]],
        "areas": {"abdomen.lower|midline": 0, "face.cheek|left": 1},
    }
    assert states_payload({}) is None
    with pytest.raises(ValueError, match="share a code"):
        states_payload({LOWER: late, CHEEK: Category("late", "Other", "wait")})
    with pytest.raises(ValueError, match="calm, wait, late, none"):
        Category("late", "Overdue", "red")
