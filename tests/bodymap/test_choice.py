"""Chosen areas and the page's address."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sentences import numbers_in

from mesodash.bodymap.choice import (
    MOST_AREAS,
    SIDES,
    AreaSide,
    ReadChoice,
    only_known,
    read_choice,
    write_choice,
)

LOWER = AreaSide("abdomen.lower", "midline")
CHEEK_LEFT, CHEEK_RIGHT = AreaSide("face.cheek", "left"), AreaSide("face.cheek", "right")
KNOWN = (LOWER, CHEEK_LEFT, CHEEK_RIGHT)
NOT_AN_AREA = "The address holds something that is not an area; it was left out."


def test_the_address_of_the_contract_is_read():
    assert read_choice(["abdomen.lower"], ["midline"], KNOWN) == ReadChoice((LOWER,))


@pytest.mark.parametrize(
    ("areas", "sides"),
    [
        (["abdomen.lower,face.cheek"], ["midline,left"]),
        (["abdomen.lower", "face.cheek"], ["midline", "left"]),
        ([" abdomen.lower , face.cheek"], ["midline , left "]),
        (["abdomen.lower", "face.cheek", "face.cheek"], ["midline", "left", "left"]),
    ],
)
def test_several_are_repeated_parameters_or_comma_lists(areas, sides):
    assert read_choice(areas, sides, KNOWN) == ReadChoice((LOWER, CHEEK_LEFT))


def test_an_empty_address_chooses_nothing_and_has_nothing_to_say():
    assert read_choice([], [], KNOWN) == ReadChoice()
    assert read_choice([""], [""], KNOWN) == ReadChoice()


def test_both_is_left_and_right():
    assert read_choice(["face.cheek"], ["both"], KNOWN).chosen == (CHEEK_LEFT, CHEEK_RIGHT)
    whole = AreaSide("face.cheek", "both")
    assert read_choice(["face.cheek"], ["both"], (*KNOWN, whole)).chosen == (whole,)


def test_a_missing_side_is_taken_only_where_there_is_one():
    assert read_choice(["abdomen.lower"], [], KNOWN) == ReadChoice((LOWER,))
    read = read_choice(["face.cheek"], [], KNOWN)
    assert read.chosen == ()
    (problem,) = read.problems
    assert re.findall(r"face\.cheek|side=\w+", problem) == ["face.cheek", "side=left", "side=right"]


@pytest.mark.parametrize("side", ["Left", "LEFT", "rechts", "midline", "<b>", "left|right"])
def test_a_side_the_area_does_not_have_is_not_guessed(side):
    assert read_choice(["face.cheek"], [side], KNOWN).chosen == ()


def test_an_unknown_area_is_named_in_plain_words():
    read = read_choice(["knee.inner", "abdomen.lower"], ["left", "midline"], KNOWN)
    assert read.chosen == (LOWER,)
    (problem,) = read.problems
    assert "knee.inner" in problem


@pytest.mark.parametrize(
    "area",
    [
        "<script>alert(1)</script>",
        "abdomen.lower' OR 1=1 --",
        "../../etc/passwd",
        "[x](javascript:alert(1))",
        "ABDOMEN.LOWER",
        "abdomen..lower",
        "аbdomen.lower",
        "a" * 5000,
        "abdomen.lower\x00",
        "abdomen.lower\u202e",
    ],
)
def test_a_hostile_area_is_left_out_and_never_repeated(area):
    assert read_choice([area], ["midline"], KNOWN) == ReadChoice((), (NOT_AN_AREA,))


def test_more_sides_than_areas_are_said():
    read = read_choice(["abdomen.lower"], ["midline", "left"], KNOWN)
    assert (read.chosen, len(read.problems)) == ((LOWER,), 1)
    assert read_choice(["abdomen.lower"], ["midline"], KNOWN).problems == ()


def test_an_endless_address_is_cut():
    known = [AreaSide(f"area_{number}", "midline") for number in range(MOST_AREAS + 40)]
    read = read_choice([",".join(item.area for item in known)], [], known)
    assert read.chosen == tuple(known[:MOST_AREAS])
    assert [numbers_in(problem) for problem in read.problems] == [[MOST_AREAS]]


def test_writing_gives_the_contracts_address():
    assert write_choice([LOWER]) == {"area": "abdomen.lower", "side": "midline"}
    assert write_choice([LOWER, CHEEK_LEFT, LOWER]) == {
        "area": "abdomen.lower,face.cheek",
        "side": "midline,left",
    }
    assert write_choice([]) == {}


codes = st.from_regex(r"[a-z][a-z0-9_]{0,8}(\.[a-z][a-z0-9_]{0,8}){0,2}", fullmatch=True)
items = st.builds(AreaSide, codes, st.sampled_from(SIDES))


@pytest.mark.slow
@given(st.lists(items, max_size=20, unique=True))
def test_what_was_written_is_read_again(chosen):
    address = write_choice(chosen)
    areas = [address["area"]] if address else []
    sides = [address["side"]] if address else []
    assert read_choice(areas, sides, chosen) == ReadChoice(tuple(chosen))


@pytest.mark.slow
@given(st.lists(st.text(), max_size=6), st.lists(st.text(), max_size=6))
def test_no_address_breaks_it_and_only_the_known_is_chosen(areas, sides):
    first, second = (read_choice(areas, sides, KNOWN) for _ in range(2))
    assert first == second
    assert set(first.chosen) <= set(KNOWN)


@pytest.mark.parametrize(
    ("area", "side"),
    [("Abdomen", "left"), ("", "left"), ("face", "Left"), ("face", ""), ("a|b", "left")],
)
def test_what_is_no_area_or_side_is_never_held(area, side):
    with pytest.raises(ValueError, match=r"^(An area|A side) is"):
        AreaSide(area, side)


def test_text_form_round_trip():
    assert AreaSide.parse(str(CHEEK_LEFT)) == CHEEK_LEFT
    assert AreaSide.of(("face.cheek", "left")) == CHEEK_LEFT
    assert AreaSide.of(CHEEK_LEFT) is CHEEK_LEFT
    with pytest.raises(ValueError, match=r"area\|side"):
        AreaSide.parse("face.cheek")


def test_from_the_wire_only_known_areas_come_through():
    sent = ["face.cheek|left", "face.cheek|left", "x|y", "<b>", 7, None, ["face.cheek|left"], {}]
    assert only_known(sent, KNOWN) == (CHEEK_LEFT,)
