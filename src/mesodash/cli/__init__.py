"""The command `mesodash`: the same capabilities without a browser. One module a family."""

import sys

import click

from mesodash import __version__
from mesodash.catalogue.load import CatalogueError
from mesodash.cli.common import REFUSED, Failure


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="mesodash")
def cli() -> None:
    """The body map of a mesotherapy clinic, on the command line."""


def _register() -> None:
    """Add every family's commands; imported late so that `--help` of one need not load all."""
    from mesodash.cli import (  # noqa: PLC0415
        audit,
        clinic,
        encryption,
        exchange,
        lookup,
        privacy,
        report,
        user,
    )

    for family in (audit, clinic, encryption, exchange, lookup, privacy, report, user):
        for command in family.COMMANDS:
            cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exit 0 done, 2 wrong use, 3 some input refused, 4 not allowed, 5 busy or
    damaged file, with one sentence on stderr and never a traceback for what a person can cause.
    """  # noqa: D205
    _register()
    try:
        cli.main(args=arguments, prog_name="mesodash", standalone_mode=False)
    except Failure as failure:
        click.echo(str(failure), err=True)
        sys.exit(failure.exit_code)
    except CatalogueError as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(2)
