"""`mesodash patient ...`: adding a patient, finding one."""

from datetime import date, datetime
from pathlib import Path

import click

from mesodash.cli.common import REFUSED, db_option, format_option, plain_errors, print_rows
from mesodash.language import _
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.patients.new_patient import Identity, add_patient, next_patient_id
from mesodash.records.patients.practitioners import add_practitioner
from mesodash.records.patients.text_search import find_anyone
from mesodash.records.store import vocabulary

DAY = click.DateTime(["%Y-%m-%d"])


def day_of(given: datetime | None) -> date | None:
    """The calendar day of an option of type DAY."""
    return None if given is None else given.date()


@click.group("patient")
def patient() -> None:
    """Add and find patients."""


@patient.command("add")
@click.option("--id", "patient_id", help=_("The clinic's own id; default: the next free one."))
@click.option("--sex", type=click.Choice(vocabulary.SEXES), required=True, help=_("Sex."))
@click.option("--birth-year", type=int, help=_("Year of birth, if the date is unknown."))
@click.option(
    "--phototype", type=click.Choice(vocabulary.PHOTOTYPES), help=_("Fitzpatrick skin type.")
)
@click.option("--given-name", default="", help=_("Stored only in the clinic's file."))
@click.option("--family-name", default="", help=_("Stored only in the clinic's file."))
@click.option("--birth-date", type=DAY, help=_("YYYY-MM-DD; stored only in the clinic's file."))
@click.option("--phone", default="", help=_("Stored only in the clinic's file."))
@click.option("--email", default="", help=_("Stored only in the clinic's file."))
@click.option("--weight-kg", type=float, help=_("Weight in kg, for doses by weight."))
@click.option("--note", default="", help=_("Free text."))
@db_option
def add(
    patient_id: str | None,
    sex: str,
    birth_year: int | None,
    phototype: str | None,
    given_name: str,
    family_name: str,
    birth_date: datetime | None,
    phone: str,
    email: str,
    weight_kg: float | None,
    note: str,
    db: Path,
) -> None:
    """Add a patient; prints only the id."""
    born = day_of(birth_date)
    with plain_errors(refused=REFUSED):
        made = add_patient(
            db,
            patient_id or next_patient_id(db, COMMAND_LINE),
            COMMAND_LINE,
            sex=sex,
            birth_year=birth_year,
            phototype=phototype,
            note=note,
            identity=Identity(given_name, family_name, born, phone, email, weight_kg),
        )
    click.echo(made)


@patient.command("find")
@click.argument("text")
@format_option("table", "csv", "json", default="table")
@db_option
def find(text: str, output: str, db: Path) -> None:
    """Find patients by part of an id, name, date of birth or telephone number."""
    with plain_errors(refused=REFUSED):
        answer = find_anyone(db, text, COMMAND_LINE)
    rows = [{"patient_id": o.patient_id, "name": o.name, "born": o.born} for o in answer.found]
    print_rows(("patient_id", "name", "born"), rows, output)


@click.command("practitioner")
@click.argument("name")
@db_option
def practitioner(name: str, db: Path) -> None:
    """Add a practitioner; prints only the id, also if the name already exists."""
    with plain_errors(refused=REFUSED):
        made = add_practitioner(db, name, COMMAND_LINE)
    click.echo(made)


COMMANDS = (patient, practitioner)
