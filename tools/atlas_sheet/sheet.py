"""Contact sheets of the atlas, every area of every view named: python sheet.py [ATLAS [FOLDER]].

One sheet a figure, as SVG and as WebP. Needs the app's own packages and pillow.
"""

from __future__ import annotations

import argparse
import colorsys
import csv
import io
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from PIL import Image
from sheet_labels import Label, place

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

from mesodash.bodymap.atlas import DEFAULT, Atlas, BodyView, load_atlas  # noqa: E402
from mesodash.bodymap.picture.png import to_png  # noqa: E402
from mesodash.bodymap.picture.svg import BODIES, VIEW_WORDS  # noqa: E402
from mesodash.bodymap.picture.svg_parts import FONT, add, embedded, number, set_text  # noqa: E402

WIDE = 3400.0
EDGE, HEADING, CAPTION = 30.0, 96.0, 40.0
TALL = {True: 1060.0, False: 540.0}  # of a view of the body, of the head
TYPE, PITCH = 15.0, 19.5
INK, QUIET, LEADER = "#1d2b2f", "#576265", "#7d878a"
GROUNDS = ("#ffffff", "#1b2124")
GOLDEN = 0.381966  # neighbours in the list get hues far apart
SIDES = {"left": ", L", "right": ", R", "midline": ""}


def main() -> None:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description="Draw contact sheets of the atlas.")
    parser.add_argument("atlas", type=Path, nargs="?", default=DEFAULT.parent)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "pictures")
    options = parser.parse_args()
    atlas = load_atlas(options.atlas / "atlas.json")
    with (ROOT / "data/catalogue/areas.csv").open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row["label"] for row in csv.DictReader(file)}
    codes = sorted({area for area, _ in atlas.areas()})
    hues = {code: hue(i * GOLDEN % 1) for i, code in enumerate(codes)}
    options.folder.mkdir(parents=True, exist_ok=True)
    for figure in atlas.figures:
        views = [view for view in atlas.views if view.figure == figure]
        svg = sheet(figure, views, options.atlas, names, hues)
        (options.folder / f"atlas-{figure}.svg").write_text(svg, encoding="utf-8")
        keep(svg, options.folder / f"atlas-{figure}.webp")
    keep(tones(atlas, options.atlas), options.folder / "atlas-tones.webp")


def keep(svg: str, path: Path) -> None:
    """An SVG as an opaque WebP."""
    with Image.open(io.BytesIO(to_png(svg, scale=1.0))) as picture:
        opaque = picture.convert("RGB")
    opaque.save(path, quality=88, method=6)


def tones(atlas: Atlas, folder: Path) -> str:
    """Every view of both figures in each skin tone, on light and on dark ground, as SVG."""
    names = tuple(atlas.views[0].pictures)
    grounds = ((GROUNDS[0], GROUNDS[1]), (GROUNDS[1], GROUNDS[0]))
    rows = [
        (figure, tone, ground)
        for figure, pair in zip(atlas.figures, grounds, strict=True)
        for tone, ground in zip(names, pair, strict=True)
    ]
    tall, head = 600.0, 44.0
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    for i, (figure, tone, ground) in enumerate(rows):
        views = [view for view in atlas.views if view.figure == figure]
        top = i * (tall + head)
        add(
            root, "rect", y=number(top), width=number(WIDE), height=number(tall + head), fill=ground
        )
        told = f"{figure.capitalize()}, phototype {tone}"
        write(root, told, (EDGE, top + 32), 22, QUIET if ground == GROUNDS[0] else "#aab4b6")
        used = sum(view.width for view in views)
        scale = min((tall - 24) / 1000, (WIDE - 2 * EDGE - 30 * len(views)) / used)
        left = EDGE
        for view in views:
            picture = add(root, "image", x=number(left), y=number(top + head))
            picture.set("width", number(view.width * scale))
            picture.set("height", number(view.height * scale))
            picture.set("href", embedded(folder / view.pictures[tone]))
            left += view.width * scale + 30
    height = number(len(rows) * (tall + head))
    root.attrib |= {"viewBox": f"0 0 {number(WIDE)} {height}", "width": number(WIDE)}
    root.set("height", height)
    return ET.tostring(root, encoding="unicode") + "\n"


def hue(share: float) -> str:
    """A quiet colour of a hue from 0 to 1."""
    return "#" + "".join(
        f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(share, 0.5, 0.5)
    )


