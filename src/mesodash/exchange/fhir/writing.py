"""Rows of the exchange tables as FHIR resources."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from mesodash.exchange.contract.columns import ExchangeColumn, ExchangeFile
from mesodash.exchange.contract.files import BY_TABLE
from mesodash.exchange.fhir import codes
from mesodash.exchange.fhir.area_codes import codings
from mesodash.exchange.fhir.elements import MEDICATION, ResourceShape, recorded_path
from mesodash.exchange.fhir.paths import Resource, put
from mesodash.exchange.fhir.shapes import PLANS, shape_of

Row = Mapping[str, str]
"""A row as text by column; what is not known is left out."""


@dataclass(slots=True)
class CodeLabels:
    """Words for people beside codes: (kind of code, code) -> label; units of scales."""

    of_code: Mapping[tuple[str, str], str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class FhirWriter:
    """Turns rows into resources; sessions and plans are given first, since others need them.

    Attributes:
        zone: the clinic's; without it a time of day travels in an extension only.
        labels: words beside codes.
        sessions: session_id -> (patient_id, held_at, state).
        plans: course_id -> the plan's row.
        organisation: the reference to the clinic, if it is given.
        picture: gives the JPEG of a photograph by its id; None where it stays behind.
    """

    zone: ZoneInfo | None
    labels: CodeLabels
    sessions: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    plans: dict[str, Row] = field(default_factory=dict)
    organisation: str = ""
    picture: Callable[[str], bytes | None] = lambda _photograph: None
    _medications: set[str] = field(default_factory=set)

    def resources(self, table: str, rows: Iterator[Row]) -> Iterator[Resource]:
        """The resources of a table's rows, in their order."""
        shape, target = shape_of(table), BY_TABLE[table]
        if shape.items:
            yield from self._grouped(shape, target, rows)
            return
        decorate = _DECORATORS.get(table, _as_it_is)
        for row in rows:
            made = self._begun(shape, [row[name] for name in target.key if name in row])
            self._fill(made, shape, target.columns, row)
            decorate(self, made, row)
            self._of_session(made, row)
            medication = made.pop(MEDICATION, None)
            if medication is not None:
                yield from self._medication(made, medication)
            yield made

    def _begun(self, shape: ResourceShape, key: Sequence[str]) -> Resource:
        return {
            "resourceType": shape.resource,
            "id": codes.resource_id(shape.table, *key),
            "meta": {"tag": [{"system": codes.TABLE, "code": shape.table}]},
            **deepcopy(dict(shape.fixed)),
        }

    def _grouped(
        self, shape: ResourceShape, target: ExchangeFile, rows: Iterator[Row]
    ) -> Iterator[Resource]:
        """Rows of one patient and number are one resource."""
        head = [c for c in target.columns if c.name in shape.of_resource]
        rest = [c for c in target.columns if c.name not in shape.of_resource]
        for key, some in groupby(rows, lambda row: (row["patient_id"], row["number"])):
            made: Resource | None = None
            for row in some:
                if made is None:
                    made = self._begun(shape, key)
                    self._fill(made, shape, head, row)
                    made[shape.items] = []
                item: Resource = {}
                self._fill(item, shape, rest, row)
                label = self.labels.of_code.get(("question", row["question"]))
                if label:
                    item["text"] = label
                made[shape.items].append(item)
            if made is not None:
                yield made

    def _fill(
        self, made: Resource, shape: ResourceShape, columns: Sequence[ExchangeColumn], row: Row
    ) -> None:
        for column in columns:
            text = row.get(column.name)
            if text is None:
                continue
            for place in shape.places_of(column):
                value = place.write(text)
                if value is None:
                    continue
                if column.refers:
                    value = reference(column.refers, text)
                elif column.kind in ("day", "partial"):
                    value = self.date_time(text)
                    if len(text) > len("2024-01-31"):
                        put(made, recorded_path(column.name), text, {})
                holder = put(made, place.path, value, place.beside)
                if column.kind == "code" and "code" in holder:
                    label = self.labels.of_code.get((column.codes, text))
                    if label:
                        holder["display"] = label

    def date_time(self, text: str) -> str:
        """A local time with its offset; its day alone where that is not known."""
        if len(text) <= len("2024-01-31"):
            return text
        if self.zone is not None:
            local = datetime.fromisoformat(text).replace(tzinfo=self.zone)
            offset = local.utcoffset()
            if offset is not None and not offset % timedelta(minutes=1):
                return local.isoformat(timespec="seconds")
        return text[:10]

    def _of_session(self, made: Resource, row: Row) -> None:
        """What a resource says of its session besides the reference: whose it is, and when."""
        kind = made["resourceType"]
        if "patient_id" in row or kind in ("Patient", "Practitioner", "Device", "PlanDefinition"):
            return
        patient, held_at, state = self.sessions.get(row.get("session_id", ""), ("", "", ""))
        if not patient:
            return
        made["subject"] = {"reference": reference("patients", patient)}
        when = self.date_time(held_at)
        if kind == "Procedure":
            made["status"] = codes.SESSION_STATUS[state]
            made["performedDateTime"] = when
        elif kind == "MedicationAdministration":
            made["status"] = codes.GIVEN_STATUS[state]
            made["effectiveDateTime"] = when
        elif kind == "Observation":
            made["effectiveDateTime"] = when

    def _medication(self, made: Resource, medication: Resource) -> Iterator[Resource]:
        """The product as a resource of its own, once for all that used it."""
        content = json.dumps(medication, sort_keys=True)
        name = codes.resource_id("medication", content)
        made["medicationReference"] = {"reference": f"Medication/{name}"}
        if name not in self._medications:
            self._medications.add(name)
            yield {"resourceType": "Medication", "id": name, **medication}


