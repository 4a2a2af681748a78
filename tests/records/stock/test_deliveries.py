"""The stock: in, used, refused with the reason, and the call list of a lot."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.consult_clinic import make_clinic

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.stock.deliveries import (
    NewStock,
    change_stock,
    receive_stock,
    refusal,
    stock_list,
    who_had,
)
from mesodash.records.stock.products import LotEntries, known_lots, known_products, lot_entries
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError

DOCTOR = Actor("dr-a", "practitioner")
TODAY = date(2026, 11, 22)
NEW = NewStock("Dutasteride 0.05 %", "LOT7", "2027-03", 5, 2.0, price=12.5, currency="EUR")


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


def receive(path, new=NEW, nonce="nonce-of-stock", on=TODAY):
    return receive_stock(path, new, DOCTOR, nonce=nonce, received_on=on, clock=clock)


def test_what_came_in_less_what_was_used_is_left(clinic):
    assert receive(clinic) == receive(clinic)
    (item,) = stock_list(clinic, DOCTOR, clock=clock)

    assert (item.containers, item.volume_ml, item.used_ml, item.left_ml) == (5, 2.0, 2.0, 8.0)
    assert (item.sessions, item.state) == (1, "in_stock")
    with reading(clinic) as db:
        assert db.execute("SELECT price_milli, currency FROM stock").fetchall() == [(12500, "EUR")]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"lot": " "}, "lot and its expiry"),
        ({"containers": 0}, "At least one"),
        ({"expires_on": "2026-10"}, "expired on"),
        *(
            ({"expires_on": one}, "not a month or a day")
            for one in ("soon", "2027", "2027-13", "03/27")
        ),
        *(({"gtin": one}, "GTIN") for one in ("12", "x" * 14, "123456789")),
        *(({"volume_ml": one}, "10 L") for one in (-1.0, float("nan"), float("inf"), 1e308)),
        *(({"price": one}, "price") for one in (-1.0, float("nan"), float("inf"))),
        *(({"currency": one}, "three letters") for one in (None, "E", "eur", "EURO")),
    ],
)
def test_what_is_not_taken_in(clinic, changed, sentence):
    with pytest.raises(RecordError, match=sentence):
        receive(clinic, replace(NEW, **changed))
    assert stock_list(clinic, DOCTOR, clock=clock) == ()


def test_a_recall_takes_the_whole_lot_and_is_refused_in_a_session(clinic):
    first, second = receive(clinic), receive(clinic, nonce="second-nonce")
    assert refusal(stock_list(clinic, DOCTOR), NEW.product, NEW.lot, TODAY) is None
    with pytest.raises(RecordError, match="who recalled"):
        change_stock(clinic, first, "recalled", DOCTOR, seen="in_stock", on=TODAY, clock=clock)
    change_stock(
        clinic, first, "recalled", DOCTOR, seen="in_stock", on=TODAY, reason="maker", clock=clock
    )

    items = stock_list(clinic, DOCTOR, clock=clock)
    assert {one.stock_id: one.state for one in items} == {first: "recalled", second: "recalled"}
    assert "was recalled (maker)" in refusal(items, NEW.product, NEW.lot, TODAY)
    assert refusal(items, NEW.product, "OTHER", TODAY) is None
    assert known_lots(clinic, NEW.product, DOCTOR, clock=clock) == ()
    with pytest.raises(ChangedMeanwhileError):
        change_stock(clinic, second, "used_up", DOCTOR, seen="in_stock", on=TODAY, clock=clock)


def test_an_expired_lot_is_refused_after_its_month(clinic):
    receive(clinic)
    items = stock_list(clinic, DOCTOR, clock=clock)

    assert refusal(items, NEW.product, NEW.lot, date(2027, 3, 31)) is None
    assert "has expired" in refusal(items, NEW.product, NEW.lot, date(2027, 4, 1))


def test_lots_in_stock_are_offered_by_their_expiry(clinic):
    for lot, expires in (("B", "2027-09"), ("A", "2028-01")):
        receive(clinic, replace(NEW, lot=lot, expires_on=expires), nonce=f"nonce-of-{lot}")
    receive(clinic, NewStock("Biotin", "C", "2027-01"), nonce="nonce-of-C")

    lots = known_lots(clinic, NEW.product, DOCTOR, clock=clock)
    assert [(one.lot, one.expires_on) for one in lots] == [
        ("B", "2027-09"),
        ("A", "2028-01"),
        ("LOT7", None),
    ]
    assert known_products(clinic, DOCTOR, clock=clock) == (NEW.product, "Biotin")


def test_the_call_list_of_a_lot(clinic):
    (use,) = who_had(clinic, NEW.product, "LOT7", DOCTOR, clock=clock)

    assert (use.patient_id, use.session_id, use.held_at) == ("HUGO", "S3", "2026-11-20T10:00")
    assert use.areas == (("scalp.vertex", "midline"), ("scalp.frontal", "midline"))
    assert who_had(clinic, NEW.product, "LOT8", DOCTOR, clock=clock) == ()
    with pytest.raises(NotAllowedError):
        who_had(clinic, NEW.product, "LOT7", Actor("m", "manager"), clock=clock)


@pytest.mark.slow
def test_the_call_list_of_a_lot_among_100_000_sessions(clinic):
    with writing(clinic, DOCTOR, clock=clock) as change:
        change.db["sessions"].insert_all(
            {
                "id": n,
                "session_id": f"X{n}",
                "patient": 1,
                "held_at": "2025-01-01",
                "state": "held",
            }
            for n in range(100, 100_100)
        )
        change.db["products_used"].insert_all(
            {"session": n, "product": NEW.product, "lot": f"L{n // 50}"}
            for n in range(100, 100_100)
        )
        change.log("create", "sessions")
    found = who_had(clinic, NEW.product, "L500", DOCTOR, clock=clock)

    assert len(found) == 50
    # Found by the index on the lot, and not by reading every row: that is what keeps it quick.
    with reading(clinic) as db:
        plan = db.execute(
            "EXPLAIN QUERY PLAN SELECT session FROM products_used WHERE lot = ?", ["L500"]
        ).fetchall()
    assert any("USING INDEX" in str(row[-1]) or "COVERING INDEX" in str(row[-1]) for row in plan)


def test_how_lots_were_entered_is_counted_in_held_sessions_of_the_period(clinic):
    entered = ("code", "code", "list", "typed", None)
    with writing(clinic, DOCTOR, clock=clock) as change:
        change.db["products_used"].insert_all(
            {"session": 2, "product": "Saline", "lot": f"S-{n}", "lot_from": how}
            for n, how in enumerate(entered)
        )
        change.db["products_used"].insert_all(
            [
                {"session": 3, "product": "Saline", "lot": None, "lot_from": None},
                {"session": 4, "product": "Saline", "lot": "S-9", "lot_from": "typed"},
            ]
        )
        change.log("create", "products_used", rows=7)

    def counted(first, last):
        days = (date.fromisoformat(day) for day in (first, last))
        return lot_entries(clinic, *days, DOCTOR, clock=clock)

    # The planned session's lot counts nowhere; LOT7 of the third is one of before it was noted.
    assert counted("2026-11-01", "2026-12-31") == LotEntries(2, 1, 1, 2, 1)
    assert counted("2026-11-13", "2026-11-19") == LotEntries(2, 1, 1, 1, 0)
    assert counted("2026-11-20", "2026-11-20") == LotEntries(0, 0, 0, 1, 1)
    assert counted("2026-11-14", "2026-11-19").noted == 0
