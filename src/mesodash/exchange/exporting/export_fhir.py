"""Export: the clinic as FHIR R4B, one NDJSON file per resource type; all of them or none."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TextIO

from mesodash.catalogue.types import Catalogue
from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.files import BY_FILE, PHOTOS
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.exporting.exported_rows import (
    Progress,
    exported_files,
    note_export,
    note_pictures,
    photograph_rows,
    pseudonyms_of,
    text_rows_of,
    whole_folder,
)
from mesodash.exchange.exporting.pseudonyms import Pseudonyms
from mesodash.exchange.fhir.validation import faults, references
from mesodash.exchange.fhir.writing import CodeLabels, FhirWriter, Row, organisation
from mesodash.exchange.importing.import_folder import clinic_zone
from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.store.clinic import Clinic, read_clinic
from mesodash.records.store.connection import reading, utc_now
from mesodash.records.transfer.dump import Snapshot
from mesodash.records.transfer.photographs import picture_of
from mesodash.records.watch.photographs import SEE, SEE_INTIMATE

ENDING = ".ndjson"


@dataclass(slots=True)
class FhirResult:
    """What an export wrote.

    Attributes:
        resources: how many of each type.
        references: how many references there are; each leads to a resource of the export.
        rows: rows by exchange file.
    """

    resources: Counter[str] = field(default_factory=Counter)
    references: int = 0
    rows: dict[str, int] = field(default_factory=dict)


def export_fhir(
    db: Path,
    folder: Path,
    *,
    actor: Actor,
    catalogue: Catalogue,
    pseudonymised: bool = False,
    photographs: bool = False,
    key: bytes | None = None,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> FhirResult:
    """Write the clinic as FHIR; importing the folder into an empty clinic gives an equal clinic.

    Every resource is checked against FHIR R4B before it is written, and every reference at the end.

    Args:
        db: the clinic's file.
        folder: made if missing; may exist if it is empty or holds an earlier such export only.
        actor: who exports; entered in the change log.
        catalogue: supplies the labels of codes.
        pseudonymised: as `export_csv` does it, and without the clinic.
        photographs: with the pictures that the actor may see; each is noted in the change log.
            Without, what each shows is told, and never with `pseudonymised`.
        key: the key of the pseudonyms; random if not given.
        progress: called as rows are written.
        clock: gives the time for the change log.

    Raises:
        ExchangeError: the folder holds other files or cannot be written, something recorded cannot
            be said in FHIR, there are too few patients for a pseudonymised export, or photographs
            are asked for beside one.
        RecordError: the clinic's file is missing, damaged or busy.
    """
    require(
        db,
        actor,
        "records.export_pseudonymised" if pseudonymised else "records.export",
        clock=clock,
    )
    if photographs and pseudonymised:
        raise ExchangeError(
            _("Photographs never leave in a pseudonymised export; leave one of the two out.")
        )
    if photographs:
        require(db, actor, SEE, clock=clock)
    left: list[tuple[str, int]] = []
    with whole_folder(folder, lambda name: name.endswith(ENDING)) as partial:
        clinic = read_clinic(db)
        bring_up_to_date(db)  # a file of an earlier version has not every table yet
        with reading(db) as snapshot:
            pseudonyms = (
                pseudonyms_of(snapshot, key or secrets.token_bytes(32)) if pseudonymised else None
            )
            with _ResourceFiles(partial) as files:
                writer = FhirWriter(clinic_zone(clinic), _labels_of(catalogue))
                if photographs:
                    writer.picture = _pictures(snapshot, actor, left)
                rows = _write_all(snapshot, files, clinic, writer, pseudonyms, progress)
                files.check_references()
        note_export(db, actor, rows, "fhir pseudonymised" if pseudonymised else "fhir", clock)
        note_pictures(db, actor, left, clock)
    return FhirResult(files.written, files.references, rows)


def _write_all(
    snapshot: Snapshot,
    files: "_ResourceFiles",
    clinic: Clinic,
    writer: FhirWriter,
    pseudonyms: Pseudonyms | None,
    progress: Progress | None,
) -> dict[str, int]:
    if pseudonyms is None:
        here = organisation(clinic.clinic_id, clinic.name)
        writer.organisation = files.write(here)
    targets = exported_files(pseudonymised=pseudonyms is not None)
    if pseudonyms is None:
        targets.append(PHOTOS)
    counts: dict[str, int] = {target.file_name: 0 for target in targets}

    def rows_of(target: ExchangeFile) -> Iterator[Row]:
        texts = text_rows_of(snapshot, target, pseudonyms)
        for row in photograph_rows(snapshot) if target is PHOTOS else texts:
            counts[target.file_name] += 1
            if progress:
                progress(target.file_name, 1)
            yield {n: t for n, t in zip(target.names, row, strict=True) if t}

    plans = BY_FILE["plans.csv"]
    if plans in targets:  # they are on the courses
        writer.plans = {row["course_id"]: row for row in rows_of(plans)}
    for target in targets:
        if target is not plans:
            made = writer.resources(target.table, _remembered(writer, target, rows_of(target)))
            # In the order of the true ids, the first pseudonym would be the first patient.
            for resource in sorted(made, key=_fhir_id) if pseudonyms else made:
                files.write(resource)
    return counts


def _pictures(
    snapshot: Snapshot, actor: Actor, left: list[tuple[str, int]]
) -> Callable[[str], bytes | None]:
    """Gives the picture of a photograph that the actor may see, and notes that it leaves."""
    intimate = actor.may(SEE_INTIMATE)

    def picture(photograph: str) -> bytes | None:
        found = picture_of(snapshot, photograph, intimate=intimate)
        if found is None:
            return None
        left.append((photograph, found[0]))
        return found[1]

    return picture


def _labels_of(catalogue: Catalogue) -> CodeLabels:
    """The catalogue's words."""
    kinds: dict[str, Mapping[str, Any]] = {
        "area": catalogue.areas,
        "indication": catalogue.indications,
        "protocol": catalogue.protocols,
        "technique": catalogue.techniques,
        "departure": catalogue.departures,
        "scale": catalogue.scales,
        "effect": catalogue.side_effects,
        "question": catalogue.questions,
    }
    return CodeLabels(
        {(kind, code): one.label for kind, rows in kinds.items() for code, one in rows.items()},
        {code: scale.unit for code, scale in catalogue.scales.items()},
    )


