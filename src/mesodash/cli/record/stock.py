"""`mesodash stock ...`: what is in stock, what comes in, what becomes of it, who had a lot."""

import secrets
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import click

from mesodash.cli.common import REFUSED, db_option, format_option, plain_errors, print_rows
from mesodash.cli.record.patient import DAY, day_of
from mesodash.language import _
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.stock.costs import money_between
from mesodash.records.stock.deliveries import (
    NewStock,
    change_stock,
    receive_stock,
    stock_list,
    who_had,
)
from mesodash.records.stock.products import lot_entries
from mesodash.records.store import vocabulary
from mesodash.records.store.errors import RecordError
from mesodash.settings import today

LISTED = (
    "stock_id",
    "product",
    "lot",
    "expires_on",
    "containers",
    "volume_ml",
    "used_ml",
    "left_ml",
    "sessions",
    "state",
    "note",
)
ENTERED = ("from_code", "from_list", "typed", "not_noted", "without_lot")
MONEY = ("what", "product", "currency", "sessions", "volume_ml", "amount")
CALLED = ("patient_id", "name", "phone", "session_id", "held_at", "areas")


@click.group("stock")
def stock() -> None:
    """Record deliveries, use up stock, recall a lot and list its recipients."""


@stock.command("list")
@format_option("table", "csv", "json", default="table")
@db_option
def list_stock(output: str, db: Path) -> None:
    """List all deliveries, those in stock first."""
    with plain_errors(refused=REFUSED):
        found = stock_list(db, COMMAND_LINE)
    rows = [{name: getattr(one, name) for name in LISTED} for one in found]
    print_rows(LISTED, rows, output)


@stock.command("in")
@click.option("--product", required=True, help=_("Product name, as the clinic uses it."))
@click.option("--lot", required=True, help=_("Lot number, as on the package."))
@click.option("--expires-on", required=True, help=_("Expiry date, YYYY-MM-DD or YYYY-MM."))
@click.option(
    "--containers", type=int, default=1, show_default=True, help=_("Number of containers.")
)
@click.option("--volume-ml", type=float, help=_("Volume of one container, in mL."))
@click.option("--gtin", help=_("GTIN, 8, 12, 13 or 14 digits."))
@click.option("--maker", help=_("Manufacturer, as printed."))
@click.option("--price", type=float, help=_("Price of one container."))
@click.option("--currency", help=_("Currency (ISO 4217), for example EUR; default: the clinic's."))
@click.option(
    "--nonce", help=_("Idempotency key, 8 to 64 characters: a repeated key records nothing twice.")
)
@db_option
def take_in(
    product: str,
    lot: str,
    expires_on: str,
    containers: int,
    volume_ml: float | None,
    gtin: str | None,
    maker: str | None,
    price: float | None,
    currency: str | None,
    nonce: str | None,
    db: Path,
) -> None:
    """Record a delivery; prints only its id."""
    new = NewStock(
        product, lot, expires_on, containers, volume_ml, gtin, maker, price, currency
    )  # fmt: skip
    with plain_errors(refused=REFUSED):
        made = receive_stock(
            db, new, COMMAND_LINE, nonce=nonce or secrets.token_hex(16), received_on=today()
        )
    click.echo(made)


@stock.command("mark")
@click.argument("stock_id")
@click.argument("state", type=click.Choice(vocabulary.STOCK_STATES))
@click.option(
    "--reason", default="", help=_("Reason; required for a recall, which applies to the whole lot.")
)
@db_option
def mark(stock_id: str, state: str, reason: str, db: Path) -> None:
    """Set the state of a delivery."""
    with plain_errors(refused=REFUSED):
        seen = next((o.state for o in stock_list(db, COMMAND_LINE) if o.stock_id == stock_id), "")
        if not seen:
            raise RecordError(_("The stock has no such delivery; choose one from the list."))
        change_stock(db, stock_id, state, COMMAND_LINE, seen=seen, on=today(), reason=reason)
    click.echo(_("Noted: {id} is {state}.").format(id=stock_id, state=state))


@stock.command("lots-entered")
@click.option("--from", "start", type=DAY, help=_("First day; default: 90 days before the last."))
@click.option("--to", "end", type=DAY, help=_("Last day; default: today."))
@format_option("table", "csv", "json", default="table")
@db_option
def lots_entered(start: datetime | None, end: datetime | None, output: str, db: Path) -> None:
    """Count the lots of held sessions by how they were entered: read, chosen or typed."""
    last = day_of(end) or today()
    first = day_of(start) or last - timedelta(days=90)
    with plain_errors(refused=REFUSED):
        found = lot_entries(db, first, last, COMMAND_LINE)
    print_rows(ENTERED, [asdict(found)], output)


@stock.command("money")
@click.option("--from", "start", type=DAY, required=True, help=_("First day."))
@click.option("--to", "end", type=DAY, required=True, help=_("Last day."))
@format_option("table", "csv", "json", default="table")
@db_option
def money(start: datetime, end: datetime, output: str, db: Path) -> None:
    """Sum the prices of a period's sessions and the cost of what they used, by currency.

    A product without an amount was used of lots whose price is not known.
    """
    with plain_errors(refused=REFUSED):
        found = money_between(db, start.date(), end.date(), COMMAND_LINE)
    rows = [{"what": "sessions", **asdict(one)} for one in found.revenues]
    rows += [{"what": "products", **asdict(one)} for one in found.products]
    print_rows(MONEY, rows, output)


@stock.command("recall-list")
@click.option("--product", required=True, help=_("Product name, as the clinic uses it."))
@click.option("--lot", required=True, help=_("Lot number, as on the package."))
@format_option("table", "csv", "json", default="table")
@db_option
def recall_list(product: str, lot: str, output: str, db: Path) -> None:
    """List the patients treated with a lot, when and where; the access is logged."""
    with plain_errors(refused=REFUSED):
        found = who_had(db, product, lot, COMMAND_LINE)
    rows = [
        {name: getattr(use, name) for name in CALLED}
        | {"areas": " ".join(f"{area}:{side}" for area, side in use.areas)}
        for use in found
    ]
    print_rows(CALLED, rows, output)


COMMANDS = (stock,)
