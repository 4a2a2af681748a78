"""The outcomes page's parts: which scale, the change and responder charts, the table."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Catalogue, Scale
from mesodash.figures.intervals import dot_whisker
from mesodash.figures.theme import Chart
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.scope import View

ENOUGH = 5
KEYS = ("protocol", "area", "indication")
CHANGE = (
    "Each patient in each course: the last score minus the baseline, on this scale only; the mean"
    " with its t interval. The dashed line is the smallest change that matters, where a source"
    " names one."
)
RESPONDED = (
    "Patients who met the scale's own published rule, of all patients followed on it; Wilson"
    " interval."
)
BETTER = {"lower": "lower is better", "higher": "higher is better", "depends": "no better side"}


def scales(frame: pd.DataFrame) -> list[str]:
    """The scales of a report, the one with most patients first."""
    patients = frame.groupby("scale")["patients"].sum()
    return patients.sort_values(ascending=False, kind="stable").index.tolist()


def choose(frame: pd.DataFrame, catalogue: Catalogue) -> tuple[str, str]:
    """Draw the choices of the scale that the charts show, and of what they compare."""
    with st.container(horizontal=True, gap="small", key="row_of_outcome_choices"):
        scale = st.selectbox(
            "Scale",
            scales(frame),
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
        f"{text} {len(frame) - shown} of {len(frame)} pairs rest on fewer than {ENOUGH} patients"
        " and show no figures."
    )


def scale_words(scale: Scale) -> str:
    """What a reader must know of a scale: range, direction, ordinal or not, responder rule."""
    parts = []
    if scale.low is not None or scale.high is not None:
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


def show_change(view: View, frame: pd.DataFrame, scale: Scale, key: str) -> None:
    """The mean change with its interval; says so where no group is large enough."""
    drawn = change_chart(frame, view.catalogue, scale, view.caption(frame), key)
    if drawn is None:
        named = labels.value(view.catalogue, "scale", scale.code)
        markup.show(
            "empty",
            title="Too few patients to draw",
            text=f"No {key} has {ENOUGH} patients or more with a first and a last score on"
            f" {named}.",
        )
        return
    page.show_chart(drawn, key="outcomes_change", definition=CHANGE)


def show_responders(view: View, frame: pd.DataFrame, scale: Scale, key: str) -> None:
    """The share of responders with its interval; says so where there is none to count."""
    drawn = responder_chart(frame, view.catalogue, scale, view.caption(frame), key)
    if drawn is None:
        markup.show(
            "empty",
            title="No responders to count",
            text="This scale has no published responder rule, or too few patients.",
        )
        return
    page.show_chart(drawn, key="outcomes_responders", definition=RESPONDED)


def change_chart(
    frame: pd.DataFrame, catalogue: Catalogue, scale: Scale, period: str, key: str = "protocol"
) -> Chart | None:
    """Mean change with its interval, a row a group of five patients or more."""
    rows = _enough(frame, scale.code, "change_mean")
    if rows.empty:
        return None
    return dot_whisker(
        _rows(rows, catalogue, ("change_mean", "change_low", "change_high"), key),
        title=f"{'Mean score' if scale.is_change else 'Change from baseline'}, {scale.unit}",
        subtitle=f"{period} Mean of {'last score' if scale.is_change else 'last minus first'},"
        f" 95 % interval.{ordinal_words(scale)}{mcid_words(scale)}",
        unit=scale.unit,
        better=scale.better,
        limits=_limits(scale) if scale.is_change else None,
        mark=mcid_mark(scale),
    )


def ordinal_words(scale: Scale) -> str:
    """What to say of an ordinal scale's mean; empty for others."""
    return " Ordinal scale: a mean is a summary, see the levels." if scale.ordinal else ""


def mcid_words(scale: Scale) -> str:
    """What the dashed line is; empty where there is none."""
    if mcid_mark(scale) is None:
        return ""
    return f" Dashed: the smallest change that matters, {phrases.plain(scale.mcid)}."


def mcid_mark(scale: Scale) -> float | None:
    """Where the smallest change that matters stands on an axis of change: on the better side."""
    if scale.mcid is None or scale.is_change or scale.better == "depends":
        return None
    return -abs(scale.mcid) if scale.better == "lower" else abs(scale.mcid)


def _limits(scale: Scale) -> tuple[float, float] | None:
    return None if scale.low is None or scale.high is None else (scale.low, scale.high)


