"""The parts of the side-effects page; only the chosen one is asked for and drawn."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from mesodash.ui import labels, lasting, phrases
from mesodash.ui.filters import ALL_TIME
from mesodash.ui.review import effect_lists, effect_views, effects_begin, effects_often, page
from mesodash.ui.review.scope import View

LONG = "How long"


def choose() -> str:
    """Draw the choice of the part."""
    part = st.segmented_control(
        "Look at",
        list(PARTS),
        default=LONG,
        required=True,
        key="effects_part",
        bind="query-params",
        wrap=True,
    )
    return part or LONG


def show_long(view: View, frame: pd.DataFrame) -> None:
    """Time to resolution: promised against observed, the curve of one effect, every effect."""
    catalogue, sessions = view.catalogue, int(frame["sessions"].iloc[0])
    lasting.show_lasting(
        catalogue,
        frame.to_dict("records"),
        title="Promised against observed",
        period="all sessions" if view.period == ALL_TIME else view.sessions_of,
        most=12,
    )
    effect, split, gone = effect_views.choose_curve(frame, catalogue)
    by = ("effect", split) if split else ("effect",)
    curves = view.curves(by)
    together = curves if split is None else view.curves()
    drawn = effect_views.chart(
        curves, catalogue, effect=effect, split=split, period=view.period, gone=gone
    )
    left, right = st.columns([7, 5], gap="medium")
    with left:
        if drawn is None:
            page.show_empty(
                view.filters,
                f"{labels.value(catalogue, 'effect', effect)}: no duration is known",
                "A curve needs at least one report whose onset is known to the day.",
            )
        else:
            page.show_chart(drawn, key="effects_curve", definition=effect_views.HOW_LONG)
    with right:
        chosen = next(curve for curve in together if curve.keys["effect"] == effect)
        effect_views.show_facts(chosen, catalogue, sessions)
    if split:
        groups = view.report("side_effects", by)
        groups = groups[groups["effect"] == effect]
        effect_views.show_table(
            view,
            groups,
            title=f"{labels.value(catalogue, 'effect', effect)} by"
            f" {labels.KEY_WORDS[split].lower()}",
            key=split,
            caption=f"{view.caption(groups)} Groups were not compared on purpose: look at the"
            " intervals.",
        )
    note = effect_views.other_note(frame)
    effect_views.show_table(
        view,
        frame,
        title="All side effects",
        key="effect",
        caption=f"{view.caption(frame)} {phrases.count(sessions, 'session')}. {note or ''}",
    )
    effect_lists.show_gone_by(view, effect_views.effects_by_number(frame))
    effect_lists.show_promises(view)


PARTS: dict[str, Callable[[View, pd.DataFrame], None]] = {
    LONG: show_long,
    "How often": effects_often.show,
    "Onset and severity": effects_begin.show,
    "Still open": effect_lists.show_open,
    "For publication": effect_lists.show_reactions,
}
