"""The skin in section as drawn for every lesson: its type is large, whole and apart.

The drawing alone is opened in the size that it has on a stage, without the app around it.
"""

import json
from pathlib import Path

import pytest

from mesodash.language import _, decimal_sign, use_language
from mesodash.ui.lessons.lesson_page import SEXES, WORDS, lesson_sites, skin_payload

STAGE = Path(__file__).parents[2] / "src" / "mesodash" / "ui" / "lessons" / "stage"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="stage.css">
<div class="ls-root" style="--st-font: sans-serif; width: {width}px; max-width: none">
<div class="ls-stage with-skin" style="height: {height}px; aspect-ratio: auto; border: 0">
<div></div><div class="ls-said"><div style="height: 5.2cqw"></div>
<div class="ls-words"><h2 class="ls-text">Two lines<br>of a head</h2></div>
<div style="height: 4cqw"></div></div></div></div>"""
# Draws every skin at every position and returns of each drawing what is wrong.
DRAWN = """async ([skins, words, decimal, least]) => {
  const { Section } = await import("./section.js");
  const { decimals } = await import("./dom.js");
  decimals(decimal);
  const place = document.querySelector(".ls-words");
  const drawings = [];
  for (const skin of skins) {
    const section = new Section(skin, words);
    place.append(section.element);
    const { angle: opens, inserted: into, longest } = skin.needle;
    for (const [angle, inserted] of [[opens, into], [5, 0.1], [5, longest], [30, longest / 2],
                                     [60, longest], [90, 0.1], [90, longest]]) {
      section.angle = angle;
      section.inserted = inserted;
      section.draw();
      const around = section.svg.getBoundingClientRect();
      const texts = [...section.svg.querySelectorAll("text")].map((text) => {
        const box = text.getBoundingClientRect();
        return { said: text.textContent, box, px: 23.5 * text.getScreenCTM().a };
      });
      const wrong = [];
      const told = (what) => wrong.push(what);
      drawings.push([`${skin.title}, ${angle} degrees, ${inserted} mm`, wrong]);
      for (const { said, box, px } of texts) {
        if (px < least) told(`${said} is ${px} px`);
        if (box.left < around.left || box.right > around.right || box.bottom > around.bottom + 1
            || box.top < around.top) told(`${said} is cut`);
      }
      texts.forEach((one, i) => texts.slice(i + 1).forEach((other) => {
        const [a, b] = [one.box, other.box];
        // Boxes have room above and below their letters, which may touch.
        if (a.left < b.right && b.left < a.right && a.top + 4 < b.bottom && b.top + 4 < a.bottom)
          told(`${one.said} lies on ${other.said}`);
      }));
    }
    section.destroy();
    section.element.remove();
  }
  return drawings;
}"""


def skins(catalogue) -> list[dict]:
    """The sections of all lessons, each once, without what a technique moves."""
    found = {}
    for protocol in catalogue.protocols.values():
        for site in lesson_sites(catalogue, protocol):
            for sex in SEXES:
                skin = skin_payload(catalogue, protocol, site, sex)
                found[json.dumps({**skin, "title": ""}, sort_keys=True)] = skin
    return list(found.values())


@pytest.mark.parametrize(("width", "height", "least"), [(1280, 720, 21.0), (390, 844, 15.0)])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_name_of_a_section_is_small_cut_or_on_another(
    chromium, catalogue, checks, language, width, height, least
):
    with use_language(language):
        every = skins(catalogue)
        words = {name: _(text) for name, text in WORDS.items()}
        sign = decimal_sign()
    context = chromium.new_context(viewport={"width": width, "height": height})
    page = context.new_page()

    def served(route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        if name:
            route.fulfill(path=STAGE / name)
        else:
            route.fulfill(body=PAGE.format(width=width, height=height), content_type="text/html")

    page.route("http://stage.test/**", served)
    page.goto("http://stage.test/")
    drawings = page.evaluate(DRAWN, [every, words, sign, least])
    context.close()
    with checks("sections without small, cut or covered names", planned=7 * len(every)) as count:
        for name, wrong in drawings:
            count.that(not wrong, f"{name}: {wrong}")