def reference(table: str, *key: str) -> str:
    """The reference to a row."""
    return f"{shape_of(table).resource}/{codes.resource_id(table, *key)}"


def organisation(clinic_id: str, name: str) -> Resource:
    """The clinic itself."""
    return {
        "resourceType": "Organization",
        "id": codes.resource_id("clinic", clinic_id),
        "identifier": [{"system": codes.identifier("clinic"), "value": clinic_id}],
        "name": name,
    }


def _as_it_is(_writer: FhirWriter, _made: Resource, _row: Row) -> None:
    return


def _patient(writer: FhirWriter, made: Resource, row: Row) -> None:
    if "birth_date" not in row and "birth_year" in row:
        made["birthDate"] = row["birth_year"]
    if writer.organisation:
        made["managingOrganization"] = {"reference": writer.organisation}


def _version(_writer: FhirWriter, made: Resource, row: Row) -> None:
    made["url"] = codes.protocol_url(row["protocol"])


def _course(writer: FhirWriter, made: Resource, row: Row) -> None:
    put(made, ("activity", 0, "detail", "status"), codes.ACTIVITY_STATUS[row["state"]], {})
    plan = writer.plans.get(row["course_id"])
    if plan:
        columns = [c for c in BY_TABLE["plans"].columns if c.name != "course_id"]
        writer._fill(made, PLANS, columns, plan)  # noqa: SLF001 - a function of this class's own


def _session(_writer: FhirWriter, made: Resource, row: Row) -> None:
    if "protocol_version" in row and "protocol" in row:
        url = codes.protocol_url(row["protocol"])
        made["instantiatesCanonical"] = [f"{url}|{row['protocol_version']}"]


def _site(site: Resource | None, row: Row) -> None:
    """The words for an area, and its codes in other systems where they were checked."""
    if site is None or "area" not in row:
        return
    first = site["coding"][0]
    if "display" in first:
        site["text"] = first["display"]
    site["coding"] += map(dict, codings(row["area"]))


def _treated(_writer: FhirWriter, made: Resource, row: Row) -> None:
    _site(made["bodySite"][0], row)


def _observed(writer: FhirWriter, made: Resource, row: Row) -> None:
    _site(made.get("bodySite"), row)
    unit = writer.labels.units.get(row.get("scale", ""))
    if unit:
        made["valueQuantity"]["unit"] = unit


def _given(_writer: FhirWriter, made: Resource, row: Row) -> None:
    dosage = made.get("dosage")
    if dosage is None:
        return
    _site(dosage.get("site"), row)
    if "dose" not in dosage:  # FHIR's rule mad-1: a dose or a rate
        dosage["dose"] = {"extension": [{"url": codes.ABSENT, "valueCode": "unknown"}]}


def _effect(_writer: FhirWriter, made: Resource, row: Row) -> None:
    for one in made.get("extension", ()):
        if one["url"] == codes.extension("body-site"):
            _site(one["valueCodeableConcept"], row)


def _stock(_writer: FhirWriter, made: Resource, row: Row) -> None:
    if "gtin" in row:
        made["udiCarrier"][0]["carrierHRF"] = human_readable(row)


def human_readable(row: Row) -> str:
    """The package's code as the GS1 General Specifications print it for people."""
    parts = [f"(01){row['gtin'].zfill(14)}"]
    day = row.get("expires_on", "")[:10]
    if len(day) == len("2024-01-31"):
        parts.append(f"(17){date.fromisoformat(day):%y%m%d}")
    elif len(day) == len("2024-01"):
        parts.append(f"(17){day[2:4]}{day[5:7]}00")  # 00: the month's last day
    if "lot" in row:
        parts.append(f"(10){row['lot']}")
    if "serial" in row:
        parts.append(f"(21){row['serial']}")
    return "".join(parts)


def _consent(writer: FhirWriter, made: Resource, row: Row) -> None:
    made["status"] = "inactive" if "withdrawn_on" in row else "active"
    scope = "treatment" if row["purpose"] in ("treatment", "off_label") else "patient-privacy"
    made["scope"] = {"coding": [{"system": codes.CONSENT_SCOPE, "code": scope}]}
    if writer.organisation:
        made["organization"] = [{"reference": writer.organisation}]


def _red_card(_writer: FhirWriter, made: Resource, row: Row) -> None:
    if "closed_at" in row:
        made["status"] = "completed"
    else:
        made["status"] = "accepted" if "acknowledged_at" in row else "requested"


def _photograph(writer: FhirWriter, made: Resource, row: Row) -> None:
    _site(made["bodySite"], row)
    picture = writer.picture(row["photo_id"])
    if picture is not None:
        made["content"] |= {"data": b64encode(picture).decode("ascii"), "size": len(picture)}


_DECORATORS: Final[Mapping[str, Callable[[FhirWriter, Resource, Row], None]]] = {
    "patients": _patient,
    "protocol_versions": _version,
    "courses": _course,
    "sessions": _session,
    "treated_areas": _treated,
    "injection_points": _observed,
    "products_used": _given,
    "side_effects": _effect,
    "outcomes": _observed,
    "stock": _stock,
    "consents": _consent,
    "red_cards": _red_card,
    "photographs": _photograph,
}
"""What a resource has besides its columns; import does not read it."""
