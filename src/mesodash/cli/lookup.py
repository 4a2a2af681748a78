"""Commands that look things up: areas, protocols with their screening, the history of an area."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from mesodash.catalogue.load import load_catalogue
from mesodash.catalogue.quoting import quoted
from mesodash.catalogue.types import Catalogue, Protocol, UnknownCodeError
from mesodash.cli.common import (
    WRONG_USE,
    Failure,
    db_option,
    format_option,
    plain_errors,
    print_rows,
)
from mesodash.consult.screening import (
    BLOCKED,
    LEVEL_WORDS,
    NO_ANSWERS,
    Reason,
    ScreeningAnswers,
    ScreeningVerdict,
    screen,
    worst_by_protocol,
)
from mesodash.language import _
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.courses.screenings import latest_screening
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.patients.patients import Patient, read_patient
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.vocabulary import SIDES
from mesodash.records.treatment.history import Site, TreatedSession, area_history
from mesodash.settings import load_settings, today


@dataclass(frozen=True, slots=True)
class ScreeningSubject:
    """Whom the rules are applied to: a patient or nobody in particular, in the clinic's country."""

    patient: Patient | None
    answers: ScreeningAnswers
    country: str | None
    screened_on: date | None


def read_subject(db: Path, patient_id: str | None, *, refused: int = WRONG_USE) -> ScreeningSubject:
    """The clinic's country and, with an id, the patient and the latest screening.

    A file of an earlier version is upgraded before its screenings are read.

    Args:
        db: the clinic's file.
        patient_id: whose, or None.
        refused: the exit code where nobody has that id.
    """
    patient, answers, country, screened_on = None, NO_ANSWERS, None, None
    with plain_errors(refused=refused):
        if db.exists():
            country = read_clinic(db).country
        if patient_id is not None:
            if db.exists():
                bring_up_to_date(db)
            patient = read_patient(db, patient_id, COMMAND_LINE)
            screening = latest_screening(db, patient_id, COMMAND_LINE)
            if screening is not None:
                answers, screened_on = screening.answers, screening.screened_on
    return ScreeningSubject(patient, answers, country, screened_on)


def verdicts_for(
    catalogue: Catalogue, protocols: Iterable[str], areas: Iterable[str], subject: ScreeningSubject
) -> Mapping[str, ScreeningVerdict]:
    """The strictest verdict on each protocol; without a patient, only what holds for everybody."""
    patient = subject.patient
    return worst_by_protocol(
        screen(
            catalogue,
            protocols=protocols,
            areas=areas,
            answers=subject.answers,
            sex=patient.sex if patient else "unknown",
            birth_year=patient.birth_year if patient else None,
            phototype=patient.phototype if patient else None,
            country=subject.country,
            today=today(),
        )
    )


def screened_protocols(
    catalogue: Catalogue, area: str, subject: ScreeningSubject
) -> list[dict[str, Any]]:
    """The protocols of an area, best evidence first, each with what excludes it."""
    found = catalogue.protocols_at(area)
    verdicts = verdicts_for(catalogue, [protocol.code for protocol in found], [area], subject)
    return [
        {"protocol": code, "excluded": verdict.blocked, "why": exclusion_reasons(verdict)}
        | ({"level": verdict.level} if subject.patient else {})
        for code, verdict in verdicts.items()
    ]


def exclusion_reasons(verdict: ScreeningVerdict) -> str | None:
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


EVERYTHING = 1_000_000

area_option = click.option(
    "--area", help=_("Area code, for example abdomen.lower; a parent includes its sub-areas.")
)
patient_option = click.option("--patient", help=_("Patient id."))


def _catalogue() -> Catalogue:
    return load_catalogue(load_settings().catalogue)


def _known_area(catalogue: Catalogue, code: str) -> str:
    try:
        return catalogue.area(code).code
    except UnknownCodeError as error:
        raise Failure(str(error)) from error


@click.command("areas")
@area_option
@click.option("--indication", help=_("Only areas with this indication."))
@patient_option
@format_option("table", "csv", "json", default="table")
@db_option
def areas(
    area: str | None, indication: str | None, patient: str | None, output: str, db: Path
) -> None:
    """List areas and the indications treated there; for a patient, also the number of treatments.

    JSON output includes each area's protocols, including excluded ones with the reason.
    """
    catalogue = _catalogue()
    subject = read_subject(db, patient)
    columns: tuple[str, ...] = ("area", "label", "parent", "sides", "uberon", "indications")
    treated: Counter[str] = Counter()
    if output == "json":
        columns += ("protocols",)
    if patient is not None:
        columns += ("treated",)
        sites = [Site(code) for code in catalogue.areas]
        with plain_errors():
            past = area_history(db, sites, COMMAND_LINE, patient_id=patient, limit=EVERYTHING)
        treated.update(code for _session, code in {(one.session_id, one.area) for one in past})
    if indication is not None and indication not in catalogue.indications:
        raise Failure(
            _("There is no indication {code}; see `mesodash areas --format json`.").format(
                code=quoted(indication)
            )
        )
    top = None if area is None else _known_area(catalogue, area)
    rows: list[dict[str, Any]] = []
    for one in catalogue.areas.values():
        if top is not None and not catalogue.within(one.code, top):
            continue
        indicated = [i.code for i in catalogue.indications_at(one.code)]
        if indication is not None and indication not in indicated:
            continue
        sides: Any = list(one.sides)
        rows.append(
            {
                "area": one.code,
                "label": one.label,
                "parent": one.parent,
                "sides": sides if output == "json" else " ".join(sides),
                "uberon": one.uberon,
                "indications": indicated if output == "json" else " ".join(indicated),
                "treated": treated[one.code],
                "protocols": screened_protocols(catalogue, one.code, subject),
            }
        )
    print_rows(columns, rows, output)


