"""What pydantic finds wrong, in the reader's language: none of its types is told in its English."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal, get_args

import pytest
from pydantic import AnyUrl, TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from mesodash.language import use_language
from mesodash.language.fault_words import fault_words


@dataclass(frozen=True)
class Part:
    number: int


@dataclass(frozen=True)
class Whole:
    text: str
    number: int
    amount: float
    sure: bool
    word: Literal["left", "right"]
    parts: tuple[Part, ...]
    on: date
    at: datetime
    clock: time
    link: AnyUrl


GOOD = {
    "text": "a", "number": 1, "amount": 0.5, "sure": True, "word": "left", "parts": [{"number": 1}],
    "on": "2026-01-31", "at": "2026-01-31T10:00", "clock": "10:00", "link": "https://example.org",
}  # fmt: skip
EXPECTED = [
    ("text", 3, "is not text", "n’est pas un texte"),
    ("number", "x", "is not a whole number", "n’est pas un nombre entier"),
    ("number", 1.5, "is not a whole number", "n’est pas un nombre entier"),
    ("amount", "x", "is not a number", "n’est pas un nombre"),
    ("sure", "x", "is neither true nor false", "n’est ni vrai ni faux"),
    ("word", "up", "is none of the words 'left', 'right'", "n’est aucun des mots"),
    ("parts", "x", "is not a list", "n’est pas une liste"),
    ("parts", [3], "is not an object with fields", "n’est pas un objet avec des champs"),
    ("parts", [{}], "is missing", "manque"),
    ("on", "x", "is not a day", "n’est pas un jour"),
    ("at", "x", "is not a day with its time", "n’est pas un jour avec son heure"),
    ("clock", "x", "is not a time", "n’est pas une heure"),
    ("link", "x", "is not an address", "n’est pas une adresse"),
]


@pytest.mark.parametrize(("name", "value", "english", "french"), EXPECTED)
def test_each_kind_has_words_in_both_languages(name, value, english, french):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Whole).validate_json(TypeAdapter(dict).dump_json(GOOD | {name: value}))
    (error,) = caught.value.errors()
    with use_language("en"):
        assert fault_words(error).startswith(english)
    with use_language("fr"):
        assert fault_words(error).startswith(french)


def test_no_type_of_pydantic_is_told_in_its_own_english():
    told = {}
    for kind in get_args(ErrorType):
        with use_language("fr"):
            told[kind] = fault_words({"type": kind, "loc": (), "msg": "Input should be valid"})
    assert len(told) > 90
    assert not {
        kind for kind, words in told.items() if "input" in words.lower() or "should" in words
    }
