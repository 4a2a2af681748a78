"""A whole lesson in a real browser: by keyboard, clicker and touch, with notes in a second tab."""

import math
import re
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import ON_THE_DAY
from tests.browser.looks import axe

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.mesh_places import drawn_mesh
from mesodash.teaching.lesson import STEPS
from mesodash.ui.lessons.lesson_page import MOTIONS

APP = Path(__file__).parents[2] / "app.py"
LESSON = "lesson?lesson=face_ncha&area=face.cheek&side=left"
SECTION_AND_ZONES = "lesson?lesson=face_polyvit&area=face.forehead&side=midline"
TALLEST_LESSONS = (
    LESSON,
    "lesson?lesson=fat_submental_dc&area=neck.submental&side=midline",
    "lesson?lesson=migraine_chronic&area=face.temple&side=left",
    "lesson?lesson=melasma_txa&area=face.cheek&side=right",
    "lesson?lesson=face_polyvit&area=face.nasolabial&side=left",
)


@pytest.fixture(scope="module")
def url(serve, tmp_path_factory):
    path = tmp_path_factory.mktemp("lesson") / "demo.db"
    return serve(APP, {**ON_THE_DAY, "MESODASH_DB": str(path), "MESODASH_DEMO_SESSIONS": "60"})


@pytest.fixture
def stage(url, tab):
    page = tab(viewport={"width": 1280, "height": 720}, reduced_motion="reduce", has_touch=True)

    def opened(address: str) -> Page:
        page.goto(f"{url}/{address}", timeout=120_000)
        expect(page.locator(".ls-text")).not_to_be_empty()
        return page

    yield opened
    page.close()


def place(page: Page) -> tuple[str, str]:
    """What is shown: the counter and the statement."""
    return page.locator(".ls-stage .ls-number").inner_text(), page.locator(".ls-text").inner_text()


def asked(page: Page) -> tuple[str, str]:
    """Step and part, as the address says."""
    query = parse_qs(urlsplit(page.url).query)
    return query["step"][0], query["part"][0]


def walked(page: Page, key: str) -> list[tuple[str, str]]:
    """Every place from the first to the last, moved by one key."""
    page.keyboard.press("Home")
    seen = [place(page)]
    for _ in range(200):
        page.keyboard.press(key)
        now = place(page)
        if now == seen[-1]:
            return seen
        seen.append(now)
    raise AssertionError("the lesson has no end")


def test_a_whole_lesson_by_keyboard_and_by_clicker(stage):
    page = stage(LESSON)
    by_arrow = walked(page, "ArrowRight")
    by_clicker = walked(page, "PageDown")
    assert by_arrow == by_clicker
    titles = [re.sub(r"^\d+ of 11 · ([^·]+?)( · .*)?$", r"\1", number) for number, _ in by_arrow]
    assert list(dict.fromkeys(titles)) == list(STEPS.values())
    for _ in by_arrow[1:]:
        page.keyboard.press("PageUp")
    assert place(page) == by_arrow[0]


def test_each_step_has_an_address_that_opens_it_and_back_returns(stage):
    page = stage(f"{LESSON}&step=depth&part=2")
    assert place(page)[0].split(" · ")[0] == "7 of 11"
    assert place(page)[0].split(" · ")[2].startswith("3 of 3")
    page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile(r"step=at_once&.*part=0"))
    page.reload()
    expect(page.locator(".ls-stage .ls-number")).to_contain_text("8 of 11")
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile(r"step=who"))
    page.go_back()
    expect(page.locator(".ls-stage .ls-number")).to_contain_text("8 of 11")
    assert asked(page) == ("at_once", "0")


def test_what_an_address_gets_wrong_opens_the_first_step(stage):
    page = stage(f"{LESSON}&step=<b>&part=999999")
    assert place(page)[0].startswith("1 of 11")


def test_points_appear_in_their_order_with_their_millilitres(stage):
    page = stage(f"{LESSON}&step=inject")
    caption = page.locator(".ls-count")
    expect(caption).to_have_text("50 of 50 points · 1.00 of 1.0 mL · Cheek, left")
    for _ in range(27):
        page.keyboard.press("ArrowUp")
    expect(caption).to_have_text("23 of 50 points · 0.46 of 1.0 mL · Cheek, left")
    expect(page.locator(".ls-dot.on")).to_have_count(23)


