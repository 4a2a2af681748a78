"""Which scale the outcomes page shows, what it compares, and how its values are written."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Catalogue, OutcomeScale
from mesodash.language import N_, _, catalogue_text, ngettext
from mesodash.ui.parts import labels, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView

ENOUGH = 5
SEVERAL = 3
"""Numbers of sessions after which a scale was scored: the baseline and two more."""
KEYS = ("protocol", "area", "indication")
BETTER = {
    "lower": N_("lower is better"),
    "higher": N_("higher is better"),
    "depends": N_("no better side"),
}


def session_numbers(means: pd.DataFrame) -> pd.Series:
    """After how many different numbers of sessions enough patients were scored.

    Args:
        means: the trajectory report by protocol and scale.

    Returns:
        (scale, protocol) -> count; pairs that never have `ENOUGH` patients are left out.
    """
    enough = means[means["patients"] >= ENOUGH]
    return enough.groupby(["scale", "protocol"])["after_sessions"].nunique()


def scales(frame: pd.DataFrame, means: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    """The scales of a report in the order they are offered; the page opens on the first.

    First those with a baseline that some protocol followed over `SEVERAL` numbers of sessions, then
    the others with a baseline, last those whose score is itself a change; within each group by the
    number of patients, then by code.

    Args:
        frame: the outcomes report.
        means: the trajectory report by protocol and scale.
        catalogue: says which scale's score is itself a change.
    """
    patients = frame.groupby("scale")["patients"].sum()
    followed = session_numbers(means).groupby("scale").max()

    def rank(code: str) -> tuple[int, int, str]:
        known = catalogue.scales.get(code)
        own = known is not None and known.is_change
        kind = 2 if own else int(followed.get(code, 0) < SEVERAL)
        return kind, -int(patients[code]), code

    return sorted(patients.index, key=rank)


def choose(view: ReviewView, frame: pd.DataFrame) -> tuple[str, str]:
    """Draw the choices of the scale and of the key that the charts compare by."""
    catalogue, means = view.catalogue, view.report("trajectory", ("protocol", "scale"))
    with st.container(horizontal=True, gap="small", key="row_of_outcome_choices"):
        scale = st.selectbox(
            _("Scale"),
            scales(frame, means, catalogue),
            format_func=lambda code: labels.value(catalogue, "scale", code),
            key="outcomes_scale",
            bind="query-params",
            width=360,
        )
        key = st.segmented_control(
            _("Compare by"),
            KEYS,
            default="protocol",
            required=True,
            format_func=labels.key_word,
            key="outcomes_by",
            bind="query-params",
            wrap=True,
        )
    return scale, key or "protocol"


def leading(frame: pd.DataFrame) -> str:
    """How many protocols and scales were measured, and how many are too small to show."""
    shown = int((frame["patients"] >= ENOUGH).sum())
    protocols, scales_of = frame["protocol"].nunique(dropna=False), frame["scale"].nunique()
    text = _("{protocols} measured on {scales}.").format(
        protocols=ngettext("{n} protocol", "{n} protocols", protocols).format(n=protocols),
        scales=ngettext("{n} scale", "{n} scales", scales_of).format(n=scales_of),
    )
    if shown == len(frame):
        return text
    few = _(
        "{n} of {of} pairs of a protocol and a scale rest on fewer than {enough} patients and show"
        " no figures."
    ).format(n=len(frame) - shown, of=len(frame), enough=ENOUGH)
    return f"{text} {few}"


def scale_words(scale: OutcomeScale) -> str:
    """What a reader must know about a scale: range, direction, ordinal or not, responder rule."""
    unit = catalogue_text("scales", scale.code, "unit", scale.unit)
    span = phrases.between(scale.low, scale.high)
    parts = []
    if scale.ordinal and scale.low is not None and scale.high is not None:
        parts.append(_("Levels {span}").format(span=span))
    elif scale.low is not None or scale.high is not None:
        parts.append(_("Range {span} {unit}").format(span=span, unit=unit))
    else:
        parts.append(_("Measured in {unit}").format(unit=unit))
    parts.append(_(BETTER[scale.better]))
    if scale.ordinal:
        parts.append(_("ordinal: steps need not be equal, so read means with care"))
    if scale.is_change:
        parts.append(_("each score is itself a change, so nothing is subtracted"))
    if scale.mcid is not None:
        parts.append(
            _("smallest change that matters: {points}").format(points=phrases.plain(scale.mcid))
        )
    if scale.responder:
        rule = catalogue_text("scales", scale.code, "responder", scale.responder)
        parts.append(_("responder: {rule}").format(rule=rule))
    else:
        parts.append(_("no responder rule"))
    return _("{parts}.").format(parts="; ".join(parts))


def level_words(scale: OutcomeScale) -> dict[float, str]:
    """What the scale calls its levels: `{1: "very much improved"}`."""
    named = (anchor.partition(" = ") for anchor in scale.anchors)
    return {float(level): words for level, _sign, words in named if level.isdecimal() and words}


def mcid_mark(scale: OutcomeScale) -> float | None:
    """The smallest change that matters on an axis of change: on the better side."""
    if scale.mcid is None or scale.is_change or scale.better == "depends":
        return None
    return -abs(scale.mcid) if scale.better == "lower" else abs(scale.mcid)


def limits(scale: OutcomeScale) -> tuple[float, float] | None:
    """Both ends of a scale; None if one is not known."""
    return None if scale.low is None or scale.high is None else (scale.low, scale.high)


def one_decimal(value: Any) -> str:
    """A mean with one decimal, as changes have."""
    return phrases.number(value, 1)


def interval(
    words: Callable[[Any], str], row: Mapping[Any, Any], columns: tuple[str, str, str]
) -> page.Cell:
    """A value with its interval, sorted by the value."""
    value, low, high = (row[c] for c in columns)
    return page.Cell(phrases.interval(words, value, low, high), value)
