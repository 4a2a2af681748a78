"""Sessions on the command line: JSON out and in, recorded, corrected, closed, refused."""

import json

import pytest
from tests.conftest import TODAY

from mesodash.records.audit.actor import DEMO
from mesodash.records.stock.deliveries import NewStock, change_stock, receive_stock, stock_list
from mesodash.records.store.connection import reading
from mesodash.records.treatment.sessions import read_session

SESSION = {
    "patient_id": "ANNA",
    "held_at": "2026-11-21T10:00",
    "protocol": "hair_duta",
    "areas": [{"area": "scalp.vertex", "side": "midline", "points": 30, "volume_ml": 1.5}],
    "products": [{"product": "Saline", "lot": "S-1", "expires_on": "2030-01", "volume_ml": 1.5}],
    "reactions": [{"effect": "erythema", "severity": 1}],
}


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


def test_what_is_recorded_is_what_show_prints(run, rooms):
    code, session_id, err = run("session", "record", "-", given=SESSION)
    assert (code, err) == (0, "")

    shown = json.loads(run("session", "show", session_id)[1])
    kept = {name: shown[name] for name in ("patient_id", "held_at", "protocol", "session_id")}
    assert kept == {
        "patient_id": "ANNA",
        "held_at": "2026-11-21T10:00",
        "protocol": "hair_duta",
        "session_id": session_id,
    }
    assert [(a["area"], a["points"], a["volume_ml"]) for a in shown["areas"]] == [
        ("scalp.vertex", 30, 1.5)
    ]
    log = "SELECT action, actor FROM change_log WHERE table_name = 'side_effects' ORDER BY seq DESC"
    assert rows(rooms, log)[0] == ("create", "command-line")


def test_a_reaction_that_opens_a_red_card_says_so(run, rooms):
    given = SESSION | {"held_at": f"{TODAY}T09:00", "reactions": [{"effect": "anaphylaxis"}]}
    code, _session_id, err = run("session", "record", "-", given=given)
    assert code == 0
    cards = rows(rooms, "SELECT count(*) FROM red_cards WHERE patient = 1")
    assert cards[0][0] > 0
    assert err.split()[0] == str(cards[0][0])


def test_points_and_a_price_go_in_and_out(run):
    point = {"area": "scalp.vertex", "side": "midline", "triangle": 12, "u": 0.25, "v": 0.5}
    given = SESSION | {"placed": [point, point], "price": 120.5, "currency": "EUR"}
    code, session_id, _err = run("session", "record", "-", given=given)
    assert code == 0
    shown = json.loads(run("session", "show", session_id)[1])
    assert [{name: one[name] for name in point} for one in shown["placed"]] == [point, point]
    assert (shown["price"], shown["currency"]) == (120.5, "EUR")
    assert run("session", "record", "-", given=given | {"placed": [point | {"u": 0.6}]})[0] == 3
    assert run("session", "record", "-", given=given | {"currency": None})[0] == 3


def test_the_same_nonce_records_once(run, rooms):
    first = run("session", "record", "-", "--nonce", "n" * 8, given=SESSION)
    assert run("session", "record", "-", "--nonce", "n" * 8, given=SESSION) == first
    assert rows(
        rooms, "SELECT count(*) FROM sessions AS s JOIN patients AS p ON p.id = s.patient"
        " WHERE p.patient_id = 'ANNA'",
    ) == [(1,)]  # fmt: skip


def test_the_last_session_begins_the_next_without_lots_and_reactions(run, rooms):
    begun = json.loads(run("session", "last", "HUGO")[1])
    assert begun["products"] == [{"product": "Dutasteride 0.05 %", "volume_ml": 2.0}]
    assert {"held_at", "session_id", "reactions", "note"} & begun.keys() == set()

    begun["products"][0] |= {"lot": "LOT9", "expires_on": "2030-01"}
    code, session_id, _err = run(
        "session", "record", "-", given=begun | {"held_at": "2026-11-22", "session_id": "S4"}
    )
    assert (code, session_id) == (0, "S4")
    assert rows(rooms, "SELECT state, held_at FROM sessions WHERE session_id = 'S4'") == [
        ("held", "2026-11-22")
    ]


def test_a_session_is_amended_finalised_and_void(run, rooms):
    shown = json.loads(run("session", "show", "S3")[1])
    shown["areas"][0]["points"] = 41
    assert run("session", "amend", "S3", "-", given=shown)[0] == 0
    assert run("session", "finalise", "S3")[0] == 3  # off label, and no consent covers that
    assert run("session", "finalise", "S3", "--reason", "given by word")[0] == 0
    shown["areas"][0]["points"] = 42
    assert run("session", "amend", "S3", "-", given=shown)[0] == 3
    assert read_session(rooms, "S3", DEMO).entry.areas[0].points == 41
    assert run("session", "amend", "S3", "-", "--reason", "a slip", given=shown)[0] == 0
    assert read_session(rooms, "S3", DEMO).entry.areas[0].points == 42

    assert run("session", "void", "S3", "--reason", "another patient")[0] == 0
    assert rows(rooms, "SELECT state, reason FROM sessions WHERE session_id = 'S3'") == [
        ("void", "another patient")
    ]


