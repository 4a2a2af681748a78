"""A clinic as FHIR: how many of each, all valid, every reference resolved, standard elements."""

import json

import pytest
from tests.exchange.conftest import resources_in
from tests.exchange.small_clinic import ACTOR, MANY, clock, make_clinic, write_files

from mesodash.exchange.contract.files import EXCHANGE_FILES
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.exporting.export_fhir import export_fhir
from mesodash.exchange.fhir import codes
from mesodash.exchange.fhir.shapes import PLANS, shape_of, table_of
from mesodash.exchange.fhir.validation import faults, references
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import reading

RESOURCE_OF = {
    "patients": "Patient",
    "practitioners": "Practitioner",
    "courses": "CarePlan",
    "side_effects": "AdverseEvent",
    "follow_ups": "Communication",
    "products_used": "MedicationAdministration",
}


def test_counts_of_the_demo_clinic_by_resource(fhir_demo):
    db, folder, result = fhir_demo
    found = {kind: len(some) for kind, some in resources_in(folder).items()}
    with reading(db) as file:
        rows = {
            table: file.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in (*RESOURCE_OF, "sessions", "treated_areas", "outcomes")
        }
        products = file.execute(
            "SELECT count(*) FROM (SELECT DISTINCT product, lot, expires_on, gtin, serial, maker"
            " FROM products_used)"
        ).fetchone()[0]

    assert rows["sessions"] == 120
    assert found == {
        **{kind: rows[table] for table, kind in RESOURCE_OF.items()},
        "Procedure": rows["sessions"] + rows["treated_areas"],
        "Observation": rows["outcomes"],
        "Medication": products,
        "Organization": 1,
    }
    assert found == result.resources


@pytest.mark.parametrize("clinic", ["fhir_demo", "fhir_small"])
def test_no_errors_and_every_reference_resolves(clinic, request):
    _db, folder, result = request.getfixturevalue(clinic)
    everything = [one for some in resources_in(folder).values() for one in some]
    there = {f"{one['resourceType']}/{one['id']}" for one in everything}
    there |= {f"{one['url']}|{one['version']}" for one in everything if "url" in one}
    asked = [reference for one in everything for reference in references(one)]

    assert [fault for one in everything for fault in faults(one)] == []
    assert len(asked) == result.references > 20
    assert set(asked) - there == set()
    assert len(there) >= len(everything)  # no id twice


def test_the_small_clinic_has_every_resource_of_the_issue(fhir_small):
    assert set(fhir_small[2].resources) == {
        "AdverseEvent", "CarePlan", "Communication", "Consent", "Device", "Medication",
        "MedicationAdministration", "Observation", "Organization", "Patient", "PlanDefinition",
        "Practitioner", "Procedure", "QuestionnaireResponse", "Task",
    }  # fmt: skip


def test_a_treated_area_has_its_body_site_and_side(resources):
    cheek = next(p for p in resources["Procedure"] if p.get("bodySite"))
    (site,) = cheek["bodySite"]

    assert [(one["system"], one["code"]) for one in site["coding"]] == [
        (codes.system("area"), "face.cheek"),
        (codes.SNOMED, "36141000"),
        (codes.ICD_11, "XA7MK8"),
    ]
    (side,) = site["extension"]
    assert side["url"].endswith("/mcode-laterality-qualifier")
    assert side["valueCodeableConcept"]["coding"] == [{"system": codes.SNOMED, "code": "51440002"}]
    session = next(p for p in resources["Procedure"] if p["id"] in cheek["partOf"][0]["reference"])
    assert session["performedDateTime"] == cheek["performedDateTime"] == "2024-01-05T10:30:00+01:00"
    assert session["instantiatesCanonical"][0].endswith("/face_ncha|1")


def test_an_adverse_event_suspects_its_session(resources):
    event = resources["AdverseEvent"][0]
    (suspect,) = event["suspectEntity"]
    session = next(
        p
        for p in resources["Procedure"]
        if f"Procedure/{p['id']}" == suspect["instance"]["reference"]
    )

    assert session["identifier"][0]["value"] == "S1"
    assert {one["code"] for one in suspect["causality"][0]["assessment"]["coding"]} == {
        "probable", "Probably-Likely",
    }  # fmt: skip
    assert {one["code"] for one in event["severity"]["coding"]} == {"1", "mild"}
    assert event["date"] == "2024-01-05T10:40:00+01:00"
    assert resources["AdverseEvent"][1]["date"] == "2024-01"


