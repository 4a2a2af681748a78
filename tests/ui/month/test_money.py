"""What a month brought in and cost, in the words of the page."""

from mesodash.records.stock.costs import PeriodMoney, ProductCost, Revenue
from mesodash.ui.month.money import summary

PRODUCTS = (
    ProductCost("A", "EUR", 4.0, 12.5),
    ProductCost("B", "EUR", 1.0, 2.25),
    ProductCost("C", "GBP", 1.0, 3.0),
    ProductCost("D", None, 9.0, None),
)


def test_each_sum_says_what_it_rests_on():
    money = PeriodMoney(5, (Revenue("EUR", 2, 1250.0), Revenue("GBP", 1, 80.0)), PRODUCTS)
    words = summary(money)
    assert "250.00 EUR" in words
    assert "80.00 GBP" in words
    assert "3 of 5" in words
    assert "14.75 EUR" in words  # 12.5 and 2.25
    assert "3.00 GBP" in words


def test_what_is_not_recorded_is_not_said():
    assert summary(PeriodMoney(5, (), PRODUCTS[3:])) == ""
    assert "EUR" not in summary(PeriodMoney(5, (Revenue("GBP", 1, 80.0),), PRODUCTS[3:]))
    assert PeriodMoney(5, (), PRODUCTS[3:]).is_recorded is False
    assert PeriodMoney(5, (), PRODUCTS[:1]).is_recorded is True
