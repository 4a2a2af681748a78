"""A room in a real browser: two phones as learners' devices, counted on the trainer's screen."""

import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from tests.browser.conftest import ON_THE_DAY
from tests.browser.looks import axe
from tests.conftest import TODAY

from mesodash.teaching.asking.cases import make_case

APP = Path(__file__).parents[2] / "app.py"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
SEED = 3


@pytest.fixture(scope="module")
def url(serve, tmp_path_factory):
    path = tmp_path_factory.mktemp("rooms") / "demo.db"
    return serve(
        APP,
        {
            **ON_THE_DAY,
            "MESODASH_DB": str(path),
            "MESODASH_DEMO_SESSIONS": "60",
            "MESODASH_TEACHING": "yes",
        },
    )


@pytest.fixture
def device(chromium):
    """Opens a device of its own: nothing of one is known to another."""
    contexts = []

    def opened(**what) -> Page:
        contexts.append(chromium.new_context(**what))
        return contexts[-1].new_page()

    yield opened
    for one in contexts:
        one.close()


def open_room(page: Page, url: str, *, named: bool) -> str:
    """Open a room on case SEED; gives the address that learners go to."""
    page.goto(f"{url}/room", timeout=120_000)
    form = page.get_by_test_id("stForm").filter(has_text="Open a room")
    number = form.get_by_label("Case number")
    number.fill(str(SEED))
    number.press("Tab")
    if named:
        form.get_by_text("Ask for names, for a score sheet").click()
    form.get_by_test_id("stBaseButton-primaryFormSubmit").click()
    address = page.locator(".md-room-address")
    expect(address).to_be_visible()
    return address.inner_text()


def join(page: Page, address: str, name: str = "") -> None:
    page.goto(address, timeout=120_000)
    expect(page.get_by_role("heading", name="Join a room")).to_be_visible()
    if name:
        page.get_by_role("textbox", name="Name of the day").fill(name)
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", name="Question 1 of")).to_be_visible()


def answer(page: Page, option: str) -> None:
    page.get_by_role("radiogroup").get_by_text(option, exact=True).click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status").filter(has_text="Sent")).to_be_visible()


def test_two_phones_answer_and_are_counted_on_the_trainers_screen(url, device, catalogue):
    case = make_case(catalogue, SEED, today=TODAY)
    first, second = case.items[0], case.items[1]
    right = first.options[min(first.right)]
    wrong = next(o for at, o in enumerate(first.options) if at not in first.right)
    desk = device(viewport={"width": 1280, "height": 720})
    address = open_room(desk, url, named=True)
    ann, bob = device(**PHONE), device(**PHONE)
    join(ann, address, "Ann")
    join(bob, address, "Bob")
    expect(desk.get_by_text("2 learners are in the room")).to_be_visible()

    answer(ann, right)
    expect(desk.get_by_text("1 of 2 have answered")).to_be_visible()
    answer(bob, wrong)
    expect(desk.get_by_text("2 of 2 have answered")).to_be_visible()
    for option, n in ((right, "1"), (wrong, "1")):
        row = desk.locator(".md-room-options li").filter(has_text=option)
        expect(row.locator("strong")).to_have_text(n)
        expect(row.locator(".md-room-bar span")).to_have_attribute("style", "width: 50%")

    # A phone that is reloaded keeps its seat: it is not counted as another learner.
    bob.reload()
    expect(bob.get_by_role("heading", name="Question 1 of")).to_be_visible()
    expect(desk.get_by_text("2 learners are in the room")).to_be_visible()

    desk.get_by_role("button", name="Show the answer").click()
    expect(ann.get_by_role("status").filter(has_text="Right")).to_be_visible()
    expect(bob.get_by_role("alert").filter(has_text=f"Right is: {right}")).to_be_visible()
    expect(ann.get_by_role("button", name="Send")).to_have_count(0)
    assert [one["id"] for one in axe(desk)["violations"]] == []
    assert [one["id"] for one in axe(bob)["violations"]] == []
    assert bob.evaluate("document.documentElement.scrollWidth") == 390

    desk.get_by_role("button", name="Next question").click()
    expect(ann.get_by_text(second.text)).to_be_visible()
    for at in range(1, len(case.items)):
        expect(desk.get_by_role("heading", name=f"Question {at + 1} of")).to_be_visible()
        desk.locator(".st-key-room_next button").click()
    expect(desk.get_by_role("heading", name="Results")).to_be_visible()
    with desk.expect_download() as told:
        desk.get_by_role("button", name="Score sheet (CSV)").click()
    sheet = told.value.path().read_text("utf-8")
    assert sheet.count("Ann,") == sheet.count("Bob,") == len(case.items)
    expect(bob.get_by_text("That was all")).to_be_visible()

    desk.get_by_role("button", name="Close the room").click()
    expect(desk.get_by_text("This room is closed")).to_be_visible()
    expect(ann.get_by_text("This room is closed")).to_be_visible()
    expect(ann.get_by_role("textbox", name="Code", exact=True)).to_have_value("")
    ann.goto(address)
    ann.get_by_role("button", name="Join", exact=True).click()
    expect(ann.get_by_text("There is no room with this code")).to_be_visible()


def test_the_ways_on_stay_where_they_are_and_on_the_screen(url, device, checks):
    """From the question over its answer to the next one, the trainer's hand stays in one place."""
    desk = device(viewport={"width": 1280, "height": 720})
    open_room(desk, url, named=False)
    on = desk.locator(".st-key-room_next button")

    def place() -> tuple[float, float]:
        box = on.bounding_box()
        return round(box["x"]), round(box["y"] + box["height"])

    first = place()
    assert first[1] < 720
    with checks("places of the next question's button", planned=4) as count:
        for at in (1, 2):
            expect(desk.get_by_role("heading", name=f"Question {at} of")).to_be_visible()
            desk.get_by_role("button", name="Show the answer").click()
            expect(desk.locator(".md-room-options li.right")).to_have_count(1)
            count.that(place() == first, f"the answer of {at} is shown: {place()}")
            on.click()
            expect(desk.get_by_role("heading", name=f"Question {at + 1} of")).to_be_visible()
            count.that(place() == first, f"after {at}: {place()}")


def test_the_picture_leads_a_phone_there_and_no_name_is_asked_for(url, device, tmp_path):
    desk, phone = device(viewport={"width": 1280, "height": 720}), device(**PHONE)
    address = open_room(desk, url, named=False)
    shot = tmp_path / "code.png"
    desk.locator(".md-room img").screenshot(path=shot)
    with Image.open(shot) as seen:
        (code,) = zxingcpp.read_barcodes(seen)
    assert code.text == address
    phone.goto(code.text, timeout=120_000)
    expect(phone.get_by_role("button", name="Join", exact=True)).to_be_visible()
    expect(phone.get_by_role("textbox", name="Name of the day")).to_have_count(0)
    phone.get_by_role("button", name="Join", exact=True).click()
    expect(phone.get_by_role("heading", name="Question 1 of")).to_be_visible()
    # On a teaching server everybody is in teaching mode, and nobody leaves it.
    expect(phone.get_by_role("link", name=re.compile("eaching mode"))).to_have_count(0)
    expect(phone.get_by_role("combobox", name="See it as")).to_have_count(0)
