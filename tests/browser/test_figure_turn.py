"""The body in three dimensions in Chromium, which draws it without a graphics card."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from shapely.geometry import Point, Polygon
from tests.browser.figure_page import Opener, area, focused, heard, runs, view_button
from tests.browser.looks import THEMES, axe, turn

from mesodash.bodymap.atlas import load_atlas, most_skin_first
from mesodash.bodymap.choice import AreaSide

ROOT = Path(__file__).parents[2]
MESH = ROOT / "src" / "mesodash" / "bodymap" / "frontend" / "turn" / "body.mesh"
FRAMES = ("front", "back", "face", "scalp", "face_below")
POINTS = 200
FROM_BORDER = 2.5
"""Pixels of a view; the drawings' borders are smoothed."""
SMALL = {"reduced_motion": "reduce", "viewport": {"width": 800, "height": 600}}
"""Each picture is drawn by the processor: a small one, and no more of them than needed."""
NO_WEBGL = """() => {
  const given = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith('webgl') ? null : given.call(this, kind, ...more);
  };
}"""

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def pad(page: Page) -> Locator:
    return page.locator(".mb-pad")


def turned(opened: Opener, query: str = "", **kind) -> Page:
    """The page with the Turn view open and drawn."""
    page = opened(query, atlas="", **SMALL, **kind)
    expect(page.locator("[data-area]").first).to_be_visible()
    view_button(page, "Turn").click()
    expect(pad(page)).to_be_visible()
    expect(page.locator(".mb-canvas[data-points]")).to_be_attached()
    return page


