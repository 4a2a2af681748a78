"""How many points a published spacing makes on the chosen areas."""

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layouts import points_for_surface
from mesodash.ui.area_panel import points_here, surface

LEFT, RIGHT = AreaSide("abdomen.flank", "left"), AreaSide("abdomen.flank", "right")


def test_points_follow_from_the_spacing_and_the_surface(catalogue):
    pcdc = catalogue.protocols["fat_pcdc"]
    both = surface(LEFT) + surface(RIGHT)

    assert pcdc.spacing_cm_min == pcdc.spacing_cm_max == 1.5
    ((name, words),) = points_here(pcdc, [LEFT, RIGHT])
    points = points_for_surface(both, 1.5)
    assert name == "Here"
    assert words == f"about {points} points 1.5 cm apart, on {both:.0f} cm² of the figure"


def test_no_published_spacing_no_points(catalogue):
    assert catalogue.protocols["hair_minox"].spacing_cm_min is None
    assert points_here(catalogue.protocols["hair_minox"], [LEFT]) == []


def test_an_area_that_is_not_drawn_has_no_points(catalogue):
    pcdc = catalogue.protocols["fat_pcdc"]

    assert points_here(pcdc, [LEFT, AreaSide("abdomen", "midline")]) == []
