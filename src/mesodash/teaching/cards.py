"""A protocol on one A5 card, and all of them as a booklet: PDF, set by typst.

A card contains what the lesson says (`lesson.make_lesson`), with the sources in full. The
template reads no file and no system font; all words come as data.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final, Literal
from xml.etree import ElementTree as ET

import typst

from mesodash.bodymap.atlas import DEFAULT, Atlas, most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.picture.svg_parts import embedded
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.consult.danger_zones import NOT_MAPPED, NOT_SAFE, structures_at
from mesodash.language import _, catalogue_text, current, format_day, format_trimmed, units_together
from mesodash.teaching.lesson import Lesson, LessonStep, make_lesson
from mesodash.teaching.points import LessonPoints, box_of, drawn_zones, lesson_points
from mesodash.teaching.skin_section import (
    NeedleStart,
    needle_start,
    section_svg,
    skin_bands,
)
from mesodash.teaching.statements import Statement

TEMPLATE: Final = Path(__file__).parent / "templates" / "card.typ"


@dataclass(frozen=True, slots=True)
class TaughtCard:
    """What one card shows: a lesson and the points on its area."""

    lesson: Lesson
    points: LessonPoints


def cards(
    wanted: Sequence[TaughtCard],
    *,
    catalogue: Catalogue,
    atlas: Atlas,
    made_on: date,
    version: str,
    form: Literal["pdf", "png"] = "pdf",
) -> list[bytes]:
    """Set cards, a page of A5 each, in the language in use.

    Args:
        wanted: the lessons, in the order of the pages.
        catalogue: for the sources.
        atlas: for the figure.
        made_on: the day printed on each.
        version: of mesodash.
        form: one PDF, or a PNG a page.

    Raises:
        KeyError: a protocol or area that is not in the catalogue.
    """
    foot = _("mesodash {version}, {day}. What sources reported; never advice.").format(
        version=version, day=format_day(made_on, "long")
    )
    data = {
        "lang": current().code,
        "foot": foot,
        "title": _("Protocols on cards"),
        "cards": [_facts(one, catalogue, atlas) for one in wanted],
    }
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=True)
    pages = compiler.compile(
        format=form,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=datetime.combine(made_on, time(12), tzinfo=UTC),
    )
    return [pages] if isinstance(pages, bytes) else list(pages or ())


def taught_card(
    catalogue: Catalogue,
    atlas: Atlas,
    protocol: Protocol,
    site: AreaSide,
    *,
    sex: str,
    country: str | None,
) -> TaughtCard:
    """The card of a protocol on an area, for one sex, with the warnings of a country."""
    points = lesson_points(catalogue, atlas, protocol, site, figure=sex)
    lesson = make_lesson(catalogue, protocol, site, points, sex=sex, country=country)
    return TaughtCard(lesson, points)


def _facts(card: TaughtCard, catalogue: Catalogue, atlas: Atlas) -> dict[str, Any]:
    lesson, p = card.lesson, card.lesson.protocol
    steps = {step.code: step for step in lesson.steps}
    bands = skin_bands(catalogue, lesson.site.area, lesson.sex)
    start = needle_start(catalogue, p, bands)
    given = start.angle_is_given and start.depth_is_given
    drawn = {
        "figure": _figure(card, catalogue, atlas),
        "section": section_svg(bands, start) if bands and given else None,
    }
    said: dict[str, Any] = units_together(
        {
            "label": catalogue_text("protocols", p.code, "label", p.label),
            "where": catalogue.label(lesson.site.area, lesson.site.side),
            "evidence": _("Evidence {letter}").format(letter=p.evidence),
            "section_words": _section_words(catalogue, card, start),
            "facts": list(_rows(catalogue, steps, card)),
            "stop": [_("Do not treat"), _forbidden(steps["who"])],
            "care": [_("Consent and country"), _listed(steps["consent"], "care", "stop")],
            "signs": [_("Warning signs"), _signs(steps["warning"])],
            "sources": [_("Sources"), _sources(catalogue, lesson)],
        }
    )
    return drawn | said


def _rows(
    catalogue: Catalogue, steps: dict[str, LessonStep], card: TaughtCard
) -> Iterable[list[str]]:
    """Name and words of each figure of the card; what no source gives is left out."""
    p = card.lesson.protocol
    first = {code: step.statements[0] for code, step in steps.items()}
    if p.mix:
        yield [_("Mixture"), catalogue_text("protocols", p.code, "mix", p.mix)]
    names = [catalogue.techniques[code] for code in p.techniques]
    if names:
        labels = [catalogue_text("techniques", one.code, "label", one.label) for one in names]
        yield [_("Technique"), ", ".join(labels)]
    yield [_("Inject"), _joined(first["inject"])]
    yield [_("Depth"), _joined(first["depth"])]
    if p.needle:
        yield [_("Needle"), p.needle]
    yield [_("Danger zones"), _zones(catalogue, card)]
    courses = [f"{one.what}: {one.text}" if one.what else one.text for one in p.schedules]
    if courses:
        yield [_("Course"), "; ".join(courses)]


def _zones(catalogue: Catalogue, card: TaughtCard) -> str:
    """Each mapped structure with how near the skin it may lie; that nothing is mapped, else."""
    found = structures_at(catalogue, card.lesson.site)
    said = [
        one.label
        if one.nearest is None
        else _("{structure} (from {mm} mm)").format(
            structure=one.label, mm=format_trimmed(one.nearest.nearest_mm or 0.0)
        )
        for one in found
    ]
    return "; ".join(said) if said else f"{_(NOT_MAPPED)} {_(NOT_SAFE)}"


def _joined(one: Statement) -> str:
    """A statement in a row: what precedes its colon is already the row's name."""
    said = one.text.split(": ", 1)[-1]
    return "; ".join((said[:1].upper() + said[1:], *one.lines))


