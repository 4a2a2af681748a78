"""Every widget of every page, sent values over the raw websocket that no page would send."""

import json
import math

import pytest
from tests.hostile.client import Client, Seen
from tests.hostile.conftest import ROLES, token_of
from websockets.exceptions import ConnectionClosed

from mesodash.records.accounts import accounts
from mesodash.records.check import check_clinic
from mesodash.records.connection import reading
from mesodash.ui.pages import PAGES

LONG = "x" * 20_000
FORGED = (
    {"choice": {"seq": 99, "chosen": ["no.such@left", 7, None, "'; DROP TABLE patients"]}},
    {"choice": {"seq": 2**70, "chosen": "all", "figure": 5, "view": ["front"], "asked": {}}},
    {"choice": [1], "placed": {"site": "no.such@left", "seq": "x", "points": [[1e308, None]]}},
    {"choice": {"seq": True, "chosen": [{}]}, "placed": {"site": "face.chin@midline", "seq": 3}},
)
# By the field a widget keeps its value in: values out of range, unknown, too long, no numbers.
VALUES = {
    "number_input": [{"double_value": v} for v in (9999.5, -1e308, math.nan, math.inf)],
    "selectbox": [
        {"string_value": v} for v in ("no such", LONG, "'; DROP TABLE patients --", "\x00")
    ],
    "text_input": [
        {"string_value": v} for v in (LONG, "\x00\r\n\x1b", "<script>1</script>", "=1+1")
    ],
    "checkbox": [
        {"bool_value": True},
        {"string_value": "x"},
        {"int_value": 7},
        {"json_value": "{"},
    ],
    "radio": [{"string_value": v} for v in ("no such", LONG, "", "\x00")],
    "multiselect": [{"string_array_value": v} for v in (["no such"], [LONG], ["a"] * 999, [""])],
    "button_group": [{"string_array_value": v} for v in (["no such"], [LONG], ["a"] * 99, [""])],
    "date_input": [
        {"string_array_value": v}
        for v in (["9999-12-31"], ["0001-01-01"], ["tomorrow"], ["2026/01/01"] * 9)
    ],
    "time_input": [{"string_value": v} for v in ("99:99", "soon", LONG, "")],
    "button": [
        {"trigger_value": True},
        {"string_value": "x"},
        {"json_value": "[]"},
        {"int_value": -1},
    ],
    "bidi_component": [{"json_value": json.dumps(one)} for one in FORGED],
    "plotly_chart": [{"string_value": v} for v in ("{}", "[", '{"selection": 7}', LONG)],
}
VALUES["download_button"] = VALUES["button"]
# Pressing these ends the sign-in or starts a form that another case sends.
SPARED = ("-sign_out",)


def forms(client: Client) -> list[tuple[str, str, Seen, str]]:
    """(page, address, what it sent, fragment) of every page and of the forms behind a click."""
    found = [(spec.url_path, "", client.run(spec.url_path), "") for spec in PAGES]
    address = "area=face.chin&side=midline&patient=ANNA"
    first = client.run("body_map", query=address)
    found.append(("body_map", address, first, ""))
    _, asked, fragment = first.widget("screen_now")
    opened = client.run(
        "body_map", {asked.id: {"trigger_value": True}}, query=address, fragment=fragment
    )
    found.append(("body_map", address, opened, ""))
    _, chosen, _ = client.run("adopted").widget("-adopt")
    label = {chosen.id: {"string_value": chosen.options[0]}}
    found.append(("adopted", "", client.run("adopted", label), ""))
    return found


def rows(clinic) -> dict[str, int]:
    """How many rows each table of the record holds that a page could have written to."""
    tables = ("patients", "sessions", "courses", "plans", "screenings", "treated_areas")
    with reading(clinic) as db:
        return {table: db.table(table).count for table in tables}


@pytest.fixture(scope="module")
def administrator(clinic):
    return token_of(clinic, "administrator")


