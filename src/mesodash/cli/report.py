"""Commands that report: `mesodash report ...` and `mesodash publish`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mesodash.catalogue.load import load_catalogue
from mesodash.catalogue.quoting import quoted
from mesodash.cli.common import Failure, db_option, format_option, plain_errors, print_rows
from mesodash.lake.errors import LakeError
from mesodash.language import _, catalogue_text, ngettext
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.files.outputs import refuse_output, write_output
from mesodash.records.store.clinic import read_clinic
from mesodash.reports.core.filters import (
    FEWEST_MONTHS,
    MOST_MONTHS,
    Filters,
    Period,
    ReportError,
)
from mesodash.settings import load_settings, now, today

if TYPE_CHECKING:
    from mesodash.reports.core.reader import Reader
    from mesodash.reports.core.spec import ReportSpec

F = TypeVar("F", bound=Callable[..., Any])


@contextmanager
def _report_errors() -> Iterator[None]:
    try:
        with plain_errors():
            yield
    except (LakeError, ReportError) as error:
        raise Failure(str(error)) from error


def _day(_context: click.Context, option: click.Parameter, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Failure(
            _("{text} is not a day; write {option} as 2026-01-31.").format(
                text=quoted(text), option=option.opts[-1]
            )
        ) from None


def _keys(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    if text is None:
        return None
    return tuple(key.strip() for key in text.split(",") if key.strip())


def _filter_options(function: F) -> F:
    """The options that filter every report, and the output format."""
    options = (
        click.option(
            "--from", "start", callback=_day, help=_("First day of the period, YYYY-MM-DD.")
        ),
        click.option("--to", "end", callback=_day, help=_("Last day of the period, YYYY-MM-DD.")),
        *_place_options(),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _place_options() -> tuple[Callable[[F], F], ...]:
    return (
        click.option("--clinic", "clinics", multiple=True, help=_("Only this clinic; repeatable.")),
        click.option("--area", "areas", multiple=True, help=_("Only this area and its sub-areas.")),
        click.option("--protocol", "protocols", multiple=True, help=_("Only this protocol.")),
        click.option(
            "--practitioner", "practitioners", multiple=True, help=_("Only this practitioner.")
        ),
        db_option,
        click.option(
            "--lake",
            type=click.Path(path_type=Path, file_okay=False),
            help=_("Report on all clinics published in this folder instead."),
        ),
        click.option(
            "--engine", default="duckdb", show_default=True, help=_("Engine that reads the lake.")
        ),
        format_option("table", "csv", "json", default="table"),
    )


def _by_option(keys: str, usual: str) -> Callable[[F], F]:
    return click.option(
        "--by",
        callback=_keys,
        help=_("What to count by, separated by commas: {keys}; if left out: {usual}.").format(
            keys=keys, usual=usual or _("nothing")
        ),
    )


class Reports(click.Group):
    """The reports as commands, each built from its declaration when first needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The contract's own commands and every report's."""
        from mesodash.reports.core import registry  # noqa: PLC0415 - slow to import, see warm

        declared = [registry.spec(name).command for name in registry.names()]
        return [*declared, *(c for c in super().list_commands(ctx) if c not in declared)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command by its name."""
        known = super().get_command(ctx, cmd_name)
        if known is None:
            from mesodash.reports.core import registry  # noqa: PLC0415 - as above

            reports = {registry.spec(one).command: registry.spec(one) for one in registry.names()}
            if cmd_name in reports:
                known = _counted(reports[cmd_name])
                self.add_command(known)
        return known


@click.group("report", cls=Reports)
def report() -> None:
    """Report on a clinic's file, or on all clinics of a lake."""


def _counted(spec: "ReportSpec") -> click.Command:
    """The command of one report; with `--by` if the report has keys."""

    @_filter_options
    def command(output: str, by: tuple[str, ...] | None = None, **options: Any) -> None:
        with _report_errors():
            _print(_reader(options).report(spec.name, _filters(options), by), output)

    if spec.looks_back:
        command = click.option(
            "--trailing-months",
            type=click.IntRange(FEWEST_MONTHS, MOST_MONTHS),
            default=12,
            show_default=True,
            help=_("How many months before the period's end to compare with."),
        )(command)
    if spec.keys:
        command = _by_option(", ".join(spec.keys), ", ".join(spec.usual))(command)
    return click.command(spec.command, help=_(spec.summary))(command)


