"""The coloured body as a picture to keep: one SVG text that needs no other file.

`picture.png` turns it into a PNG of the size wanted.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from mesodash.bodymap.atlas import DEFAULT, Atlas, BodyView
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import LIGHT, Colours, ColourScale
from mesodash.bodymap.picture.svg_parts import (
    EDGE,
    FONT,
    NO_DATA,
    add,
    dotted,
    embedded,
    legend,
    number,
    paragraph,
    set_text,
    side_letter,
)
from mesodash.language import N_, _, ngettext

VIEW_WORDS: dict[str, str] = {
    "front": N_("Front"),
    "back": N_("Back"),
    "left": N_("Left"),
    "right": N_("Right"),
    "face": N_("Face"),
    "face_left": N_("Face, left side"),
    "face_right": N_("Face, right side"),
    "scalp": N_("Scalp"),
    "face_below": N_("Face, from below"),
}
FIGURE_TITLES = {
    "female": N_("{label}: body map, female figure"),
    "male": N_("{label}: body map, male figure"),
}
BODIES = ("front", "back", "left", "right")

_WIDEST, _NARROWEST = 1200.0, 720.0  # of the whole picture, in its own units
_TALLEST = 760.0  # of a row of views
_GAP = 14.0


def heat_map_svg(
    atlas: Atlas,
    figure: str,
    views: Sequence[str],
    values: Mapping[AreaSide, float] | Mapping[tuple[str, str], float],
    *,
    labels: Mapping[AreaSide, str] | Mapping[tuple[str, str], str],
    scale: ColourScale,
    value_text: Mapping[AreaSide, str] | Mapping[tuple[str, str], str] | None = None,
    note: str = "",
    no_data: str | None = None,
    words: bool = True,
    tallest: float = _TALLEST,
    colours: Colours = LIGHT,
    folder: Path = DEFAULT.parent,
) -> str:
    """Draw views of one figure with its areas coloured, as one SVG text.

    Bodies are in the first row, heads in the next. The same input gives the same text.

    Args:
        atlas: the body.
        figure: female or male.
        views: names of views of that figure, in the order wanted.
        values: a number per area in the unit the scale's label names; what is missing or not
            finite is plain skin with a dotted edge, as `no_data` says, never drawn as zero; what
            lies beyond an end of the scale has the colour of that end.
        labels: the name of every area that is drawn, such as "Cheek, left".
        scale: what the colours mean; its label is also the picture's heading.
        value_text: words for the values, such as "214 sessions, n 31"; else the number.
        note: a line below, such as the period and the source.
        words: False leaves heading, legend and note to the document around the picture.
        tallest: a view's height in the picture's own units, in which a caption is 13 high.
        no_data: what the dotted edge means; None for "none recorded".
        colours: of the picture.
        folder: where the atlas's pictures lie.

    Returns:
        The SVG document: title and description for screen readers, each area named on hover, the
        figure embedded (WebP, which browsers show; a program that cannot shows the silhouette).

    Raises:
        ValueError: no views, or a scale whose ends are no numbers in order.
        KeyError: a figure or view the atlas does not have.
    """
    if not views:
        raise ValueError("Choose at least one view to draw.")
    if not (math.isfinite(scale.low) and math.isfinite(scale.high) and scale.low <= scale.high):
        raise ValueError("The scale needs two numbers, the lower one first.")
    names = {AreaSide.of(key): text for key, text in labels.items()}
    numbers = {
        AreaSide.of(key): float(value)
        for key, value in values.items()
        if value is not None and math.isfinite(value)
    }
    texts = {AreaSide.of(key): text for key, text in (value_text or {}).items()}
    said = {site: texts.get(site, f"{number:g}") for site, number in numbers.items()}
    drawn = [atlas.view(figure, name) for name in dict.fromkeys(views)]
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    root.set("aria-labelledby", "mb-title mb-desc")
    title = _(FIGURE_TITLES[figure]).format(label=scale.label)
    no_data = _(NO_DATA) if no_data is None else no_data
    set_text(add(root, "title", id="mb-title"), title)
    set_text(add(root, "desc", id="mb-desc"), _description(drawn, names, said, no_data))
    defs = add(root, "defs")
    rows = [[v for v in drawn if (v.name in BODIES) is body] for body in (True, False)]
    rows = [row for row in rows if row]
    wide = _width(rows, tallest, _NARROWEST if words else 0)
    ground = add(root, "rect", width="100%", height="100%", fill=colours.ground)
    below = -10.0
    if words:
        below = paragraph(root, scale.label, EDGE + 14, 18, colours.text, wide=wide, weight="600")
    painter = _Painter(names, numbers, said, scale, colours, folder, wide, no_data, tallest)
    for row in rows:
        below = painter.row(root, row, below + 10)
    if words:
        below = legend(root, defs, below + 30, scale, colours, wide, no_data)
    if words and note:
        below = paragraph(root, note, below + 24, 12, colours.quiet, wide=wide)
    height = number(below + EDGE if words else below)
    root.set("viewBox", f"0 0 {number(wide)} {height}")
    root.set("width", number(wide))
    root.set("height", height)
    ground.set("height", height)
    ground.set("width", number(wide))
    return ET.tostring(root, encoding="unicode") + "\n"


@dataclass(frozen=True)
class _Painter:
    names: Mapping[AreaSide, str]
    numbers: Mapping[AreaSide, float]
    said: Mapping[AreaSide, str]
    scale: ColourScale
    colours: Colours
    folder: Path
    wide: float
    no_data: str
    tallest: float

    def row(self, root: ET.Element, views: Sequence[BodyView], top: float) -> float:
        """Draw views side by side at one height; return where the next thing may begin."""
        tall, used = _fitted(views, self.wide, self.tallest)
        left = (self.wide - used) / 2
        for view in views:
            scale = tall / view.height
            self._view(root, view, (left, top), scale)
            left += view.width * scale + _GAP
        return top + tall + 24

    def _view(
        self,
        root: ET.Element,
        view: BodyView,
        at: tuple[float, float],
        scale: float,
    ) -> None:
        place = f"translate({number(at[0])} {number(at[1])}) scale({scale:.5f})"
        group = add(root, "g", transform=place)
        group.set("data-view", view.name)
        if not view.fades:
            # Under the picture, so that a program without WebP still shows a body.
            add(group, "path", d=view.outline, fill=self.colours.skin, stroke="none")
        image = add(group, "image", width=str(view.width), height=str(view.height))
        image.set("href", embedded(self.folder / Path(view.picture).name))
        areas = add(group, "g", stroke=self.colours.edge())
        areas.attrib |= {"stroke-width": f"{1 / scale:.3f}", "stroke-opacity": "0.3"}
        areas.set("stroke-linejoin", "round")
        for shape in view.areas:
            site = AreaSide(shape.area, shape.side)
            if site not in self.names:
                continue
            path = add(areas, "path", d=shape.path)
            path.attrib |= {"data-area": site.area, "data-side": site.side}
            if site in self.numbers:
                path.set("fill", self.colours.fill(self.scale.share(self.numbers[site])))
                path.set("fill-opacity", f"{self.colours.strength:g}")
                path.set("style", "mix-blend-mode: multiply")
            else:
                dotted(path, scale)
            set_text(add(path, "title"), f"{self.names[site]}: {self.said.get(site, self.no_data)}")
        for letter, point in ((_("R"), view.r_label), (_("L"), view.l_label)):
            if point is not None:
                side_letter(group, letter, point, scale, self.colours)
        middle = at[0] + view.width * scale / 2
        caption = add(root, "text", x=number(middle), y=number(at[1] + view.height * scale + 18))
        caption.attrib |= {"text-anchor": "middle", "font-size": "13", "font-family": FONT}
        caption.set("fill", self.colours.quiet)
        set_text(caption, _(VIEW_WORDS.get(view.name, view.name)))


def _fitted(views: Sequence[BodyView], wide: float, tallest: float) -> tuple[float, float]:
    """How tall a row of views may be in a picture of a width, and how wide it then is."""
    gaps = _GAP * (len(views) - 1)
    shape = sum(view.width / view.height for view in views)
    tall = min(tallest, (wide - 2 * EDGE - gaps) / shape)
    return tall, shape * tall + gaps


def _width(rows: Sequence[Sequence[BodyView]], tallest: float, narrowest: float) -> float:
    """As wide as the widest row needs, so that two bodies are not lost on a wide sheet."""
    used = max(_fitted(row, _WIDEST, tallest)[1] for row in rows)
    return round(min(_WIDEST, max(narrowest, used + 2 * EDGE)))


def _description(
    views: Sequence[BodyView],
    names: Mapping[AreaSide, str],
    said: Mapping[AreaSide, str],
    no_data: str,
) -> str:
    """What the colours show, in words, for those who cannot see them."""
    drawn = {AreaSide(shape.area, shape.side): None for view in views for shape in view.areas}
    shown = [site for site in drawn if site in names]
    said_of = [f"{names[site]}: {said[site]}" for site in shown if site in said]
    missing = len(shown) - len(said_of)
    names_of = ", ".join(_(VIEW_WORDS.get(view.name, view.name)) for view in views)
    parts = [_("Views: {views}.").format(views=names_of), *(f"{part}." for part in said_of)]
    if missing:
        text = ngettext("{n} area: {no_data}.", "{n} areas: {no_data}.", missing)
        parts.append(text.format(n=missing, no_data=no_data))
    return " ".join(parts)
