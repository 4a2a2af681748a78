"""What a month brought in and what was used for it, where prices are recorded."""

from collections.abc import Iterable

from mesodash.documents.monthly_report import Month
from mesodash.language import _, format_list, format_number
from mesodash.records.stock.costs import ACTION, PeriodMoney, money_between
from mesodash.ui.parts import phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.shell import context


def show(view: ReviewView, month: Month) -> None:
    """Revenue, cost and product use of the month; nothing where no price is recorded.

    A shared view leaves it out: it is the clinic's own, and a sum may be one patient's price.
    """
    actor = context.actor()
    if view.shared or not actor.may(ACTION):
        return
    money = money_between(context.db(), month.first, month.period.end or context.today(), actor)
    if not money.is_recorded:
        return
    page.show_table(
        _("Product use and cost"),
        summary(money),
        [
            page.column(_("Product"), number=False),
            page.column(_("Used, mL"), _("recorded in the sessions held in the month")),
            page.column(
                _("Cost"),
                _("mL used times the price of a mL of its lot; empty where that is not recorded"),
            ),
        ],
        [
            [
                one.product,
                page.Cell(phrases.number(one.volume_ml, 1), one.volume_ml),
                page.Cell(
                    phrases.MISSING if one.amount is None else amount(one.amount, one.currency),
                    one.amount,
                ),
            ]
            for one in money.products
        ],
    )


def summary(money: PeriodMoney) -> str:
    """Revenue and cost in sentences, each with what it rests on."""
    priced = sum(one.sessions for one in money.revenues)
    parts = []
    if money.revenues:
        sums = format_list([amount(one.amount, one.currency) for one in money.revenues])
        text = _("Brought in: {sums}, recorded of {priced} of {sessions}.")
        parts.append(
            text.format(sums=sums, priced=priced, sessions=phrases.sessions(money.sessions))
        )
    costs = format_list(_sums((one.currency, one.amount) for one in money.products))
    if costs:
        parts.append(
            _("Products cost: {sums}, of lots whose price is recorded.").format(sums=costs)
        )
    return " ".join(parts)


def _sums(rows: Iterable[tuple[str | None, float | None]]) -> list[str]:
    totals: dict[str, float] = {}
    for currency, money in rows:
        if currency is not None and money is not None:
            totals[currency] = totals.get(currency, 0.0) + money
    return [amount(total, currency) for currency, total in sorted(totals.items())]


def amount(value: float, currency: str | None) -> str:
    """An amount with its currency: `1,250.00 EUR`."""
    return f"{format_number(value, 2)} {currency or ''}".strip()
