"""The page of one lesson: reads its address, draws the stage or the notes, keeps the address.

A whole lesson travels at once (`lesson_payload`): steps, figure, skin and words.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from mesodash import __version__
from mesodash.bodymap.atlas import DEFAULT, Atlas, Point, most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.component import TURN_WORDS, mesh_version
from mesodash.bodymap.figure.component import WORDS as FIGURE_WORDS
from mesodash.bodymap.mesh_places import drawn_mesh
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.consult.danger_zones import structures_at
from mesodash.documents.small_groups import suppressed
from mesodash.language import (
    N_,
    _,
    catalogue_text,
    decimal_sign,
    format_list,
    keep_units_together,
    pgettext,
    units_together,
)
from mesodash.reports.core.filters import Filters
from mesodash.teaching.cards import cards, taught_card
from mesodash.teaching.lesson import STEPS, Lesson, make_lesson
from mesodash.teaching.points import LessonPoints, box_of, drawn_zones, lesson_points
from mesodash.teaching.skin_section import NeedleStart, SkinBand, needle_start, skin_bands
from mesodash.teaching.statements import Statement
from mesodash.ui.body_map.card_lines import seen_here
from mesodash.ui.parts import area_choice, markup, phrases
from mesodash.ui.protocols.protocol_card import source_words
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

STAGE = "lesson_stage"
SEXES = {"female": N_("Female figure"), "male": N_("Male figure")}
_HEARD = "lesson_heard"
_PLACE = '<div class="ls-root" style="min-height: 34rem; visibility: hidden"></div>'

# The words on the stage and for screen readers; {names} are filled in by the browser.
WORDS: Mapping[str, str] = {
    "lesson": N_("Lesson: {title}, {where}"),
    "steps": N_("Steps"),
    "of": N_("{n} of {of} · {title}"),
    "part": N_("{n} of {of} statements"),
    "points": N_("{n} of {of} points"),
    "points_seen": N_("{n} of {of} points in this view"),
    "ml": N_("{ml} mL"),
    "ml_of": N_("{ml} of {of} mL"),
    "sources": N_("Sources"),
    "no_source": N_("No source: not known, from the figure, or counted in this clinic."),
    "notes": N_("Notes"),
    "full": N_("Full screen"),
    "turn": N_("Turn"),
    "then": N_("Next: {text}"),
    "last": N_("This is the last statement."),
    "start": N_("Start the timer"),
    "stop": N_("Stop the timer"),
    "reset": N_("Set to zero"),
    "no_figure": N_("This area is not on the figure."),
    "angle": N_("angle"),
    "inserted": N_("inserted"),
    "tip": N_("The tip lies {mm} mm deep, in the {layer}."),
    "tip_near": N_("The {layer} is within one standard deviation."),
    "tip_below": N_("The tip lies {mm} mm deep, below all that was measured here."),
    "tip_unknown": N_("The tip lies {mm} mm deep; the skin was not measured here."),
    "tip_mm": N_("{mm} mm"),
    "layer": N_("{layer} {mm} mm"),
    "spread": N_("SD {sd}, n {n}"),
    "layer_open": N_("{layer}: thickness not measured"),
    "zone": N_("{structure}: from {mm} mm"),
    "unmeasured": N_("Not measured: no source gives this skin's thickness"),
    "r": N_("R"),
    "l": N_("L"),
}
MOTIONS: Mapping[str, str] = {
    "epidermic": "drawn",
    "papule": "bleb",
    "nappage": "nappage",
    "point_by_point": "points",
    "lit_pain": "points",
    "body_cellulite": "points",
    "retrograde_linear": "thread",
    "hypodermic": "grid",
    "lipolysis_grid": "grid",
}
"""Technique -> which of the section's animations shows it; none without figures."""
LAYERS: Mapping[str, str] = {
    "epidermis": N_("epidermis"),
    "dermis": N_("dermis"),
    "skin": N_("skin"),
    "fat": N_("fat"),
}


