"""What the figure shows over its areas: the rest map, and the points of a protocol."""

from datetime import date

import pytest
from tests.conftest import TODAY
from tests.sentences import numbers_in

from mesodash.bodymap.choice import AreaSide
from mesodash.consult.intervals import rested
from mesodash.records.patients.last_treated import LastTreated
from mesodash.ui.body_map.doses import Spaced
from mesodash.ui.body_map.overlay import (
    categories,
    protocol_points,
    seen_words,
    sentences,
    too_many,
)

CROWN = AreaSide("scalp.vertex", "midline")
CHIN = AreaSide("neck.submental", "midline")
LEFT, RIGHT = AreaSide("leg.thigh.lateral", "left"), AreaSide("leg.thigh.lateral", "right")


def treated(site, on, protocol):
    return LastTreated(site.area, site.side, date.fromisoformat(on), "S1", protocol)


def states(catalogue, last, *, under_way=(), sites=(CROWN,), protocol=None):
    found = rested(catalogue, last, {}, under_way, sites, TODAY, protocol=protocol)
    return {site: state.state for site, state in found.items()}


@pytest.mark.parametrize(
    ("on", "under_way", "state"),
    [
        ("2026-11-20", {"hair_duta"}, "too_early"),
        ("2026-11-15", {"hair_duta"}, "free"),
        ("2026-09-01", {"hair_duta"}, "overdue"),
        ("2026-09-01", set(), "free"),
    ],
)
def test_an_area_is_late_only_in_a_course_under_way(catalogue, on, under_way, state):
    assert states(catalogue, [treated(CROWN, on, "hair_duta")], under_way=under_way) == {
        CROWN: state
    }


def test_never_treated_stands_apart(catalogue):
    found = states(catalogue, [treated(CROWN, "2026-11-20", "hair_duta")], sites=(CROWN, CHIN))

    assert found == {CROWN: "too_early", CHIN: "never"}


def test_the_chosen_protocol_judges_only_the_areas_it_is_reported_for(catalogue):
    last = [
        treated(CROWN, "2026-11-12", "hair_minox"),
        treated(CHIN, "2026-05-01", "fat_submental_dc"),
    ]

    found = states(
        catalogue, last, under_way={"hair_duta"}, sites=(CROWN, CHIN), protocol="hair_duta"
    )

    assert found == {CROWN: "free", CHIN: "free"}


def test_both_sides_count_for_each(catalogue):
    last = [LastTreated("leg.thigh.lateral", "both", date(2026, 11, 20), "S1", "cellulite_mix")]

    assert states(catalogue, last, sites=(LEFT, RIGHT)) == {LEFT: "too_early", RIGHT: "too_early"}


def test_of_two_sessions_the_newer_counts(catalogue):
    last = [
        treated(CROWN, "2026-11-20", "hair_minox"),
        LastTreated("scalp", "midline", date(2026, 1, 1), "S2", "hair_multivit"),
    ]

    assert states(catalogue, last) == {CROWN: "too_early"}


def test_no_interval_is_said_not_guessed(catalogue):
    assert states(catalogue, [treated(CROWN, "2026-11-20", None)]) == {CROWN: "no_interval"}


def test_what_the_figure_draws_and_says(catalogue):
    found = rested(
        catalogue,
        [treated(CROWN, "2026-11-20", "hair_duta")],
        {},
        (),
        (CHIN, CROWN),
        TODAY,
    )

    assert [c.code for c in categories(found).values()] == ["too_early", "never"]
    assert list(sentences(found)) == [CROWN]
    assert numbers_in(sentences(found)[CROWN])[0] == 2


ABDOMEN = AreaSide("abdomen.lower", "midline")
CHEEK = AreaSide("face.cheek", "left")


def figures(spacing=None, points=None):
    ends = None if spacing is None else (spacing, spacing)
    return Spaced(ends, points, None, None, None)


def test_points_are_on_both_figures_at_the_spacing():
    found = protocol_points([ABDOMEN], figures(3.0))

    assert {layer.figure for layer in found} == {"female", "male"}
    assert {(layer.area, layer.side) for layer in found} == {("abdomen.lower", "midline")}
    assert all("3 cm apart" in layer.label for layer in found)


def test_a_number_of_points_is_spread_over_all_the_skin():
    found = protocol_points([CHEEK], figures(points=12))

    drawn = {(layer.figure, number) for layer in found for number in layer.numbers}
    assert sorted(drawn) == [(figure, n) for figure in ("female", "male") for n in range(1, 13)]


def test_nothing_known_nothing_drawn():
    assert protocol_points([ABDOMEN], figures()) == ()
    assert too_many([ABDOMEN], figures()) is False


def test_points_too_close_to_tell_apart_are_not_drawn():
    assert protocol_points([ABDOMEN], figures(0.2)) == ()
    assert too_many([ABDOMEN], figures(0.2)) is True
    assert too_many([ABDOMEN], figures(3.0)) is False


def test_a_view_says_how_many_of_the_counted_points_it_shows():
    """Under the chin 50 may be injected; the figure's skin holds fewer."""
    drawn = protocol_points([CHIN], figures(1.0))
    mine = [layer for layer in drawn if layer.figure == "female"]
    most = max(len(layer.points) for layer in mine)
    assert most < 50

    said = seen_words(drawn, 50, "female")

    assert numbers_in(said)[:2] == [most, 50]
    assert seen_words((), 50, "female") == ""


def test_a_view_that_shows_fewer_says_so_where_another_shows_all():
    """50 points of a flank: its own side shows all, front and back a part each."""
    drawn = protocol_points([AreaSide("abdomen.flank", "left")], figures(points=50))
    mine = {one.view: len(one.points) for one in drawn if one.figure == "female"}
    assert max(mine.values()) == 50
    fewer = sorted((n for n in mine.values() if n < 50), reverse=True)
    assert len(fewer) >= 2

    said = numbers_in(seen_words(drawn, 50, "female"))

    assert said == [50, *(number for n in fewer for number in (n, 50))]
    assert seen_words(drawn, min(mine.values()), "female") == ""
