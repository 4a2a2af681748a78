"""Levels, weights and their words."""

from mesodash.consult.verdicts import (
    BLOCKED,
    LEVEL_WORDS,
    LEVELS,
    WEIGHT_WORDS,
    Reason,
    ScreeningVerdict,
)


def test_levels_go_from_mild_to_strict_and_have_words():
    assert LEVELS == ("offered", "caution", "unknown", "excluded", "banned", "stop")
    assert set(LEVEL_WORDS) == set(LEVELS)
    assert len(set(LEVEL_WORDS.values())) == len(LEVELS)


def test_what_each_weight_makes_of_a_protocol():
    assert {weight: Reason("c", weight, "S.").level for weight in WEIGHT_WORDS} == {
        "absolute": "excluded",
        "relative": "caution",
        "caution": "caution",
        "stop": "stop",
        "banned": "banned",
        "unknown": "unknown",
        "note": "offered",
    }


def test_only_what_is_not_blocked_may_be_planned():
    blocked = {level for level in LEVELS if ScreeningVerdict("p", "a", level, (), (), ()).blocked}
    assert blocked == BLOCKED == {"excluded", "banned", "stop"}
