"""Lessons: every protocol has one on each of its areas, and each statement names its sources."""

import pytest
from tests.sentences import numbers_in

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.teaching.lesson import STEPS, make_lesson
from mesodash.teaching.points import lesson_points
from mesodash.teaching.statements import MOST_LINES, sentences

LONGEST = 330


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


def lesson_of(catalogue, atlas, code, area, side, *, sex="female", country=None):
    protocol, site = catalogue.protocols[code], AreaSide(area, side)
    points = lesson_points(catalogue, atlas, protocol, site, figure=sex)
    return make_lesson(catalogue, protocol, site, points, sex=sex, country=country)


def step(lesson, code):
    return next(one for one in lesson.steps if one.code == code)


def said(lesson, code):
    return [one.text for one in step(lesson, code).statements]


@pytest.mark.slow
def test_every_protocol_on_every_area_says_something_at_each_step(catalogue, atlas, checks):
    drawn = [AreaSide(*pair) for pair in atlas.areas()]
    lessons = [
        lesson_of(catalogue, atlas, code, site.area, site.side)
        for code, protocol in catalogue.protocols.items()
        for site in drawn
        if site.area in catalogue.covered(protocol.areas)
    ]
    with checks("lessons", planned=2 * len(lessons)) as count:
        for lesson in lessons:
            name = f"{lesson.protocol.code} at {lesson.site}"
            codes = [one.code for one in lesson.steps if one.statements]
            count.that(codes == list(STEPS), f"{name}: {codes}")
            every = [one for each in lesson.steps for one in each.statements]
            faults = [
                one.text
                for one in every
                if len(one.lines) > MOST_LINES
                or max(map(len, (one.text, *one.lines))) > LONGEST
                or not set(one.sources) <= set(catalogue.sources)
                or bool(one.sources) == (one.tone == "unknown" and not one.sources)
            ]
            count.that(faults == [], f"{name}: {faults[:3]}")


def test_the_absolute_rules_are_all_said_and_in_order_of_weight(catalogue, atlas):
    lesson = lesson_of(catalogue, atlas, "fat_submental_dc", "neck.submental", "midline")
    rules = catalogue.contraindications_to("fat_submental_dc", "neck.submental")
    wanted = [r.label for r in rules if r.level == "absolute" and r.sex in (None, "female")]
    stops = [one for one in step(lesson, "who").statements if one.text == "Do not treat"]
    told = [line for one in stops for line in one.lines]

    assert len(told) == len(wanted)
    assert all(line.startswith(label) for line, label in zip(told, wanted, strict=True))


def test_a_country_is_told_alone_and_its_ban_stops(catalogue, atlas):
    alone = lesson_of(catalogue, atlas, "fat_pcdc", "abdomen.lower", "midline", country="FR")
    banned = [one for one in step(alone, "consent").statements if one.tone == "stop"]

    assert any(one.text == "Banned: FR" for one in banned)
    everywhere = lesson_of(catalogue, atlas, "fat_pcdc", "abdomen.lower", "midline")
    assert len(said(everywhere, "consent")) > len(said(alone, "consent"))


def test_a_country_without_a_rule_is_said_to_have_none_and_bans_elsewhere_are_told(
    catalogue, atlas
):
    found = lesson_of(catalogue, atlas, "fat_pcdc", "abdomen.lower", "midline", country="ES")
    said_there = said(found, "consent")

    assert any("no rule of ES" in sentence for sentence in said_there)
    assert "Banned: FR" in said_there


def test_a_depth_below_the_dermis_is_said(catalogue, atlas):
    lesson = lesson_of(catalogue, atlas, "face_polyvit", "face.forehead", "midline")
    warned = [one for one in step(lesson, "depth").statements if one.tone == "care"]

    assert [numbers_in(one.text) for one in warned] == [[1.06]]
    assert warned[0].sources == ("MENG22",)


def test_what_no_source_says_is_said_to_be_unknown(catalogue, atlas):
    lesson = lesson_of(catalogue, atlas, "neck_pn", "neck.anterior", "midline")

    tones = {
        name: {one.tone for one in step(lesson, name).statements}
        for name in ("inject", "expect", "mark")
    }
    assert all("unknown" in found for found in tones.values()), tones


def test_danger_zones_are_shown_where_they_are_mapped(catalogue, atlas):
    lesson = lesson_of(catalogue, atlas, "face_polyvit", "face.jawline", "left")
    zones = [one for one in step(lesson, "mark").statements if one.text.startswith("Danger zone")]

    assert {one.text for one in zones} == {
        "Danger zone: Facial artery",
        "Danger zone: Marginal mandibular nerve (facial nerve)",
    }
    assert all(one.tone == "care" and one.lines and one.sources for one in zones)
    assert said(lesson, "mark")[-1] == "What else runs here is not mapped."
    every = [text for one in lesson.steps for text in (*said(lesson, one.code),)]
    assert not any("is safe" in text for text in every)


def test_a_vessel_within_reach_of_the_depth_is_told(catalogue, atlas):
    lesson = lesson_of(catalogue, atlas, "face_polyvit", "face.forehead", "midline")
    (reached,) = [one for one in step(lesson, "depth").statements if one.tone == "stop"]

    assert reached.text == "May lie within reach of this depth"  # 2-4 mm; from 2.14 and 1.94 mm
    assert reached.lines == (
        "Supraorbital artery: 3.54 mm deep (SD 0.8), n 41",
        "Supratrochlear artery: 3.34 mm deep (SD 0.6), n 41",
    )
    assert reached.sources == ("GLABELLA20",)


def test_a_vessel_below_the_depth_is_told_apart(catalogue, atlas):
    lesson = lesson_of(catalogue, atlas, "face_ncha", "face.cheek", "left")  # 1-4 mm

    assert said(lesson, "depth")[-1] == "Below it run"
    assert step(lesson, "depth").statements[-1].lines == (
        "Angular artery: 4.68 mm deep on average (95 % interval 4.04 to 5.31), n 414",
    )
    assert "May lie within reach of this depth" not in said(lesson, "depth")


def test_nothing_is_said_to_lie_below_a_depth_that_no_source_gives(catalogue, atlas):
    lesson = lesson_of(catalogue, atlas, "migraine_chronic", "face.temple", "left")

    assert "Below it run" not in said(lesson, "depth")
    last = step(lesson, "depth").statements[-1]
    assert (last.tone, last.sources) == ("care", ("TEMPLE_US", "TEMPLE_BOOK"))


def test_sentences_end_where_they_end():
    first, second = "VYC-12, n=131: 96.2 % at 1 month.", "CPM-HA20G: with a 30G 0.5 inch needle"
    assert list(sentences(f"{first} {second}")) == [first, f"{second}."]
