"""The small body and the list of areas name one area."""

import pytest

from mesodash.bodymap.choice import AreaSide
from mesodash.ui.review.filter_row import area_codes, newly_chosen, sites_of
from mesodash.ui.shell import context

LEFT, RIGHT = AreaSide("face.cheek", "left"), AreaSide("face.cheek", "right")
LOWER = AreaSide("abdomen.lower", "midline")


def test_both_sides_of_an_area_stand_chosen():
    assert set(sites_of("face.cheek")) == {LEFT, RIGHT}
    assert sites_of(None) == ()


def test_a_group_stands_for_all_below_it():
    assert {LEFT, RIGHT} < set(sites_of("face"))
    assert LOWER not in sites_of("face")


@pytest.mark.parametrize(
    ("picked", "shown", "area"),
    [
        ((LOWER,), (), "abdomen.lower"),
        ((LOWER,), (LEFT, RIGHT), "abdomen.lower"),
        ((), (LOWER,), None),
        ((RIGHT,), (LEFT, RIGHT), None),
    ],
)
def test_what_a_click_meant(picked, shown, area):
    assert newly_chosen(picked, shown) == area


def test_every_area_offered_has_a_place_on_the_body(catalogue):
    drawn = {area for area, _ in context.atlas().areas()}

    assert all(set(catalogue.leaves(code)) & drawn for code in area_codes(catalogue))
