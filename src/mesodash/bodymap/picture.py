"""The coloured body as a picture to keep: one SVG text that needs nothing beside it.

SVG only: a browser or a report turns it into PNG or PDF at the size it needs.
"""

import base64
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from mesodash.bodymap.atlas import DEFAULT, Atlas, View
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import LIGHT, Colours

NO_DATA = "none recorded"
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

_WIDE = 1200.0  # of the whole picture, in its own units
_TALLEST = 760.0  # of a row of views
_EDGE = 24.0
_GAP = 14.0
_STOPS = 9  # of the legend's ramp, mixed as the areas are
_FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
_KINDS = {".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg"}
# What XML 1.0 cannot hold, written or escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
            finite is hatched as "none recorded", never drawn as zero; what lies beyond an end of
            the scale has the colour of that end.
        labels: the name of every area that is drawn, such as "Cheek, left".
        scale_label: what the colours mean, also the picture's heading.
        low: the number of the lightest colour.
        high: the number of the darkest.
        value_text: words for the values, such as "214 sessions, n 31"; else the number.
        note: a line below, such as the period and the source.
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
    _text(_add(root, "title", id="mb-title"), title)
    _text(_add(root, "desc", id="mb-desc"), _description(drawn, names, said))
    defs = _add(root, "defs")
    ground = _add(root, "rect", width="100%", height="100%", fill=colours.ground)
    below = _words(root, scale_label, _EDGE + 14, 18, colours.text, weight="600")
    painter = _Painter(names, numbers, said, (low, high), colours, folder)
    rows = [[v for v in drawn if (v.name in BODIES) is body] for body in (True, False)]
    for row in filter(None, rows):
        below = painter.row(root, defs, row, below + 10)
    below = _legend(root, defs, below + 30, scale_label, low, high, colours)
    if note:
        below = _words(root, note, below + 24, 12, colours.quiet)
    height = _number(below + _EDGE)
    root.set("viewBox", f"0 0 {_number(_WIDE)} {height}")
    root.set("width", _number(_WIDE))
    root.set("height", height)
    ground.set("height", height)
    ground.set("width", _number(_WIDE))
    return ET.tostring(root, encoding="unicode") + "\n"


@dataclass(frozen=True)
class _Painter:
    names: Mapping[AreaSide, str]
    numbers: Mapping[AreaSide, float]
    said: Mapping[AreaSide, str]
    ends: tuple[float, float]
    colours: Colours
    folder: Path

    def row(self, root: ET.Element, defs: ET.Element, views: Sequence[View], top: float) -> float:
        """Draw views side by side at one height; return where the next thing may begin."""
        room = _WIDE - 2 * _EDGE - _GAP * (len(views) - 1)
        tall = min(_TALLEST, room / sum(view.width / view.height for view in views))
        used = sum(view.width / view.height * tall for view in views) + _GAP * (len(views) - 1)
        left = (_WIDE - used) / 2
        for view in views:
            scale = tall / view.height
            self._view(root, defs, view, (left, top), scale)
            left += view.width * scale + _GAP
        return top + tall + 24

    def _view(
        self, root: ET.Element, defs: ET.Element, view: View, at: tuple[float, float], scale: float
    ) -> None:
        hatch = f"mb-hatch-{view.name}"
        _hatch(defs, hatch, scale)
        place = f"translate({_number(at[0])} {_number(at[1])}) scale({scale:.5f})"
        group = _add(root, "g", transform=place)
        group.set("data-view", view.name)
        # Under the picture, so that a program without WebP still shows a body.
        _add(group, "path", d=view.outline, fill=self.colours.skin, stroke="none")
        image = _add(group, "image", width=str(view.width), height=str(view.height))
        image.set("href", _embedded(self.folder / Path(view.picture).name))
        areas = _add(group, "g", stroke=self.colours.edge())
        areas.attrib |= {"stroke-width": f"{1 / scale:.3f}", "stroke-opacity": "0.38"}
        areas.set("stroke-linejoin", "round")
        for shape in view.areas:
            site = AreaSide(shape.area, shape.side)
            if site not in self.names:
                continue
            path = _add(areas, "path", d=shape.path)
            path.attrib |= {"data-area": site.area, "data-side": site.side}
            if site in self.numbers:
                path.set("fill", self.colours.fill(self._share(self.numbers[site])))
                path.set("fill-opacity", f"{self.colours.strength:g}")
            else:
                path.set("fill", f"url(#{hatch})")
            _text(_add(path, "title"), f"{self.names[site]}: {self.said.get(site, NO_DATA)}")
        for letter, point in (("R", view.r_label), ("L", view.l_label)):
            if point is not None:
                _letter(group, letter, point, scale, self.colours)
        middle = at[0] + view.width * scale / 2
        caption = _add(root, "text", x=_number(middle), y=_number(at[1] + view.height * scale + 18))
        caption.attrib |= {"text-anchor": "middle", "font-size": "13", "font-family": _FONT}
        caption.set("fill", self.colours.quiet)
        _text(caption, VIEW_WORDS.get(view.name, view.name))

    def _share(self, number: float) -> float:
        low, high = self.ends
        return min(1.0, max(0.0, (number - low) / (high - low))) if high > low else 0.0


