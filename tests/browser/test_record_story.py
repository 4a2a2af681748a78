"""The record from the first visit to a correction, by touch on a tablet, over three days.

What was entered must then be in the history, the volumes and the stock, and nothing else.
"""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from benchmarks.same_session import TABLET, Person, record_again
from playwright.sync_api import expect
from tests.browser.looks import PATIENCE, grave, settled, spill
from tests.consult_clinic import make_clinic

from mesodash.records.store.connection import reading

ROOT = Path(__file__).parents[2]
DAYS = (date(2026, 11, 27), date(2026, 12, 11), date(2026, 12, 25))
MOST_TAPS = 12
MELASMA = "Tranexamic acid for melasma"
REST = "All asked: the rest is no"

pytestmark = pytest.mark.browser


@pytest.fixture
def rooms(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport=TABLET, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


@pytest.fixture
def clinic_on(serve, rooms):
    """Give a function: a day -> the address of the clinic's app on that day."""
    return lambda day: serve(
        ROOT / "app.py", {"MESODASH_DB": str(rooms), "MESODASH_TODAY": day.isoformat()}
    )


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


def type_in(page, label, text):
    field = page.get_by_label(label, exact=True).first
    field.fill(text)
    field.press("Tab")
    settled(page)


def tap(page, kind, name):
    page.get_by_role(kind, name=name, exact=True).first.tap()
    settled(page)


def faultless(page):
    assert grave(page) == []
    assert spill(page) <= 0


def take_in(page, clinic):
    """A delivery of three vials comes in."""
    page.goto(f"{clinic}/stock")
    for label, text in (
        ("Product", "Tranexamic acid 4 mg/mL"),
        ("Lot", "TX-1"),
        ("Expires", "2030-01"),
        ("Containers", "3"),
        ("mL in one", "5"),
    ):
        type_in(page, label, text)
    tap(page, "button", "Take it in")
    expect(page.get_by_text("Taken in.")).to_be_visible()
    faultless(page)


def first_visit(page, clinic):
    """A new patient, a consent, a screening and a plan of both cheeks."""
    page.goto(f"{clinic}/today")
    page.get_by_role("button", name="New patient").tap()
    type_in(page, "Id", "LENA")
    page.get_by_role("radio", name="female", exact=True).tap()
    page.get_by_role("radio", name="III", exact=True).tap()
    page.get_by_role("button", name="Add the patient").tap()
    page.get_by_role("link", name="Open LENA").tap()
    tap(page, "tab", "Consents")
    tap(page, "button", "Record the consent")
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
    faultless(page)

    page.get_by_role("link", name="Plan on the body map").tap()
    cheek = page.locator('[role=button][data-area="face.cheek"][data-side="left"]').first
    cheek.tap()
    settled(page)
    tap(page, "button", "Both sides")
    expect(page.locator("h2.md-title")).to_have_text("Cheek, left · Cheek, right")
    tap(page, "tab", "Screening")
    expect(page.get_by_role("button", name="Keep the answers")).to_be_visible()
    for number in range(page.get_by_text(REST).count()):
        page.get_by_text(REST).nth(number).tap()
        settled(page)
    tap(page, "button", "Keep the answers")
    tap(page, "button", f"Choose {MELASMA}")
    tap(page, "tab", "Plan")
    tap(page, "button", "Save as planned sessions")
    expect(page.get_by_text(f"Planned: {MELASMA}")).to_be_visible()
    faultless(page)


def first_session(page, clinic):
    """The planned session of the day, its doses as planned, with what was used and seen."""
    page.goto(f"{clinic}/today")
    row = page.locator('[class*="st-key-today_session_"]').filter(has_text="LENA")
    expect(row).to_be_visible()
    settled(page)
    page.set_viewport_size({"width": 390, "height": 844})  # on a phone nothing lies over the state
    settled(page)
    badge = row.locator(".md-badge").bounding_box()
    name = row.get_by_role("link", name="LENA").bounding_box()
    assert name["x"] >= badge["x"] + badge["width"] or name["y"] >= badge["y"] + badge["height"]
    page.set_viewport_size(TABLET)
    settled(page)
    row.get_by_role("link", name="Record", exact=True).tap()
    expect(page.get_by_role("heading", name="Session 1 of 7")).to_be_visible()
    settled(page)
    for side in ("left", "right"):
        type_in(page, f"Points, Cheek, {side}", "20")
        type_in(page, f"Volume in mL, Cheek, {side}", "1")
    page.get_by_role("button", name="Add a product").tap()
    for label, words in (
        ("Product 1", "Tranexamic acid 4 mg/mL"),
        ("Lot, product 1", "TX-1"),
    ):
        page.get_by_role("combobox", name=label, exact=True).tap()
        page.get_by_role("option", name=words, exact=True).tap()
        settled(page)
    expect(page.get_by_label("Expires, product 1", exact=True)).to_have_value("2030-01")
    type_in(page, "Volume in mL, product 1", "2")
    for answer in ("Not pregnant", "No new medicine", "No new allergy", "No infection", "Redness"):
        tap(page, "button", answer)
    faultless(page)
    page.get_by_role("button", name="Finish session").tap()
    expect(page.get_by_text("it stands in the history", exact=False).first).to_be_visible()


def correct(page, clinic, session_id):
    """The last session is finalised, and corrected with a reason."""
    page.goto(f"{clinic}/record?patient=LENA&session={session_id}")
    type_in(page, "Why there is no consent to use beyond the label", "given by word, to be signed")
    tap(page, "button", "Finalise")
    expect(page.get_by_text("finalised by", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Correct", exact=True).tap()
    expect(page.get_by_role("button", name="Keep the correction")).to_be_visible()
    settled(page)
    type_in(page, "Volume in mL, Cheek, right", "0.5")
    type_in(page, "Volume in mL, product 1", "1.5")
    type_in(page, "Reason of the correction", "read off the syringe")
    page.get_by_role("button", name="Keep the correction").tap()
    expect(page.get_by_text("Earlier versions")).to_be_visible()
    settled(page)


def table(page, title):
    return [
        [cell.inner_text() for cell in row.get_by_role("cell").all()]
        for row in page.get_by_role("region", name=title).locator("tbody tr").all()
    ]


def reported(rooms):
    """What `mesodash report volumes` says of the cheeks: month, side, sessions, mL."""
    run = subprocess.run(
        [sys.executable, "-m", "mesodash", "report", "volumes", "--by", "month,area,side",
         "--from", "2026-11-01", "--to", "2026-12-31", "--format", "json", "--db", str(rooms)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "MESODASH_TODAY": DAYS[-1].isoformat()},
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    return [
        (row["month"], row["side"], row["sessions"], row["volume_ml"])
        for row in sorted(json.loads(run.stdout), key=lambda row: (row["month"], row["side"]))
        if row["area"] == "face.cheek"
    ]


def test_from_the_first_visit_to_a_correction(clinic_on, page, rooms):
    take_in(page, clinic_on(DAYS[0]))
    first_visit(page, clinic_on(DAYS[0]))
    first_session(page, clinic_on(DAYS[0]))
    for day in DAYS[1:]:
        page.goto(f"{clinic_on(day)}/today")
        expect(page.get_by_role("link", name="Record", exact=True).first).to_be_visible()
        person = Person(page, waits=False)
        record_again(person, "LENA", "TX-1")
        assert person.taps <= MOST_TAPS
    last = clinic_on(DAYS[-1])
    held = rows(
        rooms,
        "SELECT s.session_id, s.held_at FROM sessions AS s JOIN patients AS p ON p.id = s.patient"
        " WHERE p.patient_id = 'LENA' AND s.state = 'held' ORDER BY s.held_at",
    )
    assert [at[:10] for _id, at in held] == [day.isoformat() for day in DAYS]
    correct(page, last, held[-1][0])

    # The record: three sessions of two cheeks, the last one corrected, four still planned.
    assert rows(
        rooms,
        "SELECT s.session_id, t.side, t.points, t.volume_ul FROM treated_areas AS t"
        " JOIN sessions AS s ON s.id = t.session JOIN patients AS p ON p.id = s.patient"
        " WHERE p.patient_id = 'LENA' AND s.state = 'held' AND t.area = 'face.cheek'"
        " ORDER BY s.held_at, t.side",
    ) == [
        (session, side, 20, 500 if (session, side) == (held[-1][0], "right") else 1000)
        for session, _at in held
        for side in ("left", "right")
    ]
    assert rows(
        rooms,
        "SELECT s.session_id, u.product, u.lot, u.expires_on, u.volume_ul FROM products_used AS u"
        " JOIN sessions AS s ON s.id = u.session JOIN patients AS p ON p.id = s.patient"
        " WHERE p.patient_id = 'LENA' ORDER BY s.held_at",
    ) == [
        (session, "Tranexamic acid 4 mg/mL", "TX-1", "2030-01", volume)
        for (session, _at), volume in zip(held, (2000, 2000, 1500), strict=True)
    ]
    assert rows(
        rooms,
        "SELECT s.session_id, e.effect FROM side_effects AS e JOIN sessions AS s"
        " ON s.id = e.session JOIN patients AS p ON p.id = s.patient WHERE p.patient_id = 'LENA'",
    ) == [(held[0][0], "erythema")]
    assert rows(
        rooms,
        "SELECT s.state, count(*) FROM sessions AS s JOIN patients AS p ON p.id = s.patient"
        " WHERE p.patient_id = 'LENA' GROUP BY s.state",
    ) == [("held", 3), ("planned", 4)]
    assert rows(rooms, "SELECT count(*) FROM drafts") == [(0,)]

    # The history of the patient's page.
    page.goto(f"{last}/patient?patient=LENA")
    expect(page.get_by_text("3 sessions in all")).to_be_visible()
    settled(page)
    assert [(row[0], row[3]) for row in table(page, "History here")] == [
        ("25 Dec 2026", "1 mL · 20 points"),
        ("25 Dec 2026", "0.5 mL · 20 points"),
        ("11 Dec 2026", "1 mL · 20 points"),
        ("11 Dec 2026", "1 mL · 20 points"),
        ("27 Nov 2026", "1 mL · 20 points"),
        ("27 Nov 2026", "1 mL · 20 points"),
    ]
    faultless(page)

    # The stock: 15 mL came in, 5.5 mL were used in three sessions; who had the lot.
    page.goto(f"{last}/stock")
    expect(page.get_by_role("region", name="Stock")).to_be_visible()
    settled(page)
    assert table(page, "Stock") == [
        ["Tranexamic acid 4 mg/mL", "TX-1", "Jan 2030", "3", "5.5", "9.5", "3", "in stock"]
    ]

    # The volumes: of the product on the page, of the two cheeks month by month in the report.
    page.goto(f"{last}/volumes")
    used = page.get_by_role("region", name="Products used, table").locator("tbody tr")
    expect(used).to_have_count(2)
    settled(page)
    first = used.filter(has_text="Tranexamic acid 4 mg/mL").get_by_role("cell")
    assert first.all_inner_texts() == ["3", "1", "5.5", "25 Dec 2026"]
    faultless(page)
    assert reported(rooms) == [
        ("2026-11", "left", 1, 1.0),
        ("2026-11", "right", 1, 1.0),
        ("2026-12", "left", 2, 2.0),
        ("2026-12", "right", 2, 1.5),
    ]
