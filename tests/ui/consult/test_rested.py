"""The rest map: by which interval an area is judged, and when it is late."""

from datetime import date

import pytest

from mesodash.bodymap.choice import AreaSide
from mesodash.records.last_treated import LastTreated
from mesodash.ui.consult.rested import categories, rested, sentences

TODAY = date(2026, 11, 22)
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
    assert sentences(found)[CROWN].startswith("2 days since the last session: too early")
