"""Where a FHIR resource has the columns of each exchange table.

A column without a place here travels in an extension of its own name and kind (`elements`), so that
none is ever lost.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from mesodash.exchange.contract.files import BY_TABLE
from mesodash.exchange.fhir import codes
from mesodash.exchange.fhir.elements import (
    MEDICATION,
    ElementPlace,
    Path,
    ResourceShape,
    at,
    coding,
    component,
    nothing,
    number,
    only_whole_date,
    only_year,
    price,
    ref,
    site,
    unit,
    whole,
    words,
)

_EFFECT_SITE: Final[Path] = (
    "extension", {"url": codes.extension("body-site")}, "valueCodeableConcept",
)  # fmt: skip
_DETAIL: Final[Path] = ("activity", 0, "detail")

SHAPES: Final[tuple[ResourceShape, ...]] = (
    ResourceShape(
        "patients",
        "Patient",
        {
            "sex": at("gender"),
            "given_name": at("name", 0, "given", 0),
            "family_name": at("name", 0, "family"),
            "birth_date": (ElementPlace(("birthDate",), str, only_whole_date),),
            # What is written there is the writer's choice between year and whole date.
            "birth_year": (
                ElementPlace(
                    ("extension", {"url": codes.extension("birth-year")}, "valueInteger"), int
                ),
                ElementPlace(("birthDate",), nothing, only_year),
            ),
            "phone": at("telecom", {"system": "phone"}, "value"),
            "email": at("telecom", {"system": "email"}, "value"),
            "died_on": at("deceasedDateTime"),
        },
    ),
    ResourceShape("practitioners", "Practitioner", {"name": at("name", 0, "text")}),
    ResourceShape(
        "protocol_versions",
        "PlanDefinition",
        {
            "protocol": at("identifier", {"system": codes.system("protocol")}, "value"),
            "version": at("version"),
            "adopted_on": at("date"),
            "adopted_by": at("author", 0, "name"),
            "reason": at("purpose"),
        },
        {"status": "active"},
    ),
    ResourceShape(
        "courses",
        "CarePlan",
        {
            "patient_id": ref("subject"),
            "indication": at(*_DETAIL, "reasonCode", 0, *coding("indication")),
            "protocol": at(*_DETAIL, "code", *coding("protocol")),
            "planned_sessions": whole(
                "activity", 0, "detail", "scheduledTiming", "repeat", "count"
            ),
            "interval_days": whole(
                "activity",
                0,
                "detail",
                "scheduledTiming",
                "repeat",
                "period",
                beside={"periodUnit": "d"},
            ),
            "started_on": at("period", "start"),
            "state": (words(("status",), codes.COURSE_STATUS),),
            "stopped_reason": at(*_DETAIL, "statusReason", "text"),
        },
        {"intent": "plan"},
    ),
    ResourceShape(
        "sessions",
        "Procedure",
        {
            "patient_id": ref("subject"),
            "course_id": ref("basedOn", 0),
            "practitioner_id": ref("performer", 0, "actor"),
            "protocol": at("code", *coding("protocol")),
            "held_at": at("performedDateTime"),
            "state": (
                ElementPlace(
                    ("statusReason", *coding("session-state")),
                    lambda state: state if state in ("cancelled", "no_show") else None,
                ),
                words(("status",), codes.SESSION_STATUS),
            ),
            "reason": at("statusReason", "text"),
            "note": at("note", 0, "text"),
            # The writer sets it, for the address needs the protocol.
            "protocol_version": (
                ElementPlace(
                    ("instantiatesCanonical", 0),
                    nothing,
                    lambda canonical: str(canonical).rpartition("|")[2],
                ),
            ),
            "started_at": at(
                "extension", {"url": codes.extension("attended")}, "valuePeriod", "start"
            ),
            "ended_at": at("extension", {"url": codes.extension("attended")}, "valuePeriod", "end"),
            **price(),
        },
    ),
    ResourceShape(
        "treated_areas",
        "Procedure",
        {
            "session_id": ref("partOf", 0),
            "technique": at("code", *coding("technique")),
            **site("bodySite", 0),
        },
    ),
    ResourceShape(
        "stock",
        "Device",
        {
            "product": (
                ElementPlace(("deviceName", 0, "name"), beside={"type": "user-friendly-name"}),
            ),
            "gtin": (
                ElementPlace(
                    ("udiCarrier", 0, "deviceIdentifier"), beside={"issuer": codes.GS1_DEVICE}
                ),
            ),
            "lot": at("lotNumber"),
            "serial": at("serialNumber"),
            "maker": at("manufacturer"),
            "expires_on": at("expirationDate"),
            "state": (
                ElementPlace(("statusReason", 0, *coding("stock-state"))),
                words(("status",), codes.STOCK_STATUS),
            ),
            "note": at("note", 0, "text"),
            **price(),
        },
    ),
    ResourceShape(
        "products_used",
        "MedicationAdministration",
        {
            "session_id": ref("partOf", 0),
            "area": site("dosage", "site")["area"],
            "product": at(MEDICATION, "code", "text"),
            "lot": at(MEDICATION, "batch", "lotNumber"),
            "expires_on": at(MEDICATION, "batch", "expirationDate"),
            "gtin": at(MEDICATION, "code", "coding", {"system": codes.GTIN}, "code"),
            "serial": at(MEDICATION, "identifier", {"system": codes.identifier("serial")}, "value"),
            "maker": at(MEDICATION, "manufacturer", "display"),
            "volume_ml": (
                ElementPlace(("dosage", "dose", "value"), number, str, unit("volume_ml")),
            ),
        },
    ),
    ResourceShape(
        "injection_points",
        "Observation",
        {
            "session_id": ref("partOf", 0),
            **site("bodySite"),
            "number": component("number", "valueInteger", int),
            "triangle": component("triangle", "valueInteger", int),
            "u": component("u", "valueQuantity.value", number),
            "v": component("v", "valueQuantity.value", number),
            "depth_mm": component("depth_mm", "valueQuantity.value", number),
            "volume_ml": component("volume_ml", "valueQuantity.value", number),
            "product": component("product", "valueString"),
        },
        {
            "status": "final",
            "code": {
                "coding": [{"system": codes.system("injection-point"), "code": "injection-point"}],
                "text": "ElementPlace of an injection on the base mesh",
            },
        },
    ),
    ResourceShape(
        "side_effects",
        "AdverseEvent",
        {
            "side_effect_id": (
                ElementPlace(
                    ("identifier", "value"), beside={"system": codes.identifier("side_effects")}
                ),
            ),
            "session_id": ref("suspectEntity", 0, "instance"),
            **site(*_EFFECT_SITE),
            "effect": at("event", *coding("effect")),
            "term": at("event", "text"),
            "onset_at": at("date"),
            "severity": (
                ElementPlace(("severity", *coding("ctcae-grade"))),
                words(
                    ("severity", "coding", {"system": codes.SEVERITY}, "code"),
                    codes.GRADE_SEVERITY,
                ),
            ),
            "serious": (
                words(
                    ("seriousness", "coding", {"system": codes.SERIOUSNESS}, "code"), codes.SERIOUS
                ),
            ),
            "related": (
                ElementPlace(
                    ("suspectEntity", 0, "causality", 0, "assessment", *coding("related"))
                ),
                words(
                    (
                        "suspectEntity",
                        0,
                        "causality",
                        0,
                        "assessment",
                        "coding",
                        {"system": codes.CAUSALITY},
                        "code",
                    ),
                    codes.RELATED,
                ),
            ),
            "outcome": (
                words(
                    ("outcome", "coding", {"system": codes.OUTCOME}, "code"), codes.EFFECT_OUTCOME
                ),
            ),
            "reported_on": at("recordedDate"),
        },
        {"actuality": "actual"},
    ),
    ResourceShape(
        "follow_ups",
        "Communication",
        {
            "session_id": ref("about", 0),
            "contacted_at": at("sent"),
            "channel": at("medium", 0, *coding("channel")),
        },
        {"status": "completed"},
    ),
    ResourceShape(
        "outcomes",
        "Observation",
        {
            "patient_id": ref("subject"),
            "course_id": ref("basedOn", 0),
            "session_id": ref("partOf", 0),
            "area": site("bodySite")["area"],
            "scale": at("code", *coding("scale")),
            "value": (ElementPlace(("valueQuantity", "value"), number),),
            "measured_on": at("effectiveDateTime"),
        },
        {"status": "final"},
    ),
    ResourceShape(
        "screening_answers",
        "QuestionnaireResponse",
        {
            "patient_id": ref("subject"),
            "number": (
                ElementPlace(
                    ("identifier", "value"), beside={"system": codes.identifier("screenings")}
                ),
            ),
            "screened_on": at("authored"),
            "screened_by": at("author", "display"),
            "question": at("linkId"),
            "said": (
                ElementPlace(
                    ("answer", 0, "valueCoding", "code"),
                    beside={"system": codes.system("answer")},
                ),
            ),
        },
        {"status": "completed"},
        "item",
        ("patient_id", "number", "screened_on", "screened_by", "confirms"),
    ),
    ResourceShape(
        "consents",
        "Consent",
        {
            "patient_id": ref("patient"),
            "purpose": at("category", 0, *coding("consent-purpose")),
            "given_on": at("dateTime"),
            "text_version": at("policyRule", "text"),
        },
        {
            "policyRule": {
                "coding": [{"system": codes.system("policy"), "code": "text-of-the-consent"}]
            }
        },
    ),
    ResourceShape(
        "red_cards",
        "Task",
        {
            "patient_id": ref("for"),
            "session_id": ref("basedOn", 0),
            "side_effect_id": ref("focus"),
            "flag": at("code", "text"),
            "opened_at": at("authoredOn"),
            "opened_by": at("requester", "display"),
            "owner": at("owner", "display"),
            "closed_at": at("executionPeriod", "end"),
            "note": at("note", 0, "text"),
        },
        {"intent": "order"},
    ),
    ResourceShape(
        "photographs",
        "Media",
        {
            "patient_id": ref("subject"),
            "session_id": ref("partOf", 0),
            **site("bodySite"),
            "view": at("view", *coding("photograph-view")),
            "taken_on": at("createdDateTime"),
            "taken_by": at("operator", "display"),
            "width": whole("width"),
            "height": whole("height"),
        },
        {"status": "completed", "content": {"contentType": "image/jpeg"}},
    ),
)

PLANS: Final = ResourceShape(
    "plans",
    "CarePlan",
    {
        "course_id": at("identifier", {"system": codes.identifier("courses")}, "value"),
        "made_by": at("author", "display"),
        "made_at": at("created"),
        "reason": at("note", 0, "text"),
    },
)
"""A plan is part of the CarePlan of its course."""

_BY_TABLE: Final = {shape.table: shape for shape in SHAPES}


def shape_of(table: str) -> ResourceShape:
    """The shape of a table; one that is not declared above travels as Basic resources."""
    found = _BY_TABLE.get(table)
    if found is not None:
        return found
    names = BY_TABLE[table].names
    basic = ResourceShape(
        table, "Basic", {}, {"code": {"coding": [{"system": codes.TABLE, "code": table}]}}
    )
    if "patient_id" in names:
        return replace(basic, places={"patient_id": ref("subject")})
    return basic


def table_of(resource: Mapping[str, Any]) -> str | None:
    """The exchange table that a resource is a row of, by our tag, else by its type."""
    meta = resource.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and tag.get("system") == codes.TABLE:
            table = str(tag.get("code"))
            return table if table in BY_TABLE else None
    kind = str(resource.get("resourceType"))
    if kind == "Procedure" and resource.get("partOf"):
        return "treated_areas"
    if kind == "Observation":
        return "outcomes"
    return next((shape.table for shape in SHAPES if shape.resource == kind), None)
