"""The danger zones on a card: below everything else, each with its figures, or not mapped."""

import re
from html import unescape

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.ui.body_map.card import ClinicData, card
from mesodash.ui.body_map.doses import chosen_dose, spaced
from mesodash.ui.parts.markup import render
from mesodash.ui.protocols.depth_lines import danger_lines

ATLAS = load_atlas()


def taken(catalogue, code, *sites):
    protocol = catalogue.protocols[code]
    return protocol, chosen_dose(
        catalogue, protocol, spaced(protocol), list(sites), ATLAS, figure="female"
    )


def test_each_structure_has_its_places_and_their_depths(catalogue):
    protocol, where = taken(catalogue, "face_polyvit", AreaSide("face.nose", "midline"))
    rows = dict(danger_lines(catalogue, protocol, where.sites))

    assert list(rows) == ["Angular artery", "Facial artery"]
    assert rows["Angular artery"] == (
        "May lie within reach of this depth; Level with the inner corner of the eye:"
        " 2.38 mm deep on average (95 % interval 1.38 to 3.38), n 450;"
        " Between the wing of the nose and the inner corner of the eye:"
        " 4.68 mm deep on average (95 % interval 4.04 to 5.31), n 414"
    )


def test_an_area_without_a_row_is_not_mapped_and_never_safe(catalogue):
    protocol, where = taken(
        catalogue, "fat_pcdc", AreaSide("abdomen.lower", "left"), AreaSide("abdomen.lower", "right")
    )
    said = (
        "Danger zones are not mapped here. Not mapped does not mean safe:"
        " know the vessels and nerves of this area."
    )
    assert danger_lines(catalogue, protocol, where.sites) == [("Lower abdomen", said)]


def test_both_sides_are_one_line(catalogue):
    sites = [AreaSide("face.cheek", side) for side in ("left", "right")]
    protocol, where = taken(catalogue, "face_ncha", *sites)
    rows = danger_lines(catalogue, protocol, where.sites)
    assert len(rows) == len(dict(rows))


def test_what_only_a_page_tells_is_marked(catalogue):
    protocol, where = taken(catalogue, "fat_pcdc_arm_knee", AreaSide("arm.upper", "left"))
    assert not any("†" in words for _name, words in danger_lines(catalogue, protocol, where.sites))

    # Its only source is a teaching page: the mark is wherever that zone is shown.
    zone = catalogue.danger_zones["femoral_vessels"]
    assert [catalogue.sources[key].how_read for key in zone.sources] == ["secondary"]
    thigh, where = taken(catalogue, "cellulite_mix", AreaSide("leg.thigh.medial", "left"))
    rows = dict(danger_lines(catalogue, thigh, where.sites))
    assert rows[zone.label].endswith("†")


def test_they_stand_below_everything_else_of_a_card(catalogue):
    protocol, where = taken(catalogue, "face_ncha", AreaSide("face.cheek", "left"))
    shown = card(
        protocol, catalogue, here=where, verdict=None, known=ClinicData((), (), {}), sex="female"
    )
    look, folded = unescape(render("consult_card", p=shown)).split("<details>")
    assert "Infraorbital foramen" in folded
    assert "Infraorbital foramen" not in look
    assert re.search(r"<h4>Danger zones</h4>", folded)
