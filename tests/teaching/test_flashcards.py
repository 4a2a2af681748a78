"""Flashcards of the app: the deck's own, with the picture in them and the answer out of it."""

from xml.etree import ElementTree as ET

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.teaching.deck import deck_notes
from mesodash.teaching.flashcards import flashcards
from mesodash.ui.lessons.flashcard_page import picture_words


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


@pytest.fixture(scope="module")
def cards(catalogue, atlas):
    return flashcards(catalogue, atlas)


def test_they_are_the_decks_own(catalogue, atlas, cards):
    assert [card.row for card in cards] == [note.row for note in deck_notes(catalogue, atlas)]
    assert all(card.answers and len(card.row) <= 200 for card in cards)


def test_every_protocol_and_every_drawn_area_has_a_card_of_a_known_source(catalogue, atlas, cards):
    places = {card.row.removeprefix("areas.") for card in cards if card.picture}
    assert places == {area for area, _side in atlas.areas()}
    facts = [card for card in cards if not card.picture]
    assert {card.row.split(".")[1] for card in facts} == set(catalogue.protocols)
    assert all(card.sources and set(card.sources) <= set(catalogue.sources) for card in facts)


def test_a_picture_fills_one_area_and_its_words_do_not_name_it(catalogue, cards):
    for card in (one for one in cards if one.picture):
        root = ET.fromstring(card.picture.svg("view.webp"))  # noqa: S314 - our own
        filled = [one for one in root.iter() if one.get("fill-opacity") == "0.75"]
        assert [one.get("d") for one in filled] == [card.picture.shape.path]
        # "Scalp" is the view and part of an area's name; the whole name is never there.
        assert card.answers[0] not in picture_words(card.picture)