def test_an_earlier_version_is_read_with_its_price_and_reason(run):
    given = SESSION | {
        "price": 120.5, "currency": "EUR", "ended_at": "2026-11-21T10:30"
    }  # fmt: skip
    session_id = run("session", "record", "-", given=given)[1]
    assert json.loads(run("session", "versions", session_id)[1]) == []
    shown = json.loads(run("session", "show", session_id)[1])
    assert (shown["ended_at"], shown["started_at"]) == ("2026-11-21T10:30", None)
    shown |= {"price": 90.0}
    shown["products"][0]["lot"] = "S-2"
    assert run("session", "amend", session_id, "-", "--reason", "a slip", given=shown)[0] == 0

    found = json.loads(run("session", "versions", session_id)[1])
    assert {one["why"] for one in found} == {"a slip"}
    (was,) = [one["before"] for one in found if one["table"] == "sessions"]
    assert (was["price_milli"], was["currency"]) == (120_500, "EUR")
    assert [one["before"]["lot"] for one in found if one["table"] == "products_used"] == ["S-1"]
    assert "S-1" in run("session", "versions", session_id, "--format", "table")[1]
    assert run("session", "versions", "none")[0] == 3


def test_a_planned_session_is_closed(run, rooms):
    assert run("session", "close", "S4", "no_show")[0] == 2
    assert run("session", "close", "S4", "no_show", "--reason", " ")[0] == 3
    assert run("session", "close", "S4", "no_show", "--reason", "ill")[0] == 0
    assert rows(rooms, "SELECT state, reason FROM sessions WHERE session_id = 'S4'") == [
        ("no_show", "ill")
    ]
    assert run("session", "close", "S4", "no_show", "--reason", "not_known")[0] == 3


def test_the_list_of_a_day(run):
    found = json.loads(run("session", "day", "--on", "2026-11-20", "--format", "json")[1])
    assert [(one["session_id"], one["state"], one["areas"]) for one in found] == [
        ("S3", "held", "scalp.vertex:midline scalp.frontal:midline")
    ]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"areas": [{"area": "scalp.nowhere", "side": "midline"}]}, "scalp.nowhere"),
        ({"areas": []}, "figure"),
        ({"protocol": "none_such"}, "none_such"),
        ({"held_at": "yesterday"}, "yesterday"),
        ({"held_at": "2026-11-23"}, "still to come"),
        ({"points": 3}, "points"),
        ({"areas": [{"area": "scalp.vertex", "side": "midline", "needles": 1}]}, "areas.needles"),
        ({"areas": [{"area": "scalp.vertex", "side": "midline", "points": "many"}]}, "points"),
        ({"patient_id": "NOBODY"}, "NOBODY"),
        ({"products": [{"product": "Saline", "expires_on": "2020-01"}]}, "expired"),
        ({"ended_at": "2026-11-21T09:00"}, "ends before it begins"),
        ({"started_at": "2026-11-21T11:00", "ended_at": "2026-11-21T10:30"}, "ends before"),
        ({"ended_at": "noon"}, "noon"),
    ],
)
def test_what_the_form_refuses_is_refused_in_one_sentence(run, rooms, wrong, named):
    before = rows(rooms, "SELECT count(*) FROM sessions")
    code, out, err = run("session", "record", "-", given=SESSION | wrong)
    assert (code, out) == (3, "")
    assert named in err
    assert "Traceback" not in err
    assert rows(rooms, "SELECT count(*) FROM sessions") == before


def test_more_than_is_reported_needs_a_note(run):
    much = SESSION | {"areas": [SESSION["areas"][0] | {"volume_ml": 400.0}]}
    assert run("session", "record", "-", given=much)[0] == 3
    assert run("session", "record", "-", given=much | {"note": "as agreed"})[0] == 0


def test_two_sessions_of_a_day_are_counted_together(run):
    migraine = SESSION | {
        "protocol": "migraine_chronic",
        "areas": [{"area": "face.glabella", "side": "midline", "volume_ml": 1.5}],
    }
    assert run("session", "record", "-", given=migraine)[0] == 0  # 12 of 20 mg piroxicam a day
    code, _out, err = run("session", "record", "-", given=migraine)
    assert code == 3
    assert "24 mg" in err
    assert run("session", "record", "-", given=migraine | {"held_at": "2026-11-20"})[0] == 0
    assert run("session", "record", "-", given=migraine | {"note": "as agreed"})[0] == 0


def test_a_recalled_lot_is_refused(run, rooms):
    receive_stock(
        rooms, NewStock("Saline", "S-1", "2030-01"), DEMO, nonce="n" * 8, received_on=TODAY
    )
    (item,) = stock_list(rooms, DEMO)
    change_stock(
        rooms, item.stock_id, "recalled", DEMO, seen="in_stock", on=TODAY, reason="the maker"
    )
    code, _out, err = run("session", "record", "-", given=SESSION)
    assert code == 3
    assert "S-1" in err


def test_what_is_to_be_mended(run):
    found = json.loads(run("to-mend", "--format", "json")[1])
    assert [(one["kind"], one["session_id"]) for one in found if one["kind"] == "product"] == [
        ("product", "S2"),
        ("product", "S1"),
    ]


def test_what_sessions_have_and_lack(run):
    code, out, err = run("session", "completeness", "HUGO", "--format", "json")
    assert (code, err) == (0, "")
    assert [
        (one["session_id"], one["products"], one["dose"], one["consent"], one["baseline"])
        for one in json.loads(out)
    ] == [("S3", True, True, False, True), ("S2", False, True, False, True),
          ("S1", False, True, False, True)]  # fmt: skip
    assert run("session", "completeness", "NOBODY")[0] == 3
