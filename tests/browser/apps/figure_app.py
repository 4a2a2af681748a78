"""A page with the body figure alone: the address says which case, the page says what it heard."""

import json
import os
from pathlib import Path

import streamlit as st
from tests.browser.apps.small_atlas import ATLAS, labels

import mesodash.bodymap
from mesodash.bodymap.choice import AreaSide, read_choice, write_choice
from mesodash.bodymap.component import Scale, body_figure, chosen_now

SHIPPED = Path(mesodash.bodymap.__file__).parent / "frontend" / "atlas" / "atlas.json"

st.set_page_config(page_title="Body figure", layout="wide")
st.session_state.runs = st.session_state.get("runs", 0) + 1
case = st.query_params.get("case", "")
atlas = ATLAS if os.environ.get("FIGURE_ATLAS") else json.loads(SHIPPED.read_text("utf-8"))
names = labels(atlas)
known = [AreaSide(*pair) for pair in names]
asked = read_choice(st.query_params.get_all("area"), st.query_params.get_all("side"), known)

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
        scale=Scale("Sessions, last 12 months", 0, 214) if "values" in case else None,
        marked=[AreaSide("flank", "left"), AreaSide("flank", "right")] if "marked" in case else (),
        several="several" in case,
        read_only="read_only" in case,
    )
if state.chosen != asked.chosen:
    for name in ("area", "side"):
        st.query_params.pop(name, None)
    st.query_params.update(write_choice(state.chosen))
with right:
    st.text("heard: " + " ".join(map(str, state.chosen)))
    st.text("before: " + " ".join(map(str, before)))
    st.text(f"where: {state.figure} {state.view}")
    st.text(f"runs: {st.session_state.runs}")
    for problem in asked.problems:
        st.text("problem: " + problem)
    st.button("Run again")
