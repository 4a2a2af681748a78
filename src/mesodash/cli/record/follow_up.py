"""`mesodash effect ...`, `score`, `red-card`: what followed a session, and how well it worked."""

import secrets
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from mesodash.catalogue.load import load_catalogue
from mesodash.cli.common import REFUSED, Failure, db_option, format_option, plain_errors, print_rows
from mesodash.cli.record.patient import DAY, day_of
from mesodash.cli.record.words import tell_raised
from mesodash.language import _
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store import vocabulary
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.effect_corrections import (
    CORRECTABLE,
    RecordedEffect,
    correct_effect,
    effects_of,
    remove_effect,
)
from mesodash.records.treatment.follow_up import (
    EffectAnswer,
    NewEffect,
    open_effects,
    record_contact,
)
from mesodash.records.watch.red_cards import (
    acknowledge_red_card,
    close_red_card,
    open_red_cards,
    raise_red_card,
    raise_reported,
)
from mesodash.records.watch.scores import record_score
from mesodash.settings import load_settings, now, today

OPEN = ("side_effect_id", "session_id", "held_at", "effect", "area", "side", "onset_at",
        "last_seen_at", "severity")  # fmt: skip
EFFECTS = tuple(one.name for one in fields(RecordedEffect) if one.name != "patient_id")
CARDS = ("red_card_id", "patient_id", "session_id", "flag", "opened_at", "owner",
         "acknowledged_at", "escalated_at")  # fmt: skip


@click.command("open-effects")
@click.argument("patient_id")
@format_option("table", "csv", "json", default="table")
@db_option
def list_open(patient_id: str, output: str, db: Path) -> None:
    """List a patient's side effects that are still open; the access is logged."""
    with plain_errors(refused=REFUSED):
        found = open_effects(db, patient_id, COMMAND_LINE)
    print_rows(OPEN, [{name: getattr(one, name) for name in OPEN} for one in found], output)


@click.group("effect")
def effect() -> None:
    """List, correct and remove recorded side effects."""


@effect.command("list")
@click.argument("patient_id")
@format_option("table", "csv", "json", default="table")
@db_option
def list_effects(patient_id: str, output: str, db: Path) -> None:
    """List all side effects of a patient, newest first; the access is logged."""
    with plain_errors(refused=REFUSED):
        found = effects_of(db, patient_id, COMMAND_LINE)
    print_rows(EFFECTS, [{name: getattr(one, name) for name in EFFECTS} for one in found], output)


@effect.command("correct")
@click.argument("patient_id")
@click.argument("side_effect_id")
@click.option("--set", "changes", multiple=True, required=True, metavar="COLUMN=VALUE",
              help=_("New value, FIELD=VALUE; an empty value means unknown."))  # fmt: skip
@click.option("--reason", default="", help=_("Reason, if known."))
@db_option
def correct(
    patient_id: str, side_effect_id: str, changes: tuple[str, ...], reason: str, db: Path
) -> None:
    """Correct a side effect's site, dates or outcome; the former version is kept."""
    values: dict[str, Any] = {}
    for one in changes:
        name, equals, value = one.partition("=")
        if name not in CORRECTABLE or not equals:
            sentence = _("{text} is not a correction; write COLUMN=VALUE, with one of: {names}.")
            raise Failure(
                sentence.format(text=one[:60], names=", ".join(CORRECTABLE)), REFUSED
            )  # fmt: skip
        values[name] = value or ("" if name == "onset_at" else None)
    areas = load_catalogue(load_settings().catalogue).areas
    if values.get("area") is not None and values["area"] not in areas:
        sentence = _("There is no area {code}; see `mesodash areas`.")
        raise Failure(sentence.format(code=values["area"][:64]), REFUSED)
    if values.get("severity") is not None:
        if values["severity"] not in ("1", "2", "3", "4", "5"):
            raise Failure(_("A severity is 1 to 5; correct it."), REFUSED)
        values["severity"] = int(values["severity"])
    with plain_errors(refused=REFUSED):
        seen = _seen(db, patient_id, side_effect_id)
        correct_effect(
            db,
            replace(
                seen, **values | ({"onset_at": ""} if values.get("onset_at", "") is None else {})
            ),
            COMMAND_LINE,
            seen=seen,
            today=today(),
            reason=reason,
        )
    click.echo(_("Corrected; the earlier version stays readable."))


@effect.command("remove")
@click.argument("patient_id")
@click.argument("side_effect_id")
@click.option("--reason", required=True, help=_("Reason; kept in the history."))
@db_option
def remove(patient_id: str, side_effect_id: str, reason: str, db: Path) -> None:
    """Remove a side effect recorded by mistake; the former version is kept."""
    with plain_errors(refused=REFUSED):
        remove_effect(db, COMMAND_LINE, seen=_seen(db, patient_id, side_effect_id), reason=reason)
    click.echo(_("Taken out; the earlier version stays readable."))


def _seen(db: Path, patient_id: str, side_effect_id: str) -> RecordedEffect:
    found = effects_of(db, patient_id, COMMAND_LINE)
    seen = next((one for one in found if one.side_effect_id == side_effect_id), None)
    if seen is None:
        sentence = _("{patient} has no side effect {id}; see `mesodash effect list`.")
        raise RecordError(sentence.format(patient=patient_id[:64], id=side_effect_id[:64]))
    return seen


@click.command("contact")
@click.argument("patient_id")
@click.option("--channel", type=click.Choice(vocabulary.CHANNELS), required=True,
              help=_("Channel of the contact."))  # fmt: skip
