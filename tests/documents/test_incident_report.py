"""The draft of a report to the authority: it holds what is recorded, and says what is not."""

import io
from datetime import date, datetime

import pytest
from pypdf import PdfReader
from tests.consult_clinic import make_clinic

from mesodash.documents.incident_report import facts, incident_report
from mesodash.documents.report_forms import (
    FORMS,
    forms_for,
    is_made_for,
    product_of,
    usual_form,
)
from mesodash.records.audit.actor import DEMO
from mesodash.records.patients.patients import read_patient
from mesodash.records.treatment.effect_corrections import RecordedEffect
from mesodash.records.treatment.sessions import read_session
from mesodash.records.watch.red_cards import raise_red_card, red_cards_of

ABOUT = {"clinic": "Clinic Rooms", "is_demo": True, "practitioner": "Practitioner A"}


@pytest.fixture
def given(tmp_path, catalogue):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    raise_red_card(
        path,
        "HUGO",
        "late_lump",
        DEMO,
        at=datetime.fromisoformat("2026-11-27T08:00"),
        nonce="abcdefgh",
        session_id="S3",
        note='#read("x") *a* lump',
    )
    (card,) = red_cards_of(path, "HUGO", DEMO)
    return card, read_patient(path, "HUGO", DEMO), read_session(path, "S3", DEMO), catalogue


def test_what_is_recorded_and_what_is_not(given):
    told = facts(*given, **ABOUT, made_on=date(2026, 11, 27))
    rows = {name: (value, known) for part in told["parts"] for name, value, known in part["rows"]}

    assert rows["Identifier, in confidence"] == ("HUGO", True)
    assert rows["Lot"] == ("LOT7", True)
    assert rows["Serial number"] == ("not recorded", False)
    assert rows["Relevant history"] == ("not recorded", False)
    crown, frontal = rows["Areas"][0].split("; ")[:2]
    assert crown == "Crown · Nappage · 3 mm · 1 mL"
    assert frontal.startswith("Frontal scalp")
    assert "not submitted" in told["warning"]
    assert "Synthetic" in told["warning"]


def effect(**changes):
    return RecordedEffect(
        **{
            "side_effect_id": "E9",
            "session_id": "S3",
            "patient_id": "HUGO",
            "held_at": "2026-11-20T10:00",
            "effect": "nodule",
            "term": None,
            "area": None,
            "side": None,
            "onset_at": "2026-11-24",
            "resolved_at": None,
            "last_seen_at": None,
            "gone_by_at": None,
            "severity": 2,
            "outcome": None,
            "treatment_given": "drained",
        }
        | changes
    )


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("fda_device", {"Date of onset": "24 Nov 2026"}),
        ("yellow_card", {"Date it started": "24 Nov 2026", "Date it stopped": "4 Dec 2026"}),
        ("eu_medicine", {"Onset": "24 Nov 2026"}),
        ("eu_device", {"Date of the incident": "24 Nov 2026"}),
        (
            "eu_cosmetic",
            {"Date of onset": "24 Nov 2026", "Time from last use to first symptoms": "4 days"},
        ),
    ],
)
def test_what_is_recorded_of_the_side_effect_stands_in_every_form(given, form, told):
    recorded = [
        effect(gone_by_at="2026-12-04", outcome="resolved"),
        effect(effect="erythema", onset_at="2026-11-20"),  # the sign is no redness
        effect(session_id="S1", onset_at="2026-11-07"),
    ]
    said = facts(*given, **ABOUT, made_on=date(2026, 12, 5), effects=recorded, form=form)
    rows = {name: (value, known) for part in said["parts"] for name, value, known in part["rows"]}
    assert {name: rows[name] for name in told} == {name: (day, True) for name, day in told.items()}
    if "Description and treatment given" in rows:
        assert rows["Description and treatment given"][0].endswith("; drained")

    empty = facts(*given, **ABOUT, made_on=date(2026, 12, 5), form=form)
    rows = {name: known for part in empty["parts"] for name, _value, known in part["rows"]}
    assert [rows[name] for name in told] == [False] * len(told)


