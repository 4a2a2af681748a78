"""Points placed by hand: right, too many, crowded, over the most."""

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.placed_points import Placed, relative
from mesodash.teaching.asking.placing import can_be_placed, score_placed
from mesodash.teaching.points import lesson_points

CHEEK = AreaSide("face.cheek", "left")


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


def lesson(catalogue, atlas, code, site=CHEEK):
    return lesson_points(catalogue, atlas, catalogue.protocols[code], site, figure="female")


def as_placed(atlas, points, moved=0.0):
    """The lesson's own points as if placed by hand, each drawn towards the first by a share."""
    layer = points.layers[0]
    view = atlas.view("female", layer.view)
    shape = view.shape(layer.area, layer.side)
    (fx, fy) = layer.points[0]
    return [
        Placed(layer.view, *relative(view, shape, x + (fx - x) * moved, y + (fy - y) * moved))
        for x, y in layer.points
    ]


@pytest.mark.parametrize("code", ["face_ncha", "face_microdroplet", "melasma_txa"])
def test_the_lessons_own_points_pass(catalogue, atlas, code):
    points = lesson(catalogue, atlas, code)
    found = score_placed(atlas, CHEEK, points, as_placed(atlas, points), figure="female")

    assert found.passed
    assert (found.placed, found.reached) == (points.drawn, 1.0)
    assert found.spacing_cm == pytest.approx(found.wanted_cm, rel=0.01)


def test_crowded_points_are_neither_spaced_nor_reach(catalogue, atlas):
    points = lesson(catalogue, atlas, "face_microdroplet")
    found = score_placed(atlas, CHEEK, points, as_placed(atlas, points, moved=0.6), figure="female")

    assert found.even < 0.8
    assert found.reached < 0.8
    assert not found.passed


def test_one_point_more_than_the_most_holds_is_over(catalogue, atlas):
    points = lesson(catalogue, atlas, "face_ncha")
    placed = as_placed(atlas, points)
    within = score_placed(atlas, CHEEK, points, placed, figure="female")
    over = score_placed(atlas, CHEEK, points, [*placed, placed[0]], figure="female")

    assert (within.volume_ml, within.over) == (pytest.approx(1.0), False)
    assert (over.over, over.passed) == (True, False)


def test_nothing_placed_is_nothing_reached(catalogue, atlas):
    points = lesson(catalogue, atlas, "face_microdroplet")
    found = score_placed(atlas, CHEEK, points, [], figure="female")

    assert (found.placed, found.reached, found.spacing_cm, found.passed) == (0, 0.0, None, False)


def test_what_no_source_counts_or_spaces_cannot_be_placed(catalogue, atlas):
    crown = AreaSide("scalp.vertex", "midline")
    assert not can_be_placed(lesson(catalogue, atlas, "hair_minox", crown))
    with pytest.raises(ValueError, match="No points"):
        score_placed(
            atlas, crown, lesson(catalogue, atlas, "hair_minox", crown), [], figure="female"
        )
