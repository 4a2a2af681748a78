"""A new protocol, area, side effect or scale is one row of one file, and no page or paper breaks.

Each is added to a copy of the catalogue's folder; what is made of it is the real card, handout,
screening and plan. A word that no language has yet falls back to the label.
"""

import csv
from datetime import date

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.load import load_catalogue
from mesodash.consult.handout.contents import Handout, facts
from mesodash.consult.planning import plan_course
from mesodash.consult.screening import NO_ANSWERS, screen
from mesodash.language import use_language
from mesodash.ui.body_map.card import ClinicData, card
from mesodash.ui.body_map.doses import chosen_dose, spaced
from mesodash.ui.parts.markup import render

ATLAS = load_atlas()
TODAY = date(2026, 11, 22)


def add(folder, file, like, **cells):
    """Append a row to one file: another row's cells with some of them changed."""
    path = folder / file
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    row = next(row for row in rows if row["code"] == like) | cells
    with path.open("a", encoding="utf-8", newline="") as lines:
        csv.DictWriter(lines, rows[0], lineterminator="\n").writerow(row)


def touched(folder, original):
    return [
        path.name
        for path in sorted(folder.iterdir())
        if path.read_bytes() != (original / path.name).read_bytes()
    ]


@pytest.fixture
def original(catalogue):
    from tests.catalogue.conftest import FOLDER

    return FOLDER


def all_that_is_made_of(catalogue, protocol, area):
    """Screening, card, plan and both handouts of a protocol in an area."""
    known = catalogue.protocols[protocol]
    site = AreaSide(area, catalogue.areas[area].sides[0])
    (verdict,) = screen(
        catalogue, protocols=[protocol], areas=[area], answers=NO_ANSWERS, sex="female",
        birth_year=1980, phototype="II", country="DE", today=TODAY,
    )  # fmt: skip
    taken = chosen_dose(catalogue, known, spaced(known), [site], ATLAS)
    drawn = card(known, catalogue, here=taken, verdict=verdict, known=ClinicData((), (), {}))
    assert known.label in render("consult_card", p=drawn)
    plan = plan_course(
        catalogue, protocol, [site], first_on=date(2026, 12, 1), sessions=2, interval_days=30,
        indication=known.indications[0],
    )  # fmt: skip
    assert len(plan.dates) == 2
    handouts = {}
    for language in ("en", "fr"):
        with use_language(language):
            ask = Handout("Clinic", protocol, (site,), TODAY, indication=known.indications[0])
            handouts[language] = facts(ask, catalogue)
    return handouts


def test_a_protocol(folder, original):
    add(folder, "protocols.csv", "neck_pn", code="hand_pn", label="Polynucleotides, hand",
        areas="arm.hand", techniques="", technique_defaults="", depth_mm_min="",
        depth_mm_max="")  # fmt: skip
    catalogue = load_catalogue(folder)

    assert touched(folder, original) == ["protocols.csv"]
    handouts = all_that_is_made_of(catalogue, "hand_pn", "arm.hand")
    assert {page["title"] for page in handouts.values()} == {"Polynucleotides, hand"}


def test_an_area(folder, original):
    add(folder, "areas.csv", "arm.forearm", code="arm.wrist", label="Wrist", uberon="",
        uberon_skin="", fma="", snomed="", snomed_entire="", snomed_status="")  # fmt: skip
    catalogue = load_catalogue(folder)

    assert touched(folder, original) == ["areas.csv"]
    assert "arm.wrist" in catalogue.leaves("arm")
    wider = catalogue.protocols["laxity_body"]
    assert catalogue.sites(wider.code, "arm.wrist") == frozenset()
    add(folder, "protocols.csv", "laxity_body", code="wrist", label="Wrist mixture",
        areas="arm.wrist")  # fmt: skip
    handouts = all_that_is_made_of(load_catalogue(folder), "wrist", "arm.wrist")
    assert handouts["fr"]["areas"] == ["Wrist, à gauche"]


def test_a_side_effect(folder, original):
    add(folder, "side_effects.csv", "itch", code="tingling", label="Tingling", synonyms="prickling",
        promised="1", promised_unit="days", promised_text="a day")  # fmt: skip
    catalogue = load_catalogue(folder)

    assert touched(folder, original) == ["side_effects.csv"]
    assert catalogue.side_effect_for_term("Prickling") == "tingling"
    handouts = all_that_is_made_of(catalogue, "face_ncha", "face.cheek")
    assert handouts["en"]["expect"]["rows"]
    add(folder, "protocols.csv", "face_ncha", code="tingles", label="It tingles",
        expected_effects="tingling", points="", points_per="", depth_mm_min="",
        depth_mm_max="", technique_defaults="")  # fmt: skip
    handouts = all_that_is_made_of(load_catalogue(folder), "tingles", "face.cheek")
    assert handouts["fr"]["expect"]["rows"][0] == {
        "name": "Tingling",
        "text": "Souvent annoncé\xa0: a day.",
    }


def test_a_scale(folder, original):
    add(folder, "scales.csv", "dlqi", code="qol", label="Quality of life")
    catalogue = load_catalogue(folder)

    assert touched(folder, original) == ["scales.csv"]
    assert catalogue.scales["qol"].mcid == 4


def test_negative_control_a_protocol_of_an_area_that_is_not_there_is_refused(folder):
    add(folder, "protocols.csv", "neck_pn", code="hand_pn", label="Hand", areas="arm.palm")

    with pytest.raises(ValueError, match=r'areas "arm.palm" is not in areas.csv'):
        load_catalogue(folder)
