"""The outcomes page's parts: the change and responder charts, the table."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Catalogue, Scale
from mesodash.figures.intervals import dot_whisker
from mesodash.figures.theme import Chart
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.outcome_scales import ENOUGH
from mesodash.ui.review.scope import View

CHANGE = (
    "Each patient in each course: the last score minus the baseline, on this scale only; the mean"
    " with its t interval. The dashed line is the smallest change that matters, where a source"
    " names one."
)
RESPONDED = (
    "Patients who met the scale's own published rule, of all patients followed on it; Wilson"
    " interval."
)


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
            text=f"No {key} has {ENOUGH} patients or more followed on this scale."
            if scale.responder
            else "No source gives a rule for who has responded on this scale.",
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
        limits=limits(scale) if scale.is_change else None,
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


def limits(scale: Scale) -> tuple[float, float] | None:
    """Both ends of a scale; None where one is not known."""
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
                page.column(
                    "Change (95 %)",
                    "mean change with its t interval; where a score is itself a change, the mean"
                    " score, called so",
                ),
                page.column("Responders", "patients who meet the scale's own rule"),
                page.column("Rate (95 %)", "responders of patients, Wilson interval"),
            ],
            [_row(row, view.catalogue, key) for row in enough.to_dict("records")],
            sheet=view.sheet(title, enough, "outcomes"),
        )
    few = ordered[ordered["patients"] < ENOUGH]
    if len(few):
        pairs = f"{phrases.count(len(few), 'pair')} of {article(word)} and a scale"
        title = f"{pairs} with fewer than {ENOUGH} patients"
        with st.expander(title):
            page.show_table(
                title,
                f"{view.period}. Too few patients for a mean or a rate.",
                [page.column(word, number=False), page.column("Scale", number=False)],
                [_names(row, view.catalogue, key) for row in few.to_dict("records")],
            )


def article(word: str) -> str:
    """`a protocol`, `an area`."""
    return f"{'an' if word[0].lower() in 'aeio' else 'a'} {word.lower()}"


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
    return [
        *_names(row, catalogue, key),
        scale.better if scale else phrases.MISSING,
        phrases.number(row["patients"]),
        phrases.number(row["baseline_mean"], 1),
        phrases.number(row["last_mean"], 1),
        change_cell(row, own=scale is not None and scale.is_change),
        phrases.number(row["responders"]),
        interval(phrases.percent, row, ("responder_rate", "rate_low", "rate_high")),
    ]


def change_cell(row: Mapping[Any, Any], *, own: bool) -> page.Cell:
    """The mean change with its interval; of scores that are changes themselves, the mean score."""
    cell = interval(
        one_decimal if own else phrases.signed, row, ("change_mean", "change_low", "change_high")
    )
    return page.Cell(f"score {cell.text}", cell.value) if own else cell


def one_decimal(value: Any) -> str:
    """A mean without a sign, as precise as a change is shown."""
    return phrases.number(value, 1)


def interval(
    words: Callable[[Any], str], row: Mapping[Any, Any], columns: tuple[str, str, str]
) -> page.Cell:
    """A value with its interval, sorted by the value."""
    value, low, high = (row[c] for c in columns)
    return page.Cell(phrases.interval(words, value, low, high), value)
