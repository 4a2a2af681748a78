"""An export keeps FHIR's invariants, not only types and codes."""

import json
from collections import Counter

import pytest
from tests.exchange.conftest import resources_in
from tests.exchange.fhir.invariants import broken, rows

ASKED = Counter(
    {"DomainResource": 5, "Consent": 5, "Timing.repeat": 9, "Observation": 2, "Organization": 1}
)


def test_the_file_has_the_invariants_of_the_types_that_are_written():
    counts = Counter(row["context"] for row in rows())
    assert {context: counts[context] for context in ASKED} == ASKED
    assert len(rows()) == 42


@pytest.mark.slow
@pytest.mark.parametrize("clinic", ["fhir_small", "fhir_demo"])
def test_no_resource_breaks_an_invariant(clinic, request, checks):
    _db, folder, _result = request.getfixturevalue(clinic)
    with checks(f"FHIR invariants of {clinic}", planned=500, at_least=True) as count:
        for kind, some in resources_in(folder).items():
            for resource in some:
                found, asked = broken(resource)
                for _ in range(asked - len(found)):
                    count.that(True, "")
                for key, where in found:
                    count.that(False, f"{kind}/{resource['id']}: {key} at {where}")


def test_a_narrative_is_what_hl7_advises_and_no_resource_has(resources):
    """dom-6 is best practice and no rule: the words of a row are in its codes' displays."""
    found, _asked = broken(resources["Patient"][0], "warning")
    assert found == [("dom-6", "DomainResource")]


def _copy(resources, kind):
    return json.loads(json.dumps(resources[kind][0]))


def test_negative_controls_each_kind_of_invariant_is_found_broken(resources):
    patient = _copy(resources, "Patient")
    patient["telecom"] = [{"value": "1"}]
    patient["contact"] = [{"gender": "female"}]
    patient["managingOrganization"] = {"reference": "#nobody"}
    assert set(broken(patient)[0]) == {
        ("pat-1", "Patient.contact"),
        ("cpt-2", "Patient.telecom"),
        ("ref-1", "Patient.managingOrganization"),
    }

    consent = _copy(resources, "Consent")
    del consent["policyRule"]
    assert broken(consent)[0] == [("ppc-1", "Consent")]

    plan = _copy(resources, "CarePlan")
    plan["period"] = {"start": "2024-02-01", "end": "2024-01-01"}
    plan["extension"] = [{"url": "http://nobody.example"}]
    assert {key for key, _where in broken(plan)[0]} == {"per-1", "ext-1"}

    given = _copy(resources, "MedicationAdministration")
    given["dosage"] = {"text": "some"}
    assert broken(given)[0] == [("mad-1", "MedicationAdministration.dosage")]

    seen = _copy(resources, "Observation")
    seen["dataAbsentReason"] = {"text": "unknown"}
    seen["valueQuantity"] = {"value": 1, "code": "mL"}
    assert {key for key, _where in broken(seen)[0]} == {"obs-6", "qty-3"}
