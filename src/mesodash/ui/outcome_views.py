"""The outcomes page's parts: which scale, the change and responder charts, the table."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Catalogue, Scale
from mesodash.figures.intervals import dot_whisker
from mesodash.figures.theme import Chart
from mesodash.ui import labels, phrases, review

ENOUGH = 5
BETTER = {"lower": "lower is better", "higher": "higher is better", "depends": "no better side"}


def scales(frame: pd.DataFrame) -> list[str]:
    """The scales of a report, the one with most patients first."""
    patients = frame.groupby("scale")["patients"].sum()
    return patients.sort_values(ascending=False, kind="stable").index.tolist()


def choose_scale(frame: pd.DataFrame, catalogue: Catalogue) -> str:
    """Draw the choice of the scale that the charts show."""
    return st.selectbox(
        "Scale",
        scales(frame),
        format_func=lambda code: labels.value(catalogue, "scale", code),
        key="outcomes_scale",
        bind="query-params",
        width=360,
    )


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


def change_chart(
    frame: pd.DataFrame, catalogue: Catalogue, scale: Scale, period: str
) -> Chart | None:
    """Mean change with its interval, a row a protocol of five patients or more."""
    rows = _enough(frame, scale.code, "change_mean")
    if rows.empty:
        return None
    return dot_whisker(
        _rows(rows, catalogue, ("change_mean", "change_low", "change_high")),
        title=f"{'Mean score' if scale.is_change else 'Change from baseline'}, {scale.unit}",
        subtitle=f"{period}. Mean of {'last score' if scale.is_change else 'last minus first'},"
        f" 95 % interval.{' Ordinal scale.' if scale.ordinal else ''}",
        unit=scale.unit,
        better=scale.better,
        limits=_limits(scale) if scale.is_change else None,
    )


def _limits(scale: Scale) -> tuple[float, float] | None:
    return None if scale.low is None or scale.high is None else (scale.low, scale.high)


def responder_chart(
    frame: pd.DataFrame, catalogue: Catalogue, scale: Scale, period: str
) -> Chart | None:
    """Share of responders with its Wilson interval, a row a protocol of five patients or more."""
    rows = _enough(frame, scale.code, "responder_rate")
    if rows.empty:
        return None
    return dot_whisker(
        _rows(rows, catalogue, ("responder_rate", "rate_low", "rate_high")),
        title="Responders, % of patients",
        subtitle=f"{period}. {scale.responder}. 95 % Wilson interval.",
        unit="% of patients",
        share=True,
    )


def _enough(frame: pd.DataFrame, scale: str, column: str) -> pd.DataFrame:
    rows = frame[(frame["scale"] == scale) & (frame["patients"] >= ENOUGH) & frame[column].notna()]
    return rows.sort_values("patients", ascending=False, kind="stable")


def _rows(rows: pd.DataFrame, catalogue: Catalogue, columns: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": [labels.value(catalogue, "protocol", code) for code in rows["protocol"]],
            "n": rows["patients"].to_list(),
            **{name: rows[c].to_list() for name, c in zip(("value", "low", "high"), columns,
                                                           strict=True)},
        }
    )  # fmt: skip


def show_table(frame: pd.DataFrame, catalogue: Catalogue, period: str) -> None:
    """A row a protocol and scale of five patients or more; the others are named only."""
    ordered = frame.sort_values("patients", ascending=False, kind="stable")
    enough = ordered[ordered["patients"] >= ENOUGH]
    if len(enough):
        review.show_table(
            "All protocols and scales",
            f"{period}. Hover a heading for how it is counted.",
            [
                review.column("Protocol", number=False),
                review.column("Scale", "ordinal: steps need not be equal", number=False),
                review.column("Better", "the side that is better", number=False),
                review.column("Patients", "with a first and a last score, once for each course"),
                review.column("Before", "mean of the first scores"),
                review.column("Last", "mean of the last scores"),
                review.column("Change (95 %)", "mean change with its t interval"),
                review.column("Responders", "patients who meet the scale's own rule"),
                review.column("Rate (95 %)", "responders of patients, Wilson interval"),
            ],
            [_row(row, catalogue) for row in enough.to_dict("records")],
        )
    few = ordered[ordered["patients"] < ENOUGH]
    if len(few):
        title = f"{phrases.count(len(few), 'pair')} with fewer than {ENOUGH} patients"
        with st.expander(title):
            review.show_table(
                title,
                f"{period}. Too few patients for a mean or a rate.",
                [review.column("Protocol", number=False), review.column("Scale", number=False)],
                [_names(row, catalogue) for row in few.to_dict("records")],
            )


def _names(row: Mapping[Any, Any], catalogue: Catalogue) -> list[str]:
    scale = catalogue.scales.get(row["scale"])
    name = labels.value(catalogue, "scale", row["scale"])
    return [
        labels.value(catalogue, "protocol", row["protocol"]),
        f"{name} · ordinal" if scale and scale.ordinal else name,
    ]


def _row(row: Mapping[Any, Any], catalogue: Catalogue) -> list[str]:
    scale = catalogue.scales.get(row["scale"])
    # A score that is a change itself carries no sign of its own.
    words = phrases.plain if scale and scale.is_change else phrases.signed
    return [
        *_names(row, catalogue),
        scale.better if scale else phrases.MISSING,
        phrases.number(row["patients"]),
        phrases.number(row["baseline_mean"], 1),
        phrases.number(row["last_mean"], 1),
        _interval(words, row, ("change_mean", "change_low", "change_high")),
        phrases.number(row["responders"]),
        _interval(phrases.percent, row, ("responder_rate", "rate_low", "rate_high")),
    ]


def _interval(words: Any, row: Mapping[Any, Any], columns: tuple[str, str, str]) -> str:
    value, low, high = (row[c] for c in columns)
    if phrases.is_missing(low) or phrases.is_missing(high):
        return str(words(value))
    return f"{words(value)} ({words(low)} to {words(high)})"
