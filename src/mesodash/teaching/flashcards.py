"""Flashcards made of the catalogue and the atlas: an area on the figure, a figure, a rule.

Each is of one row, whose name stays the same as long as the row does. On an area's card only the
asked one is shown. Every answer of a protocol names its sources.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from mesodash.bodymap.atlas import AreaShape, Atlas, BodyView, most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.language import _, catalogue_text
from mesodash.teaching.comparison import compare
from mesodash.teaching.points import box_of

_FIGURE: Final = "female"
_ASKED: Final = ("Mixture", "Technique", "Layer that is meant", "Depth", "Needle", "Volume a point",
    "Points", "Spacing", "Largest volume", "Course", "Evidence")  # fmt: skip


@dataclass(frozen=True, slots=True)
class CardPicture:
    """A view of the figure with one area filled and nothing named."""

    view: BodyView
    shape: AreaShape

    def svg(self, picture: str) -> str:
        """The drawing, over the view's picture at an address."""
        x, y, wide, tall = box_of(self.view, self.shape)
        root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"})
        root.set("viewBox", f"{x:g} {y:g} {wide:g} {tall:g}")
        root.set("role", "img")
        size = {"width": str(self.view.width), "height": str(self.view.height)}
        ET.SubElement(root, "image", {"href": picture, **size})
        unit = f"{wide / 420:.2f}"
        for other in self.view.areas:
            thin = {"d": other.path, "fill": "none", "stroke": "#3d4c50", "stroke-opacity": "0.35"}
            ET.SubElement(root, "path", {**thin, "stroke-width": unit})
        mine = {"d": self.shape.path, "fill": "#0f766e", "fill-opacity": "0.75"}
        ET.SubElement(root, "path", {**mine, "stroke": "#064b45", "stroke-width": unit})
        return ET.tostring(root, encoding="unicode")


@dataclass(frozen=True, slots=True)
class Flashcard:
    """One card.

    Attributes:
        row: what it is made of: `areas.CODE`, or `protocols.CODE.` and what is asked.
        subject: the protocol's name; empty for an area.
        question: what is asked.
        answers: what is right, a line each.
        sources: of the answer, as the catalogue names them.
        picture: what is shown with the question, or nothing.
    """

    row: str
    subject: str
    question: str
    answers: tuple[str, ...]
    sources: tuple[str, ...] = ()
    picture: CardPicture | None = None


def flashcards(catalogue: Catalogue, atlas: Atlas) -> tuple[Flashcard, ...]:
    """Every card: an area each, then each published figure of each protocol."""
    return (*_areas(catalogue, atlas), *_facts(catalogue))


def _areas(catalogue: Catalogue, atlas: Atlas) -> Iterator[Flashcard]:
    """An area each, on the view that shows it best; both sides of one area are one card."""
    seen: set[str] = set()
    for site in (AreaSide(*pair) for pair in atlas.areas()):
        views = most_skin_first(atlas, _FIGURE, site)
        if site.area in seen or not views:
            continue
        seen.add(site.area)
        label = catalogue_text("areas", site.area, "label", catalogue.areas[site.area].label)
        asked = _("Which area is this?")
        picture = CardPicture(*views[0])
        yield Flashcard(f"areas.{site.area}", "", asked, (label,), picture=picture)


def _facts(catalogue: Catalogue) -> Iterator[Flashcard]:
    for protocol in catalogue.protocols.values():
        rows = {row.name: row.cells[0] for row in compare(catalogue, [protocol])}
        label = catalogue_text("protocols", protocol.code, "label", protocol.label)
        for name in _ASKED:
            told = rows[_(name)]
            if told != _("not published"):
                row = f"protocols.{protocol.code}.{name}"
                yield Flashcard(row, label, _(name), (told,), protocol.sources)
        yield from _forbidden(catalogue, protocol, label)


def _forbidden(catalogue: Catalogue, protocol: Protocol, label: str) -> Iterator[Flashcard]:
    rules = [r for r in catalogue.contraindications_to(protocol.code) if r.level == "absolute"]
    if not rules:
        return
    named = [catalogue_text("contraindications", r.code, "label", r.label) for r in rules]
    keys = dict.fromkeys(key for rule in rules for key in rule.sources)
    row = f"protocols.{protocol.code}.forbidden"
    yield Flashcard(row, label, _("Who must not have it?"), tuple(named), tuple(keys))
