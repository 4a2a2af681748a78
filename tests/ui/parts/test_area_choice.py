"""Where the figure shows what was recorded."""

import pytest
import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.ui.parts import area_choice
from mesodash.ui.parts.area_choice import places

DRAWN = {AreaSide("hip", "left"), AreaSide("hip", "right"), AreaSide("abdomen.lower", "midline")}


@pytest.mark.parametrize(
    ("area", "side", "sides"),
    [
        ("hip", "left", ["left"]),
        ("hip", "both", ["left", "right"]),
        ("hip", "midline", []),
        ("abdomen.lower", "midline", ["midline"]),
        ("abdomen.lower", "left", ["midline"]),
        ("abdomen.lower", "both", ["midline"]),
        ("face", "both", []),
    ],
)
def test_places(area, side, sides):
    assert places(AreaSide(area, side), DRAWN) == tuple(AreaSide(area, one) for one in sides)


class OvertakenError(BaseException):
    """As Streamlit ends a run: past `Exception`."""


def test_a_run_overtaken_after_drawing_loses_no_choice(monkeypatch):
    hip = AreaSide("hip", "left")
    said = {"seq": 1, "chosen": ["hip|left"], "figure": "female", "view": "front", "asked": []}
    state = {area_choice.CHOSEN: (), area_choice.FIGURE: {"choice": said}}

    def drawn_and_overtaken(*, key, **_):
        state[f"{key}.seen"] = 1
        raise OvertakenError

    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(area_choice, "_follow_address", lambda _: None)
    monkeypatch.setattr(area_choice, "body_figure", drawn_and_overtaken)
    with pytest.raises(OvertakenError):
        area_choice.choose_areas({hip: "Hip, left"}, area_choice.Overlay(states={hip: None}))
    assert area_choice.now_chosen({hip: "Hip, left"}) == (hip,)


def test_a_list_that_the_figure_overtook_counts_no_more(monkeypatch):
    hip, knee = AreaSide("hip", "left"), AreaSide("knee", "left")
    state = {
        area_choice.CHOSEN: (hip,),
        area_choice.LISTED: ((hip,), 2),
        f"{area_choice.LIST}_1": [],
        f"{area_choice.LIST}_2": [hip, knee],
    }
    monkeypatch.setattr(st, "session_state", state)
    area_choice._from_list(1)
    assert state[area_choice.CHOSEN] == (hip,)
    area_choice._from_list(2)
    assert state[area_choice.CHOSEN] == (hip, knee)
    assert state[area_choice.LISTED] == ((hip, knee), 2)


def test_groups_hold_what_is_drawn_of_them_the_smallest_first(catalogue):
    drawn = [
        AreaSide(area, side)
        for area in ("leg.thigh.medial", "leg.thigh.lateral", "leg.calf", "face.nose")
        for side in ("left", "right")
    ]

    assert area_choice.groups(catalogue, drawn) == [
        ("Thigh: all", tuple(drawn[:4])),
        ("Leg: all", tuple(drawn[:6])),
    ]
