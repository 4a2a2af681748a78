"""The Python half of the body figure: what it answers, and what it sends to the browser."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import mesodash.bodymap
from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import ColourScale
from mesodash.bodymap.figure.component import (
    TONES,
    WORDS,
    FigureState,
    _newest,
    _shares,
    body_figure,
    placed_now,
    tone_for,
)
from mesodash.bodymap.figure.placed_points import Placed

FRONTEND = Path(mesodash.bodymap.__file__).parent / "frontend"
LOWER, CHEEK = AreaSide("abdomen.lower", "midline"), AreaSide("face.cheek", "left")
NAMES = {LOWER: "Lower abdomen", CHEEK: "Cheek, left"}
ASKED = FigureState((LOWER,), "female", "front")


def page():
    import streamlit as st

    from mesodash.bodymap.colours import ColourScale
    from mesodash.bodymap.figure.component import body_figure, chosen_now

    names = {("abdomen.lower", "midline"): "Lower abdomen", ("face.cheek", "left"): "Cheek, left"}
    state = body_figure(
        key="body",
        labels=names,
        values={("abdomen.lower", "midline"): 50.0, ("face.cheek", "left"): float("nan")},
        value_text={("abdomen.lower", "midline"): "50 sessions, n 12"},
        scale=ColourScale("Sessions", 0, 200),
        several=True,
    )
    st.text(f"{state} {chosen_now('body', names, ())}")


def sent(app: AppTest) -> dict:
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_a_page_with_the_figure_runs_without_a_browser():
    app = AppTest.from_function(page, default_timeout=120).run()
    assert not app.exception
    assert app.text[0].value == f"{FigureState((), 'female', 'front')} ()"


def test_what_goes_to_the_browser():
    proto = AppTest.from_function(page, default_timeout=120).run().get("bidi_component")[0].proto
    assert (proto.component_name, proto.js_source_path, proto.css_source_path) == (
        "mesodash.body",
        "index.js",
        "figure.css",
    )
    # Inline scripts die under the content security policy; the files are served and kept.
    assert (proto.js_content, proto.css_content) == ("", "")
    data = json.loads(proto.json)
    version, mesh = data.pop("atlas"), data.pop("turn")
    assert isinstance(version, str)
    assert isinstance(mesh, str)
    assert mesh != version
    assert data == {
        "key": "body",
        "seq": 0,
        "chosen": [],
        "figure": "female",
        "view": "front",
        "views": [
            *("front", "back", "left", "right", "face", "face_left", "face_right", "scalp"),
            "face_below",
        ],
        "tones": ["II", "V"],
        "tone": "II",
        "areas": [
            ["abdomen.lower|midline", "Lower abdomen", "50 sessions, n 12"],
            ["face.cheek|left", "Cheek, left", None],
        ],
        "values": {"abdomen.lower|midline": 0.5},
        "scale": {"label": "Sessions", "ticks": [[0.0, "0"], [0.5, "50"], [1.0, "200"]]},
        "marked": [],
        "several": True,
        "several_on": False,
        "read_only": False,
        "states": None,
        "points": [],
        "skin": [],
        "placing": None,
        "groups": [],
        "panel": None,
        "words": WORDS,
    }


def test_every_script_the_front_end_imports_is_there_and_nothing_comes_from_outside():
    scripts = {path.name: path.read_text("utf-8") for path in FRONTEND.glob("*.js")}
    imported = {
        line.split('"')[-2].removeprefix("./")
        for text in scripts.values()
        for line in text.splitlines()
        if line.startswith("import ")
    }
    assert imported | {"index.js"} == set(scripts)
    for text in (*scripts.values(), (FRONTEND / "figure.css").read_text("utf-8")):
        addresses = text.replace('"http://www.w3.org/2000/svg"', "")
        assert "://" not in addresses
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text


def choice(**changes):
    return {
        "choice": {
            "seq": 5,
            "chosen": ["face.cheek|left"],
            "figure": "male",
            "view": "face",
            "asked": ["female", "front"],
            **changes,
        }
    }


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, (0, ASKED)),
        ({"body": choice()}, (5, FigureState((CHEEK,), "male", "face"))),
        # Handled before: the caller's choice counts, the browser's figure and view still do.
        ({"body": choice(), "body.seen": 5}, (5, FigureState((LOWER,), "male", "face"))),
        # The caller has since asked for another figure.
        ({"body": choice(asked=["male", "front"])}, (5, FigureState((CHEEK,), "female", "front"))),
        ({"body": choice(chosen=[])}, (5, FigureState((), "male", "face"))),
        ({"body": choice(chosen=["leg|left", 3, None])}, (5, FigureState((), "male", "face"))),
        ({"body": choice(chosen="face.cheek|left")}, (0, FigureState((LOWER,), "male", "face"))),
        ({"body": choice(seq="9")}, (0, FigureState((LOWER,), "male", "face"))),
        ({"body": choice(figure="<b>", view=["x"])}, (5, FigureState((CHEEK,), "female", "front"))),
        ({"body": {"choice": "nonsense"}}, (0, ASKED)),
    ],
)
def test_the_newer_of_browser_and_caller_counts_and_nothing_unknown_passes(
    monkeypatch, state, expected
):
    monkeypatch.setattr("mesodash.bodymap.figure.component.st.session_state", state)
    assert _newest("body", NAMES, ASKED) == expected


def test_shares_keep_missing_apart_from_zero():
    four = [AreaSide("a", side) for side in ("left", "right", "both", "midline")]
    numbers = dict(zip(four, [0.0, 300.0, float("nan"), 50.0], strict=True))
    assert _shares(numbers, ColourScale("x", 0, 200)) == {
        "a|left": 0.0,
        "a|right": 1.0,
        "a|midline": 0.5,
    }
    assert _shares({LOWER: 3.0}, ColourScale("x", 3, 3)) == {"abdomen.lower|midline": 0.0}


@pytest.mark.parametrize(
    "wrong", [{"figure": "cat"}, {"view": "inside"}, {"views": ()}, {"views": ("front", "top")}]
)
def test_an_unknown_figure_or_view_is_refused(wrong):
    with pytest.raises(ValueError, match="female or male"):
        body_figure(key="body", labels=NAMES, **wrong)


def test_a_skin_tone_of_no_figure_is_refused():
    with pytest.raises(ValueError, match="one of II, V"):
        body_figure(key="map", labels={}, tone="IV")


@pytest.mark.parametrize(
    ("phototype", "tone"),
    [(None, "II"), ("I", "II"), ("III", "II"), ("IV", "V"), ("V", "V"), ("VI", "V")],
)
def test_a_patient_is_drawn_in_the_nearest_tone(phototype, tone):
    assert tone_for(phototype) == tone


def test_every_tone_has_its_name_its_colour_and_its_pictures():
    css = (FRONTEND / "figure.css").read_text(encoding="utf-8")
    for tone in TONES:
        assert WORDS[f"tone_{tone}"] == f"Phototype {tone}"
        assert f'[data-name="tone_{tone}"]' in css
    assert {tuple(view.pictures) for view in load_atlas().views} == {TONES}


def test_values_without_a_scale_are_refused():
    with pytest.raises(ValueError, match="scale"):
        body_figure(key="body", labels=NAMES, values={LOWER: 1.0})


def placing_page():
    import streamlit as st

    from mesodash.bodymap.atlas import load_atlas
    from mesodash.bodymap.choice import AreaSide
    from mesodash.bodymap.figure.component import body_figure
    from mesodash.bodymap.figure.placed_points import Placed

    lower = AreaSide("abdomen.lower", "midline")
    state = body_figure(
        key="body",
        labels={lower: "Lower abdomen"},
        placing=lower,
        placed=(Placed("front", 0.25, -0.5),),
        atlas=load_atlas(),
    )
    st.text(str(state.placed))


def test_placed_points_travel_as_places_in_the_area():
    app = AppTest.from_function(placing_page, default_timeout=120).run()
    assert not app.exception
    assert app.text[0].value == "(Placed(view='front', u=0.25, v=-0.5),)"
    placing = sent(app)["placing"]
    assert placing["points"] == [["front", 0.25, -0.5]]
    assert (placing["site"], placing["seq"], placing["most"]) == ("abdomen.lower|midline", 0, 100)
    assert list(placing["frames"]) == ["female", "male"]


def test_a_point_placed_just_before_another_area_is_taken_up_is_not_lost(monkeypatch):
    word = {"seq": 7, "site": str(LOWER), "points": [["front", 0.1, 0.2]]}
    state = {"body": {"placed": word}}
    monkeypatch.setattr("mesodash.bodymap.figure.component.st.session_state", state)
    atlas = load_atlas()
    assert placed_now("body", CHEEK, (), atlas) == ()
    state["body"] = {"placed": {"seq": 8, "site": str(CHEEK), "points": []}}
    assert placed_now("body", LOWER, (), atlas) == (Placed("front", 0.1, 0.2),)


@pytest.mark.parametrize("wrong", [{}, {"read_only": True}])
def test_placing_without_an_atlas_or_on_a_read_only_figure_is_refused(wrong):
    atlas = load_atlas() if wrong else None
    with pytest.raises(ValueError, match="Placing points"):
        body_figure(key="body", labels=NAMES, placing=LOWER, atlas=atlas, **wrong)
