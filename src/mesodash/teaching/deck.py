"""The flashcards as a deck for Anki.

A note's id follows from the row it is made of, so that a deck made anew updates a learner's own and
keeps what they have learnt.
"""

import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from markupsafe import escape

from mesodash.bodymap.atlas import DEFAULT, Atlas
from mesodash.catalogue.types import Catalogue
from mesodash.language import _
from mesodash.teaching.flashcards import Flashcard, flashcards

# Anki tells decks and kinds of notes apart by these numbers: never change them.
DECK_ID: Final = 1_764_432_001
_AREA_MODEL: Final = 1_764_432_002
_FACT_MODEL: Final = 1_764_432_003
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
    """Every flashcard as a note of the deck."""
    return tuple(_note(catalogue, card) for card in flashcards(catalogue, atlas))


def _note(catalogue: Catalogue, card: Flashcard) -> DeckNote:
    asked = f"<p>{escape(card.question)}</p>"
    if card.picture is not None:
        name = card.picture.view.picture
        # The picture is named in a plain tag too: Anki finds what a note uses by those.
        used = f'<img src="{name}" alt="" style="display:none">'
        told = f"<p>{escape(card.answers[0])}</p>"
        return DeckNote(card.row, f"{asked}{card.picture.svg(name)}{used}", told, (name,))
    if len(card.answers) == 1 and not card.row.endswith(".forbidden"):
        told = f"<p>{escape(card.answers[0])}</p>"
    else:
        items = "".join(f"<li>{escape(one)}</li>" for one in card.answers)
        told = f'<ul style="text-align:left">{items}</ul>'
    texts = "; ".join(catalogue.sources[key].text for key in card.sources)
    cited = f'<p class="quiet">{escape(texts)}</p>'
    return DeckNote(card.row, f"<p>{escape(card.subject)}</p>{asked}", f"{told}{cited}")


def make_deck(catalogue: Catalogue, atlas: Atlas, *, made_on: date) -> bytes:
    """The deck as an Anki package (.apkg).

    Args:
        catalogue: what is asked.
        atlas: the figure.
        made_on: the time given to everything in it.
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
