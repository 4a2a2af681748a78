"""Skin as measured, depths that leave it, and how far a needle reaches."""

import pytest

from mesodash.catalogue.depths import (
    all_that_leave,
    depth_reached,
    layer_meant,
    leaves_layer,
    length_for,
    measured_skin,
    reach,
)


@pytest.mark.parametrize(
    ("area", "sex", "mm", "dermis"),
    [
        ("face.forehead", "female", 1.06, 0.86),  # Meng 2022, table 2: 0.20 + 0.86
        ("face.forehead", "male", 1.39, 1.17),
        ("face.forehead", None, 1.06, 0.86),  # of an unknown sex the thinner
        ("face.eyelid_lower", "female", 0.75, 0.58),
        ("face.cheek", "male", 1.33, 1.14),
        ("back.trapezius", "female", 2.54, None),  # Laurent 2007, both sexes, skin as a whole
        ("leg.thigh.lateral", "male", 1.89, 1.89),  # Derraik 2014, dermis alone
    ],
)
def test_skin_as_measured(catalogue, area, sex, mm, dermis):
    skin = measured_skin(catalogue, area, sex)

    assert (skin.mm, skin.dermis_mm) == (pytest.approx(mm), dermis)


def test_what_nobody_measured_has_no_skin(catalogue):
    row = catalogue.skin_layers["none_leg_knee"]

    assert (row.area, row.mean_mm) == ("leg.knee", None)
    assert measured_skin(catalogue, "leg.knee", "female") is None


def test_only_drawn_areas_have_rows(catalogue):
    rows = {row.area for row in catalogue.skin_layers.values()}

    assert rows <= {area.code for area in catalogue.areas.values() if area.leaf}
    assert len(rows) > 40


def test_nappage_on_the_forehead_is_wholly_below_the_skin(catalogue):
    left = leaves_layer(catalogue, catalogue.protocols["face_polyvit"], "face.forehead", "female")

    assert (left.depth_mm, left.wholly) == ((2, 4), True)
    assert left.skin.mm == pytest.approx(1.06)


def test_papules_in_the_cheek_leave_it_at_their_deepest_only(catalogue):
    left = leaves_layer(catalogue, catalogue.protocols["face_ncha"], "face.cheek", "male")

    assert (left.depth_mm, left.wholly) == ((1, 4), False)


@pytest.mark.parametrize(
    ("protocol", "area"),
    [
        ("fat_submental_dc", "neck.submental"),  # fat is meant
        ("hair_duta", "scalp.vertex"),  # nobody measured the scalp
        ("lbp_acute", "back.lower"),  # no depth in mm
    ],
)
def test_what_is_unknown_or_meant_is_not_called_a_fault(catalogue, protocol, area):
    assert leaves_layer(catalogue, catalogue.protocols[protocol], area, "female") is None


def test_the_protocols_that_leave_the_dermis_somewhere(catalogue):
    assert {left.protocol for left in all_that_leave(catalogue)} == {
        "face_ncha", "face_polyvit", "neck_pn", "scar_ncha_pn", "laxity_body",
    }  # fmt: skip


def test_the_layer_is_the_sources_else_the_techniques(catalogue):
    protocols = catalogue.protocols
    assert layer_meant(catalogue, protocols["face_polyvit"]) == "dermis"
    assert layer_meant(catalogue, protocols["fat_pcdc"]) == "fat"
    assert layer_meant(catalogue, protocols["tth_lido"]) == "muscle"
    assert layer_meant(catalogue, protocols["cellulite_mix"]) is None


@pytest.mark.parametrize(
    ("angle", "inserted", "depth"),
    # The figures of Micheels 2016: 30 degrees and 5 or 8 mm, 45 degrees and 5 mm.
    [(30, 5, 2.5), (30, 8, 4.0), (45, 5, 3.5), (90, 4, 4.0)],
)
def test_depth_is_the_sine_times_the_inserted_length(angle, inserted, depth):
    assert depth_reached(angle, inserted) == pytest.approx(depth, abs=0.05)
    assert length_for(angle, depth_reached(angle, inserted)) == pytest.approx(inserted)


def test_the_needles_of_a_technique(catalogue):
    found = [tuple(round(mm, 1) for mm in one) for one in reach(catalogue.techniques["lit_pain"])]

    assert found == [(4, 2.0, 2.8), (13, 6.5, 9.2)]
    assert reach(catalogue.techniques["nappage"]) == ()