@click.command("protocols")
@area_option
@click.option("--indication", help=_("Only protocols for this indication."))
@patient_option
@format_option("table", "csv", "json", default="table")
@db_option
def protocols(
    area: str | None, indication: str | None, patient: str | None, output: str, db: Path
) -> None:
    """List indicated protocols, best evidence first, and excluded ones with the reason.

    For a patient, the latest screening, age, skin type and the clinic's country are considered.
    Without an area, a protocol is judged over all its areas, and the strictest verdict counts.
    """
    catalogue = _catalogue()
    subject = read_subject(db, patient)
    rows = []
    for one in _protocols(catalogue, area, indication):
        verdict = verdicts_for(catalogue, [one.code], [area] if area else one.areas, subject)[
            one.code
        ]
        rows.append(_protocol_row(catalogue, one, verdict, subject, output))
    print_rows(tuple(rows[0]) if rows else ("protocol", "label"), rows, output)


def _protocols(
    catalogue: Catalogue, area: str | None, indication: str | None
) -> tuple[Protocol, ...]:
    try:
        if area is not None:
            return catalogue.protocols_at(area, indication)
        found = [catalogue.protocols_at(one, indication) for one in catalogue.areas]
    except UnknownCodeError as error:
        raise Failure(str(error)) from error
    return tuple(dict.fromkeys(protocol for some in found for protocol in some))


def _protocol_row(
    catalogue: Catalogue,
    protocol: Protocol,
    verdict: ScreeningVerdict,
    subject: ScreeningSubject,
    output: str,
) -> dict[str, Any]:
    """One protocol as the catalogue has it, and what speaks against it; unknown stays empty."""
    row: dict[str, Any] = {
        "protocol": protocol.code,
        "label": protocol.label,
        "evidence": protocol.evidence,
        "indications": list(protocol.indications),
        "areas": list(protocol.areas),
        "sessions_min": protocol.sessions_min,
        "sessions_max": protocol.sessions_max,
        "interval_days_min": protocol.interval_days_min,
        "interval_days_max": protocol.interval_days_max,
        "excluded": verdict.blocked,
        "why": exclusion_reasons(verdict),
        "schedules": [
            {
                "for": one.what,
                "sex": one.sex,
                "schedule": one.text,
                "sources": list(one.sources),
            }
            for one in protocol.schedules
        ]
        if output == "json"
        else " / ".join(schedule.text for schedule in protocol.schedules),
        "sources": list(protocol.sources),
    }
    if subject.patient is not None:
        row |= {"level": verdict.level, "level_words": _(LEVEL_WORDS[verdict.level])}
    if output != "json":
        return {key: " ".join(v) if isinstance(v, list) else v for key, v in row.items()}
    row["not_for"] = [
        {"level": c.level, "label": c.label, "reason": c.reason}
        for c in catalogue.contraindications_to(protocol.code)
    ]
    row["rules"] = [reason_row(note) for note in verdict.notes]
    if subject.patient is not None:
        row["screened_on"] = subject.screened_on
        row["reasons"] = [reason_row(reason) for reason in verdict.reasons]
        row["unanswered"] = list(verdict.unanswered)
    return row


@click.command("history")
@click.option("--area", required=True, help=_("Area code; a parent includes its sub-areas."))
@click.option("--side", type=click.Choice(SIDES), help=_("The patient's side."))
@patient_option
@click.option("--limit", type=click.IntRange(1, EVERYTHING), default=EVERYTHING, hidden=True)
@format_option("json", "csv", "table", default="json")
@db_option
def history(
    area: str, side: str | None, patient: str | None, limit: int, output: str, db: Path
) -> None:
    """List the held sessions in an area, newest first."""
    catalogue = _catalogue()
    top = _known_area(catalogue, area)
    sites = [Site(code, side) for code in catalogue.areas if catalogue.within(code, top)]
    with plain_errors():
        found = area_history(db, sites, COMMAND_LINE, patient_id=patient, limit=limit)
    print_rows(HISTORY_COLUMNS, [_history_row(one, output) for one in found], output)


HISTORY_COLUMNS = (
    "held_at",
    "session_id",
    "patient_id",
    "area",
    "side",
    "protocol",
    "course_id",
    "number",
    "planned_sessions",
    "practitioner",
    "technique",
    "depth_mm",
    "points",
    "volume_ml",
    "products",
    "side_effects",
    "outcomes",
)


def _history_row(one: TreatedSession, output: str) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(one, name, None) for name in HISTORY_COLUMNS}
    row["products"] = [
        {"product": name, "lot": lot, "volume_ml": volume} for name, lot, volume in one.products
    ]
    row["side_effects"] = [
        {
            "effect": effect.effect,
            "onset_at": effect.onset_at,
            "resolved_at": effect.resolved_at,
            "last_seen_at": effect.last_seen_at,
            "gone_by_at": effect.gone_by_at,
            "severity": effect.severity,
        }
        for effect in one.effects
    ]
    row["outcomes"] = [
        {"scale": score.scale, "value": score.value, "measured_on": score.measured_on}
        for score in one.scores
    ]
    if output != "json":
        row["products"] = " ".join(str(p["product"]) for p in row["products"])
        row["side_effects"] = " ".join(str(e["effect"]) for e in row["side_effects"])
        row["outcomes"] = " ".join(f"{o['scale']}={o['value']:g}" for o in row["outcomes"])
    return row


COMMANDS = (areas, protocols, history)