def _fhir_id(resource: dict[str, Any]) -> str:
    return str(resource["id"])


def _remembered(writer: FhirWriter, target: ExchangeFile, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows; what others need about sessions is kept on the way."""
    for row in rows:
        if target.table == "sessions":
            writer.sessions[row["session_id"]] = (row["patient_id"], row["held_at"], row["state"])
        yield row


class _ResourceFiles:
    """The files of an export, one a type, and what was written into them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = ExitStack()
        self._files: dict[str, TextIO] = {}
        self._there: set[str] = set()
        self._asked: set[str] = set()
        self.written: Counter[str] = Counter()
        self.references = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def write(self, resource: dict[str, Any]) -> str:
        """Check a resource and write it; its reference."""
        kind = str(resource["resourceType"])
        own = f"{kind}/{resource['id']}"
        for where, why in faults(resource):
            raise ExchangeError(
                _(
                    "{resource} would not be valid FHIR ({where}: {why}); correct what is recorded,"
                    " or export as CSV."
                ).format(resource=own, where=where, why=why)
            )
        if kind not in self._files:
            path = self._folder / f"{kind}{ENDING}"
            self._files[kind] = self._open.enter_context(path.open("w", encoding="utf-8"))
        self._files[kind].write(json.dumps(resource, ensure_ascii=False) + "\n")
        self.written[kind] += 1
        self._there.add(own)
        if "url" in resource:
            self._there.add(f"{resource['url']}|{resource['version']}")
        for asked in references(resource):
            self.references += 1
            self._asked.add(asked)
        return own

    def check_references(self) -> None:
        """Raise ExchangeError if a reference leads nowhere."""
        missing = sorted(self._asked - self._there)
        if missing:
            raise ExchangeError(
                _(
                    "{n} references of the export lead to nothing, the first to {first}; run"
                    " `mesodash check`, or export as CSV."
                ).format(n=len(missing), first=missing[0])
            )
