"""Moving a planned session on the page: the day, what speaks against it, and who was quicker."""

import html
import re
from datetime import date, time

import pytest
from streamlit.testing.v1 import AppTest
from tests.consult_clinic import make_clinic
from tests.sentences import numbers_in

from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.plans import move_session
from mesodash.records.store.connection import reading, writing
from mesodash.settings import PROJECT

CROWN = {"area": "scalp.vertex", "side": "midline", "patient": "HUGO", "show": "History"}

pytestmark = pytest.mark.slow


@pytest.fixture
def rooms(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


@pytest.fixture
def open_page(monkeypatch, rooms):
    def run(**state):
        monkeypatch.setenv("MESODASH_DB", str(rooms))
        page = AppTest.from_file(PROJECT / "pages/consult/body_map.py", default_timeout=120)
        for name, value in CROWN.items():
            page.query_params[name] = value
        for name, value in state.items():
            page.session_state[name] = value
        return ran(page)

    return run


def ran(page_or_widget):
    page = page_or_widget.run()
    assert list(page.exception) == []
    return page


def text(page):
    bodies = " ".join(re.sub(r"<[^>]+>", " ", block.proto.body) for block in page.get("html"))
    return " ".join(html.unescape(bodies).split())


def one(widgets, label):
    (found,) = (widget for widget in widgets if widget.label == label)
    return found


def buttons(page):
    return [one.label for one in page.button if one.label.startswith("Move it")]


def stands(db, session="S4"):
    with reading(db) as file:
        return file.execute(
            "SELECT held_at, state FROM sessions WHERE session_id = ?", [session]
        ).fetchone()


def said_against(page):
    return [one.value for one in page.text if one.value.startswith("!")]


def test_a_session_is_moved_to_another_day_and_time(open_page, rooms):
    page = open_page()
    assert one(page.date_input, "New day").value == date(2026, 11, 27)
    one(page.date_input, "New day").set_value(date(2026, 12, 1))
    page = ran(one(page.time_input, "At, if it is agreed").set_value(time(9, 30)))
    assert said_against(page) == []

    page = ran(one(page.button, "Move it").click())

    assert stands(rooms) == ("2026-12-01T09:30", "planned")
    moved = text(page).partition("Moved: ")[2]
    assert numbers_in(moved)[:4] == ["2026-11-27", "2026-11-27", "2026-12-01", "09:30"]
    assert one(page.date_input, "New day").value == date(2026, 12, 1)
    assert one(page.time_input, "At, if it is agreed").value == time(9, 30)
    with reading(rooms) as db:
        assert db.execute(
            "SELECT actor, table_name, row_key, month FROM change_log WHERE action = 'update'"
            " ORDER BY seq"
        ).fetchall() == [
            (DEMO.actor_id, "sessions", "S4", "2026-11"),
            (DEMO.actor_id, "sessions", "S4", "2026-12"),
        ]
    assert "Moved:" not in text(ran(page))


def test_too_early_a_day_is_warned_about_and_may_be_kept_all_the_same(open_page, rooms):
    page = open_page()
    page = ran(one(page.date_input, "New day").set_value(date(2026, 11, 24)))

    (warning,) = said_against(page)
    assert numbers_in(warning) == [4, "2026-11-20", 7]
    assert buttons(page) == ["Move it all the same"]
    ran(one(page.button, "Move it all the same").click())
    assert stands(rooms) == ("2026-11-24", "planned")


def test_who_comes_second_reads_both_days_and_keeps_what_was_entered(open_page, rooms):
    page = open_page()
    page = ran(one(page.date_input, "New day").set_value(date(2026, 12, 1)))
    move_session(rooms, "S4", DEMO, seen="2026-11-27", to=date(2026, 12, 4), at=time(8))

    page = ran(one(page.button, "Move it").click())

    refused = text(page).partition("Not moved: ")[2]
    assert numbers_in(refused)[:4] == ["2026-11-27", "2026-12-04", "08:00", "2026-12-01"]
    assert stands(rooms) == ("2026-12-04T08:00", "planned")
    assert "4 Dec 2026, 08:00 Dutasteride" in text(page)  # the list shows it unchanged
    assert one(page.date_input, "New day").value == date(2026, 12, 1)

    ran(one(page.button, "Move it").click())  # now it was seen
    assert stands(rooms)[0].startswith("2026-12-01")


def test_a_session_held_meanwhile_is_not_moved(open_page, rooms):
    page = open_page()
    with writing(rooms, DEMO) as change:
        change.db.execute("UPDATE sessions SET state = 'held' WHERE session_id = 'S4'")
        change.log("update", "sessions", key="S4")

    page = ran(one(page.button, "Move it").click())

    assert "is held (27 Nov 2026)" in text(page)
    assert stands(rooms) == ("2026-11-27", "held")


def test_of_several_sessions_one_is_chosen_and_the_next_is_minded(open_page, rooms):
    with writing(rooms, DEMO) as change:
        change.db["sessions"].insert(
            {"id": 5, "session_id": "S5", "patient": 2, "course": 1, "protocol": "hair_duta",
             "held_at": "2026-12-04T10:00", "state": "planned"}
        )  # fmt: skip
        change.log("create", "sessions", key="S5")
    page = open_page()
    which = one(page.selectbox, "Which session")
    assert [numbers_in(option) for option in which.options] == [
        ["2026-11-27"],
        ["2026-12-04", "10:00"],
    ]
    page = ran(which.set_value("S5"))
    page = ran(one(page.date_input, "New day").set_value(date(2026, 12, 1)))
    (warning,) = said_against(page)
    assert numbers_in(warning) == [4, "2026-11-27", 7]
    ran(one(page.button, "Move it all the same").click())
    assert (stands(rooms, "S4")[0], stands(rooms, "S5")[0]) == ("2026-11-27", "2026-12-01T10:00")


def test_two_sessions_of_one_day_are_told_apart(open_page, rooms):
    with writing(rooms, DEMO) as change:
        change.db["sessions"].insert(
            {"id": 5, "session_id": "S5", "patient": 2, "course": 1, "protocol": "hair_duta",
             "held_at": "2026-11-27", "state": "planned"}
        )  # fmt: skip
        change.log("create", "sessions", key="S5")
    page = open_page()
    label = "27 Nov 2026: Dutasteride for pattern hair loss"
    assert one(page.selectbox, "Which session").options == [
        f"{label} (1 of 2)",
        f"{label} (2 of 2)",
    ]

    page = ran(one(page.date_input, "New day").set_value(date(2026, 12, 15)))
    ran(one(page.button, "Move it").click())

    assert (stands(rooms, "S4")[0], stands(rooms, "S5")[0]) == ("2026-12-15", "2026-11-27")


def test_who_may_not_plan_is_offered_nothing():
    def script(role):
        from types import SimpleNamespace

        from mesodash.records.audit.actor import Actor
        from mesodash.records.patients.overview import ComingSession
        from mesodash.ui.planning.planned_sessions import _offer_moving

        consultation = SimpleNamespace(actor=Actor("m", role))
        _offer_moving(consultation, [ComingSession("S4", "2026-11-27", None, None, ())])

    assert (
        ran(AppTest.from_function(script, default_timeout=120, kwargs={"role": "manager"})).button
        == []
    )