def test_no_widget_takes_what_its_page_does_not_offer(
    url, clinic, catalogue, administrator, checks
):
    before = rows(clinic)
    kinds: set[str] = set()
    with checks("widget tampering", planned=600, at_least=True) as count:
        with Client(url, administrator) as client:
            everything = forms(client)
        for page, address, seen, _ in everything:
            for turn in range(4):
                forged, told = {}, []
                for kind, widget, _ in seen.widgets:
                    if kind not in VALUES:
                        count.that(False, f"{page}: {kind} is not known to this test")
                        continue
                    if not widget.id.endswith(SPARED):
                        forged[widget.id] = VALUES[kind][turn]
                        told.append(f"{page}: {widget.id[36:]} = {str(VALUES[kind][turn])[:60]}")
                        kinds.add(kind)
                with Client(url, administrator) as client:
                    sent = client.run(page, forged, query=address)
                    quiet = not sent.holds("Traceback (most recent call last)")
                    honest = client.run(page, query=address)
                for what in told:
                    count.that(quiet and not honest.failed, what)
        count.that(len(kinds) >= 9, f"kinds of widgets seen: {sorted(kinds)}")
        checked = check_clinic(clinic, catalogue)
        count.that(not checked.damage, str(checked.damage))
        count.that(not checked.unknown_codes, str(checked.unknown_codes))
        count.that(rows(clinic) == before, f"{before} became {rows(clinic)}")
        # "Add the account" was pressed as well, by one who may: what came of it is in order.
        for one in accounts(clinic):
            kept = one.name.isprintable() and len(one.name) <= 64 and one.role in ROLES
            count.that(kept, f"account {one.name[:70]!r}, {one.role}")


def test_forged_ids_and_garbage_leave_the_server_alive(url, administrator, checks):
    forged = [
        {"$$ID-00000000000000000000000000000000-plan_save": {"trigger_value": True}},
        {"": {"string_value": "x"}},
        {"$$WIDGET_ID-x-None": {"json_value": "[" * 9999}},
        {LONG: {"double_value": math.nan}},
    ]
    garbage = [b"", b"\xff" * 64, b"\x0a\xff\xff\xff\xff\x0f", bytes(range(256)), b"{}" * 5000]
    with checks("forged ids and garbage", planned=len(forged) + 2 * len(garbage)) as count:
        for kept in forged:
            with Client(url, administrator) as client:
                sent = client.run("protocols", kept)
                told = sent.holds("Traceback (most recent call last)")
                count.that(not told and not client.run("protocols").failed, str(kept)[:80])
        for bad in garbage:
            with Client(url, administrator) as client:
                client.socket.send(bad)
                told = b""
                try:
                    while True:
                        told += bytes(client.socket.recv(timeout=0.5))
                except (ConnectionClosed, TimeoutError):
                    count.that(
                        b"Traceback" not in told, f"{bad[:9]!r} is answered with a traceback"
                    )
            with Client(url, administrator) as client:
                count.that(not client.run("protocols").failed, f"alive after {bad[:9]!r}")


def test_a_page_not_for_the_role_does_nothing_with_its_widgets(url, clinic, administrator, checks):
    """Ids of an administrator's buttons, pressed by those whose page is shut."""
    before = rows(clinic)
    with checks("another role's widgets", planned=2 * 3) as count:
        for page in ("accounts", "data_protection", "body_map"):
            with Client(url, administrator) as client:
                seen = client.run(page)
            pressed = {
                widget.id: {"trigger_value": True}
                for kind, widget, _ in seen.widgets
                if kind == "button" and not widget.id.endswith(SPARED)
            }
            with Client(url, token_of(clinic, "trainer")) as client:
                sent = client.run(page, pressed)
            count.that(not sent.failed, page)
            count.that(rows(clinic) == before, f"{page}: {rows(clinic)}")
