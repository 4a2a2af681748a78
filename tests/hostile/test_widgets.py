"""Every widget of every page, sent values over the raw websocket that no page would send."""

import json
import math
import re

import pytest
from tests.hostile.client import Client
from tests.hostile.conftest import ROLES, ROOT, token_of
from tests.hostile.doors import FORMS, REACHED, Open, page
from websockets.exceptions import ConnectionClosed

from mesodash.records.accounts.accounts import accounts
from mesodash.records.files.check import check_clinic
from mesodash.records.store.connection import reading
from mesodash.ui.shell.pages import PAGES

FORGED_TEXT = "forged-by-hand"
LONG = FORGED_TEXT * 1_430  # 20,020 characters
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
        {"string_value": v} for v in (FORGED_TEXT, LONG, "'; DROP TABLE patients --", "\x00")
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
    "radio": [{"string_value": v} for v in (FORGED_TEXT, LONG, "", "\x00")],
    "multiselect": [{"string_array_value": v} for v in ([FORGED_TEXT], [LONG], ["a"] * 999, [""])],
    "button_group": [{"string_array_value": v} for v in ([FORGED_TEXT], [LONG], ["a"] * 99, [""])],
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
    "file_uploader": [
        {"file_uploader_state_value": [{"file_id": i, "name": n, "size": 9}]}
        for i, n in (("no-such-file", "a.csv"), ("../../x", "../x.zip"), ("", ""), (LONG, LONG))
    ],
    "plotly_chart": [{"string_value": v} for v in ("{}", "[", '{"selection": 7}', LONG)],
}
VALUES["text_area"] = VALUES["text_input"]
VALUES["download_button"] = VALUES["button"]
VALUES["tab_container"] = VALUES["radio"]
VALUES["popover"] = VALUES["checkbox"]
# Pressing these ends the sign-in or starts a form that another case sends.
SPARED = ("-sign_out",)


OPENED = re.compile(r"-(show|adopt|filter_body_open|patient|plan_(sessions|interval|reason)_\w+)$")
"""What leads to a form, or fills it in: forged in every other turn, so that the form is there."""
OURS = {
    "/".join(file.parts[-2:]) for top in ("src", "pages") for file in (ROOT / top).rglob("*.py")
}
TURNS = 4


def every_place() -> list[tuple[str, str]]:
    """(kind, name) of every page and of the forms behind a click."""
    return [*(("page", spec.url_path) for spec in PAGES), *(("form", name) for name in FORMS)]


def opened(client: Client, kind: str, name: str) -> Open:
    return page(client, name) if kind == "page" else FORMS[name](client)


def forged_states(place: Open, turn: int, *, keep: bool) -> dict[str, dict[str, object]]:
    """One forged value for each widget that is there."""
    return {
        widget.id: VALUES[kind][turn]
        for kind, widget, _ in place.seen.widgets
        if not widget.id.endswith(SPARED) and not (keep and OPENED.search(widget.id))
    }


def ended(written: str) -> list[str]:
    """Where each exception of a run that the log tells of was raised: folder and file."""
    lines = re.findall(r"Uncaught app execution: \w+ at (.+) \(", written)
    return [line.rsplit(" > ", 1)[-1].rsplit(":", 1)[0] for line in lines]


def rows(clinic) -> dict[str, int]:
    """How many rows each table holds that no form of a page writes to."""
    tables = ("patients", "side_effects", "outcomes", "products_used", "practitioners")
    with reading(clinic) as db:
        return {table: db.table(table).count for table in tables}


@pytest.fixture(scope="module")
def administrator(clinic):
    return token_of(clinic, "administrator")


def wrong_rows(clinic) -> list[str]:
    """What no form could have made, by table: too long, of no known kind, or not whole."""
    asked = {
        "plans": "SELECT nonce FROM plans WHERE length(reason) NOT BETWEEN 1 AND 500",
        "sessions": "SELECT session_id FROM sessions WHERE held_at NOT BETWEEN '2026' AND '2037'",
        "courses": "SELECT course_id FROM courses WHERE planned_sessions NOT BETWEEN 1 AND 60"
        " OR length(stopped_reason) > 500",
        "screening_answers": "SELECT question FROM screening_answers WHERE length(detail) > 500",
        "protocol_versions": "SELECT protocol FROM protocol_versions WHERE length(reason) > 500"
        " OR length(parameters) > 2000",
        "treated_areas": "SELECT area FROM treated_areas WHERE points NOT BETWEEN 1 AND 1000",
    }
    with reading(clinic) as db:
        return [f"{table}: {row[0]}" for table, sql in asked.items() for row in db.execute(sql)]


def test_no_widget_takes_what_its_page_does_not_offer(
    url, log, clinic, catalogue, administrator, checks
):
    """Each place is opened honestly, sent forged values, and opened honestly again."""
    before = rows(clinic)
    kinds: set[str] = set()
    ids: set[str] = set()
    with checks("widget tampering", planned=700, at_least=True) as count:
        for kind, name in every_place():
            for turn in range(TURNS):
                with Client(url, administrator) as client:
                    place = opened(client, kind, name)
                    count.that(not place.seen.failed, f"{name}: fails by itself")
                    if kind == "form":
                        found = [w for _, w, _ in place.seen.widgets if REACHED[name] in w.id]
                        count.that(found, f"{name}: not reached")
                    forged = forged_states(place, turn, keep=kind == "form" and turn % 2 == 0)
                    sent = place.again(client, forged).seen
                # What was forged stays in the window that sent it; the next one is another's.
                with Client(url, administrator) as client:
                    honest = client.run(place.page, query=place.query)
                quiet = not sent.holds("Traceback (most recent call last)")
                for widget in forged:
                    what = f"{name}: {widget[36:]} = {str(forged[widget])[:60]}"
                    count.that(quiet and not honest.failed, what)
                ids |= set(forged)
                kinds |= {one for one, _, _ in place.seen.widgets}
                off = {w.id for _, w, _ in place.seen.widgets if getattr(w, "disabled", False)}
                count.that(off <= set(forged), f"{name}: {off} is switched off and was not sent")
        count.that(kinds >= {"bidi_component", "popover", "tab_container"}, f"seen: {kinds}")
        count.that(
            len([one for one in ids if one.endswith(("body_figure", "_body"))]) >= 3, "figures"
        )
        checked = check_clinic(clinic, catalogue)
        count.that(not checked.damage, str(checked.damage))
        count.that(not checked.unknown_codes, str(checked.unknown_codes))
        count.that(rows(clinic) == before, f"{before} became {rows(clinic)}")
        count.that(not wrong_rows(clinic), str(wrong_rows(clinic)))
        # "Add the account" was pressed as well, by one who may: what came of it is in order.
        for one in accounts(clinic):
            kept = one.name.isprintable() and len(one.name) <= 64 and one.role in ROLES
            count.that(kept, f"account {one.name[:70]!r}, {one.role}")
        written = log.read_text("utf-8")
        for line in written.splitlines():
            count.that(FORGED_TEXT not in line and "DROP TABLE" not in line, f"log: {line[:200]}")
        ours = [where for where in ended(written) if where in OURS]
        count.that(not ours, f"runs that ended in code of ours: {sorted(set(ours))}")


def test_the_log_is_read_for_where_a_run_ended(checks):
    line = (
        "Uncaught app execution: KeyError at a/b.py:1 > parts/labels.py:20 (its words are left out)"
    )
    with checks("control: a run that ended in our code", planned=2) as count:
        count.that(ended(line) == ["parts/labels.py"], str(ended(line)))
        count.that("parts/labels.py" in OURS, "is ours")


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
