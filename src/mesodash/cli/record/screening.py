"""`mesodash screening ...`: what to ask a patient, the answers as JSON in and out, confirmed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click
from pydantic import TypeAdapter, ValidationError

from mesodash.catalogue.load import load_catalogue
from mesodash.catalogue.types import Catalogue
from mesodash.cli.common import REFUSED, Failure, db_option, format_option, plain_errors, print_rows
from mesodash.cli.record.patient import DAY, day_of
from mesodash.cli.record.words import told
from mesodash.consult.screening import questions_for
from mesodash.language import _
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.courses.screenings import (
    Answer,
    confirm_screening,
    latest_screening,
    record_screening,
)
from mesodash.records.patients.patients import read_patient
from mesodash.settings import load_settings, today

ASKED = ("question", "text", "kind", "said", "answered_on")

_READ = TypeAdapter(dict[str, Answer])


@click.group("screening")
def screening() -> None:
    """Record and show a patient's screening before treatment."""


@screening.command("questions")
@click.argument("patient_id")
@click.option("--protocol", "protocols", multiple=True, help=_("Protocol code; repeatable."))
@click.option("--area", "areas", multiple=True, help=_("Area code; repeatable."))
@format_option("table", "csv", "json", default="table")
@db_option
def questions(
    patient_id: str, protocols: tuple[str, ...], areas: tuple[str, ...], output: str, db: Path
) -> None:
    """List the screening questions for these protocols and areas, with the latest answers.

    Without a protocol or area, all questions are listed.
    """
    catalogue = load_catalogue(load_settings().catalogue)
    _refuse_unknown(catalogue, protocols, areas)
    with plain_errors(refused=REFUSED):
        patient = read_patient(db, patient_id, COMMAND_LINE)
        latest = latest_screening(db, patient_id, COMMAND_LINE)
    given: Mapping[str, Answer] = latest.answers.given if latest else {}
    rows = []
    for one in questions_for(
        catalogue,
        protocols or tuple(catalogue.protocols),
        areas or tuple(catalogue.areas),
        sex=patient.sex,
        birth_year=patient.birth_year,
        phototype=patient.phototype,
        today=today(),
    ):
        said = given.get(one.code)
        rows.append(
            {
                "question": one.code,
                "text": one.text,
                "kind": one.kind,
                "said": said and said.said,
                "answered_on": said and said.answered_on,
            }
        )
    print_rows(ASKED, rows, output)


@screening.command("record")
@click.argument("patient_id")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--on", type=DAY, help=_("Date, YYYY-MM-DD; default: today."))
@db_option
def record(patient_id: str, file: TextIO, on: datetime | None, db: Path) -> None:
    """Record answers from a JSON file, or - for standard input; prints the screening's number.

    Each question's code is a key with the value yes, no or unknown, or an object with said, areas
    and detail. Earlier answers to other questions are kept, each with its date.
    """
    catalogue = load_catalogue(load_settings().catalogue)
    answers = _answers(file, catalogue)
    day = day_of(on) or today()
    if day > today():
        raise Failure(_("A screening is of today or earlier; correct the day."), REFUSED)
    with plain_errors(refused=REFUSED):
        made = record_screening(db, patient_id, answers, COMMAND_LINE, day)
    click.echo(str(made))


@screening.command("confirm")
@click.argument("patient_id")
@db_option
def confirm(patient_id: str, db: Path) -> None:
    """Confirm that the latest answers still hold today; prints the screening's number."""
    with plain_errors(refused=REFUSED):
        made = confirm_screening(db, patient_id, COMMAND_LINE, today())
    click.echo(str(made))


@screening.command("show")
@click.argument("patient_id")
@db_option
def show(patient_id: str, db: Path) -> None:
    """Print a patient's latest answers as JSON; the access is logged."""
    with plain_errors(refused=REFUSED):
        found = latest_screening(db, patient_id, COMMAND_LINE)
    if found is None:
        sentence = _("{id} was not screened yet; see `mesodash screening questions`.")
        raise Failure(sentence.format(id=patient_id[:64]), REFUSED)
    told = {
        "screening": found.screening_id,
        "screened_on": found.screened_on,
        "screened_by": found.screened_by,
        "confirms": found.confirms,
        "answers": {code: asdict(one) for code, one in found.answers.given.items()},
    }
    click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))


def _answers(file: TextIO, catalogue: Catalogue) -> dict[str, Answer]:
    """Read answers; a question, an area or a word that is not known is refused."""
    try:
        given = json.load(file)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        sentence = _("The file is not JSON ({what}); write question: answer.")
        raise Failure(sentence.format(what=str(error)[:100]), REFUSED) from error
    if not isinstance(given, dict):
        raise Failure(_("Give the answers as one JSON object, question: answer."), REFUSED)
    unknown = [code for code in given if code not in catalogue.questions]
    if unknown:
        sentence = _("There is no question {codes}; see `mesodash screening questions`.")
        raise Failure(sentence.format(codes=", ".join(unknown)[:200]), REFUSED)
    whole = {
        code: {"said": said} if isinstance(said, str) else said for code, said in given.items()
    }
    strange = sorted(_strange(whole))
    if strange:
        sentence = _("An answer has said, areas and detail, not {names}; correct it.")
        raise Failure(sentence.format(names=", ".join(strange)[:200]), REFUSED)
    try:
        answers = _READ.validate_python(whole)
    except ValidationError as error:
        raise Failure(told(error), REFUSED) from error
    _refuse_unknown(catalogue, (), tuple(area for one in answers.values() for area in one.areas))
    return answers


def _strange(whole: Mapping[str, Any]) -> Iterator[str]:
    """Unknown field names of an answer; the day is never given, it is that of the screening."""
    for one in whole.values():
        if isinstance(one, dict):
            yield from one.keys() - {"said", "areas", "detail"}


def _refuse_unknown(
    catalogue: Catalogue, protocols: tuple[str, ...], areas: tuple[str, ...]
) -> None:
    strange = [code for code in protocols if code not in catalogue.protocols]
    strange += [code for code in areas if code not in catalogue.areas]
    if strange:
        sentence = _("The catalogue has no {codes}; see `mesodash areas` and `mesodash protocols`.")
        raise Failure(sentence.format(codes=", ".join(strange)[:200]), REFUSED)


COMMANDS = (screening,)
