"""The parts of a picture of the body: words in lines, the legend, the dotted edge, the XML."""

import base64
import re
import textwrap
from pathlib import Path
from xml.etree import ElementTree as ET

from mesodash.bodymap.colours import Colours, ColourScale
from mesodash.language import N_

NO_DATA = N_("none recorded")
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
    scale: ColourScale,
    colours: Colours,
    wide: float,
    no_data: str,
) -> float:
    """The ramp with its numbers and the dotted edge's meaning; return the foot."""
    ramp = add(defs, "linearGradient", id="mb-ramp")
    for i in range(_STOPS):
        share = i / (_STOPS - 1)
        add(ramp, "stop", offset=f"{share:g}").set("stop-color", colours.on_skin(share))
    left, long = EDGE, 220.0
    paragraph(root, scale.label, top, 13, colours.text, wide=wide, lines=1)
    top += 12
    bar = add(root, "rect", x=number(left), y=number(top), width=number(long), height="12")
    bar.set("fill", "url(#mb-ramp)")
    bar.set("stroke", "#8a8178")
    for share, text in scale.ticks():
        line = text_line(root, text, left + share * long, top + 28, 13, colours.quiet)
        line.set("text-anchor", {0.0: "start", 1.0: "end"}.get(share, "middle"))
    key = add(root, "rect", x=number(left + 260), y=number(top), width="22", height="12")
    key.set("fill", colours.skin)
    dotted(key, 1.0)
    key.set("stroke", colours.edge())
    text_line(root, no_data, left + 290, top + 11, 13, colours.quiet)
    return top + 28


def dotted(element: ET.Element, scale: float) -> None:
    """Plain skin with a dotted edge: an area without a number; equally fine on every view."""
    if element.tag == "path":
        element.set("fill", "none")
    element.attrib |= {
        "stroke-dasharray": f"0 {number(4 / scale)}",
        "stroke-linecap": "round",
        "stroke-width": f"{1.4 / scale:.3f}",
        "stroke-opacity": "0.6",
    }


def side_letter(
    group: ET.Element, letter: str, at: tuple[float, float], scale: float, colours: Colours
) -> None:
    """The patient's side, equally large on every view."""
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
    """A coordinate in its shortest form."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