def _listed(step: LessonStep, *tones: str) -> list[str]:
    """The lines of a step's statements in these tones, under each heading once."""
    chosen = [one for one in step.statements if one.tone in tones]
    heads = dict.fromkeys(one.text for one in chosen)
    said = {
        head: " ".join(line for one in chosen if one.text == head for line in one.lines)
        for head in heads
    }
    return [f"{head}: {lines}" if lines else head for head, lines in said.items()]


def _forbidden(step: LessonStep) -> list[str]:
    """Each illness of the absolute rules, and each sign that stops with what to do."""
    stops = [one for one in step.statements if one.tone == "stop"]
    rules = [line for one in stops if one.text == _("Do not treat") for line in one.lines]
    signs = [one for one in stops if one.text != _("Do not treat")]
    return [*rules, *(": ".join((one.text, *one.lines)) for one in signs)]


def _signs(step: LessonStep) -> list[str]:
    return [": ".join((one.text, *one.lines)) for one in step.statements if one.tone == "stop"]


def _section_words(catalogue: Catalogue, card: TaughtCard, start: NeedleStart) -> str:
    """What the section shows; where it is not drawn, why: nothing in it may be a guess."""
    if not (start.depth_is_given or start.angle_is_given):
        return _("Skin in section not drawn: no source gives depth in mm or angle.")
    if not start.depth_is_given:
        return _("Skin in section not drawn: no source gives the depth in mm.")
    if not start.angle_is_given:
        return _("Skin in section not drawn: no source gives the angle.")
    bands = skin_bands(catalogue, card.lesson.site.area, card.lesson.sex)
    if not bands:
        return _("Skin in section not drawn: the skin was not measured here.")
    names = {"epidermis": _("epidermis"), "dermis": _("dermis"), "skin": _("skin"), "fat": _("fat")}
    said = [
        _("{layer} {mm} mm").format(layer=names[band.layer], mm=format_trimmed(band.mm))
        for band in bands
        if band.mm is not None
    ]
    return ", ".join(said)


def _sources(catalogue: Catalogue, lesson: Lesson) -> list[str]:
    zones = (key for one in structures_at(catalogue, lesson.site) for key in one.sources)
    keys = dict.fromkeys((*lesson.protocol.sources, *zones))
    return [f"{key}: {catalogue.sources[key].text}" for key in keys]


def _figure(card: TaughtCard, catalogue: Catalogue, atlas: Atlas) -> str | None:
    """The area on the figure with its points, cut as on the stage; None where it is not drawn."""
    site = card.lesson.site
    seen = most_skin_first(atlas, card.lesson.sex, site)
    if not seen:
        return None
    view, shape = seen[0]
    x, y, wide, tall = box_of(view, shape)
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"})
    root.set("viewBox", f"{x:g} {y:g} {wide:g} {tall:g}")
    image = ET.SubElement(root, "image", width=str(view.width), height=str(view.height))
    image.set("href", embedded(DEFAULT.parent / Path(view.picture).name))
    unit = wide / 590
    cut = ET.SubElement(root, "clipPath", id="cut")
    ET.SubElement(cut, "path", d=shape.path)
    area = {"d": shape.path, "fill": "#0f766e", "fill-opacity": "0.25", "stroke": "#064b45"}
    ET.SubElement(root, "path", {**area, "stroke-width": f"{2.4 * unit:.3f}"})
    zones = catalogue.danger_zones_at(site.area, site.side)
    for strip in drawn_zones(view, shape, zones):
        dashed = {"d": strip.path, "fill": "#b3261e", "fill-opacity": "0.16", "stroke": "#8c1d18"}
        dashed |= {"stroke-width": f"{2 * unit:.3f}", "stroke-dasharray": f"{7 * unit:.2f}"}
        ET.SubElement(root, "path", dashed | ({"clip-path": "url(#cut)"} if strip.inside else {}))
    layer = next((one for one in card.points.layers if one.view == view.name), None)
    for px, py in layer.points if layer else ():
        dot = {"cx": f"{px:.2f}", "cy": f"{py:.2f}", "r": f"{max(4 * unit, 1.2):.2f}"}
        ET.SubElement(root, "circle", {**dot, "fill": "#06302d"})
    return ET.tostring(root, encoding="unicode")