def _legend(
    root: ET.Element,
    defs: ET.Element,
    top: float,
    label: str,
    low: float,
    high: float,
    colours: Colours,
) -> float:
    ramp = _add(defs, "linearGradient", id="mb-ramp")
    for i in range(_STOPS):
        share = i / (_STOPS - 1)
        stop = _add(ramp, "stop", offset=f"{share:g}")
        stop.set("stop-color", colours.fill(share))
        stop.set("stop-opacity", f"{colours.strength:g}")
    _hatch(defs, "mb-hatch-key", 1.0)
    left = _EDGE
    _words(root, label, top, 13, colours.text, lines=1)
    top += 12
    _add(root, "rect", x=_number(left), y=_number(top), width="220", height="12", fill=colours.skin)
    bar = _add(root, "rect", x=_number(left), y=_number(top), width="220", height="12")
    bar.set("fill", "url(#mb-ramp)")
    bar.set("stroke", "#8a8178")
    for x, anchor, text in ((left, "start", f"{low:g}"), (left + 220, "end", f"{high:g}")):
        _line(root, text, x, top + 28, 13, colours.quiet).set("text-anchor", anchor)
    key = _add(root, "rect", x=_number(left + 260), y=_number(top), width="22", height="12")
    key.set("fill", "url(#mb-hatch-key)")
    key.set("stroke", "#8a8178")
    _line(root, NO_DATA, left + 290, top + 11, 13, colours.quiet)
    return top + 28


def _hatch(defs: ET.Element, name: str, scale: float) -> None:
    pattern = _add(defs, "pattern", id=name, width="6", height="6", patternUnits="userSpaceOnUse")
    pattern.set("patternTransform", f"scale({1 / scale:.5f})")
    _add(pattern, "rect", width="6", height="6", fill="#ffffff").set("fill-opacity", "0.25")
    lines = _add(pattern, "path", d="M-1 1 L1 -1 M0 6 L6 0 M5 7 L7 5", stroke="#4c4640")
    lines.attrib |= {"stroke-opacity": "0.5", "stroke-width": "0.9", "fill": "none"}


def _letter(
    group: ET.Element, letter: str, at: tuple[float, float], scale: float, colours: Colours
) -> None:
    """The patient's side, as large on every view."""
    text = _line(group, letter, at[0], at[1], 15 / scale, colours.quiet)
    text.attrib |= {"font-weight": "600", "text-anchor": "middle", "dominant-baseline": "middle"}


def _words(
    root: ET.Element,
    text: str,
    top: float,
    size: float,
    fill: str,
    *,
    weight: str = "400",
    lines: int = 4,
) -> float:
    """Write text from the left edge, broken into lines; return the last line's foot."""
    wide = int((_WIDE - 2 * _EDGE) / (0.56 * size))
    broken = textwrap.wrap(_clean(text), wide, max_lines=lines, placeholder=" …") or [""]
    for i, line in enumerate(broken):
        below = top + i * size * 1.35
        _line(root, line, _EDGE, below, size, fill).set("font-weight", weight)
    return below


def _line(root: ET.Element, text: str, x: float, y: float, size: float, fill: str) -> ET.Element:
    line = _add(root, "text", x=_number(x), y=_number(y), fill=fill)
    line.attrib |= {"font-size": _number(size), "font-family": _FONT}
    _text(line, text)
    return line


def _description(
    views: Sequence[View], names: Mapping[AreaSide, str], said: Mapping[AreaSide, str]
) -> str:
    """All that the colours say, in words, for who cannot see them."""
    drawn = {AreaSide(shape.area, shape.side): None for view in views for shape in view.areas}
    shown = [site for site in drawn if site in names]
    told = [f"{names[site]}: {said[site]}" for site in shown if site in said]
    missing = len(shown) - len(told)
    seen = ", ".join(VIEW_WORDS.get(view.name, view.name).lower() for view in views)
    parts = [f"Views: {seen}.", *(f"{part}." for part in told)]
    if missing:
        parts.append(f"{missing} {'area' if missing == 1 else 'areas'}: {NO_DATA}.")
    return " ".join(parts)


def _embedded(path: Path) -> str:
    text = base64.b64encode(path.read_bytes()).decode("ascii")
    return f"data:{_KINDS[path.suffix]};base64,{text}"


def _add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


def _text(element: ET.Element, text: str) -> None:
    element.text = _clean(text)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("�", text)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