def snap(page: Page, name: str) -> None:
    button = page.locator(".mb-snaps").get_by_role("button", name=name, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def outline(shape):
    found = Polygon()
    for ring in shape.rings():
        found = found.symmetric_difference(Polygon(ring).buffer(0))
    return found


def points_of(atlas, view, rng, count: int) -> list[tuple[AreaSide, float, float]]:
    """Random points in the areas that a view shows most of, as shares of its frame."""
    sites = [AreaSide(shape.area, shape.side) for shape in view.areas]
    best = [most_skin_first(atlas, view.figure, site)[0] for site in sites]
    insides = [
        (site, inside)
        for site, (most, shape) in zip(sites, best, strict=True)
        if most is view and not (inside := outline(shape).buffer(-FROM_BORDER)).is_empty
    ]
    found = []
    while len(found) < count:
        site, inside = insides[rng.integers(len(insides))]
        left, top, right, bottom = inside.bounds
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        if inside.contains(Point(x, y)):
            found.append((site, x / view.width - 0.5, 0.5 - y / view.height))
    return found


PICK = """async ([figure, asked]) => {
  const base = '/_stcore/bidi-components/mesodash.body/turn/';
  const { fetchBody } = await import(base + 'mesh.js');
  const { Eye } = await import(base + 'camera.js');
  const body = await fetchBody('1');
  return asked.map(([view, across, up]) => {
    const [azimuth, height, x, y, z, wide, tall] = body.header.frames[figure][view];
    const eye = new Eye({ azimuth, height, target: [x, y, z], tall }, () => {});
    const { from, along } = eye.line(across * wide, up * tall);
    return body.pick(figure, from, along)?.area ?? null;
  });
}"""


@pytest.mark.parametrize("figure", ["female", "male"])
def test_what_the_page_picks_is_what_the_drawing_has_there(opened: Opener, figure: str):
    """By the page's own eye and its own search for the triangle that is met first."""
    page = opened("case=none")
    atlas, rng = load_atlas(), np.random.default_rng(8)
    asked = [
        (name, *point)
        for name in FRAMES
        for point in points_of(atlas, atlas.view(figure, name), rng, POINTS // len(FRAMES))
    ]

    found = page.evaluate(PICK, [figure, [[name, x, y] for name, _, x, y in asked]])

    assert len(found) == POINTS
    wrong = [
        (name, str(site), here)
        for (name, site, _, _), here in zip(asked, found, strict=True)
        if here != str(site)
    ]
    assert wrong == []


def test_a_side_is_the_patients(opened: Opener):
    page = turned(opened, "case=alone")
    for name, viewers_right in (("Front", "left"), ("Back", "right")):
        snap(page, name)
        # The button is pressed at once; the letters come with the picture that was asked for.
        expect(page.locator(".mb-sides span").nth(1)).to_have_text(viewers_right[0].upper())
        box = pad(page).bounding_box()
        middle, knee = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.7
        page.mouse.click(middle + box["height"] * 0.08, knee)
        expect(page.get_by_text("heard: ")).to_contain_text(f"|{viewers_right}")
        chosen = page.locator('.mb-turn-areas [aria-pressed="true"]')
        expect(chosen).to_have_count(1)
        expect(chosen).to_have_attribute("data-side", viewers_right)


def test_by_keyboard_alone(opened: Opener):
    page = opened("case=alone,several", atlas="", **SMALL)
    view_button(page, "Turn").press("Enter")
    expect(pad(page)).to_be_visible()
    front = page.locator(".mb-snaps").get_by_role("button", name="Front", exact=True)
    expect(front).to_have_attribute("aria-pressed", "true")
    pad(page).focus()
    page.keyboard.press("ArrowLeft")
    expect(front).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="Zoom out")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="Zoom out")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("-")
    expect(page.get_by_role("button", name="Zoom out")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Tab")
    first = focused(page)
    page.keyboard.press("ArrowRight")
    second = focused(page)
    assert first
    assert second not in (first, None)
    expect(page.locator(".mb-tip strong")).to_have_text(second)
    page.keyboard.press("Enter")
    button = page.locator('.mb-turn-areas [aria-pressed="true"]')
    expect(button).to_have_attribute("aria-label", second)
    site = f"{button.get_attribute('data-area')}|{button.get_attribute('data-side')}"
    heard(page, site)
    assert focused(page) == second
    page.keyboard.press("End")
    page.keyboard.press("Control+Enter")
    expect(page.locator('.mb-turn-areas [aria-pressed="true"]')).to_have_count(2)
    page.keyboard.press("Escape")
    heard(page, "")
    # Back to the drawings, which show the same choice.
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    expect(page.locator('.mb-turn-areas [aria-pressed="true"]')).to_have_count(1)
    view_button(page, "Front").press("Enter")
    expect(page.locator('.mb-svg[data-view="front"]')).to_be_visible()
    expect(pad(page)).to_have_count(0)


def test_turning_by_hand_takes_no_click_and_no_rerun(opened: Opener):
    page = turned(opened, "case=alone")
    before = runs(page)
    box = pad(page).bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 200, middle[1] + 20, steps=4)
    page.mouse.up()
    lit = page.locator('.mb-snaps [aria-pressed="true"]')
    expect(lit).to_have_count(0)
    # Turned by a quarter, the figure shows the patient's right at no edge of its own.
    expect(page.locator(".mb-sides")).to_have_text("")
    snap(page, "Back")
    expect(lit).to_have_text("Back")
    expect(page.locator(".mb-sides")).to_have_text("LR")
    assert runs(page) == before
    heard(page, "")


def test_it_fills_the_screen_of_a_room_and_areas_are_chosen_there(opened: Opener):
    page = turned(opened, "case=alone")
    full = page.locator(".mb-turn-row").get_by_role("button", name="Full screen", exact=True)
    full.click()
    page.wait_for_function("document.fullscreenElement?.classList.contains('mb-root')")
    expect(full).to_have_attribute("aria-pressed", "true")
    snap(page, "Back")
    buttock = page.locator('.mb-turn-areas [data-area="buttock"][data-side="left"]')
    buttock.press("Enter")
    expect(buttock).to_have_attribute("aria-pressed", "true")
    full.click()
    page.wait_for_function("document.fullscreenElement === null")
    heard(page, "buttock|left")


def test_points_lie_on_the_skin_as_many_as_are_said(opened: Opener):
    page = turned(opened, "case=points,alone,count&at=face.cheek|left&at=abdomen.lower|midline")
    canvas = page.locator(".mb-canvas")
    expect(canvas).to_have_attribute("data-points", "24")
    cheek = page.locator('.mb-turn-areas [data-area="face.cheek"][data-side="left"]')
    assert "12 points" in cheek.get_attribute("aria-description")


