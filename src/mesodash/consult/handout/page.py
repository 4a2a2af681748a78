"""The handout of a patient: one A4 page as PDF, or PNG to look at, set by typst.

Everything a person typed reaches the template as data (JSON), never as markup: typst shows it as it
is. The template reads no file and no system font. The figure is drawn on the fewest views that show
the chosen areas, those areas filled.
"""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final, Literal
from xml.etree import ElementTree as ET

import typst

from mesodash.bodymap.atlas import DEFAULT, Atlas, BodyView, most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import LIGHT, Colours
from mesodash.catalogue.types import Catalogue
from mesodash.consult.handout.contents import Handout, facts
from mesodash.language import use_language

TEMPLATE: Final = Path(__file__).parent / "templates" / "handout.typ"


def handout(
    ask: Handout,
    *,
    catalogue: Catalogue,
    atlas: Atlas,
    language: str,
    form: Literal["pdf", "png"] = "pdf",
    ppi: float = 144,
) -> bytes:
    """Typeset a handout; the same input gives the same bytes.

    Args:
        ask: its contents.
        catalogue: its facts.
        atlas: its figure.
        language: the code of its language.
        form: pdf (tagged, with the figure's description) or png.
        ppi: points per inch of a PNG.

    Raises:
        LanguageError: there is no such language.
        KeyError: a protocol or figure that is not there.
    """
    with use_language(language):
        data = facts(ask, catalogue)
    letters = (data["letters"][0], data["letters"][1])
    drawn = figure_svg(atlas, ask.figure, ask.areas, letters=letters)
    data["figure"], data["figure_wide"] = drawn or (None, 0.0)
    made = datetime.combine(ask.printed_on, time(12), tzinfo=UTC)
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=True)
    page = compiler.compile(
        format=form,
        ppi=ppi,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=made,
    )
    if not isinstance(page, bytes):
        raise TypeError("typst gave several pages")
    return page


_TALL: Final = 1000.0  # of every view, in the picture's own units
_GAP: Final = 40.0
_LETTER: Final = 40.0
_SKIN: Final = 0.15  # of the most skin any view shows: less is not well seen
_SIZE: Final = 0.2  # of the largest it is drawn on a view: smaller is not well seen


def sites_of(areas: Sequence[AreaSide]) -> tuple[AreaSide, ...]:
    """The areas as they are drawn: both sides are the left and the right."""
    return tuple(
        dict.fromkeys(
            site
            for area in areas
            for site in (
                (AreaSide(area.area, "left"), AreaSide(area.area, "right"))
                if area.side == "both"
                else (area,)
            )
        )
    )


def views_for(atlas: Atlas, figure: str, areas: Sequence[AreaSide]) -> tuple[BodyView, ...]:
    """The fewest views of a figure on which every area that is drawn is well seen.

    Views from the side are taken only for what no other shows, and a view of the whole body only
    for what is not far larger on one of the head. The view that shows most of the areas still
    missing is taken first; of equals, the one that comes first in the atlas. Areas that no view
    draws are left out.
    """
    showing = {site: _well_seen(atlas, figure, site) for site in sites_of(areas)}
    missing = {site for site, names in showing.items() if names}
    order = [view for view in atlas.views if view.figure == figure]
    chosen: list[BodyView] = []
    while missing:
        best = max(order, key=lambda view: sum(view.name in showing[site] for site in missing))
        chosen.append(best)
        missing = {site for site in missing if best.name not in showing[site]}
    return tuple(sorted(chosen, key=order.index))


def _well_seen(atlas: Atlas, figure: str, site: AreaSide) -> set[str]:
    """The views that show an area well enough, by name."""
    seen = most_skin_first(atlas, figure, site, least=_SKIN)
    seen = tuple(pair for pair in seen if not _from_the_side(pair[0])) or seen
    largest = max((shape.px_area for _, shape in seen), default=0.0)
    return {view.name for view, shape in seen if shape.px_area >= _SIZE * largest}


def _from_the_side(view: BodyView) -> bool:
    return view.r_label is None or view.l_label is None


def figure_svg(
    atlas: Atlas,
    figure: str,
    areas: Sequence[AreaSide],
    *,
    letters: tuple[str, str] = ("R", "L"),
    colours: Colours = LIGHT,
    folder: Path = DEFAULT.parent,
) -> tuple[str, float] | None:
    """Draw the chosen areas on as few views as show them, side by side, as one SVG text.

    Args:
        atlas: the body.
        figure: female or male.
        areas: what is filled.
        letters: for the patient's right and left.
        colours: of the areas.
        folder: where the atlas's pictures lie.

    Returns:
        The SVG with its pictures inside, and its width for a height of 1; None where no view draws
        any of the areas.
    """
    views = views_for(atlas, figure, areas)
    if not views:
        return None
    wanted = set(sites_of(areas))
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"})
    left = 0.0
    for view in views:
        scale = _TALL / view.height
        group = ET.SubElement(root, "g", transform=f"translate({left:g} 0) scale({scale:.5f})")
        ET.SubElement(
            group,
            "image",
            width=str(view.width),
            height=str(view.height),
            href=_embedded(folder / Path(view.picture).name),
        )
        for shape in view.areas:
            if AreaSide(shape.area, shape.side) in wanted:
                path = ET.SubElement(group, "path", d=shape.path, fill=colours.accent)
                path.attrib |= {"fill-opacity": "0.72", "stroke": colours.edge()}
                path.attrib |= {"stroke-width": f"{1.6 / scale:.3f}", "stroke-linejoin": "round"}
        for letter, point in zip(letters, (view.r_label, view.l_label), strict=True):
            if point is not None:
                text = ET.SubElement(group, "text", x=f"{point[0]:g}", y=f"{point[1]:g}")
                text.attrib |= {
                    "font-size": f"{_LETTER / scale:.1f}",
                    "font-family": "Libertinus Serif",
                    "text-anchor": "middle",
                    "fill": colours.quiet,
                }
                text.text = letter
        left += view.width * scale + _GAP
    root.set("viewBox", f"0 0 {left - _GAP:g} {_TALL:g}")
    root.set("width", f"{left - _GAP:g}")
    root.set("height", f"{_TALL:g}")
    return ET.tostring(root, encoding="unicode"), (left - _GAP) / _TALL


def _embedded(path: Path) -> str:
    text = base64.b64encode(path.read_bytes()).decode("ascii")
    return f"data:image/webp;base64,{text}"
