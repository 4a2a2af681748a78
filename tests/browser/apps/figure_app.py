"""A page with the body figure alone: the address says which case, the page says what it heard."""

import json
import os
from pathlib import Path

import streamlit as st
from tests.browser.apps.small_atlas import ATLAS, in_python, labels

import mesodash.bodymap
from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide, read_choice, write_choice
from mesodash.bodymap.colours import ColourScale
from mesodash.bodymap.figure.component import FIGURES, body_figure, chosen_now
from mesodash.bodymap.figure.layers import Category, points_layers
from mesodash.bodymap.figure.placed_points import Placed

SHIPPED = Path(mesodash.bodymap.__file__).parent / "frontend" / "atlas" / "atlas.json"

st.set_page_config(page_title="Body figure", layout="wide")
st.session_state.runs = st.session_state.get("runs", 0) + 1
case = st.query_params.get("case", "")
atlas = ATLAS if os.environ.get("FIGURE_ATLAS") else json.loads(SHIPPED.read_text("utf-8"))
shapes = in_python() if os.environ.get("FIGURE_ATLAS") else load_atlas()
names = labels(atlas)
known = [AreaSide(*pair) for pair in names]
asked = read_choice(st.query_params.get_all("area"), st.query_params.get_all("side"), known)

LOWER = AreaSide("abdomen.lower", "midline")
FREE = Category("free", "Free to treat", "calm")
EARLY = Category("early", "Too early", "wait")
LATE = Category("late", "Overdue", "late")
NEVER = Category("never", "Not treated yet", "none")


def kept_points() -> tuple[Placed, ...]:
    """What the address holds, as a page would keep it in its file."""
    parts = [item.split(":") for item in st.query_params.get("placed", "").split(",") if item]
    return tuple(Placed(view, float(u), float(v)) for view, u, v in parts)


def plan() -> list:
    """The points of a protocol on both figures."""
    if "lines" in case:
        given = {"spacing_cm": 2.0, "pattern": "lines"}
    else:
        given = {"count": 12} if "count" in case else {"spacing_cm": 3.0}
    sites = [AreaSide(*pair.split("|")) for pair in st.query_params.get_all("at")] or [LOWER]
    return [
        layer
        for site in sites
        for figure in FIGURES
        for layer in points_layers(shapes, figure, site, **given)
    ]


st.title("Body figure")
if "none" in case:
    st.text("no figure here")
    st.stop()
left, right = st.columns([5, 6]) if "alone" not in case else (st.container(), st.container())
with left:
    before = chosen_now("body", names, asked.chosen)
    values = {pair: float(index % 9) * 25 for index, pair in enumerate(names) if index % 7}
    state = body_figure(
        key="body",
        labels=names,
        chosen=asked.chosen,
        figure="male" if "male" in case else "female",
        view="face" if "face" in case else "front",
        values=values if "values" in case else None,
        value_text={
            pair: f"{number:g} sessions, n {number / 5:g}" for pair, number in values.items()
        }
        if "values" in case
        else None,
        scale=ColourScale("Sessions, last 12 months", 0, 214) if "values" in case else None,
        marked=[AreaSide("flank", "left"), AreaSide("flank", "right")] if "marked" in case else (),
        several="several" in case,
        read_only="read_only" in case,
        states={item: (FREE, EARLY, LATE, NEVER)[index % 4] for index, item in enumerate(known)}
        if "states" in case
        else None,
        points=plan() if "points" in case else (),
        placing=LOWER if "placing" in case else None,
        placed=kept_points(),
        atlas=shapes,
        groups=[("Abdomen: all", [item for item in known if item.area.startswith("abdomen.")])]
        if "several" in case
        else (),
        panel=".st-key-panel" if "panel" in case else None,
    )
if state.chosen != asked.chosen:
    for name in ("area", "side"):
        st.query_params.pop(name, None)
    st.query_params.update(write_choice(state.chosen))
if state.placed != kept_points():
    st.query_params["placed"] = ",".join(f"{at.view}:{at.u}:{at.v}" for at in state.placed)
with right, st.container(key="panel"):
    st.text("placed: " + " ".join(f"{at.view}:{at.u}:{at.v}" for at in state.placed))
    st.text("heard: " + " ".join(map(str, state.chosen)))
    st.text("before: " + " ".join(map(str, before)))
    st.text(f"where: {state.figure} {state.view}")
    st.text(f"runs: {st.session_state.runs}")
    for problem in asked.problems:
        st.text("problem: " + problem)
    st.button("Run again")