def test_products_have_their_batch_and_stock_its_udi(resources):
    (product,) = resources["Medication"]
    device = resources["Device"][0]

    assert product["batch"] == {"lotNumber": "L-77", "expirationDate": "2025-06"}
    assert device["udiCarrier"][0] == {
        "deviceIdentifier": "04012345678901",
        "issuer": codes.GS1_DEVICE,
        "carrierHRF": "(01)04012345678901(17)250600(10)L-77(21)SN-5",
    }


def test_every_exchange_file_and_column_has_a_place():
    """A table or column of tomorrow too, in an extension or as Basic."""
    without = [
        (target.table, column.name)
        for target in EXCHANGE_FILES
        for shape in [PLANS if target.table == "plans" else shape_of(target.table)]
        for column in target.columns
        if not shape.places_of(column)
    ]

    assert without == []
    assert table_of({"resourceType": "Basic"}) is None


def test_pseudonymised_names_nobody(tmp_path, catalogue):
    db = make_clinic(tmp_path / "clinic.db", timezone="Europe/Paris")

    beside = {name: tmp_path / f"{name}.csv" for name in ("rejects", "changes")}
    folder = write_files(tmp_path / "in", MANY)
    import_folder(db, folder, actor=ACTOR, catalogue=catalogue, clock=clock, **beside)
    result = export_fhir(
        db, tmp_path / "out", actor=ACTOR, catalogue=catalogue, pseudonymised=True, key=b"k" * 32
    )
    text = "".join(path.read_text("utf-8") for path in (tmp_path / "out").iterdir())

    assert result.resources["Patient"] == 11
    for word in (
        "Exemplar",
        "Zoé",
        "Dr Ada",
        "L-77",
        "SN-5",
        "Here",
        '"P1"',
        "likes tea",
        "2024-01-05",
    ):
        assert word not in text
    assert "Consent" not in result.resources
    ids = [one["id"] for one in resources_in(tmp_path / "out")["Patient"]]
    assert ids == sorted(ids)


def test_who_may_export_and_what_is_logged(fhir_small, tmp_path, catalogue):
    db = fhir_small[0]
    with pytest.raises(NotAllowedError):
        export_fhir(db, tmp_path / "no", actor=Actor("m", "manager"), catalogue=catalogue)
    assert not (tmp_path / "no").exists()
    with reading(db) as file:
        logged = file.execute(
            "SELECT table_name, row_count FROM change_log WHERE action = 'export'"
            " AND row_key = 'fhir' AND table_name IN ('patients', 'sessions') ORDER BY seq"
        ).fetchall()
    assert logged == [("patients", 2), ("sessions", 3)]


def test_a_folder_with_other_files_is_left_alone(fhir_small, tmp_path, catalogue):
    (tmp_path / "letters.txt").write_text("mine", "utf-8")

    with pytest.raises(ExchangeError, match="letters"):
        export_fhir(fhir_small[0], tmp_path, actor=ACTOR, catalogue=catalogue)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"gender": "woman"}, "gender"),
        ({"birthDate": "3rd of May"}, "birthDate"),
        ({"shoeSize": 39}, "shoeSize"),
        ({"contact": [{"gender": "woman"}]}, "contact.gender"),
        ({"resourceType": "Nobody"}, "resourceType"),
    ],
)
def test_negative_control_what_is_wrong_is_found(resources, change, where):
    patient = resources["Patient"][0]

    assert faults(patient) == []
    assert faults(patient | change)[0][0] == where


def test_negative_control_a_severity_outside_the_required_codes(resources):
    event = json.loads(json.dumps(resources["AdverseEvent"][0]))
    del event["severity"]["coding"][1]

    ((where, why),) = faults(event)
    assert (where, why.endswith("mild, moderate, severe")) == ("severity", True)
