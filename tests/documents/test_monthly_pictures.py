"""The body of the monthly report shows what a shared view may show, and nothing else."""

import pandas as pd

from mesodash.bodymap.atlas import load_atlas
from mesodash.documents.monthly_report import PICTURES, body_pictures, not_drawn, scale
from mesodash.documents.small_groups import suppressed

AREAS = {
    "area": ["face.cheek", "leg.knee", "scalp.vertex"],
    "sessions": [32, 8, 40],
    "patients": [28, 6, 4],
}


def shared(areas):
    frame = pd.DataFrame(areas).assign(new_patients=0)
    return suppressed(frame, "volumes")


def test_an_area_of_fewer_than_five_looks_as_one_with_none(catalogue):
    few = {
        "area": ["face.cheek", "leg.knee", "neck.posterior", "scalp.vertex"],
        "sessions": [32, 8, 9, 40],
    }
    few["patients"] = [28, 6, 3, 4]
    none = {name: [row[0], row[1]] for name, row in few.items()}

    atlas = load_atlas()
    assert body_pictures(shared(few), atlas, catalogue) == body_pictures(
        shared(none), atlas, catalogue
    )
    assert scale(shared(few)).high == 32
    assert body_pictures(pd.DataFrame(few), atlas, catalogue) != body_pictures(
        shared(few), atlas, catalogue
    ), "the small ones would be seen if they were let through"


def test_each_picture_is_drawn_with_its_areas(catalogue):
    drawn = body_pictures(pd.DataFrame(AREAS), load_atlas(), catalogue)

    assert set(drawn) == set(PICTURES)
    assert ": 32</title>" in drawn["face"]
    assert ": 8</title>" in drawn["body"]


def test_what_the_figure_has_no_place_for_is_named(catalogue):
    areas = pd.DataFrame({"area": ["face.cheek", "elsewhere", None], "sessions": [1, 2, 3]})

    assert not_drawn(areas, load_atlas(), catalogue) == ["elsewhere"]