@st.fragment
def show_lesson() -> None:
    """Draw the lesson that the address names, or explain what the address lacks."""
    if not context.actor().may("page.lesson"):  # the role was changed since
        st.rerun()
    catalogue = context.catalogue()
    protocol = catalogue.protocols.get(st.query_params.get("lesson", ""))
    if protocol is None:
        markup.show(
            "empty",
            title=_("No lesson was chosen"),
            text=_("Choose one from the list of lessons."),
        )
        link("lessons", _("Lessons"), icon=":material/school:")
        return
    sites = lesson_sites(catalogue, protocol)
    site = _site(sites)
    sex = st.query_params.get("sex", "")
    sex = sex if sex in SEXES else "female"
    if st.query_params.get("window") != "notes":
        site, sex = _choose(catalogue, protocol, sites, site, sex)
    points = lesson_points(catalogue, context.atlas(), protocol, site, figure=sex)
    country = context.clinic().country
    seen = _seen_here(catalogue, protocol)
    lesson = make_lesson(catalogue, protocol, site, points, sex=sex, country=country, seen=seen)
    payload = lesson_payload(
        lesson, points, catalogue, context.atlas(), version=f"{DEFAULT.stat().st_mtime_ns:x}"
    )
    notes = st.query_params.get("window") == "notes"
    _stage()(
        key=STAGE,
        data={**payload, "mode": "notes" if notes else "stage", "go": _go(payload["key"])},
        on_at_change=_nothing,
    )
    if not notes:
        _write_address(protocol, site, sex)


def _seen_here(catalogue: Catalogue, protocol: Protocol) -> list[str]:
    """The clinic's own durations for whoever may see them; none while a room looks on."""
    if context.is_teaching(context.clinic()) or not context.actor().may("page.side_effects"):
        return []
    chosen = Filters(protocols=(protocol.code,))
    rows = context.reader().report("side_effects", chosen, ("protocol", "effect"))
    kept = suppressed(rows, "side_effects").to_dict("records")
    return seen_here(catalogue, protocol, [dict(row) for row in kept])


def lesson_sites(catalogue: Catalogue, protocol: Protocol) -> tuple[AreaSide, ...]:
    """The areas and sides of the figure that a protocol is reported for."""
    covered = catalogue.covered(protocol.areas)
    return tuple(site for site in area_choice.drawn_areas() if site.area in covered)


def _site(sites: tuple[AreaSide, ...]) -> AreaSide:
    """The site the address names, else the first of its area, else the first of all."""
    area, side = st.query_params.get("area", ""), st.query_params.get("side", "")
    fitting = [site for site in sites if site.area == area]
    return next((site for site in fitting if site.side == side), (*fitting, *sites)[0])


def _choose(
    catalogue: Catalogue, protocol: Protocol, sites: tuple[AreaSide, ...], site: AreaSide, sex: str
) -> tuple[AreaSide, str]:
    """Draw the row above the stage: the area, the figure, the card."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="lesson_row"):
        names = {one: catalogue.label(one.area, one.side) for one in sites}
        chosen = st.selectbox(
            _("Area"),
            list(sites),
            index=sites.index(site),
            format_func=phrases.wording(names),
            key=f"lesson_site_{st.query_params.get('lesson')}",
            width=260,
        )
        figure = st.segmented_control(
            _("Figure"),
            list(SEXES),
            default=sex,
            format_func=phrases.wording(SEXES),
            key="lesson_sex",
            required=True,
        )
        now = chosen or site, figure or sex
        _offer_card(catalogue, protocol, *now)
        link("compare", _("Compare"), icon=":material/compare:", compared=protocol.code)
        link("lessons", _("All lessons"), icon=":material/school:")
    return now


def _offer_card(catalogue: Catalogue, protocol: Protocol, site: AreaSide, sex: str) -> None:
    """Draw the download of the protocol's card, which is made on the click."""
    atlas, today, country = context.atlas(), context.today(), context.clinic().country

    def made() -> bytes:
        wanted = taught_card(catalogue, atlas, protocol, site, sex=sex, country=country)
        (page,) = cards(
            [wanted], catalogue=catalogue, atlas=atlas, made_on=today, version=__version__
        )
        return page

    st.download_button(
        _("Card (PDF)"),
        made,
        file_name=f"card-{protocol.code.replace('_', '-')}.pdf",
        mime="application/pdf",
        icon=":material/print:",
        on_click="ignore",
    )


def _at() -> Mapping[str, Any] | None:
    """The lesson's position as the browser last reported it."""
    component = st.session_state.get(STAGE)
    at = component.get("at") if isinstance(component, Mapping) else None
    known = isinstance(at, Mapping) and at.get("step") in STEPS and isinstance(at.get("part"), int)
    return at if known else None


