"""Draw docs/pictures/architecture.svg from the imports: packages on their layers, arrows down.

    python tools/architecture_picture.py [--check]

A package stands one layer above the highest package that it imports. Only arrows that do not follow
from others are drawn: where the pages' parts import figures and figures import reports, the arrow
from the parts to the reports is left out. What a package is for is its own first sentence.
"""

import ast
import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from house import House, read_house

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
WIDTH, MARGIN, GAP, LAYER_GAP = 1320, 28, 22, 46
PAD, PILL, PILL_GAP, LINE = 14, 24, 7, 16
LETTER, SMALL = 6.8, 6.3
"""Widths of a letter of the pills' and of the sentences' size, generously; nothing is measured."""
PAGES = "pages"
STYLE = """
text { font-family: system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #1d2b33 }
.name { font-size: 16px; font-weight: 650 }
.count { font-size: 12px; fill: #51646f }
.what { font-size: 11.5px; fill: #51646f }
.pill { font-size: 12px }
.layer { font-size: 11px; fill: #7a8b95 }
.box { fill: #ffffff; stroke: #b9c8cf; stroke-width: 1.2 }
.room { fill: #e8f1f3; stroke: none }
.arrow { fill: none; stroke: #2c7a86; stroke-width: 1.5; opacity: 0.62 }
"""


@dataclass(frozen=True, slots=True)
class Package:
    """A box: a package with its rooms.

    Attributes:
        name: as imported, without `mesodash.`.
        files: how many modules stand in it and below.
        rooms: sub-package -> how many modules.
        what: its first sentence.
        uses: the packages that it imports.
        level: 0 imports none; else one above the highest that it imports.
    """

    name: str
    files: int
    rooms: dict[str, int]
    what: str
    uses: frozenset[str]
    level: int


@dataclass(frozen=True, slots=True)
class Box:
    """Where a package is drawn, in pixels."""

    package: Package
    x: float
    y: float
    width: float
    height: float


def packages(house: House) -> dict[str, Package]:
    """The packages of a house by name."""
    uses: defaultdict[str, set[str]] = defaultdict(set)
    for importer, imported in house.imports:
        one, other = _package(importer), _package(imported)
        if one and other and one != other:
            uses[one].add(other)
    files: Counter[str] = Counter()
    rooms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    what = {PAGES: "The pages, thin, in sections; the app around them."}
    for name, path in house.files.items():
        package = _package(name)
        if not package:
            continue
        whole = path.name != "__init__.py"
        files[package] += whole or _has_code(path)
        parts = name.split("/")[1:-1] if "/" in name else name.split(".")[2 : -1 if whole else None]
        if parts and whole:
            rooms[package][parts[0]] += 1
        if name in (f"mesodash.{package}", "mesodash.settings"):
            what.setdefault(package, _sentence(path))
    levels: dict[str, int] = {}

    def level(name: str) -> int:
        if name not in levels:
            levels[name] = 1 + max(map(level, uses[name]), default=-1)
        return levels[name]

    return {
        name: Package(
            name,
            files[name],
            dict(sorted(rooms[name].items())),
            what.get(name, ""),
            frozenset(uses[name]),
            level(name),
        )
        for name in sorted(files)
    }


def _package(module: str) -> str | None:
    if "/" in module or module == "app.py":
        return PAGES
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] != "__main__" else None


def _has_code(path: Path) -> bool:
    """Whether a package's own file defines something, beside a docstring and imports."""
    defined = (ast.FunctionDef, ast.ClassDef)
    return any(isinstance(node, defined) for node in ast.parse(path.read_text("utf-8")).body)


def _sentence(path: Path) -> str:
    words = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    first = words.split("\n\n")[0].replace("\n", " ").replace("`", "")
    return first.split(". ")[0].rstrip(".") + "."


def arrows(found: dict[str, Package]) -> list[tuple[str, str]]:
    """The imports between packages that do not follow from others."""

    def reach(name: str) -> set[str]:
        direct = found[name].uses
        return set(direct).union(*(reach(one) for one in direct))

    return [
        (name, used)
        for name, package in found.items()
        for used in sorted(package.uses)
        if not any(used in reach(other) for other in package.uses if other != used)
    ]


def placed(found: dict[str, Package]) -> tuple[dict[str, Box], float]:
    """Every package's box, layer by layer from the top; and where the picture ends."""
    boxes: dict[str, Box] = {}
    y = float(MARGIN)
    for level in sorted({one.level for one in found.values()}, reverse=True):
        row = sorted(
            (one for one in found.values() if one.level == level),
            key=lambda one: (_pull(one, found, boxes), one.name),
        )
        shares = [_want(one) for one in row]
        free = WIDTH - 2 * MARGIN - 60 - GAP * (len(row) - 1)
        widths = [min(free * share / sum(shares), max(320.0, 3.2 * share)) for share in shares]
        height = max(_height(one, width) for one, width in zip(row, widths, strict=True))
        x = MARGIN + 60 + (free - sum(widths)) / 2
        for one, width in zip(row, widths, strict=True):
            boxes[one.name] = Box(one, x, y, width, _height(one, width))
            x += width + GAP
        y += height + LAYER_GAP
    return boxes, y - LAYER_GAP + MARGIN


