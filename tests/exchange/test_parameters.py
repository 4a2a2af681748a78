"""What the parameters of an adopted version may say, and that odd JSON is a sentence."""

import pytest

from mesodash.exchange.errors import CellError
from mesodash.exchange.parameters import parameters_of


def test_they_are_kept_in_one_spelling():
    text = '{ "sessions": 4, "depth_mm":2.50, "technique":"nappage"}'

    assert parameters_of(text, {"nappage"}) == (
        '{"depth_mm": 2.5, "sessions": 4, "technique": "nappage"}'
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sessions=4", "is no JSON"),
        ("[" * 3000, "is no JSON"),
        ('{"depth_mm": NaN}', "is no JSON"),
        ("[1]", "is no JSON object"),
        ('{"depth": 2}', "names 'depth', which is not known"),
        ('{"depth_mm": 2, "depth_mm": 3}', "names 'depth_mm' twice"),
        ('{"depth_mm": "2"}', "has no number as depth_mm"),
        ('{"depth_mm": 1e999}', "not above 0"),
        ('{"depth_mm": -1}', "not above 0"),
        ('{"sessions": 2.5}', "has no whole number as sessions"),
        ('{"sessions": true}', "has no whole number as sessions"),
        ('{"technique": "magic"}', "no code of the catalogue"),
        ('{"mixture": "\\ud800"}', "has no plain words as mixture"),
        ('{"needle": 30}', "has no plain words as needle"),
        ('{"needle": "' + "x" * 20_000 + '"}', "is longer than"),
    ],
)
def test_what_cannot_be_followed_is_refused(text, reason):
    with pytest.raises(CellError, match=reason):
        parameters_of(text, {"nappage"})
