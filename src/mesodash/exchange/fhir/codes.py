"""Names and codes of FHIR: addresses of systems and extensions, our words as FHIR's codes.

Codes of others stand here only if they were read in a stored copy: HL7's in FHIR R4 4.0.1, the
sides in the value set of mCODE's laterality qualifier, the skin of areas in DICOM PS3.16 CID 4029
(Dermatology Anatomic Site, 2024-09-13), which says "skin of ..." with the side left out. An area
that CID 4029 does not name in the same extent has none.
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

SKIN_OF: Final[Mapping[str, tuple[str, str]]] = {
    "head": ("70762009", "Skin of head"),
    "face": ("73897004", "Skin of face"),
    "face.forehead": ("68698007", "Skin of forehead"),
    "face.eyelid_lower": ("40069000", "Skin of lower eyelid"),
    "face.nose": ("113179006", "Skin of nose"),
    "face.cheek": ("36141000", "Skin of cheek"),
    "face.nasolabial": ("37108007", "Skin of nasolabial fold"),
    "face.upper_lip": ("16251004", "Skin of upper lip"),
    "face.lower_lip": ("66934001", "Skin of lower lip"),
    "face.chin": ("23747009", "Skin of chin"),
    "face.jawline": ("244097004", "Skin of jawline"),
    "neck": ("43081002", "Skin of neck"),
    "neck.submental": ("34926004", "Skin of submental area"),
    "neck.anterior": ("11584001", "Skin of anterior portion of neck"),
    "neck.posterior": ("4658004", "Skin of nuchal region"),
    "scalp": ("43067004", "Skin of scalp"),
    "scalp.vertex": ("61719002", "Skin of vertex of scalp"),
    "scalp.parietal": ("21672008", "Skin of parietal region"),
    "scalp.occipital": ("79951008", "Skin of occipital region"),
    "abdomen": ("75093004", "Skin of abdomen"),
    "abdomen.upper": ("699935000", "Skin of upper abdomen"),
    "abdomen.lower": ("699914002", "Skin of lower abdomen"),
    "back": ("66643007", "Skin of back"),
    "back.lower": ("113182001", "Skin of lower back"),
    "buttock": ("22180002", "Skin of buttock"),
    "buttock.fold": ("63029009", "Skin of gluteal fold"),
    "arm": ("371311000", "Skin of upper extremity"),
    "arm.hand": ("33712006", "Skin of hand"),
    "leg": ("371304004", "Skin of lower extremity"),
    "leg.thigh.anterior": ("61248009", "Skin of anterior surface of thigh"),
    "leg.thigh.medial": ("73958006", "Skin of medial surface of thigh"),
    "leg.thigh.posterior": ("4578000", "Skin of posterior surface of thigh"),
    "leg.popliteal": ("84507004", "Skin of popliteal fossa"),
}
"""SNOMED CT's code and DICOM's words for the skin of an area."""

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
