"""One protocol on one scale by session number: single patients, their mean, the levels."""

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Scale
from mesodash.figures.levels import stacked_levels
from mesodash.figures.lines import individual_lines
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.outcome_views import ENOUGH, interval, mcid_mark
from mesodash.ui.review.scope import View

BY_NUMBER = (
    "Each faint line is one patient in one course; the dots are the mean of those who were scored"
    " after so many sessions, with its t interval. Later numbers rest on those who came that far,"
    " who may differ from those who stopped: read the numbers beside the mean."
)
LEVELS = (
    "Shares of patients at each level of the scale, before and at the last score. Steps of an"
    " ordinal scale need not be equal, so the levels are shown and not only their mean."
)


def show(view: View, scale: Scale) -> None:
    """The lines beside the table by session number; below them the levels of an ordinal scale."""
    means = view.report("trajectory", ("protocol", "scale"))
    means = means[means["scale"] == scale.code]
    sizes = means.groupby("protocol", sort=False)["patients"].max()
    enough = sizes[sizes >= ENOUGH].sort_values(ascending=False, kind="stable").index.tolist()
    if enough:
        protocol = st.selectbox(
            "By session number, in the protocol",
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
            title="Too few patients to follow by session number",
            text=f"No protocol has {ENOUGH} patients scored on this scale in this period.",
        )
    if scale.ordinal:
        _show_levels(view, scale)


def _show_lines(view: View, scale: Scale, protocol: str, mean: pd.DataFrame) -> None:
    lines = view.report("individual_lines", ("protocol", "scale"))
    drawn, of = lines.attrs.get("lines", {}).get(scale.code, (0, 0))
    lines = lines[(lines["scale"] == scale.code) & (lines["protocol"] == protocol)]
    some = f" The lines are a fixed sample of {drawn} of {of} on this scale." if drawn < of else ""
    hidden = " A shared view draws no single patient." if view.shared else ""
    page.show_chart(
        individual_lines(
            lines,
            mean,
            scale=labels.value(view.catalogue, "scale", scale.code),
            unit=scale.unit,
            period=f"{view.caption(mean)}{hidden or some}".removesuffix("."),
            mcid=None if mcid_mark(scale) is None else scale.mcid,
            better=scale.better,
            ordinal=scale.ordinal,
        ),
        key="outcomes_lines",
        definition=BY_NUMBER,
    )


def _show_numbers(view: View, scale: Scale, protocol: str, mean: pd.DataFrame) -> None:
    words = phrases.plain if scale.is_change else phrases.signed
    page.show_table(
        "By session number",
        f"{view.caption(mean)} {labels.value(view.catalogue, 'protocol', protocol)}.",
        [
            page.column("After sessions", "sessions of the course held before the score"),
            page.column("Patients", "scored then, once for each of their courses"),
            page.column("Mean score"),
            page.column("Change (95 %)", "mean of score minus baseline, t interval"),
            page.column("Responders (95 %)", "who met the scale's rule by then, Wilson interval"),
        ],
        [
            [
                phrases.number(row["after_sessions"]),
                phrases.number(row["patients"]),
                phrases.number(row["score_mean"], 1),
                "the baseline"
                if row["after_sessions"] == 0 and not scale.is_change
                else interval(words, row, ("change_mean", "change_low", "change_high")),
                interval(phrases.percent, row, ("responder_rate", "rate_low", "rate_high")),
            ]
            for row in mean.sort_values("after_sessions").to_dict("records")
        ],
        sheet=view.sheet("Outcome by session number", mean, "trajectory"),
    )


def _show_levels(view: View, scale: Scale) -> None:
    frame = view.report("levels", ("scale", "protocol"))
    frame = frame[(frame["scale"] == scale.code) & (frame["of"] >= ENOUGH)]
    if view.shared and len(frame):  # a level of few would tell of them
        frame = frame[frame.groupby("protocol")["n"].transform("min") >= ENOUGH]
    if frame.empty:
        markup.show(
            "empty",
            title="Too few patients to show levels",
            text=f"No protocol has {ENOUGH} scores on this ordinal scale"
            f"{', and on each of its levels' if view.shared else ''}.",
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
            better=scale.better,
        ),
        key="outcomes_levels",
        definition=LEVELS,
    )
