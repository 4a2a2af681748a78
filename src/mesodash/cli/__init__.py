"""The command `mesodash`: the app without a browser, one module per family of commands."""

import pkgutil
import sys
from importlib import import_module

import click

from mesodash import __version__
from mesodash.catalogue.load import CatalogueError
from mesodash.cli.common import REFUSED, Failure
from mesodash.language import _


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="mesodash")
def cli() -> None:
    """Run and query a mesotherapy clinic's mesodash file from the command line."""


def register() -> None:
    """Add the commands of every module in or below this package that has `COMMANDS`.

    Done late, so that importing the package costs nothing.
    """
    for one in pkgutil.walk_packages(__path__, f"{__name__}."):
        family = import_module(one.name)
        for command in getattr(family, "COMMANDS", ()):
            cli.add_command(command)
    _translate(cli)


def _translate(command: click.Command) -> None:
    """Put the help of a command, its options and its own commands into the language in use.

    The English is written where each is declared; tools/languages.py extracts it from here.
    """
    command.help = command.help and _(command.help)
    for option in command.params:
        if isinstance(option, click.Option) and option.help:
            option.help = _(option.help)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _translate(below)


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exit 0 done, 2 wrong use, 3 some input refused, 4 not allowed, 5 busy or
    damaged file, with one sentence on stderr and never a traceback for what a person can cause.
    """  # noqa: D205
    register()
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
        click.echo(_("Stopped."), err=True)
        sys.exit(2)
