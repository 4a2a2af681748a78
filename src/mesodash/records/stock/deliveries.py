"""The stock: deliveries, what is left, what must not be used, and who had a lot."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from mesodash.language import _, format_day
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store import vocabulary
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.store.form_ids import form_id

ACTION: Final = "stock.manage"
SEE: Final = "stock.see"
_MONTH: Final = len("2027-03")
_MOST_ML: Final = 10_000.0
_MOST_PRICE: Final = 1e9
StockState = Literal["in_stock", "used_up", "expired", "recalled", "discarded"]


@dataclass(frozen=True, slots=True)
class NewStock:
    """A delivery to be received.

    Attributes:
        product: its name as the clinic calls it.
        lot: the batch on the package.
        expires_on: YYYY-MM-DD or YYYY-MM.
        containers: how many.
        volume_ml: mL in one container, or None.
        gtin: 8, 12, 13 or 14 digits, or None.
        maker: as printed, or None.
        price: of one container, or None; `currency` is its ISO 4217 code.
    """

    product: str
    lot: str
    expires_on: str
    containers: int = 1
    volume_ml: float | None = None
    gtin: str | None = None
    maker: str | None = None
    price: float | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class StockItem:
    """One delivery of a lot and its current state.

    Attributes:
        stock_id: its id.
        product, lot, expires_on, maker, gtin: as in `NewStock`; None where unknown.
        received_on: YYYY-MM-DD, or None.
        containers: how many came in, or None.
        volume_ml: mL in one container, or None.
        used_ml: mL of this product and lot recorded in held sessions.
        sessions: how many held sessions used it.
        state: in_stock, used_up, expired, recalled or discarded.
        note: why the state was changed last, or None.
    """

    stock_id: str
    product: str
    lot: str | None
    expires_on: str | None
    maker: str | None
    gtin: str | None
    received_on: str | None
    containers: int | None
    volume_ml: float | None
    used_ml: float
    sessions: int
    state: str
    note: str | None

    @property
    def left_ml(self) -> float | None:
        """What is left, mL, if what came in is known; below zero where more was recorded."""
        if self.containers is None or self.volume_ml is None:
            return None
        return round(self.containers * self.volume_ml - self.used_ml, 3)

    def is_expired(self, on: date) -> bool:
        """Whether its date is past on a day; a month counts until its end."""
        day = on.isoformat()
        return self.expires_on is not None and self.expires_on < day[: len(self.expires_on)]


@dataclass(frozen=True, slots=True)
class LotUse:
    """One patient who had a lot.

    Attributes:
        patient_id, name, phone: whom to call; "" where it is not recorded.
        session_id, held_at: when.
        areas: (area, side) treated in that session.
    """

    patient_id: str
    name: str
    phone: str
    session_id: str
    held_at: str
    areas: tuple[tuple[str, str], ...]


def receive_stock(
    path: Path,
    new: NewStock,
    actor: Actor,
    *,
    nonce: str,
    received_on: date,
    clock: Clock = utc_now,
) -> str:
    """Receive a delivery; the same form sent twice is one delivery.

    Args:
        path: the clinic's file.
        new: what came.
        actor: who takes it in.
        nonce: 8 to 64 characters made with the form.
        received_on: the day.
        clock: gives the time for the change log.

    Returns:
        The id of the delivery.

    Raises:
        RecordError: no product, lot, date or container, one that cannot be read, or a date that is
            past.
    """
    require(path, actor, ACTION, clock=clock)
    product, lot = " ".join(new.product.split()), " ".join(new.lot.split())
    if not product or not lot or not new.expires_on:
        raise RecordError(_("Give the product, its lot and its expiry as the package says them."))
    if not 1 <= new.containers <= 1_000_000:
        raise RecordError(_("At least one container comes in; correct the number."))
    _refuse_unreadable(new)
    if new.expires_on < received_on.isoformat()[: len(new.expires_on)]:
        raise RecordError(
            _("This lot expired on {day}; it is not taken in.").format(
                day=format_day(new.expires_on)
            )
        )
    stock_id = form_id("stock", nonce)
    with writing(path, actor, clock=clock) as change:
        if change.db.execute("SELECT 1 FROM stock WHERE stock_id = ?", [stock_id]).fetchone():
            return stock_id
        change.db.table("stock").insert(
            {
                "stock_id": stock_id,
                "product": product,
                "lot": lot,
                "expires_on": new.expires_on,
                "containers": new.containers,
                "volume_ul": _thousandths(new.volume_ml),
                "gtin": new.gtin or None,
                "maker": new.maker or None,
                "price_milli": _thousandths(new.price),
                "currency": new.currency if new.price is not None else None,
                "received_on": received_on.isoformat(),
                "changed_on": received_on.isoformat(),
                "state": "in_stock",
            }
        )
        change.log("create", "stock", key=stock_id)
    return stock_id


def _refuse_unreadable(new: NewStock) -> None:
    """Raise where a cell is not what the file takes: a date, a GTIN, an amount, a currency."""
    try:
        date.fromisoformat(
            f"{new.expires_on}-01" if len(new.expires_on) == _MONTH else new.expires_on
        )
    except ValueError:
        raise RecordError(
            _("The expiry is not a month or a day; write it as 2027-03 or 2027-03-31.")
        ) from None
    if new.gtin and not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", new.gtin):
        raise RecordError(_("A GTIN has 8, 12, 13 or 14 digits; correct it or leave it out."))
    if new.volume_ml is not None and not 0 <= new.volume_ml <= _MOST_ML:
        raise RecordError(_("A container holds up to 10 L; correct the mL in one."))
    if new.price is not None:
        if not 0 <= new.price <= _MOST_PRICE:
            raise RecordError(_("The price is out of bounds; correct it or leave it out."))
        if not re.fullmatch(r"[A-Z]{3}", new.currency or ""):
            raise RecordError(_("Give the price's currency as three letters, such as EUR."))


def change_stock(
    path: Path,
    stock_id: str,
    state: str,
    actor: Actor,
    *,
    seen: str,
    on: date,
    reason: str = "",
    clock: Clock = utc_now,
) -> None:
    """Change the state of a delivery; a recall applies to its whole lot.

    Args:
        path: the clinic's file.
        stock_id: which.
        state: one of `vocabulary.STOCK_STATES`.
        actor: who changes it.
        seen: the state as the person saw it.
        on: the day.
        reason: why; needed for a recall.
        clock: gives the time for the change log.

    Raises:
        ChangedMeanwhileError: it is in another state than was seen.
        RecordError: no such delivery or state, or a recall without a reason.
    """
    require(path, actor, ACTION, clock=clock)
    why = " ".join(reason.split())[:500]
    if state not in vocabulary.STOCK_STATES:
        raise RecordError(_("Choose what became of it."))
    if state == "recalled" and not why:
        raise RecordError(_("Say who recalled the lot, and why."))
    with writing(path, actor, clock=clock) as change:
        row = change.db.execute(
            "SELECT id, state, product, lot FROM stock WHERE stock_id = ?", [stock_id]
        ).fetchone()
        if row is None:
            raise RecordError(_("The stock has no such delivery; choose one from the list."))
        if row[1] != seen:
            raise ChangedMeanwhileError(
                _("Somebody else has changed this delivery; look at it again.")
            )
        change.reason = why or None
        ids = [(row[0], stock_id)]
        if state == "recalled":
            ids = change.db.execute(
                "SELECT id, stock_id FROM stock WHERE product = ? AND lot IS ?", [row[2], row[3]]
            ).fetchall()
        for number, name in ids:
            change.db.table("stock").update(
                number, {"state": state, "changed_on": on.isoformat(), "note": why or None}
            )
            change.log("update", "stock", key=name)


_STOCK = """SELECT k.stock_id, k.product, k.lot, k.expires_on, k.maker, k.gtin, k.received_on,
    k.containers, k.volume_ul / 1000.0 AS volume_ml,
    (SELECT coalesce(sum(u.volume_ul), 0) / 1000.0 FROM products_used AS u
      JOIN sessions AS s ON s.id = u.session
      WHERE u.lot = k.lot AND u.product = k.product AND s.state = 'held') AS used_ml,
    (SELECT count(DISTINCT u.session) FROM products_used AS u
      JOIN sessions AS s ON s.id = u.session
      WHERE u.lot = k.lot AND u.product = k.product AND s.state = 'held') AS sessions,
    k.state, k.note FROM stock AS k"""


def stock_list(path: Path, actor: Actor, *, clock: Clock = utc_now) -> tuple[StockItem, ...]:
    """All deliveries: those in stock first, what expires first before the others.

    It names no patient; only how much of each lot was used.
    """
    require(path, actor, SEE, clock=clock)
    with reading(path) as db:
        return tuple(
            StockItem(**row)
            for row in db.query(
                f"{_STOCK} ORDER BY k.state <> 'in_stock', k.expires_on, k.product, k.id"
            )
        )


def who_had(
    path: Path, product: str, lot: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[LotUse, ...]:
    """The call list of a lot: every held session that used it, the newest first; a noted view."""
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        # json_group_array keeps the order of its rows; the areas of a session are few.
        rows = db.execute(
            "SELECT p.patient_id, p.given_name, p.family_name, p.phone, s.session_id, s.held_at,"
            " (SELECT json_group_array(json_array(area, side)) FROM"
            "   (SELECT area, side FROM treated_areas WHERE session = s.id ORDER BY id))"
            " FROM (SELECT DISTINCT session FROM products_used WHERE lot = ? AND product = ?) AS u"
            " JOIN sessions AS s ON s.id = u.session JOIN patients AS p ON p.id = s.patient"
            " WHERE s.state = 'held' ORDER BY s.held_at DESC, s.id DESC",
            [lot, product],
        ).fetchall()
    found = tuple(
        LotUse(
            patient_id,
            " ".join(part for part in (given, family) if part),
            phone or "",
            session_id,
            held_at,
            tuple((area, side) for area, side in json.loads(areas)),
        )
        for patient_id, given, family, phone, session_id, held_at, areas in rows
    )
    note_view(path, actor, table="products_used", key=f"lot {lot}"[:64], clock=clock)
    return found


def refusal(items: Sequence[StockItem], product: str, lot: str | None, on: date) -> str | None:
    """Why a lot of the stock may not be used on a day, as a sentence; None if it may.

    A lot that the stock does not know is not refused: not every clinic keeps one.
    """
    for item in items:
        if lot is None or (item.product, item.lot) != (product, lot):
            continue
        if item.state in ("recalled", "discarded"):
            words = {"recalled": _("was recalled"), "discarded": _("was discarded")}[item.state]
            return _("{product}, lot {lot}, {state} ({reason}); take another lot.").format(
                product=product, lot=lot, state=words, reason=item.note or _("no reason given")
            )
        if item.state == "expired" or item.is_expired(on):
            return _("{product}, lot {lot}, has expired ({day}); take another lot.").format(
                product=product, lot=lot, day=format_day(item.expires_on or on.isoformat())
            )
    return None


def _thousandths(value: float | None) -> int | None:
    return None if value is None else round(value * 1000)
