"""One protocol on one scale by session number: single patients, their mean, the levels."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import OutcomeScale
from mesodash.figures.ordinal_levels import stacked_levels
from mesodash.figures.patient_lines import individual_lines, scored_once
from mesodash.language import N_, _
from mesodash.ui.outcomes.scales import (
    ENOUGH,
    SEVERAL,
    interval,
    level_words,
    limits,
    mcid_mark,
    one_decimal,
    session_numbers,
)
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView

BY_NUMBER = N_(
    "Each faint line is one patient in one course; the dots are the mean of those who were scored"
    " after so many sessions, with its interval. Later numbers rest on those who came that far, who"
    " may differ from those who stopped: read the numbers beside the mean."
)
ONE_SCORE = N_(
    "Each faint dot is one patient in one course, equal scores side by side; the strong dot is the"
    " mean with its t interval. Nobody was scored after more than one number of sessions, so there"
    " is no line to follow."
)
LEVELS = N_(
    "Shares of patients at each level of the scale, before and at the last score. Steps of an"
    " ordinal scale need not be equal, so the levels are shown and not only their mean."
)


def show(view: ReviewView, scale: OutcomeScale) -> None:
    """The lines and the table by session number; below them the levels of an ordinal scale."""
    means = view.report("trajectory", ("protocol", "scale"))
    means = means[means["scale"] == scale.code]
    enough = protocols(means)
    if enough:
        protocol = st.selectbox(
            _("By session number, in the protocol"),
            enough,
            format_func=lambda code: labels.value(view.catalogue, "protocol", code),
            key="outcomes_protocol",
            bind="query-params",
            width=360,
        )
        mean = means[(means["protocol"] == protocol) & (means["patients"] >= ENOUGH)]
        left, right = st.columns([7, 5], gap="medium")
        with left:
            _show_lines(view, scale, protocol, mean)
        with right:
            _show_numbers(view, scale, protocol, mean)
    else:
        markup.show(
            "empty",
            title=_("Too few patients to follow by session number"),
            text=_("No protocol has {n} patients scored on this scale in this period.").format(
                n=ENOUGH
            ),
        )
    if scale.ordinal:
        _show_levels(view, scale)


def protocols(means: pd.DataFrame) -> list[str]:
    """The protocols to choose from.

    Those scored after `SEVERAL` numbers of sessions by `ENOUGH` patients come first, then those
    after two, then after one; within each by the number of patients.

    Args:
        means: the trajectory report of one scale.
    """
    sizes = means.groupby("protocol")["patients"].max()
    numbers = session_numbers(means).groupby("protocol").max().clip(upper=SEVERAL)
    return sorted(numbers.index, key=lambda code: (-numbers[code], -sizes[code], code))


def _show_lines(view: ReviewView, scale: OutcomeScale, protocol: str, mean: pd.DataFrame) -> None:
    lines = view.report("individual_lines", ("protocol", "scale"))
    drawn, of = lines.attrs.get("lines", {}).get(scale.code, (0, 0))
    lines = lines[(lines["scale"] == scale.code) & (lines["protocol"] == protocol)]
    said = [view.caption(mean)]
    if view.shared:
        said.append(_("A shared view draws no single patient."))
    elif drawn < of:
        said.append(
            _("The lines are a fixed sample of {n} of {of} on this scale.").format(n=drawn, of=of)
        )
    page.show_chart(
        individual_lines(
            lines,
            # The interval of a score that is itself a change is that of the change.
            mean.assign(score_low=mean["change_low"], score_high=mean["change_high"])
            if scale.is_change
            else mean,
            scale=labels.value(view.catalogue, "scale", scale.code),
            unit=scale.unit,
            period=" ".join(said).removesuffix("."),
            mcid=None if mcid_mark(scale) is None else scale.mcid,
            better=scale.better,
            ordinal=scale.ordinal,
            value="score" if scale.is_change else "change",
            limits=limits(scale) if scale.is_change else None,
        ),
        key="outcomes_lines",
        definition=_(ONE_SCORE if scored_once(lines) else BY_NUMBER),
    )


def _show_numbers(view: ReviewView, scale: OutcomeScale, protocol: str, mean: pd.DataFrame) -> None:
    page.show_table(
        _("By session number"),
        f"{view.caption(mean)} {labels.value(view.catalogue, 'protocol', protocol)}.",
        [
            page.head("trajectory", "after_sessions"),
            page.head("trajectory", "patients"),
            *(
                [page.head("trajectory", "score_mean", interval=True)]
                if scale.is_change
                else [
                    page.head("trajectory", "score_mean"),
                    page.head("trajectory", "change_mean", interval=True),
                ]
            ),
            page.head("trajectory", "responder_rate", interval=True),
        ],
        [
            [
                phrases.number(row["after_sessions"]),
                phrases.number(row["patients"]),
                *_score_cells(row, scale),
                interval(phrases.percent, row, ("responder_rate", "rate_low", "rate_high")),
            ]
            for row in mean.sort_values("after_sessions").to_dict("records")
        ],
        sheet=view.sheet(_("Outcome by session number"), mean, "trajectory"),
    )


def _score_cells(row: Mapping[Any, Any], scale: OutcomeScale) -> list[str | page.Cell]:
    """The mean score and the change; one cell if a score is itself a change."""
    columns = ("change_mean", "change_low", "change_high")
    if scale.is_change:
        return [interval(one_decimal, row, columns)]
    change = (
        _("the baseline") if row["after_sessions"] == 0 else interval(phrases.signed, row, columns)
    )
    return [one_decimal(row["score_mean"]), change]


def _show_levels(view: ReviewView, scale: OutcomeScale) -> None:
    frame = view.report("levels", ("scale", "protocol"))
    frame = frame[(frame["scale"] == scale.code) & (frame["of"] >= ENOUGH)]
    if view.shared and len(frame):  # a small level might identify its patients
        frame = frame[frame.groupby("protocol")["n"].transform("min") >= ENOUGH]
    if frame.empty:
        markup.show(
            "empty",
            title=_("Too few patients to show levels"),
            text=(
                _("No protocol has {n} scores on this ordinal scale, and on each of its levels.")
                if view.shared
                else _("No protocol has {n} scores on this ordinal scale.")
            ).format(n=ENOUGH),
        )
        return
    largest = frame.groupby("protocol")["of"].max().sort_values(ascending=False).index[:6]
    drawn = frame[frame["protocol"].isin(largest)]
    drawn = drawn.sort_values(
        "protocol", key=lambda codes: codes.map({c: i for i, c in enumerate(largest)})
    )
    words = [labels.value(view.catalogue, "protocol", code) for code in drawn["protocol"]]
    page.show_chart(
        stacked_levels(
            drawn.assign(label=words),
            scale=labels.value(view.catalogue, "scale", scale.code),
            period=view.words(frame),
            anchors=level_words(scale),
            better=scale.better,
        ),
        key="outcomes_levels",
        definition=_(LEVELS),
    )
