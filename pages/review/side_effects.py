"""Side effects: how long they really last, promised against observed, the open ones counted."""

import streamlit as st

from mesodash.ui import access, effect_views, labels, lasting, phrases, review
from mesodash.ui.filters import ALL_TIME, period_words

filters = review.open_page("Side effects")
catalogue, reader = access.catalogue(), access.reader()
frame = reader.report("side_effects", filters, ("effect",))

if frame.empty:
    review.show_empty(
        filters,
        "No side effect is recorded",
        "Side effects appear here as soon as they are recorded after a session or imported.",
    )
    st.stop()

period = period_words(filters.period)
sessions = int(frame["sessions"].iloc[0])
review.say(effect_views.leading(frame, catalogue))
review.show_measures(effect_views.measures(frame, sessions))

lasting.show_lasting(
    catalogue,
    frame.to_dict("records"),
    title="Promised against observed",
    period="all sessions" if period == ALL_TIME else f"sessions {period[0].lower()}{period[1:]}",
    most=12,
)

effect, split, gone = effect_views.choose_curve(frame, catalogue)
by = ("effect", split) if split else ("effect",)
curves = reader.curves(filters, by)
together = reader.curves(filters)
drawn = effect_views.chart(curves, catalogue, effect=effect, split=split, period=period, gone=gone)
left, right = st.columns([7, 5], gap="medium")
with left:
    if drawn is None:
        review.show_empty(
            filters,
            f"{labels.value(catalogue, 'effect', effect)}: no duration is known",
            "A curve needs at least one report whose onset is known to the day.",
        )
    else:
        review.show_chart(drawn, key="effects_curve")
with right:
    chosen = next(curve for curve in together if curve.keys["effect"] == effect)
    effect_views.show_facts(chosen, catalogue, sessions)

note = effect_views.other_note(frame)
if split:
    groups = reader.report("side_effects", filters, by)
    effect_views.show_table(
        groups[groups["effect"] == effect],
        catalogue,
        title=f"{labels.value(catalogue, 'effect', effect)} by {labels.KEY_WORDS[split].lower()}",
        key=split,
        caption=f"{period}. Groups were not compared on purpose: look at the intervals.",
    )
effect_views.show_table(
    frame,
    catalogue,
    title="All side effects",
    key="effect",
    caption=f"{period}: {phrases.count(sessions, 'session')}. {note or ''}",
)
