"""The panel beside the figure: who, what is indicated, the screening, the history, the plan."""

import streamlit as st

from mesodash.ui import markup, phrases
from mesodash.ui.consult import (
    cancelling,
    history_here,
    indicated,
    plan_course,
    questionnaire,
    screened,
)
from mesodash.ui.consult.scene import Scene

TAB = "show"
INDICATED, SCREENING, HISTORY, PLAN = TABS = ("Indicated", "Screening", "History", "Plan")


def show_start(scene: Scene) -> None:
    """What stands here before an area is chosen."""
    markup.show(
        "heading",
        title="Choose an area",
        text="Click the figure, use its arrow keys, or pick from the list.",
    )
    markup.show(
        "empty",
        title="Nothing chosen yet",
        text="An area opens its indicated protocols, what speaks against them, what was done there"
        " and how well it worked.",
    )
    if scene.patient_id:
        markup.show(
            "empty",
            title=f"Patient {scene.patient_id}",
            text="Choose an area to see their history.",
        )


def show_panel(scene: Scene) -> None:
    """All about the chosen areas; of the four parts only the one in sight is worked out."""
    title = " · ".join(scene.catalogue.label(site.area, site.side) for site in scene.chosen)
    markup.show("heading", title=title, text=screened.status(scene))
    line = history_here.glance(scene)
    if line:
        markup.show("note", text=line)
    screened.show_said()
    cancelling.show_said()
    screened.show_stops(scene)
    _screening_row(scene)
    if st.session_state.pop(screened.KEPT, False):  # with the answers kept, on to what they allow
        st.session_state[TAB] = INDICATED
    parts = st.tabs(TABS, key=TAB, bind="query-params")
    show = {
        INDICATED: indicated.show_indicated,
        SCREENING: questionnaire.show_questionnaire,
        HISTORY: history_here.show_history_here,
        PLAN: plan_course.show_plan,
    }
    for name, part in zip(TABS, parts, strict=True):
        if part.open:
            with part:
                show[name](scene)


def _screening_row(scene: Scene) -> None:
    """Offer to confirm earlier answers, or to ask what is still open."""
    missing = screened.still_open(scene)
    if not missing:
        return
    with st.container(horizontal=True, gap="small", key="screening_row"):
        screened.still_true(scene)
        if st.session_state.get(TAB, INDICATED) != SCREENING:
            st.button(
                f"Screen: {phrases.count(missing, 'question')} open",
                key="screen_now",
                icon=":material/fact_check:",
                on_click=_open_screening,
            )


def _open_screening() -> None:
    st.session_state[TAB] = SCREENING