def sheet(
    figure: str, views: list[BodyView], folder: Path, names: dict[str, str], hues: dict[str, str]
) -> str:
    """Bodies in the upper row, heads in the lower, as SVG."""
    rows = [[view for view in views if (view.name in BODIES) is body] for body in (True, False)]
    height = HEADING + sum(TALL.values()) + 2 * CAPTION + EDGE
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    root.attrib |= {
        "viewBox": f"0 0 {number(WIDE)} {number(height)}",
        "width": number(WIDE),
        "height": number(height),
    }
    pairs = {(shape.area, shape.side) for view in views for shape in view.areas}
    set_text(add(root, "title"), f"The areas of the {figure} figure on every view")
    add(root, "rect", width=number(WIDE), height=number(height), fill="#ffffff")
    write(root, f"{figure.capitalize()} figure", (EDGE, 48), 30, INK, weight="600")
    told = f"{len(pairs)} areas and sides on {len(views)} views. R and L are the patient's sides."
    write(root, told, (EDGE, 76), 17, QUIET)
    top = HEADING
    for row, tall in zip(rows, TALL.values(), strict=True):
        room = (WIDE - 2 * EDGE) / len(row)
        for i, view in enumerate(row):
            tile(root, view, folder, names, hues, (EDGE + i * room, top, room, tall))
        top += tall + CAPTION
    return ET.tostring(root, encoding="unicode") + "\n"


def tile(
    root: ET.Element,
    view: BodyView,
    folder: Path,
    names: dict[str, str],
    hues: dict[str, str],
    box: tuple[float, float, float, float],
) -> None:
    """One view with its areas tinted, each named in a column beside it."""
    left, top, room, tall = box
    texts = {shape: names[shape.area] + SIDES[shape.side] for shape in view.areas}
    column = max(len(text) for text in texts.values()) * TYPE * 0.52 + 14
    scale = min(tall / view.height, (room - 2 * column - 60) / view.width)
    at = (left + (room - view.width * scale) / 2, top + (tall - view.height * scale) / 2)
    group = add(root, "g", transform=f"translate({at[0]:.2f} {at[1]:.2f}) scale({scale:.5f})")
    picture = add(group, "image", width=str(view.width), height=str(view.height))
    picture.set("href", embedded(folder / view.picture))
    for shape in view.areas:
        path = add(group, "path", d=shape.path, fill=hues[shape.area])
        path.attrib |= {"fill-opacity": "0.36", "stroke": INK, "stroke-opacity": "0.7"}
        path.set("stroke-width", f"{0.8 / scale:.3f}")
    for text, point in (("R", view.r_label), ("L", view.l_label)):
        if point is not None:
            spot = (at[0] + point[0] * scale, top + tall + 27)  # clear of names and leaders
            write(root, text, spot, 24, INK, weight="600", anchor="middle")
    labels = [
        Label(text, (at[0] + shape.anchor[0] * scale, at[1] + shape.anchor[1] * scale))
        for shape, text in texts.items()
    ]
    gap = max(24.0, (room - view.width * scale) / 2 - column - 10)
    edges = (at[0] - gap * 0.6, at[0] + view.width * scale + gap * 0.6)
    ends = (top + 10, top + tall - 10)
    for label in place(labels, edges=edges, ends=ends, pitch=PITCH):
        edge = edges[0] if label.left else edges[1]
        line = add(root, "path", fill="none", stroke=LEADER)
        line.set(
            "d",
            f"M{number(edge)} {number(label.y)}L{number(label.spot[0])} {number(label.spot[1])}",
        )
        line.set("stroke-width", "0.8")
        dot = add(root, "circle", cx=number(label.spot[0]), cy=number(label.spot[1]), r="2.2")
        dot.set("fill", INK)
        away = -5 if label.left else 5
        anchor = "end" if label.left else "start"
        write(root, label.text, (edge + away, label.y + TYPE * 0.35), TYPE, INK, anchor=anchor)
    middle = (left + room / 2, top + tall + 26)
    write(root, VIEW_WORDS[view.name], middle, 19, QUIET, weight="600", anchor="middle")


def write(
    root: ET.Element,
    text: str,
    at: tuple[float, float],
    size: float,
    fill: str,
    *,
    weight: str = "400",
    anchor: str = "start",
) -> None:
    """One line of text."""
    line = add(root, "text", x=number(at[0]), y=number(at[1]), fill=fill)
    line.attrib |= {"font-size": number(size), "font-family": FONT}
    line.attrib |= {"font-weight": weight, "text-anchor": anchor}
    set_text(line, text)


if __name__ == "__main__":
    main()
