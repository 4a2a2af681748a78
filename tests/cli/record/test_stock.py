"""Stock on the command line: in, marked, recalled, and who had a lot."""

import json

DELIVERY = ("--product", "Dutasteride 0.05 %", "--lot", "LOT7", "--expires-on", "2030-01")


def listed(run):
    return json.loads(run("stock", "list", "--format", "json")[1])


def test_a_delivery_comes_in_once_and_what_was_used_is_taken_off(run):
    more = ("--containers", "2", "--volume-ml", "5", "--nonce", "n" * 8)
    code, stock_id, _err = run("stock", "in", *DELIVERY, *more)
    assert code == 0
    assert run("stock", "in", *DELIVERY, *more)[1] == stock_id

    assert [(one["stock_id"], one["used_ml"], one["left_ml"]) for one in listed(run)] == [
        (stock_id, 2.0, 8.0)
    ]


def test_an_expired_delivery_is_refused(run):
    code, out, _err = run(
        "stock", "in", "--product", "Saline", "--lot", "S", "--expires-on", "2020-01"
    )
    assert (code, out) == (3, "")
    assert listed(run) == []


def test_a_recall_needs_a_reason_and_names_who_had_the_lot(run):
    stock_id = run("stock", "in", *DELIVERY)[1]
    assert run("stock", "mark", stock_id, "recalled")[0] == 3
    assert run("stock", "mark", stock_id, "recalled", "--reason", "the maker")[0] == 0
    assert [(one["state"], one["note"]) for one in listed(run)] == [("recalled", "the maker")]

    called = json.loads(run("stock", "recall-list", *DELIVERY[:4], "--format", "json")[1])
    assert [(one["patient_id"], one["session_id"], one["areas"]) for one in called] == [
        ("HUGO", "S3", "scalp.vertex:midline scalp.frontal:midline")
    ]
    assert run("stock", "mark", "none-such", "expired")[0] == 3


def test_how_lots_were_entered_is_counted(run):
    seen = json.loads(run("session", "show", "S3")[1])
    seen["products"][0]["lot_from"] = "code"
    assert run("session", "amend", "S3", "-", given=seen)[0] == 0

    code, out, err = run(
        "stock", "lots-entered", "--from", "2026-11-20", "--to", "2026-11-20", "--format", "json"
    )
    assert (code, err) == (0, "")
    assert [list(one.values()) for one in json.loads(out)] == [[1, 0, 0, 0, 0]]

    seen["products"][0]["lot_from"] = "guessed"
    code, out, err = run("session", "amend", "S3", "-", given=seen)
    assert (code, out) == (3, "")
    assert "lot_from" in err


def test_what_sessions_brought_in_and_their_products_cost(run):
    more = ("--volume-ml", "5", "--price", "40", "--currency", "EUR")
    assert run("stock", "in", *DELIVERY, *more)[0] == 0
    seen = json.loads(run("session", "show", "S3")[1]) | {"price": 90.0, "currency": "EUR"}
    assert run("session", "amend", "S3", "-", given=seen)[0] == 0

    period = ("--from", "2026-11-01", "--to", "2026-11-30", "--format", "json")
    code, out, err = run("stock", "money", *period)
    assert (code, err) == (0, "")
    assert [
        (one["what"], one["currency"], one["sessions"], one["volume_ml"], one["amount"])
        for one in json.loads(out)
    ] == [("sessions", "EUR", 1, None, 90.0), ("products", "EUR", None, 2.0, 16.0)]
