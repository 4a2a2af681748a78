"""What the lookup commands say is excluded, and why: for a patient, or for anybody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mesodash.catalogue.types import Catalogue
from mesodash.cli.common import told_plainly
from mesodash.consult.screening import (
    BLOCKED,
    NO_ANSWERS,
    Answers,
    Reason,
    Verdict,
    screen,
    worst_by_protocol,
)
from mesodash.records.actor import COMMAND_LINE
from mesodash.records.clinic import read_clinic
from mesodash.records.migrations import migrate
from mesodash.records.patients import Patient, read_patient
from mesodash.records.screenings import latest_screening


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the rules are asked for: a patient or nobody yet, in the clinic's country."""

    patient: Patient | None
    answers: Answers
    country: str | None
    screened_on: date | None


def asked_of(db: Path, patient_id: str | None) -> Asked:
    """The clinic's country and, with an id, the patient and the latest screening.

    A file of an earlier version is brought to this one before its screenings are read.
    """
    patient, answers, country, screened_on = None, NO_ANSWERS, None, None
    with told_plainly():
        if db.exists():
            country = read_clinic(db).country
        if patient_id is not None:
            if db.exists():
                migrate(db)
            patient = read_patient(db, patient_id, COMMAND_LINE)
            screening = latest_screening(db, patient_id, COMMAND_LINE)
            if screening is not None:
                answers, screened_on = screening.answers, screening.screened_on
    return Asked(patient, answers, country, screened_on)


def verdicts_for(
    catalogue: Catalogue, protocols: Iterable[str], areas: Iterable[str], asked: Asked
) -> Mapping[str, Verdict]:
    """The strictest verdict of each protocol; without a patient, only what holds for anybody."""
    patient = asked.patient
    return worst_by_protocol(
        screen(
            catalogue,
            protocols=protocols,
            areas=areas,
            answers=asked.answers,
            sex=patient.sex if patient else "unknown",
            birth_year=patient.birth_year if patient else None,
            phototype=patient.phototype if patient else None,
            country=asked.country,
            today=date.today(),  # noqa: DTZ011 - the clinic's own calendar
        )
    )


def protocols_there(catalogue: Catalogue, area: str, asked: Asked) -> list[dict[str, Any]]:
    """The protocols of an area, best evidence first, each with what excludes it."""
    found = catalogue.protocols_at(area)
    verdicts = verdicts_for(catalogue, [protocol.code for protocol in found], [area], asked)
    return [
        {"protocol": code, "excluded": verdict.blocked, "why": why(verdict)}
        | ({"level": verdict.level} if asked.patient else {})
        for code, verdict in verdicts.items()
    ]


def why(verdict: Verdict) -> str | None:
    """What excludes it, in plain sentences; None if nothing does."""
    return (
        " ".join(
            " ".join(filter(None, (reason.sentence, reason.action and f"{reason.action}.")))
            for reason in verdict.reasons
            if reason.level in BLOCKED
        )
        or None
    )


def reason_row(reason: Reason) -> dict[str, Any]:
    """A reason as the commands print it."""
    return {
        "code": reason.code,
        "weight": reason.weight,
        "sentence": reason.sentence,
        "action": reason.action,
        "question": reason.question,
        "answered_on": reason.answered_on,
        "sources": list(reason.sources),
    }
