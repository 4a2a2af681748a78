"""Contact sheet of the atlas, every view with its areas tinted: python sheet.py [ATLAS [PNG]]."""

from __future__ import annotations

import argparse
import colorsys
import sys
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

from mesodash.bodymap.atlas import DEFAULT, View, load_atlas  # noqa: E402

TALL = 620  # pixels of a view on the sheet
INK = (52, 46, 42, 150)
GOLDEN = 0.381966  # neighbours in the list get hues far apart


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description="Draw a contact sheet of the atlas.")
    parser.add_argument("atlas", type=Path, nargs="?", default=DEFAULT.parent)
    parser.add_argument("png", type=Path, nargs="?", default=ROOT / "docs/pictures/atlas.png")
    options = parser.parse_args()
    atlas = load_atlas(options.atlas / "atlas.json")
    codes = sorted({area for area, _ in atlas.areas()})
    colours = {
        code: tuple(round(255 * part) for part in colorsys.hls_to_rgb(i * GOLDEN % 1, 0.5, 0.5))
        for i, code in enumerate(codes)
    }
    rows = []
    for figure in atlas.figures:
        tinted = [
            tint(view, options.atlas, colours) for view in atlas.views if view.figure == figure
        ]
        row = Image.new("RGB", (sum(tile.width for tile in tinted), TALL), "white")
        across = 0
        for tile in tinted:
            row.paste(tile, (across, 0))
            across += tile.width
        rows.append(row)
    sheet = Image.new("RGB", (max(row.width for row in rows), TALL * len(rows)), "white")
    for i, row in enumerate(rows):
        sheet.paste(row, (0, i * TALL))
    options.png.parent.mkdir(parents=True, exist_ok=True)
    sheet.quantize(160, dither=Image.Dither.NONE).save(options.png, optimize=True)


def tint(view: View, folder: Path, colours: dict[str, tuple[int, ...]]) -> Image.Image:
    """One view on white, its areas washed with colour and the patient's sides printed."""
    scale = 2 * TALL / view.height
    size = (round(view.width * scale), 2 * TALL)
    ground = Image.new("RGBA", size, "white")
    with Image.open(folder / view.picture) as picture:
        ground.alpha_composite(picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS))
    for shape in view.areas:
        wash = Image.new("RGBA", size, (0, 0, 0, 0))
        pen = ImageDraw.Draw(wash)
        for ring in shape.rings():
            points = [(x * scale, y * scale) for x, y in ring]
            pen.polygon(points, fill=(*colours[shape.area], 70))
            pen.line(points + points[:1], fill=INK, width=2)
        ground.alpha_composite(wash)
    pen = ImageDraw.Draw(ground)
    for letter, place in (("R", view.r_label), ("L", view.l_label)):
        if place is not None:
            at = (place[0] * scale, place[1] * scale)
            pen.text(at, letter, fill=(140, 130, 124), font_size=34, anchor="mm")
    tile = ground.resize((size[0] // 2, TALL), Image.Resampling.LANCZOS)
    return tile.convert("RGB")


if __name__ == "__main__":
    main()
