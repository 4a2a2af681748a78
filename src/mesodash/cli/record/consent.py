"""`mesodash consent ...`: what a patient consented to, a new consent, one withdrawn."""

import secrets
from datetime import datetime
from pathlib import Path

import click

from mesodash.catalogue.load import load_catalogue
from mesodash.cli.common import REFUSED, Failure, db_option, format_option, plain_errors, print_rows
from mesodash.cli.record.patient import DAY, day_of
from mesodash.consult.consent_text import consent_text
from mesodash.language import _
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store import vocabulary
from mesodash.records.store.clinic import read_clinic
from mesodash.records.watch.consents import TYPED, consents_of, record_consent, withdraw_consent
from mesodash.settings import load_settings, today

LISTED = (
    "consent_id",
    "purpose",
    "protocol",
    "text_version",
    "given_on",
    "given_how",
    "taken_by",
    "withdrawn_on",
    "note",
)


@click.group("consent")
def consent() -> None:
    """Record and withdraw patients' consents."""


@consent.command("list")
@click.argument("patient_id")
@format_option("table", "csv", "json", default="table")
@db_option
def list_consents(patient_id: str, output: str, db: Path) -> None:
    """List a patient's consents, newest first; the access is logged."""
    with plain_errors(refused=REFUSED):
        found = consents_of(db, patient_id, COMMAND_LINE)
    print_rows(LISTED, [{name: getattr(o, name) for name in LISTED} for o in found], output)


@consent.command("record")
@click.argument("patient_id")
@click.option("--for", "purpose", type=click.Choice(vocabulary.CONSENT_PURPOSES), required=True,
              help=_("Purpose of the consent."))  # fmt: skip
@click.option("--how", type=click.Choice(vocabulary.CONSENT_FORMS), required=True,
              help=_("How consent was given."))  # fmt: skip
@click.option("--protocol", help=_("Protocol code; default: any."))
@click.option("--given-on", type=DAY, help=_("Date, YYYY-MM-DD; default: today."))
@click.option("--signed-name", default="", help=_("The name typed as signature on the screen."))
@click.option("--note", default="", help=_("Free text."))
@db_option
def record(
    patient_id: str,
    purpose: str,
    how: str,
    protocol: str | None,
    given_on: datetime | None,
    signed_name: str,
    note: str,
    db: Path,
) -> None:
    """Record a consent to the current consent text; prints only its id."""
    catalogue = load_catalogue(load_settings().catalogue)
    if protocol is not None and protocol not in catalogue.protocols:
        sentence = _("There is no protocol {code}; see `mesodash protocols`.")
        raise Failure(sentence.format(code=protocol[:64]), REFUSED)
    with plain_errors(refused=REFUSED):
        country = read_clinic(db).country
        words = consent_text(
            catalogue, purpose, catalogue.protocols.get(protocol or ""), country
        )  # fmt: skip
        made = record_consent(
            db,
            patient_id,
            COMMAND_LINE,
            nonce=secrets.token_hex(16),
            purpose=purpose,
            given_on=day_of(given_on) or today(),
            given_how=how,
            today=today(),
            protocol=protocol,
            words="\n".join(words.lines),
            signature=TYPED + signed_name if signed_name else None,
            note=note,
        )
    click.echo(made)


@consent.command("withdraw")
@click.argument("consent_id")
@click.option("--on", type=DAY, help=_("Date, YYYY-MM-DD; default: today."))
@db_option
def withdraw(consent_id: str, on: datetime | None, db: Path) -> None:
    """Record that a consent was withdrawn; it is invalid from that day on."""
    with plain_errors(refused=REFUSED):
        withdraw_consent(db, consent_id, COMMAND_LINE, on=day_of(on) or today(), today=today())
    click.echo(_("Withdrawn."))


COMMANDS = (consent,)
