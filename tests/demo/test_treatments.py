"""What was done: areas, sides and volumes fit the catalogue, products and lots fit each other."""

import pytest


def test_every_group_of_the_founding_text_occurs(ask, catalogue):
    groups = {catalogue.area(area).group for (area,) in ask("SELECT area FROM treated_areas")}

    assert groups >= {
        "face",
        "neck",
        "arm",
        "leg",
        "buttock",
        "back",
        "abdomen",
        "scalp",
        "head",
    }


@pytest.mark.parametrize("table", ["treated_areas", "side_effects"])
def test_sides_fit_their_area(ask, catalogue, table):
    pairs = set(ask(f"SELECT area, side FROM {table} WHERE area IS NOT NULL"))

    def allowed(area):
        sides = set(catalogue.area(area).sides)
        return sides | {"both"} if {"left", "right"} <= sides else sides

    assert {(area, side) for area, side in pairs if side not in allowed(area)} == set()
    assert {side for _, side in pairs} == {"left", "right", "both", "midline"}


def test_most_areas_are_drawn_ones(ask, catalogue):
    areas = [area for (area,) in ask("SELECT area FROM treated_areas")]
    drawn = sum(catalogue.area(area).leaf for area in areas)

    assert 0.95 < drawn / len(areas) < 1


def test_areas_belong_to_their_protocol(ask, catalogue):
    for protocol, area in set(
        ask("SELECT protocol, area FROM treated_areas t JOIN sessions s ON s.id = t.session")
    ):
        chosen = catalogue.protocols[protocol]
        if catalogue.area(area).leaf:
            assert area in catalogue.covered(chosen.areas), (protocol, area)


def test_what_the_catalogue_does_not_publish_stays_empty(ask, catalogue):
    rows = ask(
        "SELECT protocol, technique, depth_um, points, volume_ul, side"
        " FROM treated_areas t JOIN sessions s ON s.id = t.session"
    )
    for protocol, technique, depth, points, volume, side in rows:
        published = catalogue.protocols[protocol]
        if technique is not None:
            assert technique in published.techniques
        if published.depth_mm_max is None and published.depth_mm_min is None:
            assert depth is None
        else:
            low, high = published.depth_mm_min, published.depth_mm_max
            assert (low or high) * 1000 <= depth <= (high or low) * 1000
        if published.volume_per_point_ml is not None:
            assert volume == points * round(published.volume_per_point_ml * 1000)
        if published.max_volume_per == "side":
            assert volume <= published.max_volume_ml * 1000 * (2 if side == "both" else 1)
    assert {depth is None for _, _, depth, _, _, _ in rows} == {True, False}


def test_sessions_stay_within_the_published_maximum(ask, catalogue):
    for protocol, volume in ask(
        "SELECT protocol, sum(volume_ul) FROM treated_areas t JOIN sessions s ON s.id = t.session"
        " GROUP BY s.id"
    ):
        published = catalogue.protocols[protocol]
        if published.max_volume_per == "session":
            assert volume <= published.max_volume_ml * 1000


def test_products_add_up_to_what_was_injected(ask):
    differences = ask(
        "SELECT 1 FROM (SELECT session, sum(volume_ul) AS ul FROM products_used GROUP BY 1) p"
        " JOIN (SELECT session, sum(volume_ul) AS ul FROM treated_areas GROUP BY 1) a"
        " USING (session) WHERE p.ul <> a.ul"
    )
    assert differences == []


def test_lots_are_not_used_after_their_expiry(ask):
    assert (
        ask(
            "SELECT lot FROM products_used p JOIN sessions s ON s.id = p.session"
            " WHERE expires_on < substr(held_at, 1, length(expires_on))"
        )
        == []
    )
