"""The parts of a picture of the body: words in lines, the legend, the hatch, the XML they are."""

import base64
import re
import textwrap
from pathlib import Path
from xml.etree import ElementTree as ET

from mesodash.bodymap.colours import Colours

NO_DATA = "none recorded"
EDGE = 24.0  # around everything, in the picture's own units

_STOPS = 9  # of the legend's ramp, mixed as the areas are
# The first family a machine has is taken; Liberation and DejaVu are what Linux servers have.
FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_KINDS = {".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg"}
# What XML 1.0 cannot hold, written or escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legend(
    root: ET.Element,
    defs: ET.Element,
    top: float,
    label: str,
    low: float,
    high: float,
    colours: Colours,
    wide: float,
    no_data: str = NO_DATA,
) -> float:
    """The ramp with its ends and the hatch's meaning; return the foot."""
    ramp = add(defs, "linearGradient", id="mb-ramp")
    for i in range(_STOPS):
        share = i / (_STOPS - 1)
        stop = add(ramp, "stop", offset=f"{share:g}")
        stop.set("stop-color", colours.fill(share))
        stop.set("stop-opacity", f"{colours.strength:g}")
    hatch(defs, "mb-hatch-key", 1.0)
    left = EDGE
    paragraph(root, label, top, 13, colours.text, wide=wide, lines=1)
    top += 12
    add(root, "rect", x=number(left), y=number(top), width="220", height="12", fill=colours.skin)
    bar = add(root, "rect", x=number(left), y=number(top), width="220", height="12")
    bar.set("fill", "url(#mb-ramp)")
    bar.set("stroke", "#8a8178")
    for x, anchor, text in ((left, "start", f"{low:g}"), (left + 220, "end", f"{high:g}")):
        text_line(root, text, x, top + 28, 13, colours.quiet).set("text-anchor", anchor)
    key = add(root, "rect", x=number(left + 260), y=number(top), width="22", height="12")
    key.set("fill", "url(#mb-hatch-key)")
    key.set("stroke", "#8a8178")
    text_line(root, no_data, left + 290, top + 11, 13, colours.quiet)
    return top + 28


def hatch(defs: ET.Element, name: str, scale: float) -> None:
    """The pattern of an area without a number, as fine on every view."""
    pattern = add(defs, "pattern", id=name, width="6", height="6", patternUnits="userSpaceOnUse")
    pattern.set("patternTransform", f"scale({1 / scale:.5f})")
    add(pattern, "rect", width="6", height="6", fill="#ffffff").set("fill-opacity", "0.25")
    lines = add(pattern, "path", d="M-1 1 L1 -1 M0 6 L6 0 M5 7 L7 5", stroke="#4c4640")
    lines.attrib |= {"stroke-opacity": "0.5", "stroke-width": "0.9", "fill": "none"}


def side_letter(
    group: ET.Element, letter: str, at: tuple[float, float], scale: float, colours: Colours
) -> None:
    """The patient's side, as large on every view."""
    text = text_line(group, letter, at[0], at[1], 15 / scale, colours.quiet)
    text.attrib |= {"font-weight": "600", "text-anchor": "middle", "dominant-baseline": "middle"}


def paragraph(
    root: ET.Element,
    text: str,
    top: float,
    size: float,
    fill: str,
    *,
    wide: float,
    weight: str = "400",
    lines: int = 4,
) -> float:
    """Write text from the left edge, broken into lines; return the last line's foot."""
    room = int((wide - 2 * EDGE) / (0.56 * size))
    broken = textwrap.wrap(clean(text), room, max_lines=lines, placeholder=" …") or [""]
    for i, line in enumerate(broken):
        below = top + i * size * 1.35
        text_line(root, line, EDGE, below, size, fill).set("font-weight", weight)
    return below


def text_line(
    root: ET.Element, text: str, x: float, y: float, size: float, fill: str
) -> ET.Element:
    """One line of text."""
    line = add(root, "text", x=number(x), y=number(y), fill=fill)
    line.attrib |= {"font-size": number(size), "font-family": FONT}
    set_text(line, text)
    return line


def embedded(path: Path) -> str:
    """A picture as a data address."""
    text = base64.b64encode(path.read_bytes()).decode("ascii")
    return f"data:{_KINDS[path.suffix]};base64,{text}"


def add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    """A child element."""
    return ET.SubElement(parent, tag, attributes)


def set_text(element: ET.Element, text: str) -> None:
    """Put text into an element, without what XML cannot hold."""
    element.text = clean(text)


def clean(text: str) -> str:
    """The text with what XML cannot hold replaced."""
    return _FORBIDDEN.sub("�", text)


def number(value: float) -> str:
    """A coordinate, as short as it goes."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
