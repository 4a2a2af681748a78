"""The products and lots that this clinic has used, for choosing instead of typing them again."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now


@dataclass(frozen=True, slots=True)
class KnownLot:
    """A lot of a product as it was last recorded.

    Attributes:
        lot: the batch.
        expires_on: YYYY-MM-DD or YYYY-MM, or None where it was not recorded.
        last_used: YYYY-MM-DD of the newest held session that used it, or "".
    """

    lot: str
    expires_on: str | None
    last_used: str


@dataclass(frozen=True, slots=True)
class LotEntries:
    """How the lots of a period's products came into the record, in numbers of products used.

    Attributes:
        from_code: read from the code on the package.
        from_list: chosen among the lots in stock or used before.
        typed: typed, the fallback where no code can be read.
        not_noted: with a lot, but imported or recorded before it was noted how it came in.
        without_lot: without a lot.
    """

    from_code: int
    from_list: int
    typed: int
    not_noted: int
    without_lot: int

    @property
    def noted(self) -> int:
        """How many it is known of."""
        return self.from_code + self.from_list + self.typed


def lot_entries(
    path: Path, first: date, last: date, actor: Actor, *, clock: Clock = utc_now
) -> LotEntries:
    """How the lots in the sessions held from `first` to `last`, both included, came in.

    It names no patient, product or lot.
    """
    require(path, actor, "stock.see", clock=clock)
    with reading(path) as db:
        found = dict(
            db.execute(
                "SELECT iif(u.lot IS NULL, 'none', coalesce(u.lot_from, 'not noted')), count(*)"
                " FROM sessions AS s JOIN products_used AS u ON u.session = s.id"
                " WHERE s.state = 'held' AND s.held_at >= ? AND s.held_at < ? GROUP BY 1",
                [first.isoformat(), (last + timedelta(days=1)).isoformat()],
            ).fetchall()
        )
    kinds = ("code", "list", "typed", "not noted", "none")
    return LotEntries(*(found.get(kind, 0) for kind in kinds))


def known_products(path: Path, actor: Actor, *, clock: Clock = utc_now) -> tuple[str, ...]:
    """The products used before, the most used first, then those in stock."""
    require(path, actor, "sessions.record", clock=clock)
    with reading(path) as db:
        rows = db.execute(
            "SELECT product FROM (SELECT product, 1 AS n FROM products_used"
            " UNION ALL SELECT product, 0 FROM stock WHERE state = 'in_stock')"
            " GROUP BY product ORDER BY sum(n) DESC, product"
        ).fetchall()
    return tuple(row[0] for row in rows)


def known_lots(
    path: Path, product: str, actor: Actor, *, limit: int = 8, clock: Clock = utc_now
) -> tuple[KnownLot, ...]:
    """The lots of a product: those in stock by their expiry, then those used before, newest first.

    What is recalled, expired, discarded or used up is not offered. At most `limit`.
    """
    require(path, actor, "sessions.record", clock=clock)
    with reading(path) as db:
        rows = db.execute(
            "SELECT lot, max(expires_on), max(used) FROM ("
            " SELECT u.lot, u.expires_on, substr(s.held_at, 1, 10) AS used, 1 AS rank"
            " FROM products_used AS u JOIN sessions AS s ON s.id = u.session"
            " WHERE u.product = ?1 AND u.lot IS NOT NULL AND s.state = 'held'"
            " UNION ALL SELECT lot, expires_on, '', 0 FROM stock"
            " WHERE product = ?1 AND lot IS NOT NULL AND state = 'in_stock')"
            " WHERE lot NOT IN (SELECT lot FROM stock WHERE product = ?1 AND lot IS NOT NULL"
            " AND state <> 'in_stock')"
            " GROUP BY lot ORDER BY min(rank), iif(min(rank) = 0, max(expires_on), ''),"
            " max(used) DESC, lot LIMIT ?2",
            [product, limit],
        ).fetchall()
    return tuple(KnownLot(*row) for row in rows)


def products_of_lot(
    path: Path, lot: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[str, ...]:
    """The products that were used with a lot of this number, whether or not the stock has it."""
    require(path, actor, "stock.see", clock=clock)
    with reading(path) as db:
        rows = db.execute(
            "SELECT DISTINCT product FROM products_used WHERE lot = ? ORDER BY product", [lot]
        ).fetchall()
    return tuple(row[0] for row in rows)


def product_of_gtin(path: Path, gtin: str, actor: Actor, *, clock: Clock = utc_now) -> str | None:
    """What this clinic calls the product of a GTIN: as in its stock, else as last used; or None.

    A GTIN of 8, 12 or 13 digits and the same one filled up with zeros to 14 are one.
    """
    require(path, actor, "stock.see", clock=clock)
    with reading(path) as db:
        row = db.execute(
            "SELECT product FROM (SELECT product, gtin, 0 AS used, id FROM stock"
            " UNION ALL SELECT product, gtin, 1, id FROM products_used)"
            " WHERE substr('00000000000000' || gtin, -14) = ?"
            " ORDER BY used, id DESC LIMIT 1",
            [gtin.zfill(14)],
        ).fetchone()
    return None if row is None else str(row[0])


def known_needles(path: Path, actor: Actor, *, clock: Clock = utc_now) -> tuple[str, ...]:
    """The needles recorded before, the most used first, at most twelve."""
    require(path, actor, "sessions.record", clock=clock)
    with reading(path) as db:
        rows = db.execute(
            "SELECT needle FROM treated_areas WHERE needle IS NOT NULL GROUP BY needle"
            " ORDER BY count(*) DESC, needle LIMIT 12"
        ).fetchall()
    return tuple(row[0] for row in rows)