@report.command("due")
@click.option("--on", callback=_day, help=_("Day, YYYY-MM-DD; default: today."))
@_filter_options
def due(on: date | None, output: str, **options: Any) -> None:
    """List who is due on a day, and why; needs the clinic's file, since it names patients."""
    with _report_errors():
        reader = _reader(options)
        day = on or today()
        _print(reader.due(day, COMMAND_LINE, _filters(options)), output)


@report.command("monthly")
@click.option("--month", required=True, help=_("Month, YYYY-MM."))
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=_("Output file (PDF)."),
)
@db_option
@click.option("--force", is_flag=True, help=_("Overwrite an existing file."))
def monthly(month: str, target: Path, db: Path, *, force: bool) -> None:
    """Write the monthly report as a PDF, without groups of fewer than five."""
    from mesodash.documents.monthly_report import Month, monthly_pdf  # noqa: PLC0415 - slow to import, see warm
    from mesodash.reports.core.reader import Reader  # noqa: PLC0415 - as above

    with _report_errors():
        refuse_output(target, force=force)  # before the work, and again when it is written
        catalogue = load_catalogue(load_settings().catalogue)
        made = monthly_pdf(
            Reader(db, catalogue),
            catalogue.reworded(catalogue_text),
            Month.of(month),
            clinic=read_clinic(db).name_on_documents,
            made_at=now(),
        )
        write_output(target, made, force=force)
    click.echo(_("Wrote {target}.").format(target=target))


@click.command("publish")
@db_option
@click.option(
    "--lake",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help=_("The lake's folder; created if missing."),
)
@click.option(
    "--everything", is_flag=True, help=_("Write all again, whatever the lake already holds.")
)
def publish(db: Path, lake: Path, everything: bool) -> None:
    """Publish the changes since the last run to the lake, pseudonymised."""
    from mesodash.lake.publish import publish as publish_to  # noqa: PLC0415 - slow to import, see warm

    with _report_errors():
        done = publish_to(db, lake, everything=everything)
    if done.tables:
        tables = ngettext("{n} table", "{n} tables", len(done.tables)).format(n=len(done.tables))
        months = ngettext("{n} month", "{n} months", len(done.months)).format(n=len(done.months))
        if done.months:
            click.echo(
                _("Published {tables}, {months}, {first} to {last}.").format(
                    tables=tables, months=months, first=done.months[0], last=done.months[-1]
                )
            )
        else:
            click.echo(_("Published {tables}, {months}.").format(tables=tables, months=months))
    else:
        click.echo(_("Nothing had changed."))


def _reader(options: dict[str, Any]) -> "Reader":
    from mesodash.reports.core.reader import Reader  # noqa: PLC0415 - slow to import, see warm

    lake = options["lake"]
    db = None if lake else options["db"]
    catalogue = load_catalogue(load_settings().catalogue)
    return Reader(db, catalogue, lake=lake, engine=options["engine"])


def _filters(options: dict[str, Any]) -> Filters:
    chosen = ("areas", "protocols", "practitioners", "clinics", "trailing_months")
    return Filters(
        Period(options["start"], options["end"]),
        **{name: options[name] for name in chosen if name in options},
    )


def _print(frame: Any, output: str) -> None:
    rows = [
        {name: _cell(value, output) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
    print_rows(tuple(frame.columns), rows, output)


def _cell(value: Any, output: str) -> Any:
    """A cell as printed: missing is empty; a table rounds to four digits; counts by session number
    are an object in JSON and "1: 3, 2: 5" elsewhere.
    """  # noqa: D205
    if isinstance(value, dict):
        return value if output == "json" else ", ".join(f"{k}: {n}" for k, n in value.items())
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.4g}" if output == "table" else float(value)
    return value


COMMANDS = (report, publish)
