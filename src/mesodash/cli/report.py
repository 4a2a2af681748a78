"""Commands that report: `mesodash report ...` and `mesodash publish`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mesodash.catalogue.load import load_catalogue
from mesodash.catalogue.quoting import quoted
from mesodash.cli.common import Failure, db_option, format_option, print_rows, told_plainly
from mesodash.cli.more_reports import WORDS
from mesodash.lake.errors import LakeError
from mesodash.records.actor import COMMAND_LINE
from mesodash.records.clinic import read_clinic
from mesodash.reports.filters import Filters, Period, ReportError
from mesodash.reports.registry import MORE
from mesodash.settings import load_settings

if TYPE_CHECKING:
    from mesodash.reports.reader import Reader

F = TypeVar("F", bound=Callable[..., Any])


@contextmanager
def _told() -> Iterator[None]:
    try:
        with told_plainly():
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
            f"{quoted(text)} is not a day; write {option.opts[-1]} as 2026-01-31."
        ) from None


def _keys(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    if text is None:
        return None
    return tuple(key.strip() for key in text.split(",") if key.strip())


def _filter_options(function: F) -> F:
    """What narrows every report, and how it is printed."""
    options = (
        click.option("--from", "start", callback=_day, help="First day of the period, 2026-01-01."),
        click.option("--to", "end", callback=_day, help="Last day of the period, 2026-01-31."),
        *_place_options(),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _place_options() -> tuple[Callable[[F], F], ...]:
    return (
        click.option("--clinic", "clinics", multiple=True, help="Only this clinic; repeatable."),
        click.option("--area", "areas", multiple=True, help="Only this area and all below it."),
        click.option("--protocol", "protocols", multiple=True, help="Only this protocol."),
        click.option("--practitioner", "practitioners", multiple=True, help="Only this one."),
        db_option,
        click.option(
            "--lake",
            type=click.Path(path_type=Path, file_okay=False),
            help="Report on all clinics published in this folder instead.",
        ),
        click.option("--engine", default="duckdb", show_default=True, help="What reads the lake."),
        format_option("table", "csv", "json", default="table"),
    )


def _by_option(keys: str) -> Callable[[F], F]:
    return click.option(
        "--by", callback=_keys, help=f"What to count by, separated by commas: {keys}."
    )


@click.group("report")
def report() -> None:
    """Report on a clinic's file, or on all clinics of a lake."""


def _counted(name: str, keys: str, what: str) -> click.Command:
    """One report with `--by`."""

    @report.command(name.replace("_", "-"), help=what)
    @_by_option(keys)
    @_filter_options
    def command(by: tuple[str, ...] | None, output: str, **options: Any) -> None:
        with _told():
            _print(_reader(options).report(name, _filters(options), by), output)

    return command


volumes = _counted(
    "volumes",
    "month, area, side, protocol, indication, practitioner, clinic, region, week, day",
    "How much was done.",
)
side_effects = _counted(
    "side_effects",
    "effect, protocol, area, practitioner, lot, product, region, month, indication, clinic",
    "How often side effects followed and how long they lasted.",
)
outcomes = _counted(
    "outcomes", "protocol, scale, indication, area, clinic", "How much scores changed."
)
courses = _counted(
    "courses",
    "protocol, indication, month, practitioner, clinic",
    "How many courses were carried through.",
)
for _name, (_, _usual) in MORE.items():
    _counted(
        _name, f"usually {', '.join(_usual) or 'nothing'}; a wrong one names all", WORDS[_name]
    )


@report.command("clusters")
@_filter_options
def clusters(output: str, **options: Any) -> None:
    """List lots, practitioners or sites after which an effect is too frequent."""
    with _told():
        _print(_reader(options).clusters(_filters(options)), output)


@report.command("due")
@click.option("--on", callback=_day, help="The day; today if left out.")
@_filter_options
def due(on: date | None, output: str, **options: Any) -> None:
    """List who is due on a day, and why; it names patients, so it needs the clinic's file."""
    with _told():
        reader = _reader(options)
        day = on or datetime.now().astimezone().date()
        _print(reader.due(day, COMMAND_LINE, _filters(options)), output)


@report.command("monthly")
@click.option("--month", required=True, help="Which month, 2026-10.")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The PDF to write.",
)
@db_option
def monthly(month: str, target: Path, db: Path) -> None:
    """Write the month's report as a PDF; groups of fewer than five are left out of it."""
    from mesodash.exchange.monthly import Month, monthly_pdf  # noqa: PLC0415 - slow to import, see warm
    from mesodash.reports.reader import Reader  # noqa: PLC0415 - as above

    with _told():
        catalogue = load_catalogue(load_settings().catalogue)
        made = monthly_pdf(
            Reader(db, catalogue),
            catalogue,
            Month.of(month),
            clinic=read_clinic(db).name,
            made_at=datetime.now().astimezone(),
        )
    try:
        target.write_bytes(made)
    except OSError as error:
        raise Failure(f"{target} cannot be written; choose another folder.") from error
    click.echo(f"Wrote {target}.")


@click.command("publish")
@db_option
@click.option(
    "--lake",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The lake's folder, made if missing.",
)
def publish(db: Path, lake: Path) -> None:
    """Write what changed since the last time into the lake, pseudonymised."""
    from mesodash.lake.publish import publish as publish_to  # noqa: PLC0415 - slow to import, see warm

    with _told():
        done = publish_to(db, lake)
    if done.tables:
        span = f", {done.months[0]} to {done.months[-1]}" if done.months else ""
        click.echo(f"Published {len(done.tables)} tables, {len(done.months)} months{span}.")
    else:
        click.echo("Nothing had changed.")


def _reader(options: dict[str, Any]) -> "Reader":
    from mesodash.reports.reader import Reader  # noqa: PLC0415 - slow to import, see warm

    lake = options["lake"]
    db = None if lake else options["db"]
    catalogue = load_catalogue(load_settings().catalogue)
    return Reader(db, catalogue, lake=lake, engine=options["engine"])


def _filters(options: dict[str, Any]) -> Filters:
    return Filters(
        Period(options["start"], options["end"]),
        **{name: options[name] for name in ("areas", "protocols", "practitioners", "clinics")},
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
