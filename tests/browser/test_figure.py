"""The body figure in Chromium: mouse, keyboard, touch, sides, views, policy, accessibility."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.apps.small_atlas import ATLAS

SERVER = Path(__file__).parent / "apps" / "figure_server.py"
STREAMLITS_OWN = {"script-src-elem inline", "script-src wasm-eval"}
LISTEN = """() => {
  window.refused = [];
  document.addEventListener('securitypolicyviolation',
    (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
}"""

Opener = Callable[..., Page]


@pytest.fixture
def opened(serve, chromium: Browser) -> Iterator[Opener]:
    """Give a function that opens the test page; every page must end without an error."""
    contexts, errors = [], []

    def start(
        query: str = "", *, atlas: str = "small", seen: Callable | None = None, **kind
    ) -> Page:
        url = serve(SERVER, {"FIGURE_ATLAS": atlas} if atlas else {})
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **kind})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if seen:
            page.on("console", seen)
        page.add_init_script(f"({LISTEN})()")
        page.goto(f"{url}/?{query}")
        return page

    yield start
    for context in contexts:
        context.close()
    assert errors == []


def area(page: Page, name: str, view: str = "front") -> Locator:
    return page.locator(f'.mb-svg[data-view="{view}"]').get_by_role("button", name=name, exact=True)


def heard(page: Page, what: str) -> None:
    """Python's own word on the choice, not the figure's."""
    expect(page.get_by_text(f"heard: {what}".strip(), exact=True)).to_be_visible()


def runs(page: Page) -> int:
    return int(page.get_by_text("runs: ").inner_text().removeprefix("runs: "))


def view_button(page: Page, name: str) -> Locator:
    return page.locator(".mb-bar").get_by_role("button", name=name, exact=True)


def focused(page: Page) -> str | None:
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def address(page: Page) -> str:
    return page.url.partition("?")[2]


def test_a_click_chooses_and_the_next_one_lets_go(opened: Opener):
    page = opened()
    lower = area(page, "Lower abdomen")
    expect(lower).to_have_attribute("aria-pressed", "false")
    before = runs(page)
    lower.click()
    expect(lower).to_have_attribute("aria-pressed", "true")
    heard(page, "abdomen.lower|midline")
    expect(page.get_by_text("before: abdomen.lower|midline")).to_be_visible()
    expect(page.locator('[aria-pressed="true"][data-area]')).to_have_count(1)
    assert runs(page) == before + 1
    assert address(page) == "area=abdomen.lower&side=midline"
    area(page, "Upper abdomen").click()
    heard(page, "abdomen.upper|midline")
    expect(lower).to_have_attribute("aria-pressed", "false")
    area(page, "Upper abdomen").click()
    heard(page, "")
    assert address(page) == ""
    page.wait_for_timeout(400)
    assert runs(page) == before + 3


def test_the_address_alone_chooses(opened: Opener):
    page = opened("area=flank,abdomen.lower&side=left,midline")
    expect(page.locator('[aria-pressed="true"][data-area]')).to_have_count(2)
    expect(area(page, "Flank, left")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(area(page, "Lower abdomen")).to_have_attribute("aria-pressed", "true")


def test_a_hostile_address_chooses_nothing_and_says_so(opened: Opener):
    page = opened("area=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&side=left")
    expect(page.get_by_text("problem: The address holds something that is not")).to_be_visible()
    expect(area(page, "Lower abdomen")).to_have_attribute("aria-pressed", "false")
    heard(page, "")


def test_the_keyboard_alone_is_enough(opened: Opener):
    page = opened()
    expect(area(page, "Lower abdomen")).to_be_visible()
    view_button(page, "Male").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('svg').dataset.view") == "front"
    # One stop per view: the next Tab leaves the front for the back.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('svg').dataset.view") == "back"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Home")
    assert focused(page) == "Cheek, left"
    walked = []
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
        walked.append(focused(page))
    assert walked == [
        "Upper abdomen",
        "Lower abdomen",
        "Flank, left",
        "Front of thigh, left",
        "Front of thigh, right",
    ]
    page.keyboard.press("Enter")
    heard(page, "thigh.front|right")
    page.keyboard.press("Space")
    heard(page, "")
    page.keyboard.press("Space")
    heard(page, "thigh.front|right")
    page.keyboard.press("Escape")
    heard(page, "")
    assert focused(page) == "Front of thigh, right"
    expect(page.locator(".mb-ring")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="Nothing chosen.")).to_have_count(1)


def test_an_overtaken_rerun_leaves_the_figure_standing(opened: Opener):
    """Streamlit cleans up after a rerun that a newer one overtook, with the figure still there."""
    page = opened()
    expect(area(page, "Lower abdomen")).to_be_visible()
    stood = page.evaluate(
        """async () => {
          const base = '/_stcore/bidi-components/mesodash.body/';
          const { default: mount } = await import(base + 'index.js');
          const parentElement = document.createElement('div');
          parentElement.innerHTML = '<div class="mb-root"></div>';
          document.body.append(parentElement);
          const data = {
            key: 'other', atlas: '1', seq: 0, chosen: [], figure: 'female', view: 'front',
            views: ['front'], areas: [], values: null, scale: null, marked: [], several: false,
            several_on: false, read_only: false, words: {},
          };
          const bar = () => parentElement.querySelector('.mb-bar');
          const again = () => mount({ data, parentElement, setStateValue() {} });
          const clean = again();
          const first = bar();
          clean();
          again();
          const stood = bar() === first;
          parentElement.remove();
          clean();
          again();
          return [stood, bar() === first];
        }"""
    )
    assert stood == [True, False]


def test_every_area_can_be_walked_to(opened: Opener):
    page = opened(atlas="")
    expect(page.locator("[data-area]").first).to_be_visible()
    lost = page.evaluate(
        """async () => {
          const base = '/_stcore/bidi-components/mesodash.body/';
          const { neighbour } = await import(base + 'keyboard.js');
          const { figures } = await (await fetch(base + 'atlas/atlas.json')).json();
          const keys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];
          const lost = [];
          for (const [sex, views] of Object.entries(figures)) {
            for (const [name, { areas }] of Object.entries(views)) {
              const points = areas.map(({ anchor }) => anchor);
              for (const [start] of points.entries()) {
                const seen = new Set([start]);
                for (const at of seen) for (const key of keys) seen.add(neighbour(points, at, key));
                points.forEach((_, i) => seen.has(i) || lost.push(`${sex} ${name} ${start}-${i}`));
              }
            }
          }
          return lost;
        }"""
    )
    assert lost == []


def test_focus_stays_over_the_rerun(opened: Opener):
    page = opened()
    expect(area(page, "Flank, left")).to_be_visible()
    area(page, "Flank, left").focus()
    marked = page.evaluate("document.activeElement.mark = 'same'")
    page.keyboard.press("Enter")
    heard(page, "flank|left")
    page.wait_for_timeout(300)
    assert (focused(page), page.evaluate("document.activeElement.mark")) == ("Flank, left", marked)


@pytest.mark.parametrize(("view", "viewers_right"), [("front", "left"), ("back", "right")])
def test_a_side_is_the_patients(opened: Opener, view: str, viewers_right: str):
    page = opened()
    name = {"front": "thigh.front", "back": "thigh.back"}[view]
    pair = page.locator(f'[data-view="{view}"] [data-area="{name}"]')
    expect(pair).to_have_count(2)
    boxes = {
        pair.nth(i).get_attribute("data-side"): pair.nth(i).bounding_box()["x"] for i in (0, 1)
    }
    assert max(boxes, key=boxes.get) == viewers_right
    rightmost = page.locator(
        f'[data-view="{view}"] [data-area="{name}"][data-side="{viewers_right}"]'
    )
    rightmost.click()
    heard(page, f"{name}|{viewers_right}")
    letters = page.locator(f'[data-view="{view}"] .mb-letter')
    at = {letters.nth(i).text_content(): letters.nth(i).bounding_box()["x"] for i in (0, 1)}
    assert max(at, key=at.get) == viewers_right[0].upper()


def test_sides_of_the_shipped_atlas(opened: Opener):
    page = opened(atlas="")
    expect(page.locator("[data-area]").first).to_be_visible()
    wrong = page.evaluate(
        """async () => {
          const answer = await fetch('/_stcore/bidi-components/mesodash.body/atlas/atlas.json');
          const { figures } = await answer.json();
          const wrong = [];
          let pairs = 0;
          for (const [sex, views] of Object.entries(figures)) {
            for (const [name, right] of [['front', 'left'], ['face', 'left'], ['back', 'right']]) {
              const { areas, l_label, r_label } = views[name];
              const x = (area, side) =>
                areas.find((drawn) => drawn.area === area && drawn.side === side)?.anchor[0];
              if ((l_label[0] > r_label[0]) !== (right === 'left')) {
                wrong.push(`${sex} ${name} letters`);
              }
              for (const code of new Set(areas.map(({ area }) => area))) {
                const [left, other] = [x(code, 'left'), x(code, 'right')];
                if (left === undefined || other === undefined) continue;
                pairs += 1;
                if ((left > other) !== (right === 'left')) wrong.push(`${sex} ${name} ${code}`);
              }
            }
          }
          return [wrong, pairs > 20];
        }"""
    )
    assert wrong == [[], True]


def test_several(opened: Opener):
    page = opened("case=several")
    area(page, "Lower abdomen").click()
    heard(page, "abdomen.lower|midline")
    area(page, "Flank, left").click(modifiers=["Shift"])
    heard(page, "abdomen.lower|midline flank|left")
    page.get_by_role("button", name="Choose several").click()
    area(page, "Flank, right").click()
    heard(page, "abdomen.lower|midline flank|left flank|right")
    assert address(page).endswith("area=abdomen.lower%2Cflank%2Cflank&side=midline%2Cleft%2Cright")
    area(page, "Lower abdomen").click()
    heard(page, "flank|left flank|right")
    page.get_by_role("button", name="Choose several").click()
    area(page, "Upper abdomen").click()
    heard(page, "abdomen.upper|midline")


def test_where_one_may_be_chosen_shift_makes_no_second(opened: Opener):
    page = opened()
    area(page, "Lower abdomen").click()
    heard(page, "abdomen.lower|midline")
    area(page, "Upper abdomen").click(modifiers=["Shift"])
    heard(page, "abdomen.upper|midline")
    expect(page.get_by_role("button", name="Choose several")).to_be_hidden()


def test_quick_clicks_end_on_the_last(opened: Opener):
    page = opened("case=several")
    expect(area(page, "Lower abdomen")).to_be_visible()
    page.evaluate(
        """() => {
          window.seen = [];
          const chosen = () => [...document.querySelectorAll('[data-area][aria-pressed=true]')]
            .map((area) => area.dataset.area).join();
          new MutationObserver(() => {
            if (window.seen.at(-1) !== chosen()) window.seen.push(chosen());
          }).observe(document.querySelector('.mb-root'), { subtree: true, attributes: true });
        }"""
    )
    for name in ("Lower abdomen", "Upper abdomen", "Flank, left", "Flank, right"):
        area(page, name).click()
    heard(page, "flank|right")
    page.wait_for_timeout(500)
    # No answer to an earlier click brought an earlier choice back, even for a moment.
    sequence = [entry for entry in page.evaluate("window.seen") if entry]
    assert sequence[-1] == "flank"
    assert len(sequence) == len(dict.fromkeys(sequence))


def test_views_and_figures_turn_without_a_rerun_and_are_remembered(opened: Opener):
    page = opened()
    expect(area(page, "Lower abdomen")).to_be_visible()
    before, height = runs(page), page.locator(".mb-root").bounding_box()["height"]
    for name in ("Left", "Face", "Scalp", "Male", "Back", "Front", "Front", "Face"):
        view_button(page, name).click()
        expect(view_button(page, name)).to_have_attribute("aria-pressed", "true")
        assert page.locator(".mb-root").bounding_box()["height"] == height
    page.wait_for_timeout(400)
    assert runs(page) == before
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text(f"runs: {before + 1}")).to_be_visible()
    expect(view_button(page, "Face")).to_have_attribute("aria-pressed", "true")
    area(page, "Chin", "face").click()
    heard(page, "face.chin|midline")
    expect(page.get_by_text("where: male face")).to_be_visible()
    page.reload()
    expect(area(page, "Chin", "face")).to_have_attribute("aria-pressed", "true")
    expect(view_button(page, "Male")).to_have_attribute("aria-pressed", "true")
    # Another patient: what Python asks for now counts, not what was looked at before.
    page.goto(page.url.partition("?")[0] + "?case=male,face")
    expect(view_button(page, "Male")).to_have_attribute("aria-pressed", "true")


def test_two_bodies_where_there_is_room_one_where_there_is_not(opened: Opener):
    page = opened()
    expect(page.locator(".mb-svg")).to_have_count(2)
    view_button(page, "Back").click()
    expect(page.locator(".mb-svg")).to_have_count(1)
    view_button(page, "Back").click()
    expect(page.locator(".mb-svg")).to_have_count(2)
    narrow = opened(viewport={"width": 390, "height": 844})
    expect(narrow.locator(".mb-svg")).to_have_count(1)
    view_button(narrow, "Back").click()
    expect(area(narrow, "Upper back", "back")).to_be_visible()


def test_touch_on_a_phone(opened: Opener):
    page = opened("case=alone", viewport={"width": 390, "height": 844}, has_touch=True)
    area(page, "Lower abdomen").tap()
    heard(page, "abdomen.lower|midline")
    area(page, "Lower abdomen").tap()
    heard(page, "")
    fits = """() => {
      const root = document.querySelector('.mb-root');
      return [document.documentElement.scrollWidth, root.scrollWidth <= root.clientWidth];
    }"""
    assert page.evaluate(fits) == [390, True]
    # The head of the whole body is too small for a finger: it chooses, and brings the face close.
    area(page, "Cheek, left").tap()
    heard(page, "face.cheek|left")
    expect(area(page, "Cheek, left", "face")).to_have_attribute("aria-pressed", "true")
    assert focused(page) == "Cheek, left"


def test_a_finger_just_beside_a_small_area_still_hits_it(opened: Opener):
    page = opened("case=alone", viewport={"width": 390, "height": 844}, has_touch=True)
    box = area(page, "Cheek, left").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] + 3, box["y"] + box["height"] / 2)
    heard(page, "face.cheek|left")


def test_zoom_by_button_and_ctrl_wheel_while_the_page_still_scrolls(opened: Opener):
    page = opened("case=alone", viewport={"width": 1000, "height": 600})
    lower = area(page, "Lower abdomen")
    expect(lower).to_be_visible()
    width = lower.bounding_box()["width"]
    page.get_by_role("button", name="Zoom in").click()
    assert lower.bounding_box()["width"] == pytest.approx(width * 1.5, rel=0.02)
    page.get_by_role("button", name="Whole figure").click()
    assert lower.bounding_box()["width"] == pytest.approx(width, rel=0.02)
    page.locator(".stMain").evaluate("main => main.scrollTo(0, 60)")
    box = lower.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -60)
    page.wait_for_timeout(300)
    assert lower.bounding_box()["y"] > box["y"]
    assert lower.bounding_box()["width"] == pytest.approx(width, rel=0.02)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_timeout(300)
    assert lower.bounding_box()["width"] > width * 2


def test_a_drag_moves_the_enlarged_figure_and_chooses_nothing(opened: Opener):
    page = opened()
    lower = area(page, "Lower abdomen")
    expect(lower).to_be_visible()
    for _ in range(3):
        page.get_by_role("button", name="Zoom in").click()
    frame = page.locator('.mb-svg[data-view="front"]').bounding_box()
    letters = page.locator('[data-view="front"] .mb-letter')
    places = [letters.nth(i).bounding_box()["x"] for i in (0, 1)]
    # Enlarged, the sides are still printed, R at the viewer's left.
    assert frame["x"] < places[0] < places[1] < frame["x"] + frame["width"]
    box = lower.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y - 60, steps=5)
    page.mouse.up()
    assert lower.bounding_box()["y"] == pytest.approx(box["y"] - 60, abs=8)
    page.wait_for_timeout(400)
    heard(page, "")
    lower.click()
    heard(page, "abdomen.lower|midline")


def test_values_speak_and_missing_is_not_zero(opened: Opener):
    page = opened("case=values")
    lower = area(page, "Lower abdomen")
    expect(lower).to_have_attribute("aria-description", "none recorded")
    expect(lower).to_have_attribute("data-value", "none")
    assert lower.get_attribute("fill").startswith("url(#mb-view-")
    upper = area(page, "Upper abdomen")
    expect(upper).to_have_attribute("aria-description", "25 sessions, n 5")
    upper.hover()
    tip = page.locator(".mb-tip")
    expect(tip.locator("strong")).to_have_text("Upper abdomen")
    expect(tip.locator("span")).to_have_text("25 sessions, n 5")
    legend = page.locator(".mb-legend")
    expect(legend).to_have_text("Sessions, last 12 months0214none recorded")


def test_read_only_shows_and_does_not_choose(opened: Opener):
    page = opened("case=read_only,values&area=abdomen.lower&side=midline")
    areas = page.locator("[data-area]")
    expect(areas.first).to_have_attribute("role", "img")
    areas.first.click()
    areas.first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.wait_for_timeout(400)
    heard(page, "abdomen.lower|midline")
    assert runs(page) == 1


def test_the_geometry_travels_once(opened: Opener):
    page = opened(atlas="")
    expect(page.locator(".mb-svg image[href]")).to_have_count(2)
    answers = []
    watching = page.context.new_cdp_session(page)
    watching.send("Network.enable")
    watching.on("Network.responseReceived", lambda event: answers.append(event["response"]))
    page.reload()
    expect(page.locator(".mb-svg image[href]")).to_have_count(2)
    page.locator('[data-view="front"] [data-area="abdomen.lower"]').press("Enter")
    heard(page, "abdomen.lower|midline")
    found = {
        answer["url"].partition("?")[0].rpartition("/")[2]: answer["fromDiskCache"]
        for answer in answers
        if "/atlas/" in answer["url"]
    }
    assert found == {"atlas.json": True, "female-front.webp": True, "female-back.webp": True}


def test_without_the_atlas_a_sentence_and_another_try(opened: Opener):
    page = opened(atlas="broken")
    expect(page.get_by_text("The figure could not be loaded. Try again")).to_be_visible()
    page.route("**/atlas.json*", lambda route: route.fulfill(json=ATLAS))
    page.get_by_role("button", name="Try again").click()
    expect(area(page, "Lower abdomen")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "query", ["case=values,marked,several&area=flank&side=left", "case=face,several"]
)
def test_nothing_is_refused_by_the_policy_and_axe_is_content(
    opened: Opener, scheme: str, query: str
):
    outside = []
    page = opened(query, color_scheme=scheme)
    page.on("request", lambda r: outside.append(r.url) if "127.0.0.1" not in r.url else None)
    page.reload()
    expect(page.locator("[data-area]").first).to_be_visible()
    page.wait_for_timeout(500)
    bare = opened("case=none", color_scheme=scheme)
    expect(bare.get_by_text("no figure here")).to_be_visible()
    bare.wait_for_timeout(500)
    # Streamlit's own page carries an inline script (a flag for crawlers) and asks for WebAssembly;
    # the policy refuses these with or without a figure, and nothing of the figure's.
    assert page.evaluate("window.refused") == bare.evaluate("window.refused")
    assert {"script-src-elem inline"} <= set(page.evaluate("window.refused")) <= STREAMLITS_OWN
    assert [url for url in outside if not url.startswith("blob:")] == []
    found = Axe().run(page, ".mb-root").response
    assert len(found["passes"]) > 5
    grave = [rule for rule in found["violations"] if rule["impact"] in {"serious", "critical"}]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in grave] == []


def test_the_policy_test_is_not_blind(opened: Opener):
    page = opened()
    expect(area(page, "Lower abdomen")).to_be_visible()
    before = page.evaluate("window.refused.length")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'ran = 1'}))"
    )
    assert page.evaluate("[window.refused.length, window.ran ?? null]") == [before + 1, None]


@pytest.mark.parametrize("view", ["Front", "Back", "Left", "Right", "Face", "Scalp"])
def test_every_view_of_the_shipped_atlas_draws(opened: Opener, view: str):
    page = opened(atlas="")
    for figure in ("Male", "Female"):
        view_button(page, figure).click()
        view_button(page, view).click()
        expect(view_button(page, view)).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-area]").first).to_be_visible()
        expect(page.locator(".mb-svg image[href]").first).to_be_attached()
