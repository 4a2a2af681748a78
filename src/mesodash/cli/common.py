"""What every command shares: options, exit codes, one way to print rows."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from tabulate import tabulate

from mesodash.access.startup_checks import WrongSetUpError
from mesodash.exchange.cell_text import csv_line, protect
from mesodash.language import _, ngettext
from mesodash.permissions import NotAllowedError
from mesodash.records.store.errors import BusyError, DamagedError, RecordError
from mesodash.records.treatment.questionable_effects import REASONS, Reason
from mesodash.settings import load_settings

_NAMED = 10
"""Ids named one by one; the others are counted."""

WRONG_USE, REFUSED, NOT_ALLOWED, DAMAGED = 2, 3, 4, 5

F = TypeVar("F", bound=Callable[..., Any])


class Failure(Exception):  # noqa: N818 - it is an outcome, told with its exit code
    """Ends a command with one sentence and an exit code."""

    def __init__(self, sentence: str, exit_code: int = WRONG_USE) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


@contextmanager
def plain_errors(*, refused: int = WRONG_USE) -> Iterator[None]:
    """Turn what records/ raises into a sentence with the contract's exit code.

    Args:
        refused: the code where the record refuses what it was given.
    """
    try:
        yield
    except (BusyError, DamagedError) as error:
        raise Failure(str(error), DAMAGED) from error
    except RecordError as error:
        raise Failure(str(error), refused) from error
    except (NotAllowedError, WrongSetUpError) as error:
        raise Failure(str(error), NOT_ALLOWED) from error


def db_option(function: F) -> F:
    """`--db FILE`, defaulting to the setting."""
    return click.option(
        "--db",
        type=click.Path(path_type=Path, dir_okay=False),
        default=lambda: load_settings().db,
        show_default="the setting MESODASH_DB",
        help=_("The clinic's file."),
    )(function)


def format_option(*formats: str, default: str) -> Callable[[F], F]:
    """`--format`, with the formats a command offers."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(formats),
        default=default,
        show_default=True,
        help=_("Output format."),
    )


def print_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], output: str) -> None:
    """Print rows as `table`, `csv` or `json`; a missing value is empty (null in JSON)."""
    if output == "json":
        picked = [{column: row.get(column) for column in columns} for row in rows]
        click.echo(json.dumps(picked, ensure_ascii=False, indent=2, default=str))
    elif output == "csv":
        lines = [csv_line(columns)]
        lines += [csv_line([_csv_cell(row.get(c)) for c in columns]) for row in rows]
        click.echo("".join(lines), nl=False)
    else:
        cells = [["" if row.get(c) is None else row.get(c) for c in columns] for row in rows]
        click.echo(tabulate(cells, headers=list(columns), disable_numparse=True))


def questionable_lines(found: Sequence[tuple[str, Reason]]) -> Iterator[str]:
    """One line for each reason why side effects are doubtful, with the first ids."""
    for reason, words in REASONS.items():
        ids = [name for name, why in found if why == reason]
        if ids:
            yield ngettext(
                "{n} side effect is kept though {reason}: {ids}.",
                "{n} side effects are kept though {reason}: {ids}.",
                len(ids),
            ).format(
                n=len(ids),
                reason=_(words),
                ids=", ".join(ids[:_NAMED]) + (" ..." if len(ids) > _NAMED else ""),
            )


def _csv_cell(value: Any) -> str:
    """A number unchanged; text escaped so that no spreadsheet runs it."""
    if value is None:
        return ""
    return protect(value) if isinstance(value, str) else str(value)
