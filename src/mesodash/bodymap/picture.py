"""The coloured body as a picture to keep: one SVG text that needs nothing beside it.

`picture_png` turns it into a PNG of the size wanted.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from mesodash.bodymap.atlas import DEFAULT, Atlas, View
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import LIGHT, Colours
from mesodash.bodymap.drawing import (
    EDGE,
    FONT,
    NO_DATA,
    add,
    embedded,
    hatch,
    legend,
    number,
    paragraph,
    set_text,
    side_letter,
)

VIEW_WORDS: dict[str, str] = {
    "front": "Front",
    "back": "Back",
    "left": "Left",
    "right": "Right",
    "face": "Face",
    "face_left": "Face, left side",
    "face_right": "Face, right side",
    "scalp": "Scalp",
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
    scale_label: str,
    low: float,
    high: float,
    value_text: Mapping[AreaSide, str] | Mapping[tuple[str, str], str] | None = None,
    note: str = "",
    no_data: str = NO_DATA,
    words: bool = True,
    tallest: float = _TALLEST,
    colours: Colours = LIGHT,
    folder: Path = DEFAULT.parent,
) -> str:
    """Draw views of one figure with its areas coloured, as one SVG text.

    Bodies stand in the first row, heads in the next. The same input gives the same text.

    Args:
        atlas: the body.
        figure: female or male.
        views: names of views of that figure, in the order wanted.
        values: a number per area in the unit the scale's label names; what is missing or not
            finite is hatched as `no_data` says, never drawn as zero; what lies beyond an end of the
            scale has the colour of that end.
        labels: the name of every area that is drawn, such as "Cheek, left".
        scale_label: what the colours mean, also the picture's heading.
        low: the number of the lightest colour.
        high: the number of the darkest.
        value_text: words for the values, such as "214 sessions, n 31"; else the number.
        note: a line below, such as the period and the source.
        words: False leaves heading, legend and note to the document that the picture stands in.
        tallest: a view's height in the picture's own units, in which a caption is 13 high.
        no_data: what the hatch means, "none recorded" unless something else is left out too.
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
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
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
    title = f"{scale_label}: body map, {figure} figure"
    set_text(add(root, "title", id="mb-title"), title)
    set_text(add(root, "desc", id="mb-desc"), _description(drawn, names, said, no_data))
    defs = add(root, "defs")
    rows = [[v for v in drawn if (v.name in BODIES) is body] for body in (True, False)]
    rows = [row for row in rows if row]
    wide = _width(rows, tallest, _NARROWEST if words else 0)
    ground = add(root, "rect", width="100%", height="100%", fill=colours.ground)
    below = -10.0
    if words:
        below = paragraph(root, scale_label, EDGE + 14, 18, colours.text, wide=wide, weight="600")
    painter = _Painter(names, numbers, said, (low, high), colours, folder, wide, no_data, tallest)
    for row in rows:
        below = painter.row(root, defs, row, below + 10)
    if words:
        below = legend(root, defs, below + 30, scale_label, low, high, colours, wide, no_data)
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
    ends: tuple[float, float]
    colours: Colours
    folder: Path
    wide: float
    no_data: str
    tallest: float

    def row(self, root: ET.Element, defs: ET.Element, views: Sequence[View], top: float) -> float:
        """Draw views side by side at one height; return where the next thing may begin."""
        tall, used = _fitted(views, self.wide, self.tallest)
        left = (self.wide - used) / 2
        for view in views:
            scale = tall / view.height
            self._view(root, defs, view, (left, top), scale)
            left += view.width * scale + _GAP
        return top + tall + 24

    def _view(
        self, root: ET.Element, defs: ET.Element, view: View, at: tuple[float, float], scale: float
    ) -> None:
        pattern = f"mb-hatch-{view.name}"
        hatch(defs, pattern, scale)
        place = f"translate({number(at[0])} {number(at[1])}) scale({scale:.5f})"
        group = add(root, "g", transform=place)
        group.set("data-view", view.name)
        # Under the picture, so that a program without WebP still shows a body.
        add(group, "path", d=view.outline, fill=self.colours.skin, stroke="none")
        image = add(group, "image", width=str(view.width), height=str(view.height))
        image.set("href", embedded(self.folder / Path(view.picture).name))
        areas = add(group, "g", stroke=self.colours.edge())
        areas.attrib |= {"stroke-width": f"{1 / scale:.3f}", "stroke-opacity": "0.38"}
        areas.set("stroke-linejoin", "round")
        for shape in view.areas:
            site = AreaSide(shape.area, shape.side)
            if site not in self.names:
                continue
            path = add(areas, "path", d=shape.path)
            path.attrib |= {"data-area": site.area, "data-side": site.side}
            if site in self.numbers:
                path.set("fill", self.colours.fill(self._share(self.numbers[site])))
                path.set("fill-opacity", f"{self.colours.strength:g}")
            else:
                path.set("fill", f"url(#{pattern})")
            set_text(add(path, "title"), f"{self.names[site]}: {self.said.get(site, self.no_data)}")
        for letter, point in (("R", view.r_label), ("L", view.l_label)):
            if point is not None:
                side_letter(group, letter, point, scale, self.colours)
        middle = at[0] + view.width * scale / 2
        caption = add(root, "text", x=number(middle), y=number(at[1] + view.height * scale + 18))
        caption.attrib |= {"text-anchor": "middle", "font-size": "13", "font-family": FONT}
        caption.set("fill", self.colours.quiet)
        set_text(caption, VIEW_WORDS.get(view.name, view.name))

    def _share(self, number: float) -> float:
        low, high = self.ends
        return min(1.0, max(0.0, (number - low) / (high - low))) if high > low else 0.0


def _fitted(views: Sequence[View], wide: float, tallest: float) -> tuple[float, float]:
    """How tall a row of views may be in a picture of a width, and how wide it then is."""
    gaps = _GAP * (len(views) - 1)
    shape = sum(view.width / view.height for view in views)
    tall = min(tallest, (wide - 2 * EDGE - gaps) / shape)
    return tall, shape * tall + gaps


def _width(rows: Sequence[Sequence[View]], tallest: float, narrowest: float) -> float:
    """As wide as the widest row needs, so that two bodies do not stand lost on a wide sheet."""
    used = max(_fitted(row, _WIDEST, tallest)[1] for row in rows)
    return round(min(_WIDEST, max(narrowest, used + 2 * EDGE)))


def _description(
    views: Sequence[View],
    names: Mapping[AreaSide, str],
    said: Mapping[AreaSide, str],
    no_data: str,
) -> str:
    """All that the colours say, in words, for who cannot see them."""
    drawn = {AreaSide(shape.area, shape.side): None for view in views for shape in view.areas}
    shown = [site for site in drawn if site in names]
    told = [f"{names[site]}: {said[site]}" for site in shown if site in said]
    missing = len(shown) - len(told)
    seen = ", ".join(VIEW_WORDS.get(view.name, view.name).lower() for view in views)
    parts = [f"Views: {seen}.", *(f"{part}." for part in told)]
    if missing:
        parts.append(f"{missing} {'area' if missing == 1 else 'areas'}: {no_data}.")
    return " ".join(parts)