def _pull(package: Package, found: dict[str, Package], boxes: dict[str, Box]) -> float:
    """The middle of those above that import it, so that arrows cross little."""
    above = [
        boxes[one].x + boxes[one].width / 2 for one in boxes if package.name in found[one].uses
    ]
    return sum(above) / len(above) if above else WIDTH / 2


def _want(package: Package) -> float:
    rooms = sum(len(f"{name} {n}") * LETTER + 26 for name, n in package.rooms.items())
    return float(max(170.0, rooms / 2.2, len(package.what) * SMALL / 2.2))


def _lines(package: Package, width: float) -> list[str]:
    return textwrap.wrap(package.what, max(12, int((width - 2 * PAD) / SMALL)))


def _rows(package: Package, width: float) -> list[list[tuple[str, float]]]:
    rows: list[list[tuple[str, float]]] = [[]]
    used = 0.0
    for name, count in package.rooms.items():
        label = f"{name} {count}"
        wide = len(label) * LETTER + 18
        if rows[-1] and used + wide > width - 2 * PAD:
            rows.append([])
            used = 0.0
        rows[-1].append((label, wide))
        used += wide + PILL_GAP
    return rows if package.rooms else []


def _height(package: Package, width: float) -> float:
    pills = len(_rows(package, width)) * (PILL + PILL_GAP)
    return 34 + len(_lines(package, width)) * LINE + (pills + 6 if pills else 0) + 10


def _drawn(box: Box) -> Iterable[str]:
    package = box.package
    files = "file" if package.files == 1 else "files"
    name = "app.py, pages/" if package.name == PAGES else package.name
    yield (
        f'<rect class="box" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}"'
        f' height="{box.height:.1f}" rx="8"/>'
    )
    yield (
        f'<text x="{box.x + PAD:.1f}" y="{box.y + 23:.1f}"><tspan class="name">{escape(name)}'
        f'</tspan><tspan class="count" dx="8">{package.files} {files}</tspan></text>'
    )
    y = box.y + 23
    for line in _lines(package, box.width):
        y += LINE
        yield f'<text class="what" x="{box.x + PAD:.1f}" y="{y:.1f}">{escape(line)}</text>'
    y += 12
    for row in _rows(package, box.width):
        x = box.x + PAD
        for label, wide in row:
            yield (
                f'<rect class="room" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}"'
                f' height="{PILL}" rx="6"/>'
            )
            yield (
                f'<text class="pill" x="{x + wide / 2:.1f}" y="{y + 16:.1f}"'
                f' text-anchor="middle">{escape(label)}</text>'
            )
            x += wide + PILL_GAP
        y += PILL + PILL_GAP


def _arrow(one: Box, other: Box, leaving: float, arriving: float) -> str:
    x1, y1 = one.x + one.width * leaving, one.y + one.height
    x2, y2 = other.x + other.width * arriving, other.y - 3
    bend = min(60.0, (y2 - y1) / 2)
    return (
        f'<path class="arrow" marker-end="url(#tip)" d="M{x1:.1f} {y1:.1f}'
        f' C{x1:.1f} {y1 + bend:.1f} {x2:.1f} {y2 - bend:.1f} {x2:.1f} {y2:.1f}"/>'
    )


def _arrows(found: dict[str, Package], boxes: dict[str, Box]) -> Iterable[str]:
    """The arrows, spread over the edges of the boxes in the order of their other ends."""
    pairs = arrows(found)
    middle = {name: box.x + box.width / 2 for name, box in boxes.items()}

    def share(at: int, end: int, pair: tuple[str, str]) -> float:
        mine = sorted((p for p in pairs if p[at] == pair[at]), key=lambda p: middle[p[end]])
        return (mine.index(pair) + 1) / (len(mine) + 1)

    for pair in pairs:
        yield _arrow(boxes[pair[0]], boxes[pair[1]], share(0, 1, pair), share(1, 0, pair))


def picture(root: Path) -> str:
    """The whole picture as SVG."""
    found = packages(read_house(root))
    boxes, height = placed(found)
    body = [*_arrows(found, boxes)]
    for box in boxes.values():
        body += _drawn(box)
    for level in sorted({one.level for one in found.values()}):
        y = next(box.y for box in boxes.values() if box.package.level == level)
        body.append(f'<text class="layer" x="{MARGIN}" y="{y + 22:.1f}">layer {level}</text>')
    title = "The packages of mesodash on their layers; each imports only what stands below it."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img"'
        f' aria-label="{title}">\n<title>{title}</title>\n<style>{STYLE}</style>\n'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7"'
        ' markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#2c7a86"/></marker>'
        f'</defs>\n<rect width="{WIDTH}" height="{height:.0f}" fill="#f7fafb"/>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def main() -> int:
    """Write the picture, or say whether the committed one is up to date."""
    drawn = picture(ROOT)
    if "--check" in sys.argv[1:]:
        fresh = PICTURE.is_file() and PICTURE.read_text("utf-8") == drawn
        print("up to date" if fresh else "run `python tools/architecture_picture.py`")
        return int(not fresh)
    PICTURE.write_text(drawn, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
