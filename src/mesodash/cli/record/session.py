"""`mesodash session ...`: a session as JSON in and out, corrected, finalised, void, not held.

`session show` prints what `session record` and `session amend` read, so that a session can be
taken, changed and given back. The fields are those of `records.treatment.entries.SessionEntry`.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import click
from pydantic import TypeAdapter, ValidationError

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.load import load_catalogue
from mesodash.catalogue.types import Catalogue
from mesodash.cli.common import REFUSED, Failure, db_option, format_option, plain_errors, print_rows
from mesodash.cli.record.words import not_held_help, tell_raised, told
from mesodash.consult.adoption import current
from mesodash.consult.consent_text import is_off_label
from mesodash.consult.session_rules import (
    findings,
    limits,
    lot_findings,
    needs_reason,
)
from mesodash.language import _
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.patients.completeness import SessionTicks, ticks_of
from mesodash.records.patients.last_treated import last_treated
from mesodash.records.patients.patients import read_patient
from mesodash.records.stock.deliveries import stock_list
from mesodash.records.store.form_ids import form_id
from mesodash.records.store.vocabulary import SIDES
from mesodash.records.treatment.corrections import (
    amend_session,
    finalise_session,
    former_rows,
    void_session,
)
from mesodash.records.treatment.data_quality import data_findings
from mesodash.records.treatment.entries import (
    AreaEntry,
    PointEntry,
    ProductEntry,
    ReactionEntry,
    SessionEntry,
)
from mesodash.records.treatment.recording import close_planned_session, record_session
from mesodash.records.treatment.sessions import (
    RecordedSession,
    given_that_day,
    last_session,
    read_session,
    sessions_of_day,
)
from mesodash.records.watch.red_cards import raise_reported
from mesodash.settings import load_settings, now, today

_READ = TypeAdapter(SessionEntry)
_PARTS = {
    "areas": AreaEntry,
    "products": ProductEntry,
    "reactions": ReactionEntry,
    "placed": PointEntry,
}
DAY_COLUMNS = ("held_at", "session_id", "patient_id", "state", "protocol", "practitioner", "areas")
VERSIONS = ("at", "actor", "why", "table", "before")
TICKS = tuple(one.name for one in fields(SessionTicks))
TO_MEND = ("kind", "session_id", "patient_id", "held_at", "detail")

file_argument = click.argument("file", type=click.File("r", encoding="utf-8"))


@click.group("session")
def session() -> None:
    """Record, correct, finalise, void and show sessions."""


@session.command("show")
@click.argument("session_id")
@db_option
def show(session_id: str, db: Path) -> None:
    """Print a session as JSON; the access is logged."""
    with plain_errors(refused=REFUSED):
        found = read_session(db, session_id, COMMAND_LINE)
    _print(found)


@session.command("last")
@click.argument("patient_id")
@click.option("--protocol", help=_("Protocol code; default: any."))
@db_option
def last(patient_id: str, protocol: str | None, db: Path) -> None:
    """Print a patient's latest held session as JSON, as a template for the next one.

    Lots, expiry dates, reactions and the note are left out, since they must be entered anew.
    """
    with plain_errors(refused=REFUSED):
        found = last_session(db, patient_id, COMMAND_LINE, protocol=protocol)
    if found is None:
        sentence = _("{id} has no held session yet; write the first one.")
        raise Failure(sentence.format(id=patient_id[:64]), REFUSED)
    kept = asdict(found.entry)
    for name in (
        "session_id",
        "held_at",
        "started_at",
        "ended_at",
        "reactions",
        "note",
        "departure",
        "departure_text",
    ):
        kept.pop(name, None)
    kept["products"] = [
        {"product": one.product, "volume_ml": one.volume_ml} for one in found.entry.products
    ]
    click.echo(json.dumps(kept, ensure_ascii=False, indent=2))


@session.command("day")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help=_("Date, YYYY-MM-DD; default: today.")
)
@format_option("table", "csv", "json", default="table")
@db_option
def day(on: Any, output: str, db: Path) -> None:
    """List the sessions planned for or held on a day; the access is logged."""
    with plain_errors(refused=REFUSED):
        found = sessions_of_day(db, on.date() if on else today(), COMMAND_LINE)
    rows = [
        {name: getattr(one, name) for name in DAY_COLUMNS}
        | {"areas": " ".join(f"{area}:{side}" for area, side in one.areas)}
        for one in found
    ]
    print_rows(DAY_COLUMNS, rows, output)


@session.command("record")
@file_argument
@click.option(
    "--nonce", help=_("Idempotency key, 8 to 64 characters: a repeated key records nothing twice.")
)
@db_option
def record(file: TextIO, nonce: str | None, db: Path) -> None:
    """Record a held session from a JSON file, or - for standard input; prints only its id.

    With a session_id, the planned session of that id is recorded as held.
    """
    entry, nonce = _entry(file), nonce or secrets.token_hex(16)
    with plain_errors(refused=REFUSED):
        planned = None
        if entry.session_id is not None:
            planned = read_session(db, entry.session_id, COMMAND_LINE)
        _refuse(db, entry, planned, own=form_id("session", nonce))
        made = record_session(
            db,
            entry,
            COMMAND_LINE,
            nonce=nonce,
            seen=None if planned is None else planned.entry.held_at,
        )
        catalogue = load_catalogue(load_settings().catalogue)
        cards = raise_reported(db, entry.patient_id, catalogue, COMMAND_LINE, on=today(), at=now())
    click.echo(made)
    tell_raised(cards)


@session.command("amend")
@click.argument("session_id")
@file_argument
@click.option("--reason", default="", help=_("Reason; required once the session is finalised."))
@db_option
def amend(session_id: str, file: TextIO, reason: str, db: Path) -> None:
    """Replace a session by a corrected one, from a JSON file or - for standard input."""
    entry = _entry(file)
    with plain_errors(refused=REFUSED):
        seen = read_session(db, session_id, COMMAND_LINE)
        _refuse(db, entry, seen)
        amend_session(db, entry, COMMAND_LINE, seen=seen, reason=reason)
    click.echo(_("Corrected; the earlier version stays readable."))


@session.command("finalise")
@click.argument("session_id")
@click.option("--reason", default="", help=_("Reason for missing consent to off-label use."))
@db_option
def finalise(session_id: str, reason: str, db: Path) -> None:
    """Finalise a held session; later corrections require a reason."""
    catalogue = load_catalogue(load_settings().catalogue)
    with plain_errors(refused=REFUSED):
        seen = read_session(db, session_id, COMMAND_LINE)
        finalise_session(
            db,
            COMMAND_LINE,
            seen=seen,
            off_label=is_off_label(catalogue, seen.entry.protocol),
            reason=reason,
        )
    click.echo(_("Finalised."))


@session.command("versions")
@click.argument("session_id")
@format_option("table", "csv", "json", default="json")
@db_option
def versions(session_id: str, output: str, db: Path) -> None:
    """List the former states of a session, latest first; the access is logged.

    Lengths are in micrometres, volumes in microlitres, prices in thousandths, as the file has them.
    """
    with plain_errors(refused=REFUSED):
        found = former_rows(db, session_id, COMMAND_LINE)
    rows = [
        {name: getattr(one, name) for name in VERSIONS[:-1]}
        | {
            "before": dict(one.before)
            if output == "json"
            else json.dumps(dict(one.before), ensure_ascii=False)
        }
        for one in found
    ]
    print_rows(VERSIONS, rows, output)


@session.command("completeness")
@click.argument("patient_id")
@click.option("--limit", type=click.IntRange(1, 1000), default=12, show_default=True,
              help=_("Number of sessions."))  # fmt: skip
@format_option("table", "csv", "json", default="table")
@db_option
def completeness(patient_id: str, limit: int, output: str, db: Path) -> None:
    """List what a patient's held sessions have and lack, newest first; the access is logged.

    Empty is not due: a baseline outside a course, a follow-up on the day itself.
    """
    with plain_errors(refused=REFUSED):
        found = ticks_of(
            db, patient_id, COMMAND_LINE, today=today().isoformat(), limit=limit
        )  # fmt: skip
    print_rows(TICKS, [asdict(one) for one in found], output)


@session.command("void")
@click.argument("session_id")
@click.option("--reason", required=True, help=_("Reason; kept in the history."))
@db_option
def void(session_id: str, reason: str, db: Path) -> None:
    """Void a session recorded by mistake; it is kept but never counted."""
    with plain_errors(refused=REFUSED):
        seen = read_session(db, session_id, COMMAND_LINE)
        void_session(db, COMMAND_LINE, seen=seen, reason=reason)
    click.echo(_("Void: kept and readable, counted nowhere."))


@session.command("close")
@click.argument("session_id")
@click.argument("state", type=click.Choice(("cancelled", "no_show")))
@click.option("--reason", required=True, help=not_held_help())
@db_option
def close(session_id: str, state: Any, reason: str, db: Path) -> None:
    """Mark a planned session as cancelled or as a no-show."""
    with plain_errors(refused=REFUSED):
        seen = read_session(db, session_id, COMMAND_LINE).entry.held_at
        close_planned_session(
            db, session_id, COMMAND_LINE, seen=seen, state=state, reason=reason
        )  # fmt: skip
    click.echo(_("Noted: {id} is {state}.").format(id=session_id, state=state))


@click.command("to-mend")
@format_option("table", "csv", "json", default="table")
@db_option
def to_mend(output: str, db: Path) -> None:
    """List doubtful or missing data in the record; the access is logged."""
    catalogue = load_catalogue(load_settings().catalogue)
    with plain_errors(refused=REFUSED):
        found = data_findings(
            db, limits(catalogue, current(db)), today().isoformat(), COMMAND_LINE, newest=None
        )
    rows = [
        {"kind": of.kind, **{name: getattr(one, name) for name in TO_MEND[1:]}}
        for of in found
        for one in of.newest
    ]
    print_rows(TO_MEND, rows, output)


def _print(found: RecordedSession) -> None:
    click.echo(json.dumps(asdict(found.entry), ensure_ascii=False, indent=2))


def _entry(file: TextIO) -> SessionEntry:
    """Read a session; an unknown field or value is refused in one sentence."""
    try:
        text = file.read()
        strange = list(_strange(json.loads(text)))
        if strange:
            sentence = _("A session has no field {names}; take it out or correct its name.")
            raise Failure(sentence.format(names=", ".join(strange)[:200]), REFUSED)
        return _READ.validate_json(text, strict=True)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        sentence = _("The file is not JSON ({what}); see `mesodash session show`.")
        raise Failure(sentence.format(what=str(error)[:100]), REFUSED) from error
    except ValidationError as error:
        raise Failure(told(error), REFUSED) from error


def _strange(data: Any) -> Iterator[str]:
    """Names that no field has."""
    if not isinstance(data, dict):
        return
    known = {one.name for one in fields(SessionEntry)}
    yield from sorted(data.keys() - known)
    for name, kind in _PARTS.items():
        rows = data.get(name)
        known = {one.name for one in fields(kind)}
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict):
                yield from (f"{name}.{key}" for key in sorted(row.keys() - known))


def _refuse(
    db: Path, entry: SessionEntry, before: RecordedSession | None, *, own: str = ""
) -> None:
    """Raise where the form would refuse the entry as well, or asks for a reason in the note.

    Args:
        db: the clinic's file.
        entry: what is to be recorded.
        before: the session as currently recorded.
        own: the id that the entry gets, under which it may have been recorded already.
    """
    catalogue = load_catalogue(load_settings().catalogue)
    unknown = list(_unknown(entry, catalogue))
    if unknown:
        sentence = _("The catalogue has no {codes}; see `mesodash areas` and `mesodash protocols`.")
        raise Failure(sentence.format(codes=", ".join(unknown)[:200]), REFUSED)
    try:
        on = date.fromisoformat(entry.held_at[:10])
    except ValueError:
        sentence = _("{day} is not a day; write it as 2026-11-22 or 2026-11-22T10:30.")
        raise Failure(sentence.format(day=entry.held_at[:20]), REFUSED) from None
    version = current(db).get(entry.protocol or "")
    patient = read_patient(db, entry.patient_id, COMMAND_LINE)
    corrected = before if before is not None and before.state == "held" else None
    treated = last_treated(
        db,
        entry.patient_id,
        COMMAND_LINE,
        before=None if corrected is None else corrected.entry.held_at,
    )
    found = findings(
        entry,
        catalogue,
        version=version,
        last_treated={AreaSide(one.area, one.side): one.on for one in treated},
        today=today(),
        others=[
            one
            for one in given_that_day(db, entry.patient_id, on, COMMAND_LINE)
            if one.session_id != own
        ],
        weight_kg=patient.weight_kg,
    )
    known = () if corrected is None else corrected.entry.products
    found += lot_findings(entry, stock_list(db, COMMAND_LINE), on, known=known)
    refused = [one.sentence for one in found if one.level == "refused"]
    if refused:
        raise Failure(" ".join(refused), REFUSED)
    if needs_reason(found, entry):
        reasons = [one.sentence for one in found if one.level == "reason"]
        raise Failure(" ".join(reasons), REFUSED)


def _unknown(entry: SessionEntry, catalogue: Catalogue) -> Iterator[str]:
    """Codes that the catalogue does not have."""
    for one in entry.areas:
        if one.area not in catalogue.areas:
            yield f"area {one.area!r}"
        if one.side not in SIDES:
            yield f"side {one.side!r}"
        if one.technique is not None and one.technique not in catalogue.techniques:
            yield f"technique {one.technique!r}"
    if entry.protocol is not None and entry.protocol not in catalogue.protocols:
        yield f"protocol {entry.protocol!r}"
    if entry.departure is not None and entry.departure not in catalogue.departures:
        yield f"departure {entry.departure!r}"
    for seen in entry.reactions:
        if seen.effect not in catalogue.side_effects:
            yield f"effect {seen.effect!r}"


COMMANDS = (session, to_mend)
