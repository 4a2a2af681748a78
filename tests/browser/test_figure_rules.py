"""House rules of the figure in Chromium: reruns, what travels, the policy, accessibility."""

import pytest
from playwright.sync_api import Page, Route, WebSocket, expect
from tests.browser.apps.small_atlas import ATLAS
from tests.browser.figure_page import Opener, area, heard
from tests.browser.looks import THEMES, axe, turn

# What one choice may move, in bytes: the names of all areas come back with it, and no geometry.
MOST_ASKED = 1_000
MOST_ANSWERED = 20_000
STREAMLITS_OWN = {"script-src-elem inline", "script-src wasm-eval"}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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
            views: ['front'], tones: ['II'], tone: 'II',
            areas: [], values: null, scale: null, marked: [], several: false,
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
    pictures = {f"female-{view}-phototype_II.webp": True for view in ("front", "back")}
    assert found == {"atlas.json": True, **pictures}


def test_a_choice_moves_little_over_the_websocket(opened: Opener):
    sent, received = [], []

    def listen(page: Page) -> None:
        def started(socket: WebSocket) -> None:
            socket.on("framesent", lambda frame: sent.append(as_bytes(frame)))
            socket.on("framereceived", lambda frame: received.append(as_bytes(frame)))

        page.on("websocket", started)

    page = opened(atlas="", before=listen)
    expect(page.locator(".mb-svg image[href]")).to_have_count(2)
    lower = page.locator('[data-view="front"] [data-area="abdomen.lower"]')
    path = lower.get_attribute("d").encode()
    # Not blind: Python did speak of this area here, and of no line of its border.
    everything = b"".join(received)
    assert b"abdomen.lower|midline" in everything
    assert path[:40] not in everything
    before = (len(sent), len(received))
    lower.press("Enter")
    heard(page, "abdomen.lower|midline")
    asked = sent[before[0] :]
    answered = received[before[1] :]
    assert any(b"abdomen.lower|midline" in frame for frame in asked)
    assert any(b"abdomen.lower|midline" in frame for frame in answered)
    assert path[:40] not in b"".join(answered)
    assert sum(map(len, asked)) < MOST_ASKED
    assert sum(map(len, answered)) < MOST_ANSWERED


def as_bytes(frame: str | bytes) -> bytes:
    return frame if isinstance(frame, bytes) else frame.encode()


def test_without_the_atlas_a_sentence_and_another_try(opened: Opener):
    page = opened(atlas="broken")
    expect(page.get_by_text("The figure could not be loaded. Try again")).to_be_visible()
    page.route("**/atlas.json*", lambda route: route.fulfill(json=ATLAS))
    page.get_by_role("button", name="Try again").click()
    expect(area(page, "Lower abdomen")).to_be_visible()


def test_before_the_body_is_drawn_there_is_no_button_to_find(opened: Opener):
    page = opened()
    expect(area(page, "Lower abdomen")).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/atlas.json*", hold)
    page.reload()
    buttons = page.locator(".mb-root button")
    expect(page.locator(".mb-root.mb-undrawn")).to_be_attached()
    assert buttons.count() > 0
    assert buttons.filter(visible=True).count() == 0
    found = axe(page, ".mb-root")["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in {"serious", "critical"}] == []

    expect(page.locator(".mb-root[aria-busy]")).to_be_attached()
    for route in held:
        route.continue_()
    expect(area(page, "Lower abdomen")).to_be_visible()
    assert buttons.filter(visible=True).count() > 3


@pytest.mark.parametrize(
    "query",
    [
        "case=values,marked,several&area=flank&side=left",
        "case=face,several",
        "case=states,points&area=abdomen.lower&side=midline",
        "case=placing&placed=front:0:0,front:0.5:0.5",
    ],
)
def test_nothing_is_refused_by_the_policy_and_axe_is_content(opened: Opener, query: str):
    outside = []

    def listen(page: Page) -> None:
        page.on("request", lambda r: outside.append(r.url) if "127.0.0.1" not in r.url else None)

    page = opened(query, before=listen)
    bare = opened("case=none")
    expect(bare.get_by_text("no figure here")).to_be_visible()
    for theme in THEMES:
        turn(bare, theme)
        page.bring_to_front()
        expect(page.locator("[data-area]").first).to_be_visible()
        turn(page, theme)
        found = axe(page, ".mb-root")
        assert len(found["passes"]) > 5
        grave = [one for one in found["violations"] if one["impact"] in {"serious", "critical"}]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in grave] == [], theme
        # Streamlit's own page carries an inline script (a flag for crawlers) and asks for
        # WebAssembly; the policy refuses these with or without a figure, and nothing of its own.
        assert page.evaluate("window.refused") == bare.evaluate("window.refused")
        assert {"script-src-elem inline"} <= set(page.evaluate("window.refused")) <= STREAMLITS_OWN
    assert [url for url in outside if not url.startswith("blob:")] == []


def test_the_policy_test_is_not_blind(opened: Opener):
    page = opened()
    expect(area(page, "Lower abdomen")).to_be_visible()
    before = page.evaluate("window.refused.length")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'ran = 1'}))"
    )
    assert page.evaluate("[window.refused.length, window.ran ?? null]") == [before + 1, None]
