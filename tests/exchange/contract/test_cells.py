"""One cell at a time: what it becomes, or why not."""

import json

import pytest

from mesodash.exchange.contract.cells import parameters_json, parser_for, vocabulary_of
from mesodash.exchange.contract.files import BY_FILE
from mesodash.exchange.errors import CellError


@pytest.fixture
def parse(catalogue):
    vocabulary = vocabulary_of(catalogue)

    def run(file, column, text):
        target = BY_FILE[f"{file}.csv"]
        return parser_for(target.columns[target.at(column)], vocabulary)(text)

    return run


@pytest.mark.parametrize(
    ("file", "column", "text", "value"),
    [
        ("treated_areas", "volume_ml", "1.5", 1500),
        ("treated_areas", "volume_ml", "0.001", 1),
        ("treated_areas", "volume_ml", "1000.000", 1_000_000),
        ("treated_areas", "volume_ml", "0.0700", 70),
        ("treated_areas", "depth_mm", "2.345", 2345),
        ("treated_areas", "points", " 40 ", 40),
        ("treated_areas", "points", "40.0", 40),
        ("treated_areas", "area", "face", "face"),
        ("outcomes", "value", "-0", 0.0),
        ("outcomes", "value", "1.5e2", 150.0),
        ("sessions", "held_at", "2024-02-29", "2024-02-29"),
        ("sessions", "held_at", "2024-02-29T23:59:59", "2024-02-29T23:59:59"),
        ("side_effects", "onset_at", "2024", "2024"),
        ("side_effects", "onset_at", "2024-12", "2024-12"),
        ("side_effects", "effect", "other", "other"),
        ("patients", "patient_id", " P 1 ", "P 1"),
        ("patients", "patient_id", "'-1", "-1"),
        ("patients", "note", "'=1+1", "=1+1"),
        ("patients", "note", "two\nlines\tand a tab", "two\nlines\tand a tab"),
    ],
)
def test_what_a_cell_becomes(file, column, text, value, parse):
    got = parse(file, column, text)

    assert (got, type(got), str(got)) == (value, type(value), str(value))


@pytest.mark.parametrize(
    ("file", "column", "text"),
    [
        ("treated_areas", "volume_ml", "1.5 ml"),
        ("treated_areas", "volume_ml", "١"),
        ("treated_areas", "volume_ml", "1000.001"),
        ("treated_areas", "points", "2.5"),
        ("treated_areas", "points", "1e2"),
        ("treated_areas", "area", "FACE"),
        ("sessions", "held_at", "2023-02-29"),
        ("sessions", "held_at", "2024-01-05 10:30"),
        ("sessions", "held_at", "20240105"),
        ("sessions", "held_at", "2024-W01-1"),
        ("sessions", "held_at", "2024-01-05T24:00"),
        ("side_effects", "onset_at", "2024-13"),
        ("side_effects", "onset_at", "24"),
        ("patients", "patient_id", " "),
        ("patients", "patient_id", "a\nb"),
        ("patients", "note", "\x85"),
    ],
)
def test_what_no_cell_may_say(file, column, text, parse):
    with pytest.raises(CellError, match=r"^(is|has|holds) .+"):
        parse(file, column, text)


def test_sides_are_those_of_the_area_and_both_needs_two(catalogue):
    sides = vocabulary_of(catalogue).sides

    assert sides["face.chin"] == ("midline",)
    assert sides["face.cheek"] == ("left", "right", "both")
    assert sides["abdomen.lower"] == ("left", "right", "both", "midline")
    assert set(sides) == set(catalogue.areas)


def test_parameters_are_kept_in_one_spelling():
    text = '{ "sessions": 4, "depth_mm":2.50, "technique":"nappage"}'

    kept = parameters_json(text, {"nappage"})
    assert list(json.loads(kept).items()) == [
        ("depth_mm", 2.5),
        ("sessions", 4),
        ("technique", "nappage"),
    ]
    assert parameters_json(kept, {"nappage"}) == kept


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sessions=4", "is not JSON"),
        ("[" * 3000, "is not JSON"),
        ('{"depth_mm": NaN}', "is not JSON"),
        ("[1]", "is not a JSON object"),
        ('{"depth": 2}', "names 'depth', which is not known"),
        ('{"depth_mm": 2, "depth_mm": 3}', "names 'depth_mm' twice"),
        ('{"depth_mm": "2"}', "has no number as depth_mm"),
        ('{"depth_mm": 1e999}', "not above 0"),
        ('{"depth_mm": -1}', "not above 0"),
        ('{"sessions": 2.5}', "has no whole number as sessions"),
        ('{"sessions": true}', "has no whole number as sessions"),
        ('{"technique": "magic"}', "not a code of the catalogue"),
        ('{"mixture": "\\ud800"}', "has no plain words as mixture"),
        ('{"needle": 30}', "has no plain words as needle"),
        ('{"needle": "' + "x" * 20_000 + '"}', "is longer than"),
    ],
)
def test_parameters_that_cannot_be_followed_is_refused(text, reason):
    with pytest.raises(CellError, match=reason):
        parameters_json(text, {"nappage"})