def test_an_open_effect_has_no_end_and_a_death_is_said(given):
    said = facts(
        *given,
        **ABOUT,
        made_on=date(2026, 12, 5),
        effects=[effect(resolved_at="2026-11-30"), effect(onset_at="2026-11", outcome="fatal")],
        form="yellow_card",
    )
    rows = {name: (value, known) for part in said["parts"] for name, value, known in part["rows"]}
    assert (rows["Date it stopped"], rows["Death"]) == (("not recorded", False), ("Yes", True))


def test_a_clinics_own_says_nothing_of_synthetic_patients(given):
    told = facts(*given, **(ABOUT | {"is_demo": False}), made_on=date(2026, 11, 27))

    assert "Synthetic" not in told["warning"]


def test_the_pdf_is_the_same_each_time_and_shows_what_was_typed_as_it_is(given):
    made = [incident_report(*given, **ABOUT, made_on=date(2026, 11, 27)) for _again in range(2)]

    assert made[0] == made[1]
    words = PdfReader(io.BytesIO(made[0])).pages[0].extract_text()
    assert '#read("x") *a* lump' in words
    assert "DRAFT" in words


@pytest.mark.parametrize("form", FORMS)
def test_each_form_says_what_it_is_a_draft_of_and_invents_nothing(given, form):
    told = facts(*given, **ABOUT, made_on=date(2026, 11, 27), form=form, country="GB")
    rows = [row for part in told["parts"] for row in part["rows"]]

    assert FORMS[form].source in told["about"]
    assert any(known for _name, _value, known in rows)
    assert all(value == "not recorded" for _name, value, known in rows if not known)
    words = " ".join(value for _name, value, known in rows if known)
    assert "LOT7" in words
    assert "Dutasteride 0.05 %" in words
    made = incident_report(*given, **ABOUT, made_on=date(2026, 11, 27), form=form, country="GB")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    assert all("DRAFT" in page for page in pages)
    assert "not submitted" in " ".join(pages[0].split())


@pytest.mark.parametrize(
    ("country", "form"),
    [("GB", "yellow_card"), ("FR", "eu_medicine"), ("US", "fda_device"), (None, "fda_device")],
)
def test_the_form_offered_first_is_the_countrys(country, form):
    assert usual_form(country) == form


@pytest.mark.parametrize(
    ("country", "product", "form", "made_for"),
    [
        ("FR", "medicine", "eu_medicine", True),
        ("DE", "device", "eu_device", True),
        ("ES", "cosmetic", "eu_cosmetic", True),
        ("GB", "medicine", "yellow_card", True),
        ("US", "device", "fda_device", True),
        ("US", "cosmetic", "eu_cosmetic", False),
        ("GB", "device", "fda_device", False),
        (None, "device", "fda_device", False),
    ],
)
def test_what_the_product_is_chooses_the_form_and_the_others_stay_to_be_had(
    country, product, form, made_for
):
    offered = forms_for(country, product)

    assert offered[0] == form
    assert sorted(offered) == sorted(FORMS)
    assert is_made_for(form, country, product) == made_for
    fits = [FORMS[code].product == product for code in offered]
    assert fits == sorted(fits, reverse=True)


def test_the_catalogue_says_what_is_a_device_where_a_law_says_so(catalogue):
    devices = {
        code for code in catalogue.protocols if product_of(catalogue, code, "FR") == "device"
    }
    assert devices
    for code in devices:
        assert set(catalogue.protocols[code].components) <= set(
            catalogue.regulations["eu_devices"].scope
        )
    assert {product_of(catalogue, code, "US") for code in devices} == {None}
    assert product_of(catalogue, "hair_duta", "FR") is None
    assert product_of(catalogue, None, "FR") is None
