"""Names and codes of FHIR: addresses of systems and extensions, our words as FHIR's codes.

Codes of others are listed here only if they were read in a stored copy: HL7's in FHIR R4 4.0.1, the
sides in the value set of mCODE's laterality qualifier. Those of areas are in `area_codes`.
"""

from collections.abc import Mapping
from typing import Final
from uuid import NAMESPACE_URL, uuid5

BASE: Final = "https://mesodash.example/fhir"
"""Begins the names of our own systems and extensions. `.example` is nobody's domain (RFC 2606): the
names are unique and lead nowhere."""

TABLE: Final = f"{BASE}/CodeSystem/table"
"""The tag of a resource: which exchange table it is a row of."""

SNOMED: Final = "http://snomed.info/sct"
ICD_11: Final = "http://id.who.int/icd/release/11/mms"
GTIN: Final = "https://www.gs1.org/gtin"
GS1_DEVICE: Final = "http://hl7.org/fhir/NamingSystem/gs1-di"
UCUM: Final = "http://unitsofmeasure.org"
ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
LATERALITY: Final = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier"
SERIOUSNESS: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness"
SEVERITY: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-severity"
OUTCOME: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-outcome"
CAUSALITY: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-causality-assess"
CONSENT_SCOPE: Final = "http://terminology.hl7.org/CodeSystem/consentscope"

Words = Mapping[str, str]
"""Our word -> FHIR's code."""

SIDE_CODES: Final[Words] = {
    "left": "7771000",
    "right": "24028007",
    "both": "51440002",
    "midline": "399488007",
}
COURSE_STATUS: Final[Words] = {
    "planned": "draft",
    "active": "active",
    "completed": "completed",
    "stopped": "revoked",
}
ACTIVITY_STATUS: Final[Words] = {
    "planned": "not-started",
    "active": "in-progress",
    "completed": "completed",
    "stopped": "stopped",
}
SESSION_STATUS: Final[Words] = {
    "planned": "preparation",
    "held": "completed",
    "cancelled": "not-done",
    "no_show": "not-done",
    "void": "entered-in-error",
}
GIVEN_STATUS: Final[Words] = {
    "planned": "unknown",
    "held": "completed",
    "cancelled": "not-done",
    "no_show": "not-done",
    "void": "entered-in-error",
}
STOCK_STATUS: Final[Words] = {
    "in_stock": "active",
    "used_up": "inactive",
    "expired": "inactive",
    "recalled": "inactive",
    "discarded": "inactive",
}
GRADE_SEVERITY: Final[Words] = {
    "1": "mild",
    "2": "moderate",
    "3": "severe",
    "4": "severe",
    "5": "severe",
}
EFFECT_OUTCOME: Final[Words] = {
    "resolved": "resolved",
    "resolved_with_sequelae": "resolvedWithSequelae",
    "recovering": "recovering",
    "ongoing": "ongoing",
    "fatal": "fatal",
    "unknown": "unknown",
}
SERIOUS: Final[Words] = {"yes": "Serious", "no": "Non-serious"}
RELATED: Final[Words] = {
    "unlikely": "Unlikely",
    "possible": "Possible",
    "probable": "Probably-Likely",
    "definite": "Certain",
}

REQUIRED_CONCEPTS: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("AdverseEvent", "severity"): frozenset(GRADE_SEVERITY.values()),
    ("AdverseEvent", "outcome"): frozenset(EFFECT_OUTCOME.values()),
}
"""Concepts of which one coding must be among these; the library knows only those of plain codes."""


def system(name: str) -> str:
    """Our own code system."""
    return f"{BASE}/CodeSystem/{name}"


def extension(name: str) -> str:
    """Our own extension."""
    return f"{BASE}/StructureDefinition/{name.replace('_', '-')}"


def identifier(table: str) -> str:
    """The system of a table's own ids."""
    return f"{BASE}/identifier/{table}"


def protocol_url(protocol: str) -> str:
    """The canonical address of a protocol as a clinic adopted it."""
    return f"{BASE}/PlanDefinition/{protocol}"


def resource_id(table: str, *key: str) -> str:
    """The FHIR id of a row: the same for the same key, whatever characters that has."""
    return str(uuid5(NAMESPACE_URL, "\0".join((BASE, table, *key))))