def test_points_are_drawn_at_their_true_spacing(stage):
    """A centimetre on the skin: where the dots are drawn, taken back onto the mesh."""
    page = stage("lesson?lesson=melasma_txa&area=face.cheek&side=left&step=inject")
    expect(page.locator(".ls-dot.on").first).to_be_visible()
    dots, href = page.evaluate(
        """() => { const svg = document.querySelector(".ls-body");
        const back = svg.getScreenCTM().inverse();
        const at = [...svg.querySelectorAll(".ls-dot")].map((dot) => {
          const box = dot.getBoundingClientRect();
          const spot = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2);
          const { x, y } = spot.matrixTransform(back);
          return [x, y]; });
        return [at, svg.querySelector("image").href.baseVal]; }"""
    )
    view = next(v for v in load_atlas().views if v.picture in href)
    mesh = drawn_mesh().views[view.figure, view.name]
    spots = [mesh.solid(mesh.place(x, y)) * view.cm_per_px for x, y in dots]
    near = [min(math.dist(one, other) for other in spots if other is not one) for one in spots]
    assert len(spots) > 10
    assert median(near) == pytest.approx(1.0, rel=0.03)
    # Control: in the picture they lie nearer, as the cheek turns away.
    flat = [min(math.dist(one, other) for other in dots if other != one) for one in dots]
    assert median(flat) * view.cm_per_px < 0.97


def test_the_section_is_to_scale_and_the_tip_lies_where_the_sine_says(stage):
    page = stage("lesson?lesson=face_polyvit&area=face.forehead&side=midline&step=depth")
    for angle, inserted, sentence in (
        (30, 4, "2.0 mm deep, in the fat"),
        (30, 1.2, "0.6 mm deep, in the dermis"),
        (90, 2.8, "2.8 mm deep, in the fat"),
    ):
        sliders = page.locator(".ls-sliders input").all()
        for slider, value in zip(sliders, (angle, inserted), strict=True):
            slider.fill(str(value))
        expect(page.locator(".ls-tip")).to_contain_text(sentence)
        layers, surface, tip, px = page.evaluate(
            """() => { const svg = document.querySelector(".ls-section");
            const layers = [...svg.querySelectorAll("rect[data-mm]")].map(r =>
              [Number(r.dataset.mm), Number(r.getAttribute("height"))]);
            const surface = Number(svg.querySelector("rect[data-mm]").getAttribute("y"));
            const tip = Number(svg.querySelector(".ls-drop").getAttribute("cy"));
            return [layers, surface, tip, Number(svg.dataset.pxPerMm)]; }"""
        )
        assert [mm for mm, _ in layers][:2] == [0.2, 0.86]
        for mm, height in layers:
            assert height / px == pytest.approx(mm, rel=0.01)
        wanted = {30: 0.5, 90: 1.0}[angle] * inserted
        assert (tip - surface) / px == pytest.approx(wanted, rel=0.01)


# How many of the section's parts are moving.
MOVED_IN_SECTION = """() => document.getAnimations().filter(
  (one) => one.effect?.target?.closest(".ls-section")).length"""


def test_each_technique_moves_once_and_takes_away_what_it_drew(url, tab, catalogue):
    kinds = {}
    for protocol in catalogue.protocols.values():
        for code in protocol.techniques:
            if code in MOTIONS:
                kinds.setdefault(MOTIONS[code], (protocol, catalogue.techniques[code].label))
    assert set(kinds) == {"bleb", "nappage", "points", "grid", "thread"}
    page = tab(viewport={"width": 1280, "height": 720})
    try:
        for kind, (protocol, label) in kinds.items():
            page.goto(f"{url}/lesson?lesson={protocol.code}&step=who", timeout=120_000)
            expect(page.locator(".ls-text")).not_to_be_empty()
            page.locator(".ls-step-bar").nth(list(STEPS).index("depth")).click()
            # The first technique's is shown as the step opens; it goes by itself.
            expect(page.locator(".ls-motion")).to_have_count(1)
            expect(page.locator(".ls-motion")).to_have_count(0)
            page.get_by_role("button", name=label, exact=True).click()
            expect(page.locator(f'.ls-motion[data-kind="{kind}"]')).to_have_count(1)
            assert page.evaluate(MOVED_IN_SECTION) > 1
            expect(page.locator(".ls-motion")).to_have_count(0)
    finally:
        page.close()


def test_nothing_moves_for_who_wants_no_motion(stage):
    page = stage("lesson?lesson=face_polyvit&area=face.forehead&side=midline&step=who")
    page.locator(".ls-step-bar").nth(list(STEPS).index("depth")).click()
    expect(page.locator(".ls-section")).to_be_visible()
    assert page.evaluate(MOVED_IN_SECTION) == 0
    assert page.locator(".ls-motion").count() == 0
    assert page.locator(".ls-again").count() > 0
    expect(page.locator(".ls-again").first).to_be_hidden()


