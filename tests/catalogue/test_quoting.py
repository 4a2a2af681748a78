"""What is repeated in a sentence neither breaks it nor fills the page."""

import pytest

from mesodash.catalogue.quoting import quoted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("colour", '"colour"'),
        ("Ärger", '"Ärger"'),
        ("a\nb\x1b", '"a\\nb\\u001b"'),
        ('say "no"', '"say \\"no\\""'),
        ("x" * 5000, '"' + "x" * 64 + '"'),
    ],
)
def test_it_stays_one_short_line(text, expected):
    assert quoted(text) == expected
