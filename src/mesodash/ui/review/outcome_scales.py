"""Which scale the outcomes page shows, what it compares, and what to know of a scale."""

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Catalogue, Scale
from mesodash.ui import labels, phrases
from mesodash.ui.review.scope import View

ENOUGH = 5
SEVERAL = 3
"""Numbers of sessions after which a scale was scored: the baseline, and two more to follow it."""
KEYS = ("protocol", "area", "indication")
BETTER = {"lower": "lower is better", "higher": "higher is better", "depends": "no better side"}


def session_numbers(means: pd.DataFrame) -> pd.Series:
    """After how many different numbers of sessions enough patients were scored.

    Args:
        means: the trajectory report by protocol and scale.

    Returns:
        (scale, protocol) -> count; a pair without `ENOUGH` patients at any is left out.
    """
    enough = means[means["patients"] >= ENOUGH]
    return enough.groupby(["scale", "protocol"])["after_sessions"].nunique()


def scales(frame: pd.DataFrame, means: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    """The scales of a report in the order they are offered; the page opens on the first.

    First those with a baseline that some protocol followed over `SEVERAL` numbers of sessions,
    then the others with a baseline, last those whose score is itself a change; among each the one
    with most patients first, then by code.

    Args:
        frame: the outcomes report.
        means: the trajectory report by protocol and scale.
        catalogue: which scale's score is itself a change.
    """
    patients = frame.groupby("scale")["patients"].sum()
    followed = session_numbers(means).groupby("scale").max()

    def rank(code: str) -> tuple[int, int, str]:
        known = catalogue.scales.get(code)
        own = known is not None and known.is_change
        kind = 2 if own else int(followed.get(code, 0) < SEVERAL)
        return kind, -int(patients[code]), code

    return sorted(patients.index, key=rank)


def choose(view: View, frame: pd.DataFrame) -> tuple[str, str]:
    """Draw the choices of the scale that the charts show, and of what they compare."""
    catalogue, means = view.catalogue, view.report("trajectory", ("protocol", "scale"))
    with st.container(horizontal=True, gap="small", key="row_of_outcome_choices"):
        scale = st.selectbox(
            "Scale",
            scales(frame, means, catalogue),
            format_func=lambda code: labels.value(catalogue, "scale", code),
            key="outcomes_scale",
            bind="query-params",
            width=360,
        )
        key = st.segmented_control(
            "Compare by",
            KEYS,
            default="protocol",
            required=True,
            format_func=phrases.wording(labels.KEY_WORDS),
            key="outcomes_by",
            bind="query-params",
            wrap=True,
        )
    return scale, key or "protocol"


def leading(frame: pd.DataFrame) -> str:
    """How many protocols and scales were measured, and how many are too small to show."""
    shown = int((frame["patients"] >= ENOUGH).sum())
    text = (
        f"{phrases.count(frame['protocol'].nunique(dropna=False), 'protocol')} measured on"
        f" {phrases.count(frame['scale'].nunique(), 'scale')}."
    )
    if shown == len(frame):
        return text
    return (
        f"{text} {len(frame) - shown} of {len(frame)} pairs of a protocol and a scale rest on fewer"
        f" than {ENOUGH} patients and show no figures."
    )


def scale_words(scale: Scale) -> str:
    """What a reader must know of a scale: range, direction, ordinal or not, responder rule."""
    parts = []
    if scale.ordinal and scale.low is not None and scale.high is not None:
        parts.append(f"{scale.unit}s {phrases.between(scale.low, scale.high)}")
    elif scale.low is not None or scale.high is not None:
        parts.append(f"range {phrases.between(scale.low, scale.high)} {scale.unit}")
    else:
        parts.append(scale.unit)
    parts.append(BETTER[scale.better])
    if scale.ordinal:
        parts.append("ordinal: steps need not be equal, so read means with care")
    if scale.is_change:
        parts.append("each score is itself a change, so nothing is subtracted")
    if scale.mcid is not None:
        parts.append(f"smallest change that matters: {phrases.plain(scale.mcid)}")
    parts.append(f"responder: {scale.responder}" if scale.responder else "no responder rule")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def level_words(scale: Scale) -> dict[float, str]:
    """What each level that the scale names is called: `{1: "very much improved"}`."""
    named = (anchor.partition(" = ") for anchor in scale.anchors)
    return {float(level): words for level, _, words in named if level.isdecimal() and words}
