"""Which injection points the figure is given."""

from mesodash.bodymap.choice import AreaSide
from mesodash.ui.consult.doses import Spaced
from mesodash.ui.consult.drawn import layers, too_many

ABDOMEN = AreaSide("abdomen.lower", "midline")
CHEEK = AreaSide("face.cheek", "left")


def figures(spacing=None, points=None):
    ends = None if spacing is None else (spacing, spacing)
    return Spaced(ends, points, None, None, None)


def test_points_are_on_both_figures_at_the_spacing():
    found = layers([ABDOMEN], figures(3.0))

    assert {layer.figure for layer in found} == {"female", "male"}
    assert {(layer.area, layer.side) for layer in found} == {("abdomen.lower", "midline")}
    assert all("3 cm apart" in layer.label for layer in found)


def test_a_number_of_points_is_spread_on_the_view_that_shows_most():
    found = layers([CHEEK], figures(points=12))

    numbered = [layer for layer in found if layer.numbered]
    assert [len(layer.points) for layer in numbered] == [12, 12]


def test_nothing_known_nothing_drawn():
    assert layers([ABDOMEN], figures()) == ()
    assert too_many([ABDOMEN], figures()) is False


def test_points_too_close_to_tell_apart_are_not_drawn():
    assert layers([ABDOMEN], figures(0.2)) == ()
    assert too_many([ABDOMEN], figures(0.2)) is True
    assert too_many([ABDOMEN], figures(3.0)) is False