@click.option("--on", type=DAY, help=_("Date, YYYY-MM-DD; default: today."))
@click.option(
    "--still", multiple=True, metavar="SIDE_EFFECT_ID", help=_("Side effect that is still present.")
)
@click.option("--gone", multiple=True, metavar="SIDE_EFFECT_ID[=YYYY-MM-DD]",
              help=_("Side effect that has resolved, with the day if known."))  # fmt: skip
@click.option("--new", multiple=True, metavar="SESSION_ID:EFFECT:ONSET",
              help=_("Newly reported side effect."))  # fmt: skip
@click.option("--told-by", type=click.Choice(vocabulary.TOLD_BY), default="patient",
              show_default=True, help=_("Source of the information."))  # fmt: skip
@db_option
def contact(
    patient_id: str,
    channel: str,
    on: datetime | None,
    still: tuple[str, ...],
    gone: tuple[str, ...],
    new: tuple[str, ...],
    told_by: str,
    db: Path,
) -> None:
    """Record a follow-up contact with all its findings in one transaction."""
    answers = [EffectAnswer(one, "still_there") for one in still]
    for one in gone:
        name, _equals, day = one.partition("=")
        answers.append(EffectAnswer(name, "gone", day or None))
    catalogue, met_on = load_catalogue(load_settings().catalogue), day_of(on) or today()
    with plain_errors(refused=REFUSED):
        noted = record_contact(
            db,
            patient_id,
            COMMAND_LINE,
            contacted_at=met_on.isoformat(),
            channel=channel,
            answers=answers,
            new=[_new_effect(one) for one in new],
            told_by=told_by,
        )
        cards = raise_reported(db, patient_id, catalogue, COMMAND_LINE, on=met_on, at=now())
    click.echo(_("Kept, for {n} of the patient's sessions.").format(n=noted))
    tell_raised(cards)


def _new_effect(text: str) -> NewEffect:
    parts = text.rsplit(":", 2)
    effects = load_catalogue(load_settings().catalogue).side_effects
    if len(parts) != 3 or parts[1] not in effects:
        sentence = _("{text} is not a side effect; write SESSION_ID:EFFECT:YYYY-MM-DD.")
        raise Failure(sentence.format(text=text[:100]), REFUSED)
    session_id, effect, onset_at = parts
    return NewEffect(session_id, effect, onset_at)


@click.command("score")
@click.argument("patient_id")
@click.argument("scale")
@click.argument("value", type=float)
@click.option("--timing", type=click.Choice(vocabulary.TIMINGS), required=True,
              help=_("Baseline or follow-up."))  # fmt: skip
@click.option("--course", help=_("Course id."))
@click.option("--on", type=DAY, help=_("Date, YYYY-MM-DD; default: today."))
@click.option("--instead-of", type=float, help=_("Recorded value to correct."))
@db_option
def score(
    patient_id: str,
    scale: str,
    value: float,
    timing: str,
    course: str | None,
    on: datetime | None,
    instead_of: float | None,
    db: Path,
) -> None:
    """Record a score on one of the catalogue's scales."""
    of = load_catalogue(load_settings().catalogue).scales.get(scale)
    if of is None:
        sentence = _("There is no scale {code}; see data/catalogue/scales.csv.")
        raise Failure(sentence.format(code=scale[:64]), REFUSED)
    with plain_errors(refused=REFUSED):
        record_score(
            db,
            patient_id,
            of,
            value,
            COMMAND_LINE,
            measured_on=day_of(on) or today(),
            timing=timing,
            today=today(),
            course_id=course,
            seen=instead_of,
        )
    click.echo(_("The score was kept."))


@click.group("red-card")
def red_card() -> None:
    """Open, accept and close red cards (warning signs to follow up)."""


@red_card.command("list")
@format_option("table", "csv", "json", default="table")
@db_option
def list_cards(output: str, db: Path) -> None:
    """List open red cards; the access is logged."""
    with plain_errors(refused=REFUSED):
        found: Any = open_red_cards(db, COMMAND_LINE)
    print_rows(CARDS, [{name: getattr(one, name) for name in CARDS} for one in found], output)


@red_card.command("open")
@click.argument("patient_id")
@click.argument("flag")
@click.option("--session", help=_("Id of the session it followed."))
@click.option("--note", default="", help=_("What was reported."))
@db_option
def open_card(patient_id: str, flag: str, session: str | None, note: str, db: Path) -> None:
    """Open a red card for a warning sign; prints its id, then what to do."""
    known = load_catalogue(load_settings().catalogue).red_flags.get(flag)
    if known is None or known.phase != "after":
        sentence = _("There is no warning sign {code}; see data/catalogue/red_flags.csv.")
        raise Failure(sentence.format(code=flag[:64]), REFUSED)
    with plain_errors(refused=REFUSED):
        made = raise_red_card(
            db,
            patient_id,
            flag,
            COMMAND_LINE,
            at=now(),
            nonce=secrets.token_hex(16),
            session_id=session,
            note=note,
        )
    click.echo(made)
    click.echo(known.action, err=True)


@red_card.command("take")
@click.argument("red_card_id")
@db_option
def take(red_card_id: str, db: Path) -> None:
    """Accept responsibility for a red card."""
    with plain_errors(refused=REFUSED):
        acknowledge_red_card(db, red_card_id, COMMAND_LINE, at=now())
    click.echo(_("Taken on."))


@red_card.command("close")
@click.argument("red_card_id")
@click.option("--found", required=True, help=_("Findings of the examination."))
@click.option("--why", required=True, help=_("Reason for closing the card."))
@db_option
def close(red_card_id: str, found: str, why: str, db: Path) -> None:
    """Close a red card, with the findings and the reason."""
    with plain_errors(refused=REFUSED):
        close_red_card(db, red_card_id, COMMAND_LINE, at=now(), examination=found, reason=why)
    click.echo(_("Closed."))


COMMANDS = (list_open, effect, contact, score, red_card)
