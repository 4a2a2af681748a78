"""Areas and protocols as a deck for Anki: areas on the figure with only the asked one revealed.

A note's id follows from the row it is made of, so that a deck made anew updates a learner's own and
keeps what they have learnt. Every answer names its sources.
"""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from markupsafe import escape

from mesodash.bodymap.atlas import DEFAULT, AreaShape, Atlas, BodyView, most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.language import _, catalogue_text
from mesodash.teaching.comparison import compare
from mesodash.teaching.points import box_of

# Anki tells decks and kinds of notes apart by these numbers: never change them.
DECK_ID: Final = 1_764_432_001
_AREA_MODEL: Final = 1_764_432_002
_FACT_MODEL: Final = 1_764_432_003
_FIGURE: Final = "female"
_ASKED: Final = ("Mixture", "Technique", "Layer that is meant", "Depth", "Needle", "Volume a point",
    "Points", "Spacing", "Largest volume", "Course", "Evidence")  # fmt: skip
_STYLE: Final = (
    ".card { font: 20px/1.4 system-ui, sans-serif; text-align: center; color: #1d2b2f;"
    " background: #fbfaf8; } .nightMode.card { color: #e6ebeb; background: #14191b; }"
    " svg { max-height: 62vh; max-width: 96%; } .quiet { font-size: 14px; color: #7a8a8e; }"
)


@dataclass(frozen=True, slots=True)
class DeckNote:
    """One note: which row it is made of, its two sides as HTML, and the pictures it shows."""

    row: str
    front: str
    back: str
    pictures: tuple[str, ...] = ()


def deck_notes(catalogue: Catalogue, atlas: Atlas) -> tuple[DeckNote, ...]:
    """Every note of the deck: an area each, then each published figure of each protocol."""
    return (*_areas(catalogue, atlas), *_facts(catalogue))


def make_deck(catalogue: Catalogue, atlas: Atlas, *, made_on: date) -> bytes:
    """The deck as an Anki package (.apkg).

    Args:
        catalogue: what is asked.
        atlas: the figure.
        made_on: stands as the time of all that is in it.
    """
    # Not at import: only who asks for the deck needs it.
    import genanki  # noqa: PLC0415

    notes = deck_notes(catalogue, atlas)
    models = {
        "area": _model(genanki, _AREA_MODEL, _("mesodash: area")),
        "fact": _model(genanki, _FACT_MODEL, _("mesodash: protocol")),
    }
    deck = genanki.Deck(DECK_ID, _("mesodash: areas and protocols"))
    for note in notes:
        kind = "area" if note.row.startswith("areas.") else "fact"
        deck.add_note(
            genanki.Note(
                model=models[kind],
                fields=[note.front, note.back],
                guid=genanki.guid_for("mesodash", note.row),
                tags=[kind],
            )
        )
    package = genanki.Package(deck)
    names = dict.fromkeys(name for note in notes for name in note.pictures)
    package.media_files = [str(DEFAULT.parent / name) for name in names]
    at = datetime.combine(made_on, time(12), tzinfo=UTC).timestamp()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mesodash.apkg"
        package.write_to_file(str(path), timestamp=at)
        return path.read_bytes()


def _model(genanki: Any, number: int, name: str) -> Any:
    return genanki.Model(
        number,
        name,
        fields=[{"name": "Front"}, {"name": "Back"}],
        templates=[
            {"name": name, "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}
        ],
        css=_STYLE,
    )


def _areas(catalogue: Catalogue, atlas: Atlas) -> Iterator[DeckNote]:
    """An area each, on the view that shows it best; both sides of one area are one note."""
    seen: set[str] = set()
    for site in (AreaSide(*pair) for pair in atlas.areas()):
        views = most_skin_first(atlas, _FIGURE, site)
        if site.area in seen or not views:
            continue
        seen.add(site.area)
        view, shape = views[0]
        label = catalogue_text("areas", site.area, "label", catalogue.areas[site.area].label)
        # The picture is named in a plain tag too: Anki finds what a note uses by those.
        used = f'<img src="{view.picture}" alt="" style="display:none">'
        asked = escape(_("Which area is this?"))
        front = f"<p>{asked}</p>{_occluded(view, shape)}{used}"
        yield DeckNote(f"areas.{site.area}", front, f"<p>{escape(label)}</p>", (view.picture,))


def _occluded(view: BodyView, shape: AreaShape) -> str:
    """A view with every area outlined and the asked one filled, nothing named."""
    x, y, wide, tall = box_of(view, shape)
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"})
    root.set("viewBox", f"{x:g} {y:g} {wide:g} {tall:g}")
    root.set("role", "img")
    size = {"width": str(view.width), "height": str(view.height)}
    ET.SubElement(root, "image", {"href": view.picture, **size})
    unit = f"{wide / 420:.2f}"
    for other in view.areas:
        thin = {"d": other.path, "fill": "none", "stroke": "#3d4c50", "stroke-opacity": "0.35"}
        ET.SubElement(root, "path", {**thin, "stroke-width": unit})
    mine = {"d": shape.path, "fill": "#0f766e", "fill-opacity": "0.75", "stroke": "#064b45"}
    ET.SubElement(root, "path", {**mine, "stroke-width": unit})
    return ET.tostring(root, encoding="unicode")


def _facts(catalogue: Catalogue) -> Iterator[DeckNote]:
    for protocol in catalogue.protocols.values():
        rows = {row.name: row.cells[0] for row in compare(catalogue, [protocol])}
        for name in _ASKED:
            told = rows[_(name)]
            if told != _("not published"):
                yield _fact(catalogue, protocol, name, told)
        yield from _forbidden(catalogue, protocol)


def _fact(catalogue: Catalogue, protocol: Protocol, name: str, told: str) -> DeckNote:
    label = catalogue_text("protocols", protocol.code, "label", protocol.label)
    return DeckNote(
        f"protocols.{protocol.code}.{name}",
        f"<p>{escape(label)}</p><p>{escape(_(name))}</p>",
        f"<p>{escape(told)}</p>{_cited(catalogue, protocol.sources)}",
    )


def _forbidden(catalogue: Catalogue, protocol: Protocol) -> Iterator[DeckNote]:
    rules = [r for r in catalogue.contraindications_to(protocol.code) if r.level == "absolute"]
    if not rules:
        return
    label = catalogue_text("protocols", protocol.code, "label", protocol.label)
    named = [catalogue_text("contraindications", r.code, "label", r.label) for r in rules]
    items = "".join(f"<li>{escape(one)}</li>" for one in named)
    keys = dict.fromkeys(key for rule in rules for key in rule.sources)
    asked = escape(_("Who must not have it?"))
    yield DeckNote(
        f"protocols.{protocol.code}.forbidden",
        f"<p>{escape(label)}</p><p>{asked}</p>",
        f'<ul style="text-align:left">{items}</ul>{_cited(catalogue, keys)}',
    )


def _cited(catalogue: Catalogue, keys: Iterable[str]) -> str:
    texts = "; ".join(catalogue.sources[key].text for key in keys)
    return f'<p class="quiet">{escape(texts)}</p>'