def responder_chart(
    frame: pd.DataFrame, catalogue: Catalogue, scale: Scale, period: str, key: str = "protocol"
) -> Chart | None:
    """Share of responders with its Wilson interval, a row a group of five patients or more."""
    rows = _enough(frame, scale.code, "responder_rate")
    if rows.empty:
        return None
    return dot_whisker(
        _rows(rows, catalogue, ("responder_rate", "rate_low", "rate_high"), key),
        title="Responders, % of patients",
        subtitle=f"{period} {scale.responder}. 95 % Wilson interval.",
        unit="% of patients",
        share=True,
    )


def _enough(frame: pd.DataFrame, scale: str, column: str) -> pd.DataFrame:
    rows = frame[(frame["scale"] == scale) & (frame["patients"] >= ENOUGH) & frame[column].notna()]
    return rows.sort_values("patients", ascending=False, kind="stable")


def _rows(
    rows: pd.DataFrame, catalogue: Catalogue, columns: tuple[str, str, str], key: str
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": [labels.value(catalogue, key, code) for code in rows[key]],
            "n": rows["patients"].to_list(),
            **{name: rows[c].to_list() for name, c in zip(("value", "low", "high"), columns,
                                                           strict=True)},
        }
    )  # fmt: skip


def show_table(view: View, frame: pd.DataFrame, key: str) -> None:
    """A row a group and scale of five patients or more; the others are named only."""
    ordered = frame.sort_values("patients", ascending=False, kind="stable")
    enough = ordered[ordered["patients"] >= ENOUGH].reset_index(drop=True)
    enough.attrs = dict(frame.attrs)
    word = labels.KEY_WORDS[key]
    if len(enough):
        title = f"All {plural(key)} and scales"
        page.show_table(
            title,
            view.caption(frame),
            [
                page.column(word, number=False),
                page.column("Scale", "ordinal: steps need not be equal", number=False),
                page.column("Better", "the side that is better", number=False),
                page.column("Patients", "with a first and a last score, once for each course"),
                page.column("Before", "mean of the first scores"),
                page.column("Last", "mean of the last scores"),
                page.column("Change (95 %)", "mean change with its t interval"),
                page.column("Responders", "patients who meet the scale's own rule"),
                page.column("Rate (95 %)", "responders of patients, Wilson interval"),
            ],
            [_row(row, view.catalogue, key) for row in enough.to_dict("records")],
            sheet=view.sheet(title, enough, "outcomes"),
        )
    few = ordered[ordered["patients"] < ENOUGH]
    if len(few):
        title = f"{phrases.count(len(few), 'pair')} with fewer than {ENOUGH} patients"
        with st.expander(title):
            page.show_table(
                title,
                f"{view.period}. Too few patients for a mean or a rate.",
                [page.column(word, number=False), page.column("Scale", number=False)],
                [_names(row, view.catalogue, key) for row in few.to_dict("records")],
            )


def plural(key: str) -> str:
    """`protocols`, `areas`, `indications`."""
    return f"{labels.KEY_WORDS[key].lower()}s"


def _names(row: Mapping[Any, Any], catalogue: Catalogue, key: str) -> list[str]:
    scale = catalogue.scales.get(row["scale"])
    name = labels.value(catalogue, "scale", row["scale"])
    return [
        labels.value(catalogue, key, row[key]),
        f"{name} · ordinal" if scale and scale.ordinal else name,
    ]


def _row(row: Mapping[Any, Any], catalogue: Catalogue, key: str) -> list[str | page.Cell]:
    scale = catalogue.scales.get(row["scale"])
    # A score that is a change itself carries no sign of its own.
    words = phrases.plain if scale and scale.is_change else phrases.signed
    return [
        *_names(row, catalogue, key),
        scale.better if scale else phrases.MISSING,
        phrases.number(row["patients"]),
        phrases.number(row["baseline_mean"], 1),
        phrases.number(row["last_mean"], 1),
        interval(words, row, ("change_mean", "change_low", "change_high")),
        phrases.number(row["responders"]),
        interval(phrases.percent, row, ("responder_rate", "rate_low", "rate_high")),
    ]


def interval(
    words: Callable[[Any], str], row: Mapping[Any, Any], columns: tuple[str, str, str]
) -> page.Cell:
    """A value with its interval, sorted by the value."""
    value, low, high = (row[c] for c in columns)
    return page.Cell(phrases.interval(words, value, low, high), value)