def _go(key: str) -> dict[str, Any]:
    """Where the address wants to be; a new number where it was changed other than by the stage."""
    step = st.query_params.get("step", next(iter(STEPS)))
    part = st.query_params.get("part", "0")
    asked = (key, step, int(part) if part.isascii() and part.isdigit() and len(part) < 4 else 0)
    number, told, heard = st.session_state.get(_HEARD, (0, None, None))
    at = _at()
    said = None if at is None else (at["step"], at["part"])
    if said is not None and said != heard:
        told = (key, *said)  # the stage moved: the address follows
    elif asked != told:
        number, told = number + 1, asked
    st.session_state[_HEARD] = (number, told, said)
    return {"step": told[1], "part": told[2], "n": number}


def _write_address(protocol: Protocol, site: AreaSide, sex: str) -> None:
    """Put the lesson and its step into the address, all at once: each write is one of history."""
    _number, told, _said = st.session_state[_HEARD]
    wanted = {
        "lesson": protocol.code,
        "area": site.area,
        "side": site.side,
        "sex": sex,
        "step": told[1],
        "part": str(told[2]),
    }
    if any(st.query_params.get(name) != value for name, value in wanted.items()):
        st.query_params.update(wanted)


def _nothing() -> None:
    """An empty callback, so that Streamlit lists the state; `_at` reads the position."""


@cache
def _stage() -> "ComponentRenderer":
    # Not at import: outside a running app Streamlit does not know where the front end's files are.
    return st.components.v2.component(
        "mesodash.stage", html=_PLACE, css="stage.css", js="index.js", isolate_styles=False
    )


def lesson_payload(
    lesson: Lesson, points: LessonPoints, catalogue: Catalogue, atlas: Atlas, *, version: str
) -> dict[str, Any]:
    """Everything of a lesson that is sent to the browser, except its position.

    Args:
        lesson: its steps.
        points: of the same protocol and site, on the figure of the lesson's sex.
        catalogue: for sources and the skin.
        atlas: the figure.
        version: of the atlas's pictures, for the browser's cache.
    """
    where = catalogue.label(lesson.site.area, lesson.site.side)
    return {
        "key": f"{lesson.protocol.code}/{lesson.site}/{lesson.sex}",
        "title": keep_units_together(lesson.protocol.label),
        "where": where,
        "steps": [
            {
                "code": step.code,
                "title": step.title,
                "says": [_says(one, catalogue) for one in step.statements],
            }
            for step in lesson.steps
        ],
        "figure": _figure(lesson, points, catalogue, atlas, version),
        "turned": _turned(lesson, points, atlas, where),
        "dose": {
            "each": points.volume_per_point_ml,
            "most": _most(points),
            "where": where,
            "counted": points.counted is not None,
        },
        "skin": skin_payload(catalogue, lesson.protocol, lesson.site, lesson.sex),
        "words": {
            **{name: keep_units_together(_(text)) for name, text in WORDS.items()},
            "back": pgettext("to the page before", "Back"),
            "next": pgettext("to the page after", "Next"),
        },
        "decimal": decimal_sign(),
    }


def _most(points: LessonPoints) -> float | None:
    """The most that belongs to what is counted: a side's only beside a side's points."""
    whole = points.basis == "session" or points.most_per == "side"
    return points.most_ml if whole else None


def _says(one: Statement, catalogue: Catalogue) -> dict[str, Any]:
    sources = [source_words(catalogue, key) for key in one.sources]
    notes = [[note.head, note.text] for note in one.notes]
    said = {"text": one.text, "lines": one.lines, "sources": sources, "notes": notes}
    return {"tone": one.tone, **units_together(said)}


