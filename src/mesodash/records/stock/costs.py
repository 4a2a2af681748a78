"""What a period brought in and what its products cost, as far as prices are recorded.

Amounts are whole thousandths of the currency's unit in the file, so nothing is rounded before the
end. Nothing of it enters the lake or names a patient.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now

ACTION: Final = "stock.see"


@dataclass(frozen=True, slots=True)
class Revenue:
    """What the held sessions of a period brought in, in one currency.

    Attributes:
        currency: three letters.
        sessions: how many have a price in it.
        amount: the sum, in the currency's unit.
    """

    currency: str
    sessions: int
    amount: float


@dataclass(frozen=True, slots=True)
class ProductCost:
    """What was used of a product in a period, and what that cost.

    A product has one of these for each currency its lots were paid in, and one without a currency
    for what was used of lots whose price is not known.

    Attributes:
        product: as the clinic calls it.
        currency: three letters, or None.
        volume_ml: mL recorded in held sessions.
        amount: the price of a mL of the lot times the mL used, summed over its lots, in the
            currency's unit; None without a currency.
    """

    product: str
    currency: str | None
    volume_ml: float
    amount: float | None


@dataclass(frozen=True, slots=True)
class PeriodMoney:
    """Revenue and cost of a period.

    Attributes:
        sessions: held in it.
        revenues: by currency; none where no session has a price.
        products: by product and currency, the dearest first.
    """

    sessions: int
    revenues: tuple[Revenue, ...]
    products: tuple[ProductCost, ...]

    @property
    def is_recorded(self) -> bool:
        """Whether any price is known, of a session or of what was used in one."""
        return bool(self.revenues) or any(one.amount is not None for one in self.products)


_HELD = "s.state = 'held' AND substr(s.held_at, 1, 10) BETWEEN ?1 AND ?2"
_COSTS = f"""WITH lots AS (
    SELECT product, lot, currency,
        sum(price_milli * coalesce(containers, 1)) * 1.0
            / sum(volume_ul * coalesce(containers, 1)) AS per_ul
    FROM stock WHERE price_milli IS NOT NULL AND volume_ul > 0 AND lot IS NOT NULL
    GROUP BY product, lot, currency
    HAVING sum(volume_ul * coalesce(containers, 1)) > 0)
SELECT u.product, l.currency, sum(u.volume_ul) / 1000.0 AS ml,
    sum(u.volume_ul * l.per_ul) / 1000.0 AS amount
FROM products_used AS u JOIN sessions AS s ON s.id = u.session
LEFT JOIN lots AS l ON l.product = u.product AND l.lot = u.lot
WHERE {_HELD} AND u.volume_ul IS NOT NULL
GROUP BY u.product, l.currency ORDER BY u.product, l.currency"""


def money_between(
    path: Path, first: date, last: date, actor: Actor, *, clock: Clock = utc_now
) -> PeriodMoney:
    """What the sessions held from `first` to `last`, both included, brought in and cost.

    A lot that came in at several prices costs their mean by volume; one that came in at prices in
    two currencies counts in each. A lot without a price, or without the mL of its container, has no
    cost.

    Args:
        path: the clinic's file.
        first: the first day.
        last: the last day.
        actor: who looks.
        clock: gives the time of a refusal.
    """
    require(path, actor, ACTION, clock=clock)
    days = [first.isoformat(), last.isoformat()]
    with reading(path) as db:
        (held,) = db.execute(f"SELECT count(*) FROM sessions AS s WHERE {_HELD}", days).fetchone()
        revenues = db.execute(
            f"SELECT s.currency, count(*), sum(s.price_milli) / 1000.0 FROM sessions AS s"
            f" WHERE {_HELD} AND s.price_milli IS NOT NULL GROUP BY s.currency ORDER BY s.currency",
            days,
        ).fetchall()
        used = db.execute(_COSTS, days).fetchall()
    products = sorted(
        (ProductCost(*row) for row in used), key=lambda one: (-(one.amount or 0.0), one.product)
    )
    return PeriodMoney(held, tuple(Revenue(*row) for row in revenues), tuple(products))


def known_currency(path: Path, actor: Actor, *, clock: Clock = utc_now) -> str | None:
    """The currency in which a price was recorded last, of a session or a delivery; None if none."""
    require(path, actor, "sessions.record", clock=clock)
    with reading(path) as db:
        row = db.execute(
            "SELECT currency FROM (SELECT currency, substr(held_at, 1, 10) AS at FROM sessions"
            " WHERE currency IS NOT NULL UNION ALL SELECT currency, coalesce(received_on, '')"
            " FROM stock WHERE currency IS NOT NULL) ORDER BY at DESC LIMIT 1"
        ).fetchone()
    return None if row is None else str(row[0])
