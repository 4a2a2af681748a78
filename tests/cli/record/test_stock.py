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
