"""What every command shares: options, exit codes, one way to print rows."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from tabulate import tabulate

from mesodash.access.start import WrongSetUpError
from mesodash.exchange.text import csv_line, protect
from mesodash.permissions import NotAllowedError
from mesodash.records.errors import BusyError, DamagedError, RecordError
from mesodash.settings import load_settings

WRONG_USE, REFUSED, NOT_ALLOWED, DAMAGED = 2, 3, 4, 5

F = TypeVar("F", bound=Callable[..., Any])


class Failure(Exception):  # noqa: N818 - it is an outcome, told with its exit code
    """A command ends here: one sentence and an exit code."""

    def __init__(self, sentence: str, exit_code: int = WRONG_USE) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what records/ raises into a sentence with the contract's exit code."""
    try:
        yield
    except (BusyError, DamagedError) as error:
        raise Failure(str(error), DAMAGED) from error
    except RecordError as error:
        raise Failure(str(error), WRONG_USE) from error
    except (NotAllowedError, WrongSetUpError) as error:
        raise Failure(str(error), NOT_ALLOWED) from error


def db_option(function: F) -> F:
    """`--db FILE`, defaulting to the setting."""
    return click.option(
        "--db",
        type=click.Path(path_type=Path, dir_okay=False),
        default=lambda: load_settings().db,
        show_default="the setting MESODASH_DB",
        help="The clinic's file.",
    )(function)


def format_option(*formats: str, default: str) -> Callable[[F], F]:
    """`--format`, with the formats a command offers."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(formats),
        default=default,
        show_default=True,
        help="How to print.",
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


def _csv_cell(value: Any) -> str:
    """A number as it is; text so that no spreadsheet runs it."""
    if value is None:
        return ""
    return protect(value) if isinstance(value, str) else str(value)
