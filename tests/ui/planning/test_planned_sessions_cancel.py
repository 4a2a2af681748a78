"""Planning with a practitioner, and cancelling what is planned, as the page does it."""

import html
import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest
from tests.consult_clinic import make_clinic
from tests.sentences import numbers_in

from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.planned_sessions import planned_sessions
from mesodash.records.courses.plans import move_session
from mesodash.records.store.connection import reading, writing
from mesodash.settings import PROJECT

CROWN = {"area": "scalp.vertex", "side": "midline", "patient": "HUGO"}


@pytest.fixture
def rooms(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


@pytest.fixture
def open_page(monkeypatch, rooms):
    def run(show):
        monkeypatch.setenv("MESODASH_DB", str(rooms))
        page = AppTest.from_file(PROJECT / "pages/consult/body_map.py", default_timeout=120)
        for name, value in CROWN.items():
            page.query_params[name] = value
        ran(page)
        page.session_state["show"] = show
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


def log(db):
    with reading(db) as file:
        return file.execute(
            "SELECT actor, action, table_name, row_key FROM change_log"
            " WHERE action = 'update' ORDER BY seq"
        ).fetchall()


def states(db):
    with reading(db) as file:
        course = file.execute("SELECT state, stopped_reason FROM courses").fetchall()
        sessions = file.execute("SELECT state FROM sessions ORDER BY id").fetchall()
    return course, [state for (state,) in sessions]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("listed", "written", "reason"),
    [
        (None, "moved away", "moved away"),
        ("patient_ill", "", "patient_ill"),
        ("clinic", " closed  that week ", "clinic: closed that week"),
    ],
)
def test_a_planned_course_is_cancelled_with_one_confirmation(
    open_page, rooms, listed, written, reason
):
    page = open_page("History")
    assert "Planned here 1 session" in text(page)
    assert states(rooms) == ([("active", None)], ["held", "held", "held", "planned"])

    page = ran(one(page.button, "Cancel all that is still planned").click())
    assert "Say why" in text(page)  # nothing is cancelled without one
    assert states(rooms)[0] == [("active", None)]

    page.selectbox("cancel_reason_listed").set_value(listed)
    page.text_input("cancel_reason").set_value(written)
    page = ran(one(page.button, "Cancel all that is still planned").click())

    assert states(rooms) == (
        [("stopped", reason)], ["held", "held", "held", "cancelled"]
    )  # fmt: skip
    assert log(rooms) == [
        (DEMO.actor_id, "update", "courses", "C1"), (DEMO.actor_id, "update", "sessions", None)
    ]  # fmt: skip
    assert "27 Nov 2026 1 session will" in text(page)
    assert "Planned here" not in text(page)
    assert "Cancelled:" not in text(ran(page))


@pytest.mark.slow
def test_a_plan_that_somebody_changed_meanwhile_is_not_cancelled_unseen(open_page, rooms):
    page = open_page("History")
    move_session(rooms, "S4", DEMO, seen="2026-11-27", to=date(2026, 12, 4))
    page.text_input("cancel_reason").set_value("moved away")

    page = ran(one(page.button, "Cancel all that is still planned").click())

    assert "Not cancelled: somebody changed it" in (text(page))
    changed = text(page).partition("somebody changed it")[2]
    assert numbers_in(changed)[:2] == ["2026-11-27", "2026-12-04"]
    assert states(rooms) == ([("active", None)], ["held", "held", "held", "planned"])
    assert page.text_input("cancel_reason").value == "moved away"

    page = ran(one(page.button, "Cancel all that is still planned").click())  # now it was seen
    assert states(rooms) == ([("stopped", "moved away")], ["held", "held", "held", "cancelled"])


@pytest.mark.slow
@pytest.mark.parametrize(("several", "chosen"), [(False, "D1"), (True, "D2"), (True, None)])
def test_a_plan_names_who_will_treat(open_page, rooms, several, chosen):
    if several:
        with writing(rooms, DEMO) as change:
            change.db["practitioners"].insert({"practitioner_id": "D2", "name": "Practitioner B"})
            change.log("create", "practitioners")
    page = open_page("Indicated")
    page.session_state["consult_protocol"] = "hair_duta"
    page.session_state["plan_reason_hair_duta"] = "agreed with the patient"
    page.session_state["show"] = "Plan"
    page = ran(page)
    offered = [box for box in page.selectbox if box.label == "Practitioner"]
    assert len(offered) == several
    if several and chosen:
        offered[0].set_value(chosen)
    ran(one(page.button, "Save as planned sessions").click())

    names = {"D1": "Practitioner A", "D2": "Practitioner B", None: None}
    mine = [s for s in planned_sessions(rooms, DEMO, patient_id="HUGO") if s.course_id != "C1"]
    assert len(mine) == 7
    assert {session.practitioner for session in mine} == {names[chosen]}
