"""What followed three sessions: two calls, a red card to its end, a score, a consent withdrawn.

What was entered by hand must then be in the side effects, the outcomes and the signals, and
nothing else.
"""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect
from tests.browser.conftest import of_kind
from tests.browser.looks import PATIENCE, grave, settled, spill
from tests.consult_clinic import make_clinic

from mesodash.records.store.connection import reading
from mesodash.reports.core.reader import Reader

ROOT = Path(__file__).parents[2]
DAYS = (date(2026, 11, 24), date(2026, 12, 4))

pytestmark = pytest.mark.browser


@pytest.fixture
def rooms(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


@pytest.fixture
def page(own):
    page = of_kind(own.new_page(), {"width": 1280, "height": 1000}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    return page


@pytest.fixture
def patient_on(serve, rooms, page):
    """Give a function: a day, a tab -> that tab of the patient's page on that day."""

    def open_on(day, tab):
        clinic = serve(
            ROOT / "app.py", {"MESODASH_DB": str(rooms), "MESODASH_TODAY": day.isoformat()}
        )
        page.goto(f"{clinic}/patient?patient=HUGO")
        page.get_by_role("tab", name=tab, exact=True).click()
        settled(page)
        return clinic

    return open_on


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


def reported(rooms, catalogue, name, *by):
    """The rows of a report on this clinic, as of now."""
    return Reader(rooms, catalogue).report(name, by=by or None).to_dict("records")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()
    settled(page)


def pick(page, label, text):
    """Choose from a list; a run that draws its field anew shuts it, and a person opens it again."""
    field = page.get_by_role("combobox", name=label, exact=True).first
    option = page.get_by_role("option", name=text, exact=True)
    for _ in range(5):
        field.click()
        field.fill(text)
        try:
            option.click(timeout=10_000)
        except Error:
            page.keyboard.press("Escape")
            settled(page)
        else:
            break
    expect(option).to_have_count(0)
    settled(page)


def write(page, label, text):
    field = page.get_by_label(label, exact=True).first
    field.fill(text)
    field.press("Tab")
    settled(page)


def call(page, answers, *, new=None):
    """A contact: what each open effect does, by its id, and perhaps something new of that day."""
    for key, answer in answers.items():
        row = page.locator(f'[class*="st-key-follow_up_effect_{key}_row"]')
        row.get_by_role("radio", name=answer, exact=True).click()
        settled(page)
    if new is not None:
        effect, session = new
        pick(page, "Something new", effect)
        pick(page, "After the session of", session)
    press(page, "Keep the contact")
    expect(page.get_by_text("The contact was kept")).to_be_visible()
    settled(page)


def cells(page, name):
    """The table of this name: its rows, each as its texts by the heads of the columns."""
    table = page.get_by_role("region", name=f"{name}, table")
    expect(table).to_be_visible(timeout=PATIENCE)
    heads = table.locator("thead th").all_inner_texts()
    return [
        dict(zip(heads, row.locator("th, td").all_inner_texts(), strict=True))
        for row in table.locator("tbody tr").all()
    ]


def some(rows, *heads):
    """The rows of a table as tuples of these columns, in order."""
    return sorted(tuple(row[head] for head in heads) for row in rows)


def measures(page):
    """The cards of the page: the number by its label."""
    expect(page.locator(".md-measures .md-card").first).to_be_visible(timeout=PATIENCE)
    cards = page.locator(".md-measures .md-card").all_inner_texts()
    return {label: number for label, number, *_rest in (card.splitlines() for card in cards)}


def opened(page, address):
    page.goto(address)
    expect(page.locator(".md-quiet, .md-empty").first).to_be_visible(timeout=PATIENCE)
    settled(page)
    assert grave(page) == []


def file_says(rooms):
    """The rows of the clinic's file are those that were entered."""
    assert rows(
        rooms,
        "SELECT e.effect, e.onset_at, e.resolved_at, e.last_seen_at, e.gone_by_at FROM side_effects"
        " AS e JOIN sessions AS s ON s.id = e.session ORDER BY e.id",
    ) == [
        ("erythema", "2026-11-06", "2026-11-08", None, None),
        ("swelling", "2026-11-20", None, "2026-11-24", "2026-12-04"),
        ("nodule", "2026-11-24", None, "2026-12-04", None),
    ]
    assert rows(
        rooms,
        "SELECT flag, closed_by, examination, closing_reason, acknowledged_by FROM red_cards",
    ) == [("late_lump", "demo", "soft, no fluctuation", "a cyst, known before", "demo")]
    assert rows(rooms, "SELECT purpose, given_on, withdrawn_on FROM consents") == [
        ("treatment", "2026-11-24", "2026-11-24")
    ]
    assert rows(
        rooms, "SELECT scale, value, timing FROM outcomes WHERE measured_on = '2026-12-04'"
    ) == [("norwood", 2.0, "follow_up")]


def reports_say(rooms, catalogue):
    """The reports have the same numbers."""
    effects = {row["effect"]: row for row in reported(rooms, catalogue, "side_effects", "effect")}
    assert {name: (row["n"], row["resolved"]) for name, row in effects.items()} == {
        "erythema": (1, 1),
        "swelling": (1, 1),
        "nodule": (1, 0),
    }
    (outcome,) = [
        row
        for row in reported(rooms, catalogue, "outcomes", "protocol", "scale")
        if row["scale"] == "norwood"
    ]
    assert (outcome["patients"], outcome["baseline_mean"], outcome["last_mean"]) == (1, 4.0, 2.0)
    assert reported(rooms, catalogue, "clusters") == []


def pages_say(page, clinic, catalogue):
    """The pages have them in cards and rows, with the ids of the patient and the session."""
    opened(page, f"{clinic}/side_effects")
    assert measures(page) == {
        "Reported": "3",
        "Resolved": "2",
        "Still there when last seen": "1",
        "Never asked about again": "0",
        "Dates too imprecise": "0",
    }
    heads = ("Side effect", "n", "Resolved", "Still open", "No follow-up", "Imprecise")
    assert some(cells(page, "All side effects"), *heads) == [
        ("Lump", "1", "0", "1", "0", "0"),
        ("Redness", "1", "1", "0", "0", "0"),
        ("Swelling", "1", "1", "0", "0", "0"),
    ]
    opened(page, f"{clinic}/side_effects?effects_part=Still+open")
    heads = ("Patient", "Side effect", "Session", "Onset", "Last contact")
    assert some(cells(page, "Still open"), *heads) == [
        ("HUGO", "Lump", "S1", "24 Nov 2026", "4 Dec 2026")
    ]

    opened(page, f"{clinic}/outcomes")
    heads = ("Protocol", "Courses", "With a baseline", "Window closed", "Scored in it", "Missing")
    protocol = catalogue.protocols["hair_duta"].label
    assert some(cells(page, "Who is missing"), *heads) == [(protocol, "1", "1", "0", "0", "0")]
    page.get_by_text("1 row with fewer than 5 patients", exact=True).first.click()
    few = cells(page, "1 row with fewer than 5 patients")
    assert [tuple(row.values()) for row in few] == [(protocol, "Norwood–Hamilton stage · ordinal")]

    opened(page, f"{clinic}/signals")
    heads = ("Patient", "Session", "Side effect", "Onset, day", "Followed, days")
    assert some(cells(page, "Late effects"), *heads) == [("HUGO", "S1", "Lump", "18", "10")]
    expect(page.get_by_text("0 red cards are open.")).to_be_visible()
    heads = ("Kind", "Side effect", "Compared", "Not compared")
    compared = cells(page, "What was compared, and what would have been noticed")
    assert some(compared, *heads) == [
        ("Lot", "Lump", "1", "0"),
        ("Lot", "Redness", "1", "0"),
        ("Lot", "Swelling", "1", "0"),
        ("Practitioner", "Lump", "0", "1"),
        ("Practitioner", "Redness", "0", "1"),
        ("Practitioner", "Swelling", "0", "1"),
    ]


def test_what_followed_three_sessions_stands_in_the_reports(patient_on, page, rooms, catalogue):
    before = reported(rooms, catalogue, "side_effects", "effect")
    assert sorted(row["effect"] for row in before) == ["erythema", "swelling"]

    # The first call: the swelling is still there, and a lump is new, on day 18 after the first
    # session. The report of it raises a red card.
    clinic = patient_on(DAYS[0], "Follow up")
    call(page, {"E2": "Still there"}, new=("Lump", "6 Nov 2026"))
    expect(page.get_by_text("Red card: New lump after day 7")).to_be_visible()
    assert grave(page) == []
    assert spill(page) <= 0
    opened(page, f"{clinic}/signals")
    expect(page.get_by_text("1 red card is open.")).to_be_visible()
    patient_on(DAYS[0], "Consents")
    press(page, "Take it on")
    expect(page.get_by_text("acknowledged", exact=False).first).to_be_visible()

    # A consent is given and withdrawn on the same day.
    press(page, "Record the consent")
    press(page, "Withdraw")
    expect(page.get_by_text("withdrawn", exact=False).first).to_be_visible()

    # The second call: the swelling is gone, the lump is not; the card is closed with an examination
    # and a reason.
    clinic = patient_on(DAYS[1], "Follow up")
    (lump,) = rows(rooms, "SELECT side_effect_id FROM side_effects WHERE effect = 'nodule'")
    call(page, {"E2": "Gone", lump[0]: "Still there"})
    press(page, "Close the card")
    write(page, "What the examination found", "soft, no fluctuation")
    write(page, "Why the card may be closed", "a cyst, known before")
    press(page, "Close it under my name")
    expect(page.get_by_text("Red card: New lump after day 7")).to_have_count(0)

    # A score of the course.
    page.get_by_role("tab", name="Scores", exact=True).click()
    settled(page)
    pick(page, "Scale", "Norwood–Hamilton stage")
    page.locator(".st-key-score_grade, .st-key-score_value").first.scroll_into_view_if_needed()
    if page.locator(".st-key-score_grade").count():
        page.locator(".st-key-score_grade").get_by_role("radio").nth(1).click()
        settled(page)
    else:
        write(page, "Value", "2")
    press(page, "Keep the score")
    expect(page.get_by_text("The score was kept.")).to_be_visible()

    file_says(rooms)
    reports_say(rooms, catalogue)
    pages_say(page, clinic, catalogue)