def _figure(
    lesson: Lesson, points: LessonPoints, catalogue: Catalogue, atlas: Atlas, version: str
) -> dict[str, Any] | None:
    site = lesson.site
    where = catalogue.label(site.area, site.side)
    seen = most_skin_first(atlas, lesson.sex, site)
    if not seen:
        return None
    view, shape = seen[0]
    layer = next((one for one in points.layers if one.view == view.name), None)
    flat = [round(10 * x) for point in (layer.points if layer else ()) for x in point]
    text = _("{where} on the figure, {points}") if layer else _("{where} on the figure")
    zones = drawn_zones(view, shape, catalogue.danger_zones_at(site.area, site.side))
    named = format_list(list(dict.fromkeys(zone.label for zone in zones)))
    return {
        "zones": [{"path": zone.path, "inside": zone.inside} for zone in zones],
        "zones_said": _("Dashed: {structures}").format(structures=named) if zones else "",
        "picture": view.picture,
        "version": version,
        "width": view.width,
        "height": view.height,
        "box": list(box_of(view, shape)),
        "area": shape.path,
        "r": _inside(view.r_label, box_of(view, shape)),
        "l": _inside(view.l_label, box_of(view, shape)),
        "points": flat,
        "alt": text.format(where=where, points=layer.label if layer else ""),
    }


def _turned(
    lesson: Lesson, points: LessonPoints, atlas: Atlas, where: str
) -> dict[str, Any] | None:
    """The same area and points for the body in three dimensions; None where it has neither."""
    site = lesson.site
    seen = most_skin_first(atlas, lesson.sex, site)
    if not seen:
        return None
    view = seen[0][0].name
    return {
        "version": mesh_version(),
        "figure": lesson.sex,
        "key": str(site),
        "label": where,
        "points": points.layers[0].label if points.layers else None,
        "skin": drawn_mesh().on_skin(points.layers),
        # It is not snapped to an oblique view.
        "from": "below" if view == "face_below" else view.partition("_")[0],
        "words": {name: _(FIGURE_WORDS[name]) for name in TURN_WORDS},
    }


def _inside(at: Point | None, box: tuple[float, float, float, float]) -> list[float] | None:
    if at is None:
        return None
    x, y, wide, tall = box
    return list(at) if x < at[0] < x + wide and y < at[1] < y + tall else None


def skin_payload(
    catalogue: Catalogue, protocol: Protocol, site: AreaSide, sex: str
) -> dict[str, Any]:
    """The skin in section for the browser: layers, needle, vessels and nerves with their depths."""
    bands = skin_bands(catalogue, site.area, sex)
    start = needle_start(catalogue, protocol, bands)
    where = catalogue.label(site.area, site.side)
    return {
        "title": _("Skin in section: {where}").format(where=where),
        "bands": [_band(band, catalogue) for band in bands],
        "needle": {
            "angle": start.angle_deg,
            "inserted": start.inserted_mm,
            "longest": start.longest_mm,
            "motions": _motions(protocol, catalogue),
            "set": _set_by(start),
        },
        "zones": [
            {"label": one.label, "mm": zone.nearest_mm, "mean": zone.depth_mm}
            for one in structures_at(catalogue, site)
            if (zone := one.nearest) is not None
        ],
    }


def _set_by(start: NeedleStart) -> str:
    """What of the needle's initial position no source gives; empty where all is given."""
    if start.depth_is_given:
        return "" if start.angle_is_given else _("No source gives the angle; as set here:")
    if start.named is None:
        return _("No source gives angle and depth; as set here:")
    if start.in_named:
        return _("No source gives mm; set in the layer it names:")
    return _("No source gives mm, and the layer it names was not measured here; as set:")


def _motions(protocol: Protocol, catalogue: Catalogue) -> list[dict[str, Any]]:
    """What the needle does in each of the protocol's techniques; each motion once."""
    found: dict[str, dict[str, Any]] = {}
    for code in protocol.techniques:
        technique, kind = catalogue.techniques[code], MOTIONS.get(code)
        if kind is None or kind in found:
            continue
        apart = technique.spacing_cm_min
        found[kind] = {
            "kind": kind,
            "label": catalogue_text("techniques", code, "label", technique.label),
            "apart": None if apart is None else 10 * apart,
            "closer": _("drawn closer together than they are"),
        }
    return list(found.values())


def _band(band: SkinBand, catalogue: Catalogue) -> dict[str, Any]:
    row = band.row
    return {
        "layer": band.layer,
        "label": _(LAYERS[band.layer]),
        "top": band.top_mm,
        "mm": band.mm,
        "sd": band.sd_mm,
        "n": None if row is None else row.n,
        "sources": [source_words(catalogue, key) for key in (row.sources if row else ())],
    }
