"""What the stage is given: the figure cut to the area, the dose that belongs to what is counted."""

import pytest

from mesodash.bodymap.atlas import load_atlas, most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.teaching.lesson import make_lesson
from mesodash.teaching.points import PANEL, box_of, lesson_points
from mesodash.ui.lessons.lesson_page import WORDS, lesson_payload


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


def payload(catalogue, atlas, code, site, sex="female"):
    protocol = catalogue.protocols[code]
    points = lesson_points(catalogue, atlas, protocol, site, figure=sex)
    lesson = make_lesson(catalogue, protocol, site, points, sex=sex)
    return lesson_payload(lesson, points, catalogue, atlas, version="1")


def test_the_box_holds_the_area_on_every_view_in_the_panels_shape(atlas, checks):
    sites = [AreaSide(*pair) for pair in atlas.areas()]
    pairs = [(f, s) for f in atlas.figures for s in sites if most_skin_first(atlas, f, s)]
    with checks("boxes around areas", planned=len(pairs)) as count:
        for figure, site in pairs:
            view, shape = most_skin_first(atlas, figure, site)[0]
            x, y, wide, tall = box_of(view, shape)
            points = [point for ring in shape.rings() for point in ring]
            inside = all(x <= px <= x + wide and y <= py <= y + tall for px, py in points)
            count.that(inside and abs(wide / tall - PANEL) < 1e-6, f"{site} on {figure}")


def test_a_sides_dose_stands_beside_a_sides_points(catalogue, atlas):
    cheek = payload(catalogue, atlas, "face_ncha", AreaSide("face.cheek", "left"))
    assert cheek["dose"] == {"each": 0.02, "most": 1.0, "where": "Cheek, left", "counted": True}
    assert len(cheek["figure"]["points"]) == 2 * 50

    chin = payload(catalogue, atlas, "fat_submental_dc", AreaSide("neck.submental", "midline"))
    assert (chin["dose"]["each"], chin["dose"]["most"], chin["dose"]["counted"]) == (
        0.2, None, False,
    )  # fmt: skip


def test_every_word_is_there_and_every_source_is_told(catalogue, atlas):
    made = payload(catalogue, atlas, "face_polyvit", AreaSide("face.forehead", "midline"))
    assert set(made["words"]) == {*WORDS, "back", "next"}
    bands = made["skin"]["bands"]
    assert [(b["layer"], b["mm"], b["n"]) for b in bands] == [
        ("epidermis", 0.2, 69), ("dermis", 0.86, 69), ("fat", 2.0, 32),
    ]  # fmt: skip
    assert all(b["sources"] for b in bands)
