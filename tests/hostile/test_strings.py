"""Hostile strings in the record, as every page shows them in a real browser."""

import io
from datetime import date
from urllib.parse import quote

import pypdf
import pytest
from playwright.sync_api import expect
from tests.browser.conftest import of_kind
from tests.browser.looks import stand_still
from tests.hostile.conftest import add_accounts, token_of
from tests.hostile.strings import SHOWN

from mesodash.access.gate import COOKIE
from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.consult.handout.contents import Handout
from mesodash.consult.handout.page import handout
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.store.clinic import create_clinic
from mesodash.records.transfer.bulk_load import fill_clinic
from mesodash.ui.shell.pages import PAGES

ON = "2026-11-10"
DAY = date(2026, 11, 22)
ACTOR = Actor("practitioner", "practitioner")

# What the policy kept a page from fetching or running, by its address.
REFUSALS = """window.refused = [];
document.addEventListener('securitypolicyviolation', e => window.refused.push(e.blockedURI));"""

pytestmark = pytest.mark.browser


def patient(number: int) -> str:
    """The id of the patient with this string, as long as an id may be."""
    return f"P{number} {SHOWN[number - 1]}"[:64]


def shown_where() -> dict[str, set[str]]:
    """Each address, and the strings that must be there as text.

    The frame of every page names the clinic. Beyond it only who is due, the sessions behind an area
    and a patient's own panel show what people wrote; the other pages count, name codes of the
    catalogue and accounts, or list ids in the change log.
    """
    clinic = SHOWN[1]
    ids = {text for n, text in enumerate(SHOWN, 1) if text in patient(n)}
    here = f"body_map?area=face.chin&side=midline&patient={quote(patient(1))}&show="
    return {
        **{spec.url_path: {clinic} for spec in PAGES},
        "due": {clinic, *ids},
        "volumes?filter_period=all&volumes_behind=area%3Dface.chin": {clinic, *ids},
        **{f"{here}{tab}": {clinic, SHOWN[0]} for tab in ("Indicated", "History", "Plan")},
    }


def awaited(page, expected: set[str]) -> set[str]:
    """Which of the strings do not appear on the page as text."""
    for _ in range(80):
        text = even(page.locator("body").inner_text())
        missing = {one for one in expected if even(one) not in text}
        if not missing:
            break
        page.wait_for_timeout(250)  # a list may follow the page's first drawing
    return missing


def even(text: str) -> str:
    return " ".join(text.split())


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
                "patients": [(n, patient(n), "female", 1980, "II", text) for n, text in texts],
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


def test_no_page_runs_or_fetches_what_is_recorded(url, clinic, own, checks):
    with checks("hostile strings shown", planned=7 * (len(PAGES) + 4)) as count:
        own.add_cookies([{"name": COOKIE, "value": token_of(clinic, "administrator"), "url": url}])
        page = of_kind(own.new_page(), {"width": 1280, "height": 1000})
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
        page.add_init_script(REFUSALS)
        for address, expected in shown_where().items():
            page.goto(f"{url}/{address}")
            bar = page.locator(".st-key-frame_menu")
            expect(bar).to_be_visible()
            stand_still(page)
            count.that(bar.is_visible(), f"{address}: the frame is gone")
            count.that(not dialogs, f"{address}: {dialogs}")
            count.that(not outside, f"{address}: {outside}")
            count.that(not errors, f"{address}: {errors}")
            count.that(page.evaluate("window.ran") is None, f"{address}: a script ran")
            # Streamlit's own page has one line of script, and a library tries whether it may eval.
            refused = set(page.evaluate("window.refused")) - {"inline", "wasm-eval"}
            count.that(not refused, f"{address}: tried to fetch {refused}")
            missing = awaited(page, expected)
            count.that(not missing, f"{address}: {sorted(missing)} do not stand there as text")


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


def test_a_handout_prints_the_strings_as_text(catalogue, checks):
    """As the clinic's name, the way to reach it and whose it is."""
    atlas = load_atlas()
    with checks("hostile strings in a handout", planned=len(SHOWN)) as count:
        for text in SHOWN:
            ask = Handout(
                clinic=text,
                contact=text,
                protocol="melasma_txa",
                indication="melasma",
                areas=(AreaSide("face.chin", "midline"),),
                printed_on=DAY,
                patient=text,
            )
            made = handout(ask, catalogue=catalogue, atlas=atlas, language="en")
            (sheet,) = pypdf.PdfReader(io.BytesIO(made)).pages
            count.that(letters(text) in letters(sheet.extract_text()), text)


def letters(text: str) -> str:
    """Letters and digits alone: a PDF breaks lines and joins signs as it likes."""
    return "".join(one for one in text if one.isalnum())