def test_the_section_is_there_on_a_phone(stage):
    page = stage(LESSON)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.url.partition("?")[0] + f"?{LESSON.partition('?')[2]}&step=depth")
    expect(page.locator(".ls-section")).to_be_visible()
    assert page.locator(".ls-section").bounding_box()["height"] > 150
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_touch_sources_and_the_notes_in_a_second_window(stage):
    page = stage(f"{LESSON}&step=who&part=3")
    statement = place(page)[1]
    with page.context.expect_page() as opened:
        page.keyboard.press("n")
    notes = opened.value
    expect(notes.locator(".ls-notes h2")).to_have_text(statement)
    expect(notes.locator(".ls-note").first).to_be_visible()
    notes.get_by_role("button", name="Next").click()
    expect(page.locator(".ls-text")).to_have_text(notes.locator(".ls-notes h2").inner_text())
    notes.get_by_role("button", name="Start the timer").click()
    expect(notes.locator(".ls-clock")).not_to_have_text("0:00")
    page.bring_to_front()
    expect(page.locator(".ls-sources")).to_be_hidden()
    page.keyboard.press("s")
    expect(page.locator(".ls-sources")).to_be_visible()
    page.keyboard.press("Escape")
    before = place(page)
    page.evaluate(
        """() => { const stage = document.querySelector(".ls-stage");
        const touch = x => new Touch({ identifier: 1, target: stage, clientX: x, clientY: 300 });
        for (const [name, x] of [["touchstart", 900], ["touchend", 600]])
          stage.dispatchEvent(new TouchEvent(name, { changedTouches: [touch(x)], bubbles: true }));
        }"""
    )
    assert place(page) != before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_full_screen_has_no_serious_finding_and_holds_every_statement(stage, scheme, checks):
    page = stage(SECTION_AND_ZONES)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.reload()
    expect(page.locator(".ls-text")).not_to_be_empty()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    drawn = set()
    with checks(f"steps in full screen, {scheme}", planned=len(STEPS)) as count:
        for at, step in enumerate(STEPS):
            page.locator(".ls-step-bar").nth(at).click()
            expect(page.locator(".ls-stage .ls-number")).to_contain_text(f"{at + 1} of 11")
            drawn |= {
                (step, part)
                for part in (".ls-section", ".ls-zone")
                if page.locator(f".ls-stage:fullscreen {part}:visible").count()
            }
            found = axe(page)["violations"]
            count.that(not found, f"{step}: {[(one['id'], one['impact']) for one in found]}")
    assert {("depth", ".ls-section"), ("mark", ".ls-zone")} <= drawn


def test_the_body_turns_on_the_stage_in_full_screen(stage):
    page = stage(LESSON)
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    before = place(page)
    page.keyboard.press("t")
    canvas = page.locator(".ls-stage:fullscreen .ls-turned .mb-canvas")
    expect(canvas).to_have_attribute("data-points", "50")
    button = page.locator(".ls-turn")
    expect(button).to_have_attribute("aria-pressed", "true")
    lit = page.locator('.mb-snaps [aria-pressed="true"]')
    expect(lit).to_have_count(1)
    pad = page.locator(".mb-pad")
    pad.focus()
    page.keyboard.press("ArrowRight")
    expect(lit).to_have_count(0)
    # The arrow turned the body, not the page of the lesson.
    assert place(page) == before
    assert [one["id"] for one in axe(page)["violations"]] == []
    page.keyboard.press("t")
    expect(pad).to_have_count(0)
    expect(page.locator(".ls-figure .ls-body")).to_be_visible()
    page.keyboard.press("PageDown")
    assert place(page) != before


def test_every_statement_fits_on_a_stage_of_1280_by_720_and_is_large(stage, checks):
    smallest = 26.0
    seen = []
    for address in TALLEST_LESSONS:
        page = stage(address)
        page.keyboard.press("f")
        page.wait_for_function("document.fullscreenElement !== null")
        page.keyboard.press("Home")
        while True:
            now = place(page)
            fits, text, lines = page.evaluate(
                """() => { const w = document.querySelector(".ls-words");
                const size = s => { const e = document.querySelector(s);
                  return e ? parseFloat(getComputedStyle(e).fontSize) : 99; };
                return [w.scrollHeight <= w.clientHeight + 1, size(".ls-text"),
                  size(".ls-lines li")]; }"""
            )
            skin = page.locator(".ls-stage.with-skin").count() == 1
            seen.append((address, now, fits and text >= 34 and (lines >= smallest or skin)))
            page.keyboard.press("PageDown")
            if place(page) == now:
                break
        page.keyboard.press("f")
    with checks("statements that fit and are large", planned=len(seen)) as count:
        for address, now, right in seen:
            count.that(right, f"{address}: {now}")