def test_what_is_placed_on_a_drawing_is_shown_on_the_skin(opened: Opener):
    page = opened("case=placing&placed=front:0:0,front:0.3:0.2", atlas="", **SMALL)
    expect(page.locator(".mb-placed")).to_be_attached()
    view_button(page, "Turn").click()
    expect(page.locator(".mb-canvas")).to_have_attribute("data-points", "2")
    expect(page.get_by_text("Points are placed on the drawings")).to_be_visible()


def test_without_webgl_the_drawings_and_a_sentence(opened: Opener):
    page = opened(
        "case=alone", atlas="", before=lambda page: page.add_init_script(f"({NO_WEBGL})()")
    )
    expect(page.locator("[data-area]").first).to_be_visible()
    view_button(page, "Turn").click()
    expect(
        page.locator(".mb-foot").get_by_text("This browser cannot draw in three")
    ).to_be_visible()
    expect(page.locator('.mb-svg[data-view="front"]')).to_be_visible()
    expect(view_button(page, "Turn")).to_have_count(0)
    area(page, "Lower abdomen").click()
    heard(page, "abdomen.lower|midline")


def test_nothing_of_it_is_fetched_before_it_is_opened(opened: Opener):
    fetched = []
    page = opened(
        "case=alone",
        atlas="",
        before=lambda page: page.on("request", lambda asked: fetched.append(asked.url)),
    )
    expect(page.locator(".mb-svg image[href]").first).to_be_visible()
    assert [url for url in fetched if "/turn/" in url] == []
    view_button(page, "Turn").click()
    expect(pad(page)).to_be_visible()
    names = {url.partition("?")[0].rpartition("/")[2] for url in fetched if "/turn/" in url}
    assert names >= {"three.mjs", "turn.js", "body.mesh"}


def test_axe_is_content_and_nothing_is_refused_by_the_policy(opened: Opener):
    page = turned(opened, "case=values,states,several,alone&area=flank&side=left")
    for theme in THEMES:
        turn(page, theme)
        expect(pad(page)).to_be_visible()
        found = axe(page, ".mb-root")
        assert len(found["passes"]) > 5
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == [], theme
    refused = set(page.evaluate("window.refused"))
    assert refused <= {"script-src-elem inline", "script-src wasm-eval"}


def test_the_view_is_remembered_and_an_area_of_the_address_turns_to_the_eye(opened: Opener):
    page = turned(opened, "case=alone")
    page.reload()
    expect(pad(page)).to_be_visible()
    page.goto(page.url.partition("?")[0] + "?case=alone&area=buttock&side=left")
    expect(pad(page)).to_be_visible()
    expect(page.locator('.mb-turn-areas [aria-pressed="true"]')).to_have_attribute(
        "data-area", "buttock"
    )
    # Seen from behind, the patient's left is at the viewer's left.
    expect(page.locator(".mb-sides")).to_have_text("LR")


def test_the_browser_cuts_the_mesh_as_the_tool_does(opened: Opener):
    """The same triangles, areas and places, worked out by two languages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tools" / "turn"))
        import turn_file

        mesh = turn_file.unpacked(MESH.read_bytes())
    sys.modules.pop("turn_file", None)
    page = opened("case=none")
    told = json.loads(
        page.evaluate(
            """async () => {
              const { fetchBody } =
                await import('/_stcore/bidi-components/mesodash.body/turn/mesh.js');
              const body = await fetchBody('1');
              const { corners, labels } = body.cut;
              const { points } = body.shape('male');
              let sum = 0;
              for (let i = 0; i < corners.length; i += 1) sum += corners[i] * ((i % 7) + 1);
              let places = 0;
              for (let i = 0; i < points.length; i += 1) places += points[i] * ((i % 5) + 1);
              const counts = new Array(128).fill(0);
              for (const label of labels) counts[label] += 1;
              return JSON.stringify({ sum, places, counts });
            }"""
        )
    )
    cut = mesh.cut()
    flat = cut.corners.ravel()
    assert told["sum"] == int((flat * (np.arange(len(flat)) % 7 + 1)).sum())
    assert told["counts"] == np.bincount(cut.labels, minlength=128).tolist()
    points = cut.points(mesh.points("male")).astype(np.float32).ravel().astype(float)
    expected = float((points * (np.arange(len(points)) % 5 + 1)).sum())
    assert told["places"] == pytest.approx(expected, abs=0.5)
