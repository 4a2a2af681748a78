"""Hostile strings in the record, as every page shows them in a real browser."""

from datetime import date

import pytest
from playwright.sync_api import expect
from tests.hostile.conftest import add_accounts, token_of
from tests.hostile.strings import SHOWN, STRINGS

from mesodash.access.gate import COOKIE
from mesodash.records.actor import DEMO, Actor
from mesodash.records.clinic import create_clinic
from mesodash.records.fill import fill_clinic
from mesodash.records.screenings import Answer, latest_screening, record_screening
from mesodash.ui.pages import PAGES

ON = "2026-11-10"
DAY = date(2026, 11, 22)
ACTOR = Actor("practitioner", "practitioner")

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """Each shown string is a practitioner, a product, its lot, a note and an effect's own word."""
    path = tmp_path_factory.mktemp("strings") / "clinic.db"
    create_clinic(path, clinic_id="c", name=f"Clinic {SHOWN[1]}", kind="clinical", actor=DEMO)
    texts = list(enumerate(SHOWN, 1))
    fill_clinic(
        path,
        [
            {
                "practitioners": [(n, f"D{n}", text) for n, text in texts],
                "patients": [
                    (n, f"P{n} {text}"[:64], "female", 1980, "II", text) for n, text in texts
                ],
                "courses": [
                    (n, f"C{n}", n, "melasma", "melasma_txa", 4, 7, ON, "active", text)
                    for n, text in texts
                ],
                "sessions": [
                    (n, f"S{n}", n, n, n, "melasma_txa", ON, "held", text) for n, text in texts
                ],
                "treated_areas": [
                    (n, n, ON, "face.chin", "midline", "nappage", 3000, 40, 1000) for n, _ in texts
                ],
                "products_used": [(n, None, text, text, None, 2000) for n, text in texts],
                "side_effects": [
                    (n, f"E{n}", n, None, None, "other", text, ON, *[None] * 3, 1, "no", None, text)
                    for n, text in texts
                ],
            }
        ],
        actor=DEMO,
    )
    add_accounts(path)
    return path


def test_no_page_runs_or_fetches_what_is_recorded(url, clinic, chromium, checks):
    with checks("hostile strings shown", planned=5 * (len(PAGES) + 1)) as count:
        context = chromium.new_context(viewport={"width": 1280, "height": 1000})
        context.add_cookies(
            [{"name": COOKIE, "value": token_of(clinic, "administrator"), "url": url}]
        )
        page = context.new_page()
        dialogs, outside, errors = [], [], []
        page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
        page.on("pageerror", lambda one: errors.append(str(one)))
        page.on(
            "request",
            lambda one: (
                None
                if one.url.startswith((url, "data:", "blob:", url.replace("http", "ws")))
                else outside.append(one.url)
            ),
        )
        addresses = [spec.url_path for spec in PAGES]
        for address in [*addresses, "body_map?area=face.chin&side=midline"]:
            page.goto(f"{url}/{address}")
            bar = page.get_by_role("button", name="Sign out")
            expect(bar).to_be_visible()
            expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
            count.that(bar.is_visible(), f"{address}: the frame is gone")
            count.that(not dialogs, f"{address}: {dialogs}")
            count.that(not outside, f"{address}: {outside}")
            count.that(not errors, f"{address}: {errors}")
            count.that(page.evaluate("window.ran") is None, f"{address}: a script ran")
        context.close()


def test_the_detector_sees_a_string_that_runs(chromium, checks):
    """A bare page without our policy and escaping runs some of them."""
    page = chromium.new_page()
    for text in SHOWN[:8]:
        page.set_content(f"<main>{text}</main>")
        if page.evaluate("window.ran"):
            break
    with checks("control: strings that run", planned=1) as count:
        count.that(page.evaluate("window.ran") == 1, "none ran on a bare page")
    page.close()


def test_what_is_written_down_is_read_back(clinic, checks):
    """A screening's own words: the same letters come back, or one sentence says why not."""
    with checks("hostile strings stored", planned=len(STRINGS) + 1) as count:
        count.that(len(STRINGS) >= 120, f"{len(STRINGS)} strings")
        for text in STRINGS:
            detail = text[:200]
            patient = f"P1 {SHOWN[0]}"[:64]
            given = {"heart": Answer("yes", detail=detail)}
            record_screening(clinic, patient, given, ACTOR, DAY)
            read = latest_screening(clinic, patient, ACTOR).answers.given["heart"].detail
            count.that(read == detail, ascii(detail[:40]))
