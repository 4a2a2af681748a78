"""`mesodash stock ...`: what is in stock, what comes in, what becomes of it, who had a lot."""

import secrets
from pathlib import Path

import click

from mesodash.cli.common import REFUSED, db_option, format_option, plain_errors, print_rows
from mesodash.language import _
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.stock.deliveries import (
    NewStock,
    change_stock,
    receive_stock,
    stock_list,
    who_had,
)
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
CALLED = ("patient_id", "name", "phone", "session_id", "held_at", "areas")


@click.group("stock")
def stock() -> None:
    """Take stock in, use it up, recall a lot and list who had it."""


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
@click.option("--product", required=True, help=_("As the clinic calls it."))
@click.option("--lot", required=True, help=_("As on the package."))
@click.option("--expires-on", required=True, help=_("YYYY-MM-DD or YYYY-MM."))
@click.option("--containers", type=int, default=1, show_default=True, help=_("How many came."))
@click.option("--volume-ml", type=float, help=_("mL in one container."))
@click.option("--gtin", help=_("8, 12, 13 or 14 digits."))
@click.option("--maker", help=_("As printed."))
@click.option("--price", type=float, help=_("Of one container."))
@click.option("--currency", help=_("ISO 4217, such as EUR; the clinic's if left out."))
@click.option("--nonce", help=_("8 to 64 characters; the same again is the same delivery."))
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
    """Take a delivery in; prints its id alone."""
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
@click.option("--reason", default="", help=_("Why; needed for a recall, which takes the lot."))
@db_option
def mark(stock_id: str, state: str, reason: str, db: Path) -> None:
    """Say what became of a delivery."""
    with plain_errors(refused=REFUSED):
        seen = next((o.state for o in stock_list(db, COMMAND_LINE) if o.stock_id == stock_id), "")
        if not seen:
            raise RecordError(_("The stock has no such delivery; choose one from the list."))
        change_stock(db, stock_id, state, COMMAND_LINE, seen=seen, on=today(), reason=reason)
    click.echo(_("Noted: {id} is {state}.").format(id=stock_id, state=state))


@stock.command("recall-list")
@click.option("--product", required=True, help=_("As the clinic calls it."))
@click.option("--lot", required=True, help=_("As on the package."))
@format_option("table", "csv", "json", default="table")
@db_option
def recall_list(product: str, lot: str, output: str, db: Path) -> None:
    """List who had a lot, when and where; the look is logged."""
    with plain_errors(refused=REFUSED):
        found = who_had(db, product, lot, COMMAND_LINE)
    rows = [
        {name: getattr(use, name) for name in CALLED}
        | {"areas": " ".join(f"{area}:{side}" for area, side in use.areas)}
        for use in found
    ]
    print_rows(CALLED, rows, output)


COMMANDS = (stock,)
