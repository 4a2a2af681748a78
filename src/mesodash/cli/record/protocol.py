"""`mesodash protocol ...`: the clinic's own versions of protocols, adopted and listed."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click

from mesodash.catalogue.load import load_catalogue
from mesodash.cli.common import REFUSED, db_option, format_option, plain_errors, print_rows
from mesodash.consult.adoption import (
    AdoptionError,
    Parameters,
    adopt,
    current,
    protocol_of,
    published_parameters,
    versions,
)
from mesodash.language import _
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.courses.protocol_versions import ProtocolVersion
from mesodash.settings import load_settings, today

NAMES = tuple(one.name for one in fields(Parameters))
LISTED = ("protocol", "version", "adopted_on", "adopted_by", *NAMES, "reason")


@click.group("protocol")
def protocol() -> None:
    """Adopt protocols with the clinic's own parameters; list the versions adopted."""


@protocol.command("adopt")
@click.argument("code")
@click.option("--technique", help=_("Technique code."))
@click.option("--depth-mm", type=float, help=_("Depth, mm."))
@click.option("--needle", help=_("Needle, as its package says."))
@click.option("--volume-per-point-ml", type=float, help=_("Volume per point, mL."))
@click.option("--spacing-cm", type=float, help=_("Distance between points, cm."))
@click.option("--points", type=int, help=_("Largest number of points."))
@click.option("--max-volume-ml", type=float, help=_("Largest volume, mL."))
@click.option("--sessions", type=int, help=_("Number of sessions."))
@click.option("--interval-days", type=int, help=_("Days between sessions."))
@click.option("--top-up-days", type=int, help=_("Days from the last session to the top-up."))
@click.option("--mixture", help=_("What is drawn into the syringe."))
@click.option(
    "--open", "left_open", type=click.Choice(NAMES), multiple=True,
    help=_("Parameter to leave open, as published; repeatable."),
)  # fmt: skip
@click.option("--reason", help=_("Reason for going beyond what is published."))
@click.option(
    "--seen", type=int,
    help=_("Version last seen, 0 for none, to detect a concurrent change; default: any."),
)  # fmt: skip
@db_option
def adopt_protocol(
    code: str,
    left_open: tuple[str, ...],
    reason: str | None,
    seen: int | None,
    db: Path,
    **given: Any,
) -> None:
    """Adopt the next version of a protocol; prints only its number.

    What is not given stays as in the version in force, else as published where that is one value.
    """
    catalogue = load_catalogue(load_settings().catalogue)
    with plain_errors(refused=REFUSED):
        protocol_of(catalogue, code)  # an unknown code is refused before anything is read
        before = current(db).get(code)
        start = before.parameters if before else published_parameters(catalogue, code)
        wanted = {name: value for name, value in given.items() if value is not None}
        both = sorted(wanted.keys() & set(left_open))
        if both:
            sentence = _("{names} is given and left open; choose one.")
            raise AdoptionError(sentence.format(names=", ".join(both)))
        made = adopt(
            db,
            catalogue,
            code,
            replace(start, **(wanted | dict.fromkeys(left_open))),
            actor=COMMAND_LINE,
            on=today(),
            reason=reason or (before.reason if before else None),
            after=seen,
        )
    click.echo(made.version)


@protocol.command("adopted")
@click.argument("code", required=False)
@format_option("table", "csv", "json", default="table")
@db_option
def adopted(code: str | None, output: str, db: Path) -> None:
    """List the versions in force, or all versions of one protocol, the newest first."""
    with plain_errors(refused=REFUSED):
        if code is None:
            found = sorted(current(db).values(), key=lambda one: one.protocol)
        else:
            protocol_of(load_catalogue(load_settings().catalogue), code)
            found = list(versions(db, code))
    print_rows(LISTED, [_row(one) for one in found], output)


def _row(one: ProtocolVersion) -> dict[str, Any]:
    return {
        "protocol": one.protocol,
        "version": one.version,
        "adopted_on": one.adopted_on.isoformat(),
        "adopted_by": one.adopted_by,
        **one.parameters.given(),
        "reason": one.reason,
    }


COMMANDS = (protocol,)
