"""What a period brought in and cost, from prices of sessions and of deliveries."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.consult_clinic import make_clinic

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.stock.costs import ProductCost, Revenue, known_currency, money_between
from mesodash.records.stock.deliveries import NewStock, receive_stock
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.corrections import amend_session, void_session
from mesodash.records.treatment.entries import ProductEntry
from mesodash.records.treatment.sessions import read_session

DOCTOR = Actor("dr-a", "practitioner")
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
DUTASTERIDE = "Dutasteride 0.05 %"


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


def amend(path, session_id, **values):
    seen = read_session(path, session_id, DOCTOR, clock=clock)
    amend_session(path, replace(seen.entry, **values), DOCTOR, seen=seen, clock=clock)


def deliver(path, price, *, containers=1, volume_ml=5.0, currency="EUR", nonce="nonce-01"):
    new = NewStock(
        DUTASTERIDE, "LOT7", "2030-01", containers, volume_ml, price=price, currency=currency
    )
    receive_stock(path, new, DOCTOR, nonce=nonce, received_on=date(2026, 11, 20), clock=clock)


def test_without_prices_nothing_is_recorded(clinic):
    money = money_between(clinic, *NOVEMBER, DOCTOR)
    assert (money.sessions, money.revenues, money.is_recorded) == (3, (), False)
    assert money.products == (ProductCost(DUTASTERIDE, None, 2.0, None),)
    assert known_currency(clinic, DOCTOR) is None


def test_revenue_counts_held_sessions_with_a_price_by_currency(clinic):
    amend(clinic, "S1", price=120.5, currency="EUR")
    amend(clinic, "S2", price=99.995, currency="EUR")
    amend(clinic, "S3", price=80.0, currency="GBP")
    assert money_between(clinic, *NOVEMBER, DOCTOR).revenues == (
        Revenue("EUR", 2, 220.495),
        Revenue("GBP", 1, 80.0),
    )
    assert known_currency(clinic, DOCTOR) == "GBP"
    with reading(clinic) as db:
        assert db.execute("SELECT price_milli FROM sessions ORDER BY id").fetchall() == [
            (120_500,),
            (99_995,),
            (80_000,),
            (None,),
        ]
    void_session(
        clinic, DOCTOR, seen=read_session(clinic, "S3", DOCTOR), reason="a slip", clock=clock
    )
    assert [r.currency for r in money_between(clinic, *NOVEMBER, DOCTOR).revenues] == ["EUR"]
    assert money_between(clinic, date(2026, 11, 7), date(2026, 11, 12), DOCTOR).revenues == ()


def test_a_lot_costs_the_mean_of_its_deliveries_by_volume(clinic):
    deliver(clinic, 10.0)
    assert money_between(clinic, *NOVEMBER, DOCTOR).products == (
        ProductCost(DUTASTERIDE, "EUR", 2.0, 4.0),
    )
    # 15 mL for 40 EUR in all.
    deliver(clinic, 15.0, containers=2, nonce="nonce-02")
    ((product),) = money_between(clinic, *NOVEMBER, DOCTOR).products
    assert (product.currency, product.amount) == ("EUR", pytest.approx(2.0 * 40 / 15))


def test_a_lot_without_a_price_or_a_size_stands_apart(clinic):
    deliver(clinic, 10.0)
    amend(clinic, "S2", products=(ProductEntry(DUTASTERIDE, "LOT8", volume_ml=1.0),))
    assert money_between(clinic, *NOVEMBER, DOCTOR).products == (
        ProductCost(DUTASTERIDE, "EUR", 2.0, 4.0),
        ProductCost(DUTASTERIDE, None, 1.0, None),
    )


@pytest.mark.parametrize(
    ("price", "currency"), [(-1.0, "EUR"), (2e9, "EUR"), (1.0, None), (1.0, "eur"), (1.0, "EURO")]
)
def test_an_amount_that_cannot_be_is_refused(clinic, price, currency):
    with pytest.raises(RecordError):
        amend(clinic, "S1", price=price, currency=currency)
    assert read_session(clinic, "S1", DOCTOR).entry.price is None


def test_a_trainer_may_not_look(clinic):
    with pytest.raises(NotAllowedError):
        money_between(clinic, *NOVEMBER, Actor("t", "trainer"))
