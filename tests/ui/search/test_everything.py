"""What one field finds: by part of a name, by a slip, and only what the role may open."""

import pytest

from mesodash.ui.search.everything import best

NAMES = [
    ("Under-eye, left", "eye"),
    ("Lower abdomen", "lower"),
    ("Upper abdomen", "upper"),
    ("Cheek, left", "cheek"),
]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("abdomen", ["lower", "upper"]),
        ("lower abd", ["lower"]),
        ("ABDOMEN upper", ["upper"]),
        ("abdomne", ["lower", "upper"]),
        ("left", ["cheek", "eye"]),
        ("knee", []),
        ("chek", ["cheek"]),
    ],
)
def test_a_name_is_found_by_its_words_their_parts_and_slips(asked, found):
    assert best(asked, NAMES) == found
